# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Report of a comparison: the JSON of the API and of the command line.

As in `app.walkthrough.report`. Lines and steps count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from typing_extensions import TypedDict

from app.kernel.model import Outcome, Trace
from app.machine.trace import Effect
from app.walkthrough.comparison.sides import decision_in
from app.walkthrough.comparison.traces import Comparison, InputDifference, OutcomePair, StepPair
from app.walkthrough.comparison.words import ComparisonWords
from app.walkthrough.pairs import Side
from app.walkthrough.records import Edition, Walkthrough
from app.walkthrough.report import (
    EffectReport,
    ErrorReport,
    Number,
    report_effect,
    report_error,
    report_step,
)
from app.walkthrough.wording import Wording


class SideReport(TypedDict):
    """One side: as it is written, its scenario, and what is left of it."""

    side: str
    url: str
    variant: str | None
    scenario: dict[str, int | str]
    reads: list[str]
    caveats: list[str]
    outcome: Outcome
    summary: list[str]
    error: ErrorReport | None


class DecidedReport(TypedDict):
    """A decision on one side, with its reason."""

    step: Number
    decision: str | None
    line: Number
    taken: bool | None
    reason: str | None
    why: str


class PartingReport(TypedDict):
    """The first decision that does not go alike; null for a side that decides nothing more."""

    a: DecidedReport | None
    b: DecidedReport | None


class ForkReport(TypedDict):
    """A decision that both sides met together and that sent them different ways."""

    decision: str
    line: Number
    in_loop: bool
    a: DecidedReport
    b: DecidedReport


class LinesReport(TypedDict):
    """The lines that both sides execute, and those that only one does."""

    both: list[int]
    a: list[int]
    b: list[int]


class DecisionPairReport(TypedDict):
    """How a decision went, once for each evaluation."""

    id: str
    line: Number
    a: list[bool]
    b: list[bool]
    same: bool


class StepEffectReport(EffectReport):
    """An effect and its step."""

    step: Number


class EffectPairReport(TypedDict):
    """What the world saw, on both sides or on one."""

    a: StepEffectReport | None
    b: StepEffectReport | None
    same: bool


class SuggestionReport(TypedDict):
    """A pair worth comparing."""

    id: str
    title: str
    look: str
    a: str
    b: str
    url: str


class ComparisonReport(TypedDict):
    """Two sides, where they part, and what differs.

    `same` says that both are the same scenario; then nothing differs. `parting` is the very first
    decision that differs; `forks` are all of them, those of a loop marked.
    """

    walkthrough: str
    url: str
    same: bool
    summary: list[str]
    a: SideReport
    b: SideReport
    inputs: list[InputDifference]
    parting: PartingReport | None
    forks: list[ForkReport]
    shared_steps: int
    steps: list[StepPair]
    lines: LinesReport
    decisions: list[DecisionPairReport]
    effects: list[EffectPairReport]
    outcome: list[OutcomePair]
    suggestions: list[SuggestionReport]


def compare(walkthrough: Walkthrough, a: Side, b: Side) -> Comparison:
    """The comparison of two sides."""
    editions = [walkthrough.edition_of(side.variant) for side in (a, b)]
    return Comparison(
        *(edition.trace(side.scenario) for edition, side in zip(editions, (a, b), strict=True)),
        order=_order(*editions),
        loops=frozenset().union(*(edition.looped for edition in editions)),
        by_text=any(edition.kernel for edition in editions),
    )


def _order(a: Edition, b: Edition) -> list[str]:
    """The ids of the decisions of both texts; one that only b has follows what it follows there."""
    found = [decision.id for decision in a.decisions]
    at = 0
    for decision in b.decisions:
        if decision.id in a.decisions_by_id:
            at = found.index(decision.id) + 1
        else:
            found.insert(at, decision.id)
            at += 1
    return found


def report_comparison(
    walkthrough: Walkthrough,
    comparison: Comparison,
    sides: tuple[Side, Side],
    wording: Wording,
    *,
    compare_url: Callable[[Side, Side], str],
    side_url: Callable[[Side], str],
) -> ComparisonReport:
    """Both sides, where they part and what differs.

    `compare_url` and `side_url` give the page of a comparison and that of a side alone.
    """
    words = ComparisonWords(wording)
    editions = [walkthrough.edition_of(side.variant) for side in sides]
    lines_a, lines_b = comparison.a.lines, comparison.b.lines
    return {
        "walkthrough": walkthrough.id,
        "url": compare_url(*sides),
        "same": sides[0] == sides[1],
        "summary": words.summary(comparison, *sides),
        "a": _side(walkthrough, comparison.a, sides[0], wording, side_url(sides[0])),
        "b": _side(walkthrough, comparison.b, sides[1], wording, side_url(sides[1])),
        "inputs": list(comparison.inputs),
        "parting": _parting(editions, comparison, wording),
        "forks": [
            {
                "decision": fork.decision,
                "line": decision_in(walkthrough, sides, fork.decision).line,
                "in_loop": fork.decision in comparison.loops,
                "a": _decided(editions[0], comparison.a, fork.a, wording),
                "b": _decided(editions[1], comparison.b, fork.b, wording),
            }
            for fork in comparison.forks
        ],
        "shared_steps": comparison.shared,
        "steps": list(comparison.steps),
        "lines": {
            "both": sorted(lines_a & lines_b),
            "a": sorted(lines_a - lines_b),
            "b": sorted(lines_b - lines_a),
        },
        "decisions": [
            {
                "id": pair.decision,
                "line": decision_in(walkthrough, sides, pair.decision).line,
                "a": list(pair.a),
                "b": list(pair.b),
                "same": pair.is_same,
            }
            for pair in comparison.decisions
        ],
        "effects": [
            {
                "a": _effect(pair.a, wording),
                "b": _effect(pair.b, wording),
                "same": pair.is_same,
            }
            for pair in comparison.effects
        ],
        "outcome": list(comparison.outcome),
        "suggestions": [
            {
                "id": pair.id,
                "title": wording.language.pick(pair.title),
                "look": wording.language.pick(pair.look),
                "a": str(pair.a),
                "b": str(pair.b),
                "url": compare_url(pair.a, pair.b),
            }
            for pair in walkthrough.pairs
        ],
    }


def _side(
    walkthrough: Walkthrough, trace: Trace, side: Side, wording: Wording, url: str
) -> SideReport:
    return {
        "side": str(side),
        "url": url,
        "variant": side.variant,
        "scenario": trace.scenario.flat(),
        "reads": list(trace.reads),
        "caveats": wording.caveats(trace),
        "outcome": trace.outcome,
        "summary": wording.outcome(trace),
        "error": report_error(trace),
    }


def _parting(
    editions: Sequence[Edition], comparison: Comparison, wording: Wording
) -> PartingReport | None:
    parting = comparison.parting
    if parting is None:
        return None
    a, b = parting.a, parting.b
    return {
        "a": None if a is None else _decided(editions[0], comparison.a, a, wording),
        "b": None if b is None else _decided(editions[1], comparison.b, b, wording),
    }


def _decided(edition: Edition, trace: Trace, number: int, wording: Wording) -> DecidedReport:
    step = report_step(edition, trace.steps[number - 1], number, wording)
    return {
        "step": number,
        "decision": step["decision"],
        "line": step["line"],
        "taken": step["taken"],
        "reason": step["reason"],
        "why": step["why"],
    }


def _effect(item: tuple[int, Effect] | None, wording: Wording) -> StepEffectReport | None:
    return None if item is None else {**report_effect(item[1], wording), "step": item[0]}
