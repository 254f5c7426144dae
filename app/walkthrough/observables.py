# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which line of the function is behind a number that a host prints.

Nothing is listed by hand: a counter belongs to the lines whose steps count it in the presets'
traces, a state in `ss` to the lines that left an orphan or a mini-socket in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.csource import nodes
from app.csource.decisions import condition_of, numbers_of, walk
from app.kernel.constants import MIB_NAMES
from app.kernel.model import Trace
from app.machine.trace import Branch, Step
from app.walkthrough.counters import nstat_name
from app.walkthrough.records import Preset, Walkthrough

#: By name and line: the step there, and the simplest preset that comes by.
_Found = dict[str, dict[int, tuple[Step, Preset]]]


@dataclass(frozen=True, slots=True)
class CountingLine:
    """A line that is behind a number.

    `branch` is the innermost one that the line lies in, or that its own condition took; None
    where every path comes by. `preset` is the simplest that does it here.
    """

    line: int
    branch: Branch | None
    preset: Preset


@dataclass(frozen=True, slots=True)
class Observable:
    """A counter in nstat's spelling, or a state in the kernel's (`FIN_WAIT2`).

    `is_named` is true for a counter that the source itself names, and so counts one way out of
    the function; others, such as `TcpOutRsts`, are counted inside of what it calls.
    """

    name: str
    is_named: bool
    sites: tuple[CountingLine, ...]


@dataclass(frozen=True, slots=True)
class Observables:
    """Counters, those that the source names first, and states in which something is left."""

    counters: Mapping[str, Observable]
    states: Mapping[str, Observable]


def observed(walkthrough: Walkthrough) -> Observables:
    """What the presets count and leave behind. Runs each of them."""
    counted: _Found = {}
    left: _Found = {}
    for preset in walkthrough.presets:
        trace = walkthrough.trace(preset.scenario)
        for step in trace.steps:
            for effect in step.effects:
                if effect.kind == "counter":
                    _note(counted, effect.name, step, preset)
        state = left_state(trace)
        if state is not None:
            last = next((step for step in reversed(trace.steps) if _leaves(step, state)), None)
            # A socket that stays as it came is left in its state by no line.
            if last is not None:
                _note(left, state, last, preset)
    named = frozenset(MIB_NAMES.values())
    around = branches_around(walkthrough)
    ordered = sorted(counted, key=lambda name: (name not in named, min(counted[name])))
    return Observables(
        {
            nstat_name(name): Observable(
                nstat_name(name), name in named, _sites(around, counted[name])
            )
            for name in ordered
        },
        {name: Observable(name, False, _sites(around, left[name])) for name in sorted(left)},
    )


def left_state(trace: Trace) -> str | None:
    """The state in which `ss` shows what is left when the function has returned."""
    outcome = trace.outcome
    is_listed = outcome.fate in {"orphan", "kept"} and outcome.state != "CLOSE"
    return outcome.timewait or (outcome.state if is_listed else None)


def _leaves(step: Step, state: str) -> bool:
    """Whether a step put the socket into a state, made a mini-socket in it, or set its timer."""
    return any(
        (effect.kind in {"state", "fate"} and effect.after == state)
        or (effect.kind == "timer" and effect.name == "keepalive" and effect.after is not None)
        for effect in step.effects
    )


def _note(found: _Found, name: str, step: Step, preset: Preset) -> None:
    """Keeps the simplest preset for a line."""
    lines = found.setdefault(name, {})
    line = step.site.span.line
    known = lines.get(line)
    if known is None or len(preset.scenario.changed()) < len(known[1].scenario.changed()):
        lines[line] = step, preset


def _sites(
    around: Mapping[int, Branch], found: Mapping[int, tuple[Step, Preset]]
) -> tuple[CountingLine, ...]:
    return tuple(
        CountingLine(line, step.branch or around.get(line), preset)
        for line, (step, preset) in sorted(found.items())
    )


def branches_around(walkthrough: Walkthrough) -> Mapping[int, Branch]:
    """The innermost branch that each line lies in, by the syntax tree."""
    program = walkthrough.edition.program
    numbers = numbers_of(program.decisions)
    around: dict[int, Branch] = {}
    # From the outside in: what is inside comes later, and stays.
    for statement in walk(program.function.body):
        decided = condition_of(statement)
        if decided is None:
            continue
        for body, taken in _ways(statement):
            # Not the braces: `} else if (…) {` lies in no body.
            for inner in body.body if isinstance(body, nodes.Compound) else (body,):
                for line in inner.span.lines:
                    around[line] = program.ids[numbers[decided[2]]], taken
    return around


def _ways(statement: nodes.Statement) -> Iterator[tuple[nodes.Statement, bool]]:
    match statement:
        case nodes.If():
            yield statement.then, True
            if statement.otherwise is not None:
                yield statement.otherwise, False
        case nodes.While() | nodes.DoWhile() | nodes.For():
            yield statement.body, True
