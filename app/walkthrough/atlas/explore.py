# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Search for every path of a function: it runs with open inputs, and takes each fork all ways.

The search goes into depth first. For each new way it goes back to a copy of the last state before
the fork (see `app.walkthrough.atlas.states`) and on from there. Where it comes into a state from
which everything has been found already, it ends. So what is found is a graph without cycles, of
forks and shared states, with a `Leaf` at each end.

What is known as concolic execution or lazy initialisation (Khurshid, Pasareanu, Visser:
Generalized symbolic execution for model checking and testing, TACAS 2003), with states matched
as explicit-state model checkers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.csource import nodes
from app.csource.decisions import decisions_in_loops, walk
from app.errors import ExecutionError
from app.kernel.model import Outcome, arguments_of, outcome_of, world_of
from app.machine.compiled import Run
from app.machine.program import STEP_LIMIT, Program
from app.machine.trace import Branch, BranchRecorder, Step
from app.machine.values import UNSET
from app.walkthrough.atlas.choices import Choices, Fork, Known, open_scenario
from app.walkthrough.atlas.numbers import Atom, Linear
from app.walkthrough.atlas.records import Bounds
from app.walkthrough.atlas.solve import Facts
from app.walkthrough.atlas.space import Space
from app.walkthrough.atlas.states import Accesses, Cell, Snapshot, copied, watched
from app.walkthrough.atlas.unknowns import Term

Taken = Branch
"""A decision's id and how it came out."""
Sights = frozenset[Taken | int]
"""Branches that were taken in loops, and lines that were executed there (1-based)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The end of a path."""

    #: Those outside of loops, in order.
    decisions: tuple[Taken, ...]
    #: The lines outside of loops that were executed, 1-based.
    lines: frozenset[int]
    #: As of a trace; a time that is not known is None here, and a form in `times`.
    outcome: Outcome
    times: Mapping[str, Linear]
    #: Why the C could not go on.
    error: ExecutionError | None


class State:
    """A state between two operations, and what follows from it.

    What follows depends on no more than `cells`, on the shapes that the inputs in `domains` may
    have, and on `facts`, which is all that is known of `atoms`. `sights` is what is passed in
    loops from here to the end where no fork lies between.
    """

    __slots__ = ("atoms", "cells", "child", "domains", "facts", "is_complete", "sights")

    def __init__(self) -> None:
        self.child: Node = None
        self.cells: dict[Cell, Any] = {}
        self.domains: dict[str, int] = {}
        self.atoms: frozenset[Atom] = frozenset()
        self.facts: Facts = frozenset()
        self.is_complete = False
        self.sights: Sights | None = None


