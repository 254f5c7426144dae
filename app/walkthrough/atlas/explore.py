# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Finds every path of a function: runs it with open inputs, and takes each fork both ways.

The search goes into depth first and runs the function again from its beginning for each new way
(a *run*). Where a run comes into a state from which everything has been found already, it ends
there: see `app.walkthrough.atlas.states`. So what is found is a graph without cycles, of forks
and shared states, with a `Leaf` at each end.

What is known as concolic execution or lazy initialisation (Khurshid, Pasareanu, Visser:
Generalized symbolic execution for model checking and testing, TACAS 2003), with states matched
as explicit-state model checkers do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.csource import nodes
from app.csource.decisions import condition_of, walk
from app.errors import ExecutionError
from app.kernel.helpers import TCP_DISCONNECT
from app.kernel.host import World
from app.kernel.model import Outcome, arguments_of, outcome_of
from app.machine.compiled import Run
from app.machine.program import Program
from app.machine.trace import Recorder, Step
from app.walkthrough.atlas.choices import Choices, Fork, Tally, open_scenario
from app.walkthrough.atlas.numbers import Atom, Linear
from app.walkthrough.atlas.solve import Facts, Solver
from app.walkthrough.atlas.space import Bounds, Space
from app.walkthrough.atlas.states import Accesses, Cell, Snapshot, WatchedSlots, watch
from app.walkthrough.atlas.unknowns import Term

#: Operations of one run, at most: a loop that only open inputs could end is cut off here.
STEP_LIMIT: Final = 2_000

Taken = tuple[int, bool]
"""A decision's number and how it came out."""
Seen = tuple[frozenset[Taken], frozenset[int]]
"""Branches that were taken, and lines that were executed (1-based)."""


@dataclass(frozen=True)
class Leaf:
    """The end of a run.

    `decisions` are those outside of loops, in order. `outcome` is that of a trace; a time that is
    not known is None there, and a form in `times`. `error` is why the C could not go on.
    """

    decisions: tuple[Taken, ...]
    outcome: Outcome
    times: Mapping[str, Linear]
    error: ExecutionError | None


class State:
    """A state between two operations, and what follows from it.

    What follows depends on no more than `cells`, on the shapes that the inputs in `domains` may
    have, and on `facts`, which is all that is known of `atoms`. `seen` is what is passed from
    here to the end where no fork lies between.
    """

    __slots__ = ("atoms", "cells", "child", "domains", "facts", "is_complete", "seen")

    def __init__(self) -> None:
        self.child: Node = None
        self.cells: dict[Cell, Any] = {}
        self.domains: dict[str, int] = {}
        self.atoms: frozenset[Atom] = frozenset()
        self.facts: Facts = frozenset()
        self.is_complete = False
        self.seen: Seen | None = None


Node = Fork | State | Leaf | None
"""What may hang under a fork or a state."""


@dataclass(slots=True)
class Exploration:
    """What was found: the graph, and how much work it was."""

    space: Space
    root: State
    runs: int = 0
    states: int = 0
    shared: int = 0
    tally: Tally = field(default_factory=Tally)
    solver: Solver = field(default_factory=Solver)


def decisions_in_loops(program: Program) -> frozenset[int]:
    """The numbers of the decisions that a loop evaluates again and again."""
    numbers = {decision.span: decision.number for decision in program.decisions}
    found: set[int] = set()
    for statement in walk(program.function.body):
        if isinstance(statement, nodes.While | nodes.DoWhile | nodes.For):
            for inner in walk(statement):
                decided = condition_of(inner)
                if decided is not None:
                    found.add(numbers[decided[2]])
    return frozenset(found)


def explore(program: Program, bounds: Bounds | None = None) -> Exploration:
    """Every path of a function, within bounds."""
    return _Explorer(program, bounds or Bounds()).explore()


class _Passage:
    """A state that the path goes through, `depth` forks from the beginning.

    `written` are the cells written since the passage before; `reads`, `keys` and `atoms` what
    the runs from here on have looked at.
    """

    __slots__ = ("atoms", "choices", "depth", "keys", "reads", "snapshot", "state", "written")

    def __init__(
        self, depth: int, choices: Choices, snapshot: Snapshot | None, written: set[Cell]
    ) -> None:
        self.depth = depth
        self.state = State()
        self.choices = choices.known()
        self.snapshot = snapshot
        self.written = written
        self.reads: set[Cell] = set()
        self.keys: set[str] = set()
        self.atoms: set[Atom] = set()

    def add(self, choices: Choices, accesses: Accesses) -> None:
        """What a run has looked at since this passage."""
        self.reads |= accesses.read
        self.keys |= choices.keys
        self.atoms |= choices.atoms

    def follow(self, state: State, written: set[Cell]) -> None:
        """What a complete state depends on, which comes after this one."""
        self.reads |= state.cells.keys() - written
        self.keys |= state.domains.keys()
        self.atoms |= state.atoms

    def complete(self) -> State:
        """Everything from this state on is known."""
        state, known = self.state, self.choices
        cells = self.snapshot.cells if self.snapshot is not None else {}
        state.cells = {cell: cells.get(cell) for cell in self.reads}
        state.domains = {key: known.domain(key) for key in self.keys}
        state.atoms = frozenset(self.atoms)
        state.facts = known.facts_about(self.atoms)
        state.is_complete = True
        return state


