# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a scenario on a real kernel."""

from fastapi import APIRouter, Request

from app.lab.preview import PreviewReport, preview_of, report_preview
from app.walkthrough.records import Walkthrough
from app.web.api import (
    ApiRouter,
    kernel_parameter,
    scenario_parameters,
    variant_parameter,
    walkthrough_parameter,
)
from app.web.query import TEXTS, read_query
from app.web.site import Site


def make_lab_api(site: Site) -> APIRouter:
    """The recipe of a scenario."""
    router = ApiRouter()
    walkthrough, every = walkthrough_parameter(site), site.walkthroughs.values()
    texts = (variant_parameter(every), kernel_parameter(every))

    @router.operation(
        "/{walkthrough}/lab", "A scenario on a real kernel", *scenario_parameters(), *texts
    )
    async def lab(request: Request, found: Walkthrough = walkthrough) -> PreviewReport:
        """The recipe that brings a real socket there, and scripts to do it. Nothing is run."""
        query = read_query(request.url.query, found, view_keys=(*TEXTS, "lang"), needs_kernel=True)
        language = site.language(request, query.lang)
        preview = preview_of(found.trace(query.scenario, query.variant), f"{found.function}()")
        return report_preview(preview, language)

    return router
