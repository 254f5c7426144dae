# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of the contract: a walkthrough and a trace as plain data.

Lines and steps count from 1; texts are in the language of the wording.
"""

from __future__ import annotations

from typing import Any

from app.errors import UndeclaredName
from app.i18n import Language
from app.kernel.model import Trace
from app.kernel.scenario import INPUTS
from app.machine.trace import Effect, Step
from app.walkthrough.records import Walkthrough
from app.walkthrough.wording import Wording


def query_of(trace: Trace, variant: str | None) -> str:
    """The shortest query string that reproduces a trace; empty for the default scenario."""
    query = trace.scenario.query()
    return "&".join(part for part in (query, f"variant={variant}" if variant else "") if part)


def report_trace(
    walkthrough: Walkthrough, trace: Trace, wording: Wording, *, url: str, variant: str | None
) -> dict[str, Any]:
    """What the function did: the shape is in the design and in the OpenAPI document."""
    steps = [report_step(walkthrough, step, n, wording) for n, step in enumerate(trace.steps, 1)]
    outcome = trace.outcome
    return {
        "walkthrough": walkthrough.id,
        "variant": variant,
        "scenario": trace.scenario.flat(),
        "url": url,
        "reads": list(trace.reads),
        "caveats": wording.caveats(trace),
        "lines": executed_lines(trace),
        "steps": steps,
        "decisions": [
            {"id": step["decision"], "line": step["line"], "taken": step["taken"]}
            for step in steps
            if step["decision"] is not None
        ],
        "calls": list(trace.calls),
        "outcome": {
            "state": outcome.state,
            "destroyed": outcome.destroyed,
            "timewait": outcome.timewait,
            "fate": outcome.fate,
            "segments": list(outcome.segments),
            "counters": dict(outcome.counters),
            "gauges": dict(outcome.gauges),
            "keepalive_ms": outcome.keepalive_ms,
            "timewait_ms": outcome.timewait_ms,
            "orphans": outcome.orphans,
            "refs": outcome.refs,
            "locks_balanced": outcome.locks_balanced,
        },
        "summary": wording.outcome(trace),
        "error": report_error(trace),
    }


def report_step(
    walkthrough: Walkthrough, step: Step, number: int, wording: Wording
) -> dict[str, Any]:
    """One step; `why` is a sentence, `reason` the few words at the end of a decided line."""
    reason = wording.reason(step)
    decision = step.site.decision
    return {
        "index": number,
        "line": step.site.span.line,
        "end_line": step.site.span.end_line,
        "text": step.site.text,
        "decision": None if decision is None else walkthrough.decisions[decision].id,
        "taken": step.taken,
        "why": reason.full,
        "reason": reason.short or None,
        "effects": [report_effect(effect, wording) for effect in step.effects],
    }


def report_effect(effect: Effect, wording: Wording) -> dict[str, Any]:
    """One effect, with `text` for people."""
    return {**effect._asdict(), "text": wording.effect(effect)}


def report_error(trace: Trace) -> dict[str, Any] | None:
    """Why the C could not go on; None where it returned."""
    error = trace.error
    if error is None:
        return None
    return {
        "kind": error.kind,
        "line": error.line,
        "text": error.text,
        "message": error.message,
        "nearest": error.nearest if isinstance(error, UndeclaredName) else None,
    }


def executed_lines(trace: Trace) -> list[int]:
    """The 1-based lines that the steps stand on, ascending."""
    return sorted(
        {
            line
            for step in trace.steps
            for line in range(step.site.span.line, step.site.span.end_line + 1)
        }
    )


def report_walkthrough(walkthrough: Walkthrough, language: Language) -> dict[str, Any]:
    """The source, its blocks, decisions, inputs, presets and helpers."""
    pick = language.pick
    wording = Wording(walkthrough, language)
    return {
        "id": walkthrough.id,
        "function": walkthrough.function,
        "title": pick(walkthrough.title),
        "summary": pick(walkthrough.summary),
        "languages": list(walkthrough.languages),
        "source": {
            "file": walkthrough.provenance.file,
            "path": walkthrough.provenance.path,
            "kernel": walkthrough.provenance.kernel,
            "licence": walkthrough.provenance.licence,
            "origin": pick(walkthrough.provenance.origin),
            "lines": list(walkthrough.edition.source.lines),
        },
        "blocks": [
            {
                "id": block.id,
                "title": pick(block.title),
                "start": block.start,
                "end": block.end,
            }
            for block in walkthrough.blocks
        ],
        "decisions": [
            {
                "id": decision.id,
                "line": decision.line,
                "keyword": decision.keyword,
                "condition": decision.condition,
                "title": pick(decision.title),
            }
            for decision in walkthrough.decisions
        ],
        "inputs": [
            {
                "key": item.key,
                "name": wording.input_name(item.key),
                "field": item.field,
                "default": item.flat(item.default),
                "allowed": item.allowed,
                "schema": item.schema(),
            }
            for item in INPUTS.values()
        ],
        "presets": [
            {
                "id": preset.id,
                "title": pick(preset.title),
                "story": pick(preset.story),
                "scenario": preset.scenario.changed(),
                "query": preset.scenario.query(),
            }
            for preset in walkthrough.presets
        ],
        "helpers": [
            {
                "name": helper.name,
                "called": helper.called,
                "file": helper.file,
                "kind": helper.kind,
                "does": pick(helper.does),
                "model": pick(helper.model),
            }
            for helper in walkthrough.helpers.values()
        ],
        "variants": [
            {"id": variant.id, "title": pick(variant.title), "note": pick(variant.note)}
            for variant in walkthrough.variants.values()
            if variant.id is not None
        ],
    }