class _Explorer:
    def __init__(self, program: Program, bounds: Bounds) -> None:
        self.program = program
        self.found = Exploration(Space(bounds), State())
        self.in_loops = decisions_in_loops(program)
        self.path: list[Fork] = []
        self.passages: list[_Passage] = []
        self.known: dict[Any, list[State]] = {}

    def choices(self) -> Choices:
        return Choices(self.found.space, self.found.solver, self.path, self.found.tally)

    def explore(self) -> Exploration:
        """Run after run, until no fork has a way left."""
        self.passages.append(_Passage(0, self.choices(), None, set()))
        self.found.root = self.passages[0].state
        while True:
            self.found.runs += 1
            self.attach(self.run())
            if not self.advance():
                return self.found

    # The path

    def attach(self, end: Node) -> None:
        """Hang each fork, state and end under what comes before it."""
        states = {passage.depth: passage.state for passage in self.passages}
        for depth in range(len(self.path) + 1):
            here: Node = self.path[depth] if depth < len(self.path) else end
            state = states.get(depth)
            if state is not None:
                state.child, here = here, state
            if depth:
                before = self.path[depth - 1]
                before.children[before.way] = here

    def advance(self) -> bool:
        """Go back to the last fork with another way, and take that."""
        while self.path:
            fork = self.path[-1]
            while self.passages[-1].depth >= len(self.path):
                passage = self.passages.pop()
                self.passages[-1].follow(passage.complete(), passage.written)
            fork.way += 1
            if fork.way < len(fork.ways):
                return True
            self.path.pop()
        return False

    # A run

    def run(self) -> Node:
        """Executes the function along the path, and on from there; gives what is at its end."""
        accesses, choices, recorder = Accesses(), self.choices(), Recorder()
        world = World(open_scenario(choices), recorder, TCP_DISCONNECT)
        slots = WatchedSlots(self.program.slots(arguments_of(self.program, world)), accesses)
        watch(world, accesses)
        history = _History(self.in_loops)
        passed, place = 0, 0
        error: ExecutionError | None = None
        try:
            for position in self.program.walk(Run(slots, recorder, world), step_limit=STEP_LIMIT):
                if choices.passed == passed:
                    continue
                passed = choices.passed
                if place + 1 < len(self.passages):
                    place += 1
                    assert self.passages[place].depth == passed
                    history.add(recorder.steps)
                else:
                    self.note(history.add(recorder.steps))
                    snapshot = Snapshot(slots, world)
                    core = (position, tuple(history.decisions), snapshot.core)
                    self.passages[place].add(choices, accesses)
                    same = self.same(core, snapshot, choices)
                    if same is not None:
                        self.found.shared += 1
                        self.passages[place].follow(same, accesses.written)
                        return same
                    passage = _Passage(passed, choices, snapshot, accesses.written)
                    self.passages.append(passage)
                    self.known.setdefault(core, []).append(passage.state)
                    self.found.states += 1
                    place += 1
                accesses.clear()
                choices.forget_looks()
        except ExecutionError as raised:
            error = raised
        outcome = outcome_of(world, error)
        self.passages[place].add(choices, accesses)
        self.note(history.add(recorder.steps))
        return history.leaf(outcome, error)

    def note(self, seen: Seen) -> None:
        """What was passed from the last state to this one, or to the end."""
        last = self.passages[-1]
        if last.depth == len(self.path):
            last.state.seen = seen
        else:
            self.path[-1].seen[self.path[-1].way] = seen

    def same(self, core: Any, snapshot: Snapshot, choices: Choices) -> State | None:
        """A complete state from which everything goes on as from this one."""
        for state in self.known.get(core, ()):
            if (
                state.is_complete
                and all(snapshot.cells.get(c) == value for c, value in state.cells.items())
                and all(choices.domain(k) == mask for k, mask in state.domains.items())
                and choices.facts_about(state.atoms) == state.facts
            ):
                return state
        return None


class _History:
    """What a run has done so far, as far as paths are told apart by it."""

    def __init__(self, in_loops: frozenset[int]) -> None:
        self._in_loops = in_loops
        self._count = 0
        self.decisions: list[Taken] = []

    def add(self, steps: list[Step]) -> Seen:
        """What the steps did that came since the last time."""
        branches: set[Taken] = set()
        lines: set[int] = set()
        for step in steps[self._count :]:
            site = step.site
            lines.update(range(site.span.line, site.span.end_line + 1))
            if (branch := step.branch) is not None:
                branches.add(branch)
                if branch[0] not in self._in_loops:
                    self.decisions.append(branch)
        self._count = len(steps)
        return frozenset(branches), frozenset(lines)

    def leaf(self, outcome: Outcome, error: ExecutionError | None) -> Leaf:
        """The end of the run. Times that are open become forms."""
        times: dict[str, Linear] = {}
        # To mypy these are numbers or None; here they may be open.
        keepalive: Any = outcome.keepalive_ms
        timewait: Any = outcome.timewait_ms
        if isinstance(keepalive, Term):
            times["keepalive_ms"] = keepalive.form
            outcome = replace(outcome, keepalive_ms=None)
        if isinstance(timewait, Term):
            times["timewait_ms"] = timewait.form
            outcome = replace(outcome, timewait_ms=None)
        return Leaf(tuple(self.decisions), outcome, times, error)
