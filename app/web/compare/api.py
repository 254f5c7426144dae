# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a comparison."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from app.walkthrough.comparison.report import compare, report_comparison
from app.walkthrough.pairs import NOTHING_CHANGED
from app.web.addresses import read_compare
from app.web.http.openapi import (
    LANG_PARAMETER,
    PROBLEMS,
    json_answer,
    parameters,
    walkthrough_parameter,
)
from app.web.site import Site
from app.web.study.shapes import EffectShape, ErrorShape, OutcomeShape

Fact = int | str | bool | list[str] | None


class SideShape(BaseModel):
    """One side: as it is written, its scenario, and what is left of it."""

    side: str
    url: str
    variant: str | None
    scenario: dict[str, int | str]
    reads: list[str]
    caveats: list[str]
    outcome: OutcomeShape
    summary: list[str]
    error: ErrorShape | None


class ReadShape(BaseModel):
    """Whether each side's path read an input."""

    a: bool
    b: bool


class InputPairShape(BaseModel):
    """An input that differs."""

    key: str
    a: int | str
    b: int | str
    read: ReadShape


class DecidedShape(BaseModel):
    """A decision on one side, with its reason."""

    step: int = Field(ge=1)
    decision: str | None
    line: int = Field(ge=1)
    taken: bool | None
    reason: str | None
    why: str


class PartingShape(BaseModel):
    """The first decision that does not go alike; null for a side that decides nothing more."""

    a: DecidedShape | None
    b: DecidedShape | None


class ForkShape(BaseModel):
    """A decision that both sides met together and that sent them different ways."""

    decision: str
    line: int = Field(ge=1)
    in_loop: bool
    a: DecidedShape
    b: DecidedShape


class StepPairShape(BaseModel):
    """Steps that stand at the same place; null where one side has none."""

    a: int | None
    b: int | None
    line: int = Field(ge=1)
    same: bool


class LinesShape(BaseModel):
    """The lines that both sides execute, and those that only one does."""

    both: list[int]
    a: list[int]
    b: list[int]


class DecisionPairShape(BaseModel):
    """How a decision went, once for each evaluation."""

    id: str
    line: int = Field(ge=1)
    a: list[bool]
    b: list[bool]
    same: bool


class StepEffectShape(EffectShape):
    """An effect and its step."""

    step: int = Field(ge=1)


class EffectPairShape(BaseModel):
    """What the world saw, on both sides or on one."""

    a: StepEffectShape | None
    b: StepEffectShape | None
    same: bool


class OutcomePairShape(BaseModel):
    """A fact about what is left; a counter that did not change is 0."""

    kind: Literal["fact", "counter", "gauge"]
    name: str
    a: Fact
    b: Fact
    same: bool


class SuggestionShape(BaseModel):
    """A pair worth comparing."""

    id: str
    title: str
    look: str
    a: str
    b: str
    url: str


class ComparisonShape(BaseModel):
    """Two sides, where they part, and what differs.

    `same` says that both are the same scenario; then nothing differs. `parting` is the very first
    decision that differs; `forks` are all of them, those of a loop marked.
    """

    walkthrough: str
    url: str
    same: bool
    summary: list[str]
    a: SideShape
    b: SideShape
    inputs: list[InputPairShape]
    parting: PartingShape | None
    forks: list[ForkShape]
    shared_steps: int
    steps: list[StepPairShape]
    lines: LinesShape
    decisions: list[DecisionPairShape]
    effects: list[EffectPairShape]
    outcome: list[OutcomePairShape]
    suggestions: list[SuggestionShape]


def make_compare_api(site: Site) -> APIRouter:
    """The route under /api."""
    router = APIRouter(prefix="/api")
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
        response_model=ComparisonShape,
        responses=PROBLEMS,
        openapi_extra=parameters(side("a"), side("b"), LANG_PARAMETER),
    )
    async def comparison(
        request: Request,
        walkthrough: str = walkthrough_parameter(site.walkthroughs),
    ) -> JSONResponse:
        """Where two scenarios part, or one in two variants of the source, and what differs."""
        found = site.walkthrough(walkthrough)
        query = read_compare(request.url.query, found, view_keys=("lang",), needs_both=True)
        a, b = query.a, query.b
        assert a is not None
        assert b is not None
        language = site.language(request, query.lang)
        addresses = site.addresses(request)
        report = report_comparison(
            found,
            compare(found, a, b),
            (a, b),
            site.shelf(found, language, addresses).wording,
            compare_url=lambda one, other: addresses.compare(found.id, one, other),
            side_url=lambda one: addresses.side(found.id, one),
        )
        return json_answer(report)

    return router
