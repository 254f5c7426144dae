# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Branches of many runs of a program: those in which every test comes out alike are run once.

A run looks at a number of its scenario only by tests (is it 0, is it below that), so its number
stands there as the atlas has it, as a `Term`; who answers here is the scenario, and what was asked
is noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, Final

from app.kernel.inputs import (
    INPUTS,
    MAX_SEGMENT_BYTES,
    LingerInput,
    NumberInput,
    Segment,
    SegmentsInput,
)
from app.kernel.model import arguments_of, world_of
from app.kernel.scenario import Scenario
from app.machine.program import Program
from app.machine.trace import Branch, BranchRecorder
from app.walkthrough.atlas.numbers import Atom, Linear, Numbers, Test, Verdict
from app.walkthrough.atlas.unknowns import Asker, Term

#: Nodes and branches that are kept together.
_MOST_KEPT: Final = 50_000

_NUMBERS: Final = Numbers()
_ATOMS: Final[Mapping[str, Atom]] = {
    key: _NUMBERS.input(key, key, item.low, item.high, 0)
    for key, item in INPUTS.items()
    if isinstance(item, NumberInput | LingerInput)
}

#: A queue of so many segments is asked for what they are, and their bytes are numbers; one with
#: more is asked for as a whole.
_MOST_OPEN: Final = 4
_SEGMENTS: Final[Mapping[str, Sequence[Atom]]] = {
    key: [
        _NUMBERS.input(f"{key}.{place}.bytes", key, 1, MAX_SEGMENT_BYTES, 1)
        for place in range(_MOST_OPEN)
    ]
    for key, item in INPUTS.items()
    if isinstance(item, SegmentsInput)
}

_Question = str | Test | Linear
"""What an input is, but for its numbers; a comparison; or a number."""


class _Node:
    """What runs do that have had the same answers so far, to the same questions."""

    __slots__ = ("branches", "following", "is_end", "question")

    def __init__(self) -> None:
        #: The branches that they take before they ask again.
        self.branches: list[Branch] = []
        #: What they ask then; None where that is not known, or where they end.
        self.question: _Question | None = None
        self.following: dict[Any, _Node] = {}  # by its answer
        self.is_end = False


class _Answers(Asker, Mapping[str, Any]):
    """The values of a scenario, as a run has them; and what it asked of them, each once."""

    numbers = _NUMBERS

    def __init__(self, scenario: Scenario) -> None:
        self._values = values = scenario.values
        self._known: dict[Atom, int] = {
            atom: values[key] for key, atom in _ATOMS.items() if values[key] is not None
        }
        for key, atoms in _SEGMENTS.items():
            for atom, segment in zip(atoms, values[key], strict=False):
                self._known[atom] = segment.bytes
        self.asked: dict[_Question, None] = {}

    def answer(self, question: _Question) -> Any:
        """What is so in this scenario."""
        if isinstance(question, Test):
            return question.holds(self._known)
        if isinstance(question, Linear):
            return question.value(self._known)
        value = self._values[question]
        if question in _ATOMS:
            return value is None
        if question in _SEGMENTS and len(value) <= _MOST_OPEN:
            return tuple((segment.bytes > 0, segment.fin) for segment in value)
        return value

    def _ask(self, question: _Question) -> Any:
        self.asked.setdefault(question)
        return self.answer(question)

    # As a run has them

    def __getitem__(self, key: str) -> Any:
        atom, value = _ATOMS.get(key), self._values[key]
        if atom is not None:
            is_off = isinstance(INPUTS[key], LingerInput) and self._ask(key)
            return None if is_off else self._term(atom)
        self._ask(key)
        if key in _SEGMENTS and len(value) <= _MOST_OPEN:
            return tuple(
                Segment(self._term(atom) if segment.bytes else 0, segment.fin)
                for atom, segment in zip(_SEGMENTS[key], value, strict=False)
            )
        return value

    def _term(self, atom: Atom) -> Any:
        return Term(self, Linear(((atom, 1),), 0))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def choose(self, key: str, masks: tuple[int, ...]) -> int:
        """See `Asker`: a list is asked for as a whole."""
        raise NotImplementedError

    def truth(self, test: Test) -> bool:
        """See `Asker`."""
        return bool(self._ask(test))

    def exactly(self, form: Linear) -> int:
        """See `Asker`."""
        number: int = self._ask(form)
        return number

    def is_known(self, verdict: Verdict) -> bool:
        """See `Asker`: only what is so of every number."""
        return verdict is True


class BranchTree:
    """The branches of a program's runs: those that ask the same and are answered alike are one."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._root, self._kept = _Node(), 0
        self._lock = Lock()

    def branches(self, scenario: Scenario) -> Iterator[Branch]:
        """The branches that `run` would take, each as it is taken: who has seen enough stops."""
        run: Iterator[Branch] | None = None
        answers = _Answers(scenario)
        # Where it is in the tree, after how many answers and branches; and how far the run is.
        node, at, answered, taken, behind = self._root, 0, 0, 0, 0
        while True:
            if at < len(node.branches):
                branch = node.branches[at]
                at, taken = at + 1, taken + 1
                yield branch
            elif node.question is not None:
                node = self._after(node, answers.answer(node.question))
                at, answered = 0, answered + 1
            elif node.is_end:
                return
            else:
                if run is None:
                    recorder = BranchRecorder()
                    world = world_of(self.program, Scenario(answers), recorder)
                    run = self.program.branches(world, recorder, arguments_of(self.program, world))
                for _ in range(taken - behind):
                    next(run)
                after = next(run, None)
                behind = taken + 1
                with self._lock:
                    if at == len(node.branches) and node.question is None:
                        self._grow(node, answers, [*answers.asked][answered:], after)

    def _after(self, node: _Node, answer: Any) -> _Node:
        return node.following.get(answer) or node.following.setdefault(answer, _Node())

    def _grow(
        self, node: _Node, answers: _Answers, asked: Sequence[_Question], after: Branch | None
    ) -> None:
        """Add what a run did next at a node: what it asked, and a branch or its end."""
        self._kept += len(asked) + 1
        if self._kept > _MOST_KEPT:
            self._root, self._kept = _Node(), 0
        for question in asked:
            # What follows is there before others are led to it.
            following = self._after(node, answers.answer(question))
            node.question, node = question, following
        if after is None:
            node.is_end = True
        else:
            node.branches.append(after)
