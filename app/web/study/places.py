# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a permalink points at: reading the place of an address, and its witness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.errors import Gone, NotFound, Phrase, nearest
from app.kernel.model import Trace
from app.kernel.scenario import DEFAULT, Scenario
from app.machine.trace import within
from app.walkthrough.records import RESERVED_IDS, Block, Decision, Edition, Walkthrough
from app.walkthrough.symptoms import Symptom
from app.web.addresses import branch_place, lines_place, read_lines
from app.web.http.problems import unknown

if TYPE_CHECKING:
    from app.walkthrough.atlas.records import Atlas

_WAYS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Focus:
    """What a permalink points at: `place` as in the address, and the lines it marks."""

    kind: str
    place: str
    start: int
    end: int
    decision: Decision | None = None
    taken: bool | None = None
    block: Block | None = None
    #: A function that is executed within steps, and its lines; then `start` and `end` are 0.
    callee: str = ""
    rows: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """An old name of a place; `place` is the present one."""

    place: str


def find_place(
    walkthrough: Walkthrough, place: str, edition: Edition | None = None
) -> Focus | Moved:
    """The block, decision, branch, line or range of lines that an address names.

    In an `edition` of the walkthrough, else in its own text. Raises NotFound with what there is
    instead.
    """
    edition = edition or walkthrough.edition
    name, slash, way = place.partition("/")
    if name in walkthrough.gone:
        lost = walkthrough.gone[name]
        raise Gone(walkthrough.id, place, lost.replaced_by, lost.text)
    if name in walkthrough.aliases:
        return Moved(f"{walkthrough.aliases[name]}{slash}{way}")
    known = [*edition.blocks_by_id, *edition.decisions_by_id]
    if name not in known and name in {*walkthrough.blocks_by_id, *walkthrough.decisions_by_id}:
        raise unknown("not-in-text", "place", name, ", ".join(known))
    if name in edition.callees:
        return _callee(edition, place, name, way)
    decision = edition.decisions_by_id.get(name)
    if slash:
        return _branch(edition, decision, name, way)
    block = edition.blocks_by_id.get(name)
    if block is not None:
        return Focus("block", place, block.start, block.end, block=block)
    if decision is not None:
        return Focus("decision", place, decision.line, decision.end_line, decision)
    return _lines(walkthrough, edition, place)


def witness_of(walkthrough: Walkthrough, focus: Focus, edition: Edition | None = None) -> Scenario:
    """The simplest scenario that comes by a place of the own text, or of an `edition`."""
    decision = focus.decision
    if edition is not None and edition.kernel:
        return _witness_there(walkthrough, focus, edition)
    if decision is not None and focus.taken is not None and decision.standing != "new":
        return walkthrough.witness_of_branch(decision, focus.taken).scenario
    return walkthrough.witness_of_lines(focus.start, focus.end)


def _witness_there(walkthrough: Walkthrough, focus: Focus, edition: Edition) -> Scenario:
    """The preset that comes by most of a place of another kernel's text, and the simplest."""
    found = [(0, 0, DEFAULT)]
    for preset in walkthrough.presets:
        count = _comes_by(edition.trace(preset.scenario), focus)
        found.append((count, -len(preset.scenario.changed()), preset.scenario))
    return max(found, key=lambda item: item[:2])[2]


def _comes_by(trace: Trace, focus: Focus) -> int:
    """Of how many lines of a place a run executes something; of a branch, whether it takes it."""
    if focus.decision is not None and focus.taken is not None:
        return int((focus.decision.id, focus.taken) in trace.branches)
    if focus.callee:
        sites = [
            it.step.site
            for step in trace.steps
            for it in within(step)
            if it.function == focus.callee
        ]
        start, end = focus.rows
    else:
        sites, start, end = [step.site for step in trace.steps], focus.start, focus.end
    return len({site.span.line for site in sites if start <= site.span.line <= end})


def simpler(atlas: Atlas, focus: Focus, known: Scenario) -> Scenario:
    """The atlas' witness of a branch where it changes fewer inputs than the known one.

    Of two that are as simple the known one is a preset, which has a story.
    """
    if focus.decision is None or focus.taken is None:
        return known
    from app.walkthrough.atlas.report import simpler_of

    return simpler_of(atlas, (focus.decision.id, focus.taken), known)


def symptom_of(walkthrough: Walkthrough, name: str) -> Symptom:
    """The symptom of an id. Raises NotFound, with the nearest."""
    known = {symptom.id: symptom for symptom in walkthrough.symptoms.symptoms}
    if name not in known:
        raise unknown("unknown-symptom", "symptom", name, ", ".join(known), nearest(name, known))
    return known[name]


def no_such_place(walkthrough: Walkthrough, place: str) -> NotFound:
    """The answer to an unknown id, or to a page that this walkthrough does without."""
    known = [*walkthrough.blocks_by_id, *walkthrough.decisions_by_id]
    code = "unknown-page" if place in RESERVED_IDS else "unknown-place"
    return unknown(code, "place", place, ", ".join(known), nearest(place, known))


def _branch(edition: Edition, decision: Decision | None, name: str, way: str) -> Focus:
    if decision is None:
        known = edition.decisions_by_id
        raise unknown("unknown-decision", "decision", name, ", ".join(known), nearest(name, known))
    if way not in _WAYS:
        raise unknown("unknown-branch", "branch", f"{name}/{way}", f"{name}/true, {name}/false")
    taken = _WAYS[way]
    return Focus(
        kind="branch",
        place=branch_place(name, taken),
        start=decision.line,
        end=decision.end_line,
        decision=decision,
        taken=taken,
    )


def _lines(walkthrough: Walkthrough, edition: Edition, place: str) -> Focus | Moved:
    lines = read_lines(place)
    if lines is None:
        raise no_such_place(walkthrough, place)
    _check_lines(place, lines, len(edition.source.lines))
    if place != lines_place(*lines):
        return Moved(lines_place(*lines))
    return Focus("lines", place, *lines)


def _callee(edition: Edition, place: str, name: str, way: str) -> Focus | Moved:
    """`tcp_set_state`, or lines of it: `tcp_set_state/L5-L9`."""
    count = len(edition.callees[name].lines)
    lines = read_lines(way) if way else (1, count)
    if lines is None:
        raise unknown(
            "unknown-line", "line", way, Phrase("{low} to {high}", low="L1", high=f"L{count}")
        )
    _check_lines(way, lines, count)
    if way and way != lines_place(*lines):
        return Moved(f"{name}/{lines_place(*lines)}")
    return Focus("callee", place, 0, 0, callee=name, rows=lines)


def _check_lines(place: str, lines: tuple[int, int], count: int) -> None:
    if not 1 <= lines[0] <= lines[1] <= count:
        allowed = Phrase("{low} to {high}", low="L1", high=f"L{count}")
        raise unknown("unknown-line", "line", place, allowed)
