# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of a comparison, for the API and the command line. Lines and steps count from 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.csource.decisions import decisions_in_loops
from app.kernel.model import Trace
from app.machine.trace import Effect, Step
from app.walkthrough.comparison.traces import Comparison
from app.walkthrough.comparison.words import ComparisonWords
from app.walkthrough.pairs import Side
from app.walkthrough.records import Walkthrough
from app.walkthrough.report import report_effect, report_step, report_trace
from app.walkthrough.wording import Wording


def compare(walkthrough: Walkthrough, a: Side, b: Side) -> Comparison:
    """The comparison of two sides."""
    return Comparison(
        walkthrough.trace(a.scenario, a.variant),
        walkthrough.trace(b.scenario, b.variant),
        decisions_in_loops(walkthrough.edition.program.function),
    )


def report_comparison(
    walkthrough: Walkthrough,
    comparison: Comparison,
    sides: tuple[Side, Side],
    wording: Wording,
    *,
    compare_url: Callable[[Side, Side], str],
    side_url: Callable[[Side], str],
) -> dict[str, Any]:
    """Both sides, where they part and what differs; the shape is in the OpenAPI document.

    `compare_url` and `side_url` give the page of a comparison and that of a side alone.
    """
    words = ComparisonWords(wording)
    lines_a, lines_b = comparison.lines
    return {
        "walkthrough": walkthrough.id,
        "url": compare_url(*sides),
        "same": sides[0] == sides[1],
        "summary": words.summary(comparison, *sides),
        "a": _side(walkthrough, comparison.a, sides[0], wording, side_url(sides[0])),
        "b": _side(walkthrough, comparison.b, sides[1], wording, side_url(sides[1])),
        "inputs": [
            {
                "key": item.key,
                "a": item.a,
                "b": item.b,
                "read": {"a": item.is_read_in_a, "b": item.is_read_in_b},
            }
            for item in comparison.inputs
        ],
        "parting": _parting(walkthrough, comparison, wording),
        "forks": [
            {
                "decision": walkthrough.decisions[fork.number].id,
                "line": walkthrough.decisions[fork.number].line,
                "in_loop": fork.number in comparison.loops,
                "a": _decided(walkthrough, comparison.a, fork.a, wording),
                "b": _decided(walkthrough, comparison.b, fork.b, wording),
            }
            for fork in comparison.forks
        ],
        "shared_steps": comparison.shared,
        "steps": [
            {
                "a": pair.a,
                "b": pair.b,
                "line": _line(comparison, pair.a, pair.b),
                "same": pair.is_same,
            }
            for pair in comparison.steps
        ],
        "lines": {
            "both": sorted(lines_a & lines_b),
            "a": sorted(lines_a - lines_b),
            "b": sorted(lines_b - lines_a),
        },
        "decisions": [
            {
                "id": walkthrough.decisions[pair.number].id,
                "line": walkthrough.decisions[pair.number].line,
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
        "outcome": [
            {
                "kind": pair.kind,
                "name": pair.name,
                "a": _plain(pair.a),
                "b": _plain(pair.b),
                "same": pair.is_same,
            }
            for pair in comparison.outcome
        ],
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
) -> dict[str, Any]:
    whole = report_trace(walkthrough, trace, wording, url=url, variant=side.variant)
    kept = ("url", "variant", "scenario", "reads", "caveats", "outcome", "summary", "error")
    return {"side": str(side)} | {key: whole[key] for key in kept}


def _parting(
    walkthrough: Walkthrough, comparison: Comparison, wording: Wording
) -> dict[str, Any] | None:
    parting = comparison.parting
    if parting is None:
        return None
    return {
        "a": _decided(walkthrough, comparison.a, parting.a, wording),
        "b": _decided(walkthrough, comparison.b, parting.b, wording),
    }


def _decided(
    walkthrough: Walkthrough, trace: Trace, number: int | None, wording: Wording
) -> dict[str, Any] | None:
    if number is None:
        return None
    step = report_step(walkthrough, trace.steps[number - 1], number, wording)
    return {
        "step": number,
        **{key: step[key] for key in ("decision", "line", "taken", "reason", "why")},
    }


def _line(comparison: Comparison, a: int | None, b: int | None) -> int:
    step: Step = comparison.a.steps[a - 1] if a else comparison.b.steps[(b or 1) - 1]
    return step.site.span.line


def _effect(item: tuple[int, Effect] | None, wording: Wording) -> dict[str, Any] | None:
    return None if item is None else {"step": item[0], **report_effect(item[1], wording)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