Node = Fork | State | Leaf | None
"""What may hang under a fork or a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """The graph that was found, and how much work it was."""

    root: State
    choices: Choices
    #: How often a path was gone on with, states that were found, and how often one was met again.
    runs: int
    states: int
    shared: int


def explore(
    program: Program, bounds: Bounds | None = None, space: Space | None = None
) -> Exploration:
    """Every path of a function, within bounds, or in a `space` that another was explored in."""
    return _Explorer(program, space or Space(bounds or Bounds())).explore()


@dataclass(frozen=True, slots=True)
class _History:
    """What a path has passed outside of loops; no other fact tells paths apart before their end."""

    decisions: tuple[Taken, ...] = ()
    lines: frozenset[int] = frozenset()


class _Moment:
    """A state that the path goes through, and the run at that point.

    `passed` counts the forks before it, `budget` is what functions within steps may still take;
    `written` are the cells written since the moment before; `reads`, `keys` and `atoms` are what
    all ways from here on have looked at.
    """

    __slots__ = (
        "atoms",
        "budget",
        "cells",
        "history",
        "keys",
        "known",
        "operations",
        "passed",
        "position",
        "reads",
        "run",
        "state",
        "written",
    )

    def __init__(self, position: int, operations: int, run: Run, cells: Mapping[Cell, Any]) -> None:
        self.position = position
        self.operations = operations
        self.run = run
        self.budget = run.recorder.budget
        self.cells = cells
        self.passed = 0
        self.known = Known()
        self.history = _History()
        self.state = State()
        self.written: set[Cell] = set()
        self.reads: set[Cell] = set()
        self.keys: set[str] = set()
        self.atoms: set[Atom] = set()

    def add(self, choices: Choices, accesses: Accesses) -> None:
        """What was looked at since this moment."""
        self.reads |= accesses.read
        self.keys |= choices.keys
        self.atoms |= choices.atoms

    def follow(self, state: State, written: set[Cell]) -> None:
        """What a complete state depends on, which comes after this one."""
        self.reads |= state.cells.keys() - written
        self.keys |= state.domains.keys()
        self.atoms |= state.atoms

    def complete(self, choices: Choices) -> State:
        """Everything from this state on is known."""
        state, dimensions = self.state, choices.space.dimensions
        state.cells = {cell: self.cells.get(cell, UNSET) for cell in self.reads}
        state.domains = {k: self.known.domains.get(k, dimensions[k].full) for k in self.keys}
        state.atoms = frozenset(self.atoms)
        state.facts = self.known.facts_about(self.atoms)
        state.is_complete = True
        return state


class _Explorer:
    def __init__(self, program: Program, space: Space) -> None:
        self.program = program
        self.in_loops = frozenset(
            program.ids[number] for number in decisions_in_loops(*program.functions)
        )
        self.loop_lines = _lines_of_loops(program)
        self.choices = Choices(space)
        self.accesses = Accesses()
        self.recorder = BranchRecorder()
        self.moments: list[_Moment] = []
        #: The number of the moment from which the present way was gone.
        self.began = 0
        self.known: dict[Any, list[State]] = {}
        self.runs = self.states = self.shared = 0

    def explore(self) -> Exploration:
        """Way after way, until no fork has one left."""
        world = world_of(self.program, open_scenario(self.choices), self.recorder)
        slots = self.program.slots(arguments_of(self.program, world))
        run = watched(Run(slots, self.recorder, world), self.accesses)
        self.moments.append(_Moment(self.program.start, 0, run, Snapshot(run).cells))
        root = self.moments[0].state
        while True:
            self.runs += 1
            self.attach(self.go_on())
            if not self.advance():
                return Exploration(
                    root=root,
                    choices=self.choices,
                    runs=self.runs,
                    states=self.states,
                    shared=self.shared,
                )

    # The path

    def attach(self, end: Node) -> None:
        """Hang each fork, state and end since the last new way under what comes before it."""
        path = self.choices.path
        states = {moment.passed: moment.state for moment in self.moments[self.began :]}
        for depth in range(self.moments[self.began].passed, len(path) + 1):
            here: Node = path[depth] if depth < len(path) else end
            state = states.get(depth)
            if state is not None:
                state.child, here = here, state
            if depth:
                before = path[depth - 1]
                before.children[before.way] = here

    def advance(self) -> bool:
        """Go back to the last fork with another way, and take that."""
        path = self.choices.path
        while path:
            fork = path[-1]
            while self.moments[-1].passed >= len(path):
                moment = self.moments.pop()
                self.moments[-1].follow(moment.complete(self.choices), moment.written)
            fork.way += 1
            if fork.way < len(fork.ways):
                return True
            path.pop()
        return False

    # A run

    def go_on(self) -> Node:
        """Executes the function from the last moment on, along the path; gives its end."""
        moment, choices = self.moments[-1], self.choices
        self.began = len(self.moments) - 1
        choices.go_back(moment.passed, moment.known)
        self.begin_anew()
        self.recorder.budget = moment.budget
        run = copied(moment.run)
        position, operations = moment.position, moment.operations
        error: ExecutionError | None = None
        try:
            while True:
                if operations == STEP_LIMIT:
                    raise self.program.endless(self.recorder, STEP_LIMIT)
                position = self.program.step(position, run)
                operations += 1
                if position < 0:
                    break
                if choices.passed == self.moments[-1].passed:
                    continue
                found = self.arrive(position, operations, run)
                if found is not None:
                    return found
        except ExecutionError as raised:
            error = raised
        outcome = outcome_of(run.world, error)
        self.moments[-1].add(choices, self.accesses)
        return _leaf(self.pass_by(), outcome, error)

    def arrive(self, position: int, operations: int, run: Run) -> State | None:
        """A state after a fork: a known one, from which nothing is new, or a new moment."""
        choices, accesses, before = self.choices, self.accesses, self.moments[-1]
        history, snapshot = self.pass_by(), Snapshot(run)
        core = (position, history.decisions, history.lines, snapshot.core)
        before.add(choices, accesses)
        same = self.same(core, snapshot)
        if same is not None:
            self.shared += 1
            before.follow(same, accesses.written)
            return same
        moment = _Moment(position, operations, copied(run), snapshot.cells)
        moment.passed, moment.known = choices.passed, choices.known.copy()
        moment.history, moment.written = history, accesses.written
        self.moments.append(moment)
        self.known.setdefault(core, []).append(moment.state)
        self.states += 1
        self.begin_anew()
        choices.forget_looks()
        return None

    def begin_anew(self) -> None:
        """Nothing was executed or looked at since the last moment."""
        self.accesses.clear()
        self.recorder.steps.clear()

    def pass_by(self) -> _History:
        """The history up to here; what was passed in loops since the last moment is noted."""
        last, path = self.moments[-1], self.choices.path
        decisions, lines, sights = _passed(self.recorder.steps, self.in_loops, self.loop_lines)
        if last.passed == len(path):
            last.state.sights = sights
        else:
            path[-1].sights[path[-1].way] = sights
        return _History(last.history.decisions + decisions, last.history.lines | lines)

    def same(self, core: Any, snapshot: Snapshot) -> State | None:
        """A complete state from which everything goes on as from this one."""
        choices = self.choices
        for state in self.known.get(core, ()):
            if (
                state.is_complete
                and all(snapshot.cells.get(c, UNSET) == value for c, value in state.cells.items())
                and all(choices.domain(k) == mask for k, mask in state.domains.items())
                and choices.known.facts_about(state.atoms) == state.facts
            ):
                return state
        return None


def _lines_of_loops(program: Program) -> frozenset[int]:
    """The lines of all loops, 1-based."""
    return frozenset(
        line
        for function in program.functions
        for statement in walk(function.body)
        if isinstance(statement, nodes.While | nodes.DoWhile | nodes.For)
        for line in statement.span.lines
    )


def _passed(
    steps: Iterable[Step], in_loops: frozenset[str], loop_lines: frozenset[int]
) -> tuple[tuple[Taken, ...], frozenset[int], Sights]:
    """Decisions and lines outside of loops, and what was passed in loops."""
    decisions: list[Taken] = []
    lines: set[int] = set()
    sights: set[Taken | int] = set()
    for step in steps:
        span = step.site.span
        lines.update(range(span.line, span.end_line + 1))
        branch = step.branch
        if branch is None:
            continue
        if branch[0] in in_loops:
            sights.add(branch)
        else:
            decisions.append(branch)
    sights |= lines & loop_lines
    return tuple(decisions), frozenset(lines - loop_lines), frozenset(sights)


def _leaf(history: _History, outcome: Outcome, error: ExecutionError | None) -> Leaf:
    """The end of a path. Times that are open become forms."""
    # To mypy these are numbers or None; here they may be open.
    every: dict[str, Any] = {
        "keepalive_ms": outcome.keepalive_ms,
        "timewait_ms": outcome.timewait_ms,
    }
    times = {name: time.form for name, time in every.items() if isinstance(time, Term)}
    known: dict[str, Any] = dict.fromkeys(times)
    return Leaf(
        decisions=history.decisions,
        lines=history.lines,
        outcome=replace(outcome, **known),
        times=times,
        error=error,
    )
