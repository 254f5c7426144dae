# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a walkthrough, and of a trace."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from app.walkthrough.report import query_of, report_trace, report_walkthrough
from app.web.addresses import read_language, read_query
from app.web.http.openapi import (
    LANG_PARAMETER,
    PROBLEMS,
    json_answer,
    parameters,
    scenario_parameters,
    variant_parameter,
    walkthrough_parameter,
)
from app.web.site import Site
from app.web.study.shapes import TraceShape, WalkthroughListShape, WalkthroughShape


def make_study_api(site: Site) -> APIRouter:
    """The list of walkthroughs, a walkthrough, a trace."""
    router = APIRouter(prefix="/api")
    name_parameter = walkthrough_parameter(site.walkthroughs)

    @router.get(
        "/walkthroughs",
        summary="The walkthroughs",
        response_model=WalkthroughListShape,
        responses={k: v for k, v in PROBLEMS.items() if k != 404},
        openapi_extra=parameters(LANG_PARAMETER),
    )
    async def walkthroughs(request: Request) -> JSONResponse:
        """Every walkthrough that this server has."""
        language = site.language(request, read_language(request.url.query))
        addresses = site.addresses(request)
        return json_answer(
            {
                "walkthroughs": [
                    {
                        "id": item.id,
                        "title": language.pick(item.title),
                        "summary": language.pick(item.summary),
                        "url": addresses.page(item.id),
                    }
                    for item in site.walkthroughs.values()
                ]
            }
        )

    @router.get(
        "/{walkthrough}",
        summary="A walkthrough",
        response_model=WalkthroughShape,
        responses=PROBLEMS,
        openapi_extra=parameters(LANG_PARAMETER),
    )
    async def walkthrough(request: Request, walkthrough: str = name_parameter) -> JSONResponse:
        """The source, its blocks and decisions, the inputs, the presets, the kernel functions."""
        found = site.walkthrough(walkthrough)
        language = site.language(request, read_language(request.url.query))
        return json_answer(report_walkthrough(found, language))

    @router.get(
        "/{walkthrough}/trace",
        summary="What the function does in a scenario",
        response_model=TraceShape,
        responses=PROBLEMS,
        openapi_extra=parameters(
            *scenario_parameters(), variant_parameter(site.walkthroughs.values()), LANG_PARAMETER
        ),
    )
    async def trace(request: Request, walkthrough: str = name_parameter) -> JSONResponse:
        """Executes the displayed C on a modelled socket. An empty value means the default."""
        found = site.walkthrough(walkthrough)
        query = read_query(request.url.query, found, view_keys=("variant", "lang"))
        language = site.language(request, query.lang)
        addresses = site.addresses(request)
        result = found.trace(query.scenario, query.variant)
        return json_answer(
            report_trace(
                found,
                result,
                site.shelf(found, language, addresses).wording,
                url=addresses.page(found.id, query=query_of(result, query.variant)),
                variant=query.variant,
            )
        )

    return router
