# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a comparison."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from app.walkthrough.comparison.report import ComparisonReport, compare, report_comparison
from app.walkthrough.pairs import NOTHING_CHANGED
from app.web.addresses import read_compare
from app.web.http.openapi import (
    LANG_PARAMETER,
    PROBLEMS,
    api_router,
    parameters,
    walkthrough_parameter,
)
from app.web.site import Site


def make_compare_api(site: Site) -> APIRouter:
    """The route under /api."""
    router = api_router()
    presets = (preset.id for item in site.walkthroughs.values() for preset in item.presets)
    known = next(presets, NOTHING_CHANGED)

    def side(name: str) -> dict[str, Any]:
        return {
            "name": name,
            "in": "query",
            "required": True,
            "description": (
                "A scenario as one value: inputs as key:value, joined by commas, `variant` among "
                f"them; the id of a preset; or {NOTHING_CHANGED}."
            ),
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_:,=&-]+$"},
            "examples": {
                "inputs": {"value": "state:FIN_WAIT2,linger2:-1"},
                "preset": {"value": known},
            },
        }

    @router.get(
        "/{walkthrough}/compare",
        summary="Two scenarios compared",
        responses=PROBLEMS,
        openapi_extra=parameters(side("a"), side("b"), LANG_PARAMETER),
    )
    async def comparison(
        request: Request,
        walkthrough: str = walkthrough_parameter(site.walkthroughs),
    ) -> ComparisonReport:
        """Where two scenarios part, or one in two variants of the source, and what differs."""
        found = site.walkthrough(walkthrough)
        query = read_compare(request.url.query, found, view_keys=("lang",), needs_both=True)
        a, b = query.a, query.b
        assert a is not None
        assert b is not None
        language = site.language(request, query.lang)
        addresses = site.addresses(request)
        return report_comparison(
            found,
            compare(found, a, b),
            (a, b),
            site.shelf(found, language, addresses).wording,
            compare_url=lambda one, other: addresses.compare(found.id, one, other),
            side_url=lambda one: addresses.side(found.id, one),
        )

    return router
