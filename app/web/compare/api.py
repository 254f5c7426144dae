# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a comparison."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Path, Request

from app.editions.difference import (
    DifferenceReport,
    EveryTextReport,
    report_differences,
    report_same_ends,
)
from app.errors import NotFound, not_among
from app.walkthrough.comparison.report import ComparisonReport, compare, report_comparison
from app.walkthrough.pairs import NOTHING_CHANGED
from app.walkthrough.records import Walkthrough
from app.web.api import ApiRouter, refusals, scenario_parameters, walkthrough_parameter
from app.web.compare.telling import telling
from app.web.query import read_compare, read_language, read_query
from app.web.site import Site

_OWN: Final = "own"
_TEXTS: Final = refusals("walkthrough or text")


def _text_parameter(name: str) -> Any:
    return Path(
        description=f"The label of an imported kernel, or {_OWN}.",
        alias=name,
        json_schema_extra={"pattern": "^[0-9A-Za-z._~-]+$"},
    )


def make_compare_api(site: Site) -> APIRouter:
    """The route under /api."""
    router = ApiRouter()
    walkthrough = walkthrough_parameter(site)
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

    @router.operation("/{walkthrough}/compare", "Two scenarios compared", side("a"), side("b"))
    async def comparison(request: Request, found: Walkthrough = walkthrough) -> ComparisonReport:
        """Where two scenarios part, or one in two variants of the source, and what differs."""
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
            site.cache(found, language, addresses).wording,
            compare_url=lambda one, other: addresses.compare(found.id, one, other),
            side_url=lambda one: addresses.side(found.id, one),
        )

    @router.operation("/{walkthrough}/texts", "One socket in every text", *scenario_parameters())
    async def every_text(request: Request, found: Walkthrough = walkthrough) -> EveryTextReport:
        """What is left of one socket in the own text and in each imported kernel's, grouped."""
        query = read_query(request.url.query, found, view_keys=("lang",))
        return report_same_ends(found, query.scenario)

    @router.operation(
        "/{walkthrough}/texts/{a}/{b}", "Every socket that tells two texts apart", refusals=_TEXTS
    )
    async def two_texts(
        request: Request,
        found: Walkthrough = walkthrough,
        a: str = _text_parameter("a"),
        b: str = _text_parameter("b"),
    ) -> DifferenceReport:
        """The smallest socket for each way in which two texts can end differently, if any."""
        read_language(request.url.query)
        known = {_OWN: found.edition, **{name: found.kernels[name] for name in found.kernels}}
        for name in (a, b):
            if name not in known:
                raise NotFound([not_among("unknown-text", "text", name, known)])
        classes = await telling(site.atlases, (known[a], known[b]), found.function)
        tried = sum(len(item.members) for item in classes)
        return report_differences((a, b), tried, classes)

    return router
