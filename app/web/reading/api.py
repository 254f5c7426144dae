# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a walkthrough, and of a trace."""

from fastapi import APIRouter, Request

from app.walkthrough.records import Walkthrough
from app.walkthrough.report import (
    TraceReport,
    WalkthroughList,
    WalkthroughReport,
    query_of,
    report_trace,
    report_walkthrough,
    report_walkthroughs,
)
from app.web.api import (
    PROBLEMS,
    ApiRouter,
    kernel_parameter,
    scenario_parameters,
    variant_parameter,
    walkthrough_parameter,
)
from app.web.query import read_language, read_query
from app.web.site import Site

#: What the address of a trace may have besides the scenario.
_TRACE_KEYS = ("variant", "kernel", "lang")


def make_study_api(site: Site) -> APIRouter:
    """The list of walkthroughs, a walkthrough, a trace."""
    router = ApiRouter()
    named = walkthrough_parameter(site)

    @router.operation(
        "/walkthroughs",
        "The walkthroughs",
        refusals={k: v for k, v in PROBLEMS.items() if k != 404},
    )
    async def walkthroughs(request: Request) -> WalkthroughList:
        """Every walkthrough that this server has."""
        language = site.language(request, read_language(request.url.query))
        return report_walkthroughs(
            site.walkthroughs.values(), language, site.addresses(request).page
        )

    @router.operation("/{walkthrough}", "A walkthrough")
    async def walkthrough(request: Request, found: Walkthrough = named) -> WalkthroughReport:
        """The source, its blocks and decisions, the inputs, the presets, the kernel functions."""
        language = site.language(request, read_language(request.url.query))
        return report_walkthrough(found, language)

    @router.operation(
        "/{walkthrough}/trace",
        "What the function does in a scenario",
        *scenario_parameters(),
        variant_parameter(site.walkthroughs.values()),
        kernel_parameter(site.walkthroughs.values()),
    )
    async def trace(request: Request, found: Walkthrough = named) -> TraceReport:
        """Executes the displayed C on a modelled socket. An empty value means the default."""
        query = read_query(request.url.query, found, view_keys=_TRACE_KEYS, needs_kernel=True)
        language = site.language(request, query.lang)
        addresses = site.addresses(request)
        result = found.trace(query.scenario, query.variant)
        return report_trace(
            found,
            result,
            site.cache(found, language, addresses).wording,
            url=addresses.page(found.id, query=query_of(result, query.variant)),
            variant=query.variant,
        )

    return router
