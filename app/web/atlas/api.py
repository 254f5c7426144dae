# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The atlas as JSON."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Path, Request

from app.errors import InputProblem, ReaderError
from app.i18n import LANGUAGE_CODES
from app.kernel.inputs import STATES
from app.walkthrough.atlas.filters import (
    COUNTERS,
    FATES,
    FILTER_KEYS,
    SEGMENTS,
    branches_of,
    filtered,
    read_branch,
    read_filter,
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
from app.web.query import Fields
from app.web.site import Site
from app.web.waiting import whole_atlas

MAX_LIMIT: Final = 500
DEFAULT_LIMIT: Final = 100
_MAX_OFFSET: Final = 1_000_000

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
        _number("offset", "Leave out so many first.", 0, _MAX_OFFSET, 0),
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
        fields = _read(
            request,
            found,
            ("limit", "offset", *FILTER_KEYS, "variant", "kernel", "lang"),
            is_filter=True,
        )
        words = AtlasWords(site.language(request, fields.get("lang")))
        edition = found.edition_of(fields.get("variant"))
        known = await whole_atlas(site.atlases, edition, found.function)
        paths = filtered(known, read_filter(found, fields, fields.get("variant")))
        return report_atlas(
            found,
            known,
            paths,
            words,
            variant=fields.get("variant"),
            limit=int(fields.get("limit") or DEFAULT_LIMIT),
            offset=int(fields.get("offset") or 0),
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
        fields = _read(request, found, ("variant", "kernel", "lang"), is_filter=False)
        place = read_branch(found, f"{decision}/{way}", fields.get("variant"))
        words = AtlasWords(site.language(request, fields.get("lang")))
        edition = found.edition_of(fields.get("variant"))
        known = await whole_atlas(site.atlases, edition, found.function)
        record = known.branch(place)
        is_shown = edition is found.edition and record.witness is not None
        shown = simplest(found, known, place) if is_shown else None
        return report_branch(edition, known, record, words, shown)

    return router


def _read(
    request: Request, walkthrough: Walkthrough, keys: tuple[str, ...], *, is_filter: bool
) -> dict[str, str]:
    """The fields of the query. Raises ReaderError with every problem."""
    given = Fields(request.url.query, keys)
    problems = given.problems
    given.word("lang", LANGUAGE_CODES)
    given.word("variant", walkthrough.variants)
    given.word("kernel", walkthrough.kernels)
    fields = {key: text for key, text in given.texts.items() if text}
    if "kernel" in fields:
        fields["variant"] = fields.pop("kernel")
    for key, low, high in (("limit", 1, MAX_LIMIT), ("offset", 0, _MAX_OFFSET)):
        text = fields.get(key, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= 9):
            problems.append(InputProblem("not-a-number", key, text, f"{low} to {high}"))
        elif text and not low <= int(text) <= high:
            problems.append(InputProblem("out-of-range", key, text, f"{low} to {high}"))
    if is_filter:
        try:
            read_filter(walkthrough, fields, fields.get("variant"))
        except ReaderError as error:
            problems += error.problems
    given.check()
    return fields


def _number(name: str, description: str, low: int, high: int, default: int) -> dict[str, Any]:
    return query_parameter(
        name, description, type="integer", minimum=low, maximum=high, default=default
    )
