# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON API: its operations, their description, and that for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, request_response

from app.i18n import DEFAULT_LANGUAGE, language
from app.rooms.classroom import Classroom
from app.web.atlas.api import make_atlas_api
from app.web.classroom.api import make_live_api
from app.web.classroom.live import Live
from app.web.compare.api import make_compare_api
from app.web.front.api import ApiPages
from app.web.http.asked import WithoutSlash
from app.web.http.cache import reads_no_query
from app.web.http.problems import unknown
from app.web.lab.api import make_lab_api
from app.web.life.api import make_life_api
from app.web.reading.api import make_study_api
from app.web.sharing.symptom_pages import make_symptoms_api
from app.web.site import Site
from app.web.which.api import make_which_api
from app.web.which.reasoners import Reasoners

_DESCRIPTION: Final = (
    "A kernel function, explained: its source and decisions, and what it does in a scenario. "
    "The trace is made by executing the displayed C."
)


def make_api(
    site: Site,
    classroom: Classroom,
    reasoners: Reasoners,
    handlers: Mapping[Any, Callable[..., Any]],
) -> FastAPI:
    """Everything under /api, and what programs send to and read of rooms.

    `handlers` make the answers to errors.
    """
    api = FastAPI(
        title=f"{site.name(language(DEFAULT_LANGUAGE))}, explained",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        license_info={"name": "MIT"},
        exception_handlers=dict(handlers),
    )
    for route in api.routes:
        # Its own, of the OpenAPI document.
        reads_no_query(cast(Route, route).endpoint)
    api.include_router(make_study_api(site))
    api.include_router(make_lab_api(site))
    api.include_router(make_live_api(Live(site, classroom)))
    api.include_router(make_compare_api(site))
    api.include_router(make_life_api(site))
    api.include_router(make_symptoms_api(site))
    api.include_router(make_atlas_api(site))
    api.include_router(make_which_api(reasoners))
    api.router.routes.extend(ApiPages(site).routes())

    async def no_such_address(request: Request) -> Response:
        known = site.addresses(request).openapi()
        raise unknown("unknown-page", "path", request.url.path, known)

    # Before the pages, which would take "api" for the name of a walkthrough.
    unknown_address = WithoutSlash(api.router, request_response(no_such_address))
    api.router.routes.append(Route("/api/{rest:path}", unknown_address, methods=["GET"]))
    api.router.redirect_slashes = False
    return api
