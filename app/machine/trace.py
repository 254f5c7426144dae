# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The record of a run: steps, what decided them, what they changed. Data only, in no language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from app.csource.source import Span

#: Operations of all functions within the steps of a run, and how deep they may call each other.
FRAMES_LIMIT: Final = 50_000
DEPTH_LIMIT: Final = 12

#: A decision's id, and which way it went.
Branch = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class ProgramPoint:
    """A place that a step can be at: a statement, or a condition.

    `text` is its C (of a decision: the condition); `decision` the id of the decision, `number`
    its ordinal in its own text, from 0, by which the rail and the atlas of that text know it;
    `goto_line` the line that a goto jumps to; `logic` is `&&` or `||` where a condition joins
    its operands by that operator alone.
    """

    kind: str
    text: str
    span: Span
    decision: str | None = None
    number: int | None = None
    goto_line: int | None = None
    logic: str | None = None


class Effect(NamedTuple):
    """One thing that a step changed.

    `kind` is one of: `assignment` (a variable or member), `state` (of the socket), `segment`,
    `reason` (of a reset),
    `counter`, `gauge`, `timer`, `lock`, `reference`, `memory`, `flag`, `hash`, `sleep` (the
    owner waits), `wake-up`, `errno`, `event` (a segment of the peer is processed), `fate`.
    `name` says what of; `before` and `after` are values (words or integers), None where there
    is none; `cause` is a stable code that says more. A tuple, because a trace makes many of them.
    """

    kind: str
    name: str
    before: int | str | None = None
    after: int | str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a condition that is not `&&`, `||` or a transparent macro.

    `operator` is that of a comparison, of `&` or of `!`, None for a plain value; `left` and
    `right` are the C of the operands (`right` None where there is one operand only). `names`
    are the names of the values compared, where the kernel has any.
    """

    text: str
    left: str
    operator: str | None
    right: str | None
    names: Mapping[int, str] | None


class Operand(NamedTuple):
    """What a leaf came to when the condition was evaluated: its raw operands and its truth."""

    leaf: Leaf
    left: Any
    right: Any
    holds: bool


#: The facts that modelled functions give with their notes.
NOTE_FACTS: Final = ("after", "before", "bytes", "count", "flag", "state", "tmo_ms")


class Note(NamedTuple):
    """What a modelled function says about why it did what it did: a code and facts."""

    function: str
    code: str
    facts: Mapping[str, int | str]


class Frame(NamedTuple):
    """A function whose text was executed within a step: its name and its own steps."""

    function: str
    steps: list[Step]


class Step:
    """One executed statement or evaluated condition.

    `taken` is None unless it is a decision; `results` are the names and raw values of the
    modelled functions that returned something; `frames` the functions that were executed within
    it, whose effects and notes are its own too.
    """

    __slots__ = ("effects", "frames", "notes", "operands", "results", "site", "taken")

    def __init__(self, site: ProgramPoint) -> None:
        self.site = site
        self.taken: bool | None = None
        # Most steps have few of these, and an atlas makes very many steps: no lists.
        self.operands: tuple[Operand, ...] = ()
        self.effects: tuple[Effect, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.results: tuple[tuple[str, Any], ...] = ()
        self.frames: Sequence[Frame] = ()

    @property
    def branch(self) -> Branch | None:
        """The branch that was taken; None unless it is a decision."""
        decision, taken = self.site.decision, self.taken
        return None if decision is None or taken is None else (decision, taken)


class Within(NamedTuple):
    """A step of a function that a step executed, and how many calls deep it is, from 1."""

    function: str
    depth: int
    step: Step


def within(step: Step, depth: int = 1) -> Iterator[Within]:
    """The steps of all functions that a step executed, each before those that it executed."""
    for frame in step.frames:
        for inner in frame.steps:
            yield Within(frame.function, depth, inner)
            yield from within(inner, depth + 1)


def shown(value: Any, names: Mapping[int, str] | None = None) -> int | str:
    """A raw value as messages show it: NULL, a name where the kernel has one, an object's label."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return names.get(value, value) if names else value
    return getattr(value, "label", None) or repr(value)


class Recorder:
    """Collects a run. Modelled functions report here through `effect` and `note`.

    `reads` maps each input that was read to the number of the step (from 0) that read it first,
    in the order of reading.
    """

    __slots__ = ("budget", "calls", "current", "depth", "reads", "steps", "trunk")
    #: Whether effects and notes are kept.
    has_effects = True

    def __init__(self) -> None:
        self.steps: list[Step] = []
        #: The steps of the outermost function; `steps` are those of the one that runs.
        self.trunk = self.steps
        self.depth = 0
        #: How many operations functions within steps may still take, all together.
        self.budget = FRAMES_LIMIT
        self.calls: list[str] = []
        self.reads: dict[str, int] = {}
        #: Where effects go; before the first step, to a step that no trace shows.
        self.current = Step(_BEFORE)

    def effect(
        self,
        kind: str,
        name: str,
        before: int | str | None = None,
        after: int | str | None = None,
        cause: str | None = None,
    ) -> None:
        """Record one change made by the current step."""
        self.current.effects += (Effect(kind, name, before, after, cause),)

    def note(self, function: str, code: str, **facts: int | str) -> None:
        """Record why a modelled function did what it did."""
        self.current.notes += (Note(function, code, facts),)

    def read(self, key: str) -> None:
        """Record that an input was read."""
        if key not in self.reads:
            self.reads[key] = max(len(self.trunk) - 1, 0)

    def enter(self, function: str) -> tuple[Step, list[Step]]:
        """Record a function that is executed within the current step as a frame of it.

        Gives what `leave` takes when it has ended.
        """
        outer, steps = self.current, self.steps
        frame = Frame(function, [])
        outer.frames = (*outer.frames, frame)
        self.steps = frame.steps
        self.depth += 1
        return outer, steps

    def leave(self, outer: Step, steps: list[Step]) -> None:
        """Go on with the step that called, and the steps of its function."""
        inner = self.steps
        self.depth -= 1
        self.budget -= len(inner) + 1
        self.steps, self.current = steps, outer
        if not self.has_effects:
            return
        for step in inner:
            # Variables of its own are nobody else's.
            outer.effects += tuple(
                effect
                for effect in step.effects
                if effect.kind != "assignment" or "->" in effect.name
            )
            outer.notes += step.notes


class BranchRecorder(Recorder):
    """Collects the branches of a run and what it read, for who asks after nothing else."""

    __slots__ = ()
    has_effects = False

    def effect(self, *_: int | str | None) -> None:
        """Nobody asks."""

    def note(self, function: str, code: str, **facts: int | str) -> None:
        """Nobody asks."""


_BEFORE = ProgramPoint("entry", "", Span(1, 1, 1, 1))
