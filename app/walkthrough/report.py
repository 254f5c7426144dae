# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reports of a walkthrough and of a trace: the JSON of the API and of the command line.

A `…Report` is at once what `report_…()` returns, what a route answers (its return type) and the
schema in the OpenAPI document, whose descriptions are the docstrings here. Records of the kernel
stand in a report as they are. Lines and steps count from 1; texts are in the language of the
wording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

# Not from typing: pydantic reads that one from Python 3.12 on.
from typing_extensions import TypedDict

from app.errors import UndeclaredName
from app.i18n import Language
from app.kernel.inputs import INPUTS
from app.kernel.model import Outcome, Trace
from app.machine.trace import Effect, Frame, Step
from app.walkthrough.pairs import edition_key
from app.walkthrough.records import Edition, Walkthrough
from app.walkthrough.wording import Wording, source_sentence

#: A number of a line or of a step.
Number = Annotated[int, Field(ge=1)]


class WalkthroughEntry(TypedDict):
    """A walkthrough in the list."""

    id: str
    title: str
    summary: str
    url: str


class WalkthroughList(TypedDict):
    """The walkthroughs of this server."""

    walkthroughs: list[WalkthroughEntry]


class SourceReport(TypedDict):
    """The quoted source; `lines[0]` is line 1.

    `edition` says in a sentence whose text it is, and from where its lines are counted.
    `path` and `kernel` are null where no kernel has the function.
    """

    file: str
    path: str | None
    kernel: str | None
    edition: str
    licence: str
    origin: str
    lines: list[str]


class BlockReport(TypedDict):
    """A block; lines are 1-based and inclusive."""

    id: str
    title: str
    start: Number
    end: Number


class DecisionReport(TypedDict):
    """A decision of the source."""

    id: str
    line: Number
    keyword: str
    condition: str
    title: str


class InputReport(TypedDict):
    """An input of the scenario; `schema` is a JSON schema of its text."""

    key: str
    name: str
    field: str
    default: int | str
    allowed: str
    schema: dict[str, Any]


class PresetReport(TypedDict):
    """A named scenario: what differs from the defaults, as an object and as a query string."""

    id: str
    title: str
    story: str
    scenario: dict[str, int | str]
    query: str


class HelperReport(TypedDict):
    """A kernel function that the source calls; `kind` is `function`, `macro` or `pointer`."""

    name: str
    called: str
    file: str
    kind: str
    does: str
    model: str


class VariantReport(TypedDict):
    """A variant of the source."""

    id: str
    title: str
    note: str


class WalkthroughReport(TypedDict):
    """A walkthrough."""

    id: str
    function: str
    title: str
    summary: str
    languages: list[str]
    source: SourceReport
    blocks: list[BlockReport]
    decisions: list[DecisionReport]
    inputs: list[InputReport]
    presets: list[PresetReport]
    helpers: list[HelperReport]
    variants: list[VariantReport]


class EffectReport(TypedDict):
    """What a step changed; `text` is for people."""

    kind: str
    name: str
    before: int | str | None
    after: int | str | None
    cause: str | None
    text: str


class FrameStepReport(TypedDict):
    """A step of a function that is executed from its text; `line` counts from its first line."""

    line: Number
    file_line: int | None
    text: str
    taken: bool | None
    effects: list[EffectReport]
    frames: list[FrameReport]


class FrameReport(TypedDict):
    """A function that is executed from its text, within a step."""

    function: str
    steps: list[FrameStepReport]


class StepReport(TypedDict):
    """An executed statement or an evaluated condition; `index` counts from 1.

    `why` is a sentence, `reason` the few words at the end of a decided line. In the text of a
    kernel `file_line` is the line in its own file, and `frames` are the functions that the step
    executed from their texts; effects of theirs are the step's too.
    """

    index: Number
    line: Number
    end_line: Number
    file_line: int | None
    frames: list[FrameReport]
    text: str
    decision: str | None
    taken: bool | None
    why: str
    reason: str | None
    effects: list[EffectReport]


class TakenReport(TypedDict):
    """A decision, evaluated."""

    id: str
    line: Number
    taken: bool


class ErrorReport(TypedDict):
    """Why the C could not go on."""

    kind: str
    line: int
    text: str
    message: str
    nearest: str | None


class EditionReport(TypedDict):
    """An imported kernel: its label, the digest of its text, all kernels that have it."""

    label: str
    digest: str
    labels: list[str]


