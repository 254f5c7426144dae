# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON API."""

from typing import Any

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse

from app.i18n import LANGUAGE_CODES
from app.kernel.scenario import INPUTS
from app.lab.offer import offer_for, report_offer
from app.walkthrough.report import query_of, report_trace, report_walkthrough
from app.web.addresses import read_language, read_query
from app.web.site import Site
from app.web.study.shapes import (
    LabShape,
    ProblemDetails,
    TraceShape,
    WalkthroughListShape,
    WalkthroughShape,
)

#: The parameter `lang`.
LANG_PARAMETER: dict[str, Any] = {
    "name": "lang",
    "in": "query",
    "description": "The language of the texts; else Accept-Language, else English.",
    "schema": {"type": "string", "enum": list(LANGUAGE_CODES)},
}
#: How bad input is answered.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {"application/problem+json": {}}}
    | {"model": ProblemDetails}
    for status, description in (
        (404, "There is no such walkthrough."),
        (414, "The query is longer than 2,000 characters."),
        (422, "Something in the query is not allowed; every problem is listed."),
    )
}


def _parameters(*extra: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": list(extra)}


def _scenario_parameters() -> list[dict[str, Any]]:
    return [
        {
            "name": item.key,
            "in": "query",
            "description": f"{item.field}: {item.allowed}",
            "schema": item.schema(),
        }
        for item in INPUTS.values()
    ]


def make_api(site: Site) -> APIRouter:
    """The routes under /api."""
    router = APIRouter(prefix="/api")
    variants = sorted({v for w in site.walkthroughs.values() for v in w.variants})
    variant_parameter = {
        "name": "variant",
        "in": "query",
        "description": "Run a variant of the source.",
        "schema": {"type": "string", "enum": variants},
    }
    name_parameter = Path(
        description="The id of a walkthrough.",
        json_schema_extra={"enum": list(site.walkthroughs)},
    )

    @router.get(
        "/walkthroughs",
        summary="The walkthroughs",
        response_model=WalkthroughListShape,
        responses={k: v for k, v in PROBLEMS.items() if k != 404},
        openapi_extra=_parameters(LANG_PARAMETER),
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
        openapi_extra=_parameters(LANG_PARAMETER),
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
        openapi_extra=_parameters(*_scenario_parameters(), variant_parameter, LANG_PARAMETER),
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

    @router.get(
        "/{walkthrough}/lab",
        summary="A scenario on a real kernel",
        response_model=LabShape,
        responses=PROBLEMS,
        openapi_extra=_parameters(*_scenario_parameters(), LANG_PARAMETER),
    )
    async def lab(request: Request, walkthrough: str = name_parameter) -> JSONResponse:
        """The recipe that brings a real socket there, and scripts to do it. Nothing is run."""
        found = site.walkthrough(walkthrough)
        query = read_query(request.url.query, found, view_keys=("lang",))
        language = site.language(request, query.lang)
        offer = offer_for(found.trace(query.scenario), f"{found.function}()")
        return json_answer(report_offer(offer, language))

    return router


def json_answer(body: dict[str, Any]) -> JSONResponse:
    """An answer in a language, which may be kept but has to be asked after."""
    return JSONResponse(body, headers={"Vary": "Accept-Language", "Cache-Control": "no-cache"})
