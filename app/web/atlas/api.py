# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The atlas as JSON."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Path, Request

from app.kernel.inputs import STATES
from app.walkthrough.atlas.filters import (
    COUNTERS,
    FATES,
    SEGMENTS,
    branches_of,
    filtered,
    read_branch,
)
from app.walkthrough.atlas.report import (
    AtlasReport,
    BranchReport,
    report_atlas,
    report_branch,
    simplest,
)
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.records import Walkthrough
from app.web.api import (
    ApiRouter,
    kernel_parameter,
    own_parameter,
    query_parameter,
    refusals,
    variant_parameter,
    walkthrough_parameter,
)
from app.web.atlas.view import AtlasFields
from app.web.query import MAX_NUMBER, read_plain
from app.web.site import Site
from app.web.waiting import whole_atlas

MAX_LIMIT: Final = 500
DEFAULT_LIMIT: Final = 100

_PROBLEMS = refusals("walkthrough or branch")


def make_atlas_api(site: Site) -> APIRouter:
    """The routes of the atlas under /api."""
    router = ApiRouter()
    walkthrough = walkthrough_parameter(site)
    shared = (
        variant_parameter(site.walkthroughs.values(), "The atlas of a variant of the source."),
        kernel_parameter(site.walkthroughs.values()),
    )

    @router.operation(
        "/{walkthrough}/atlas",
        "Every path through the function",
        _number("limit", "At most so many paths.", 1, MAX_LIMIT, DEFAULT_LIMIT),
        _number("offset", "Leave out so many first.", 0, MAX_NUMBER, 0),
        own_parameter(
            "branch",
            "Paths that take this branch; several joined by commas.",
            site.walkthroughs.values(),
            lambda item: branches_of(item.edition),
        ),
        query_parameter("fate", "Paths that end like this.", type="string", enum=list(FATES)),
        query_parameter(
            "state", "Paths that leave this sk_state.", type="string", enum=list(STATES)
        ),
        query_parameter("segment", "Paths that send this.", type="string", enum=list(SEGMENTS)),
        query_parameter("counter", "Paths that count this.", type="string", enum=list(COUNTERS)),
        *shared,
        refusals=_PROBLEMS,
    )
    async def atlas(request: Request, found: Walkthrough = walkthrough) -> AtlasReport:
        """The paths with the conditions that lead to each. The first request takes seconds."""
        more = ("limit", "offset", "variant")
        fields = AtlasFields(request.url.query, found, *more, needs_kernel=True)
        limit = fields.number("limit", 1, MAX_LIMIT)
        offset = fields.number("offset", 0, MAX_NUMBER)
        fields.check()
        variant = fields.asked.variant
        known = await whole_atlas(site.atlases, found.edition_of(variant), found.function)
        return report_atlas(
            found,
            known,
            filtered(known, fields.filter),
            AtlasWords(site.language(request, fields.lang)),
            variant=variant,
            limit=limit or DEFAULT_LIMIT,
            offset=offset or 0,
        )

    @router.operation(
        "/{walkthrough}/atlas/{decision}/{way}",
        "When a branch is taken",
        *shared,
        refusals=_PROBLEMS,
    )
    async def branch(
        request: Request,
        found: Walkthrough = walkthrough,
        decision: str = Path(
            description="The id of a decision.",
            json_schema_extra={
                "enum": sorted({d.id for w in site.walkthroughs.values() for d in w.decisions})
            },
        ),
        way: str = Path(
            description="How it comes out.", json_schema_extra={"enum": ["true", "false"]}
        ),
    ) -> BranchReport:
        """Its condition, its witness, the paths through it, and what it excludes."""
        keys = ("variant", "kernel", "lang")
        lang, text = read_plain(request.url.query, found, keys, needs_kernel=True)
        place = read_branch(found, f"{decision}/{way}", text.variant)
        words = AtlasWords(site.language(request, lang))
        edition = found.edition_of(text.variant)
        known = await whole_atlas(site.atlases, edition, found.function)
        record = known.branch(place)
        is_shown = edition is found.edition and record.witness is not None
        shown = simplest(found, known, place) if is_shown else None
        return report_branch(edition, known, record, words, shown)

    return router


def _number(name: str, description: str, low: int, high: int, default: int) -> dict[str, Any]:
    return query_parameter(
        name, description, type="integer", minimum=low, maximum=high, default=default
    )