class TraceReport(TypedDict):
    """What the function did in a scenario."""

    walkthrough: str
    variant: str | None
    edition: EditionReport | None
    scenario: dict[str, int | str]
    url: str
    reads: list[str]
    caveats: list[str]
    lines: list[int]
    steps: list[StepReport]
    decisions: list[TakenReport]
    calls: list[str]
    outcome: Outcome
    summary: list[str]
    error: ErrorReport | None


def json_text(report: Mapping[str, Any]) -> str:
    """A report as indented JSON, for a terminal or a file."""
    return TypeAdapter(Any).dump_json(report, indent=2).decode()


def query_of(trace: Trace, variant: str | None) -> str:
    """The shortest query string that reproduces a trace; empty for the default scenario."""
    query = trace.scenario.query()
    edition = f"{edition_key(variant)}={variant}" if variant else ""
    return "&".join(part for part in (query, edition) if part)


def report_trace(
    walkthrough: Walkthrough, trace: Trace, wording: Wording, *, url: str, variant: str | None
) -> TraceReport:
    """What the function did; `url` is the shortest permalink of the scenario."""
    edition = walkthrough.edition_of(variant)
    steps = [report_step(edition, step, n, wording) for n, step in enumerate(trace.steps, 1)]
    return {
        "walkthrough": walkthrough.id,
        "variant": None if edition.kernel else variant,
        "edition": report_edition(edition),
        "scenario": trace.scenario.flat(),
        "url": url,
        "reads": list(trace.reads),
        "caveats": wording.caveats(trace),
        "lines": sorted(trace.lines),
        "steps": steps,
        "decisions": [
            {"id": decision, "line": step["line"], "taken": taken}
            for step in steps
            if (decision := step["decision"]) is not None and (taken := step["taken"]) is not None
        ],
        "calls": list(trace.calls),
        "outcome": trace.outcome,
        "summary": wording.outcome(trace),
        "error": report_error(trace),
    }


def report_edition(edition: Edition) -> EditionReport | None:
    """Which kernel's text it is; None for the walkthrough's own and its variants."""
    if edition.kernel is None:
        return None
    return {"label": edition.kernel, "digest": edition.digest, "labels": list(edition.labels)}


def report_step(edition: Edition, step: Step, number: int, wording: Wording) -> StepReport:
    """One step of an edition's run."""
    reason = wording.reason(step, edition)
    return {
        "index": number,
        "line": step.site.span.line,
        "end_line": step.site.span.end_line,
        "file_line": edition.file_lines.get(step.site.span.line),
        "frames": [_report_frame(edition, frame, wording) for frame in step.frames],
        "text": step.site.text,
        "decision": step.site.decision,
        "taken": step.taken,
        "why": reason.full,
        "reason": reason.short or None,
        "effects": [report_effect(effect, wording) for effect in step.effects],
    }


def _report_frame(edition: Edition, frame: Frame, wording: Wording) -> FrameReport:
    """A function that was executed from its text, and all that it called."""
    first = edition.first_lines.get(frame.function)
    return {
        "function": frame.function,
        "steps": [
            {
                "line": step.site.span.line,
                "file_line": None if first is None else first + step.site.span.line - 1,
                "text": step.site.text,
                "taken": step.taken,
                "effects": [report_effect(effect, wording) for effect in step.effects],
                "frames": [_report_frame(edition, inner, wording) for inner in step.frames],
            }
            for step in frame.steps
        ],
    }


def report_effect(effect: Effect, wording: Wording) -> EffectReport:
    """One effect."""
    return {
        "kind": effect.kind,
        "name": effect.name,
        "before": effect.before,
        "after": effect.after,
        "cause": effect.cause,
        "text": wording.effect(effect),
    }


def report_error(trace: Trace) -> ErrorReport | None:
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


def report_walkthroughs(
    walkthroughs: Iterable[Walkthrough], language: Language, page_url: Callable[[str], str]
) -> WalkthroughList:
    """Those of a server; `page_url` gives the page of an id."""
    return {
        "walkthroughs": [
            {
                "id": item.id,
                "title": language.pick(item.title),
                "summary": language.pick(item.summary),
                "url": page_url(item.id),
            }
            for item in walkthroughs
        ]
    }


def report_walkthrough(walkthrough: Walkthrough, language: Language) -> WalkthroughReport:
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
            "edition": source_sentence(walkthrough, language),
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
