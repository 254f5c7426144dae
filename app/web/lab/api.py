# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a scenario on a real kernel."""

from fastapi import APIRouter, Request

from app.lab.preview import PreviewReport, preview_of, report_preview
from app.web.addresses import read_query
from app.web.http.openapi import (
    LANG_PARAMETER,
    PROBLEMS,
    api_router,
    parameters,
    scenario_parameters,
    walkthrough_parameter,
)
from app.web.site import Site


def make_lab_api(site: Site) -> APIRouter:
    """The recipe of a scenario."""
    router = api_router()
    name_parameter = walkthrough_parameter(site.walkthroughs)

    @router.get(
        "/{walkthrough}/lab",
        summary="A scenario on a real kernel",
        responses=PROBLEMS,
        openapi_extra=parameters(*scenario_parameters(), LANG_PARAMETER),
    )
    async def lab(request: Request, walkthrough: str = name_parameter) -> PreviewReport:
        """The recipe that brings a real socket there, and scripts to do it. Nothing is run."""
        found = site.walkthrough(walkthrough)
        query = read_query(request.url.query, found, view_keys=("lang",))
        language = site.language(request, query.lang)
        preview = preview_of(found.trace(query.scenario), f"{found.function}()")
        return report_preview(preview, language)

    return router
