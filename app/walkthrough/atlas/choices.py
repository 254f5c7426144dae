# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Answers to what the code asks of its open inputs, along one path; and the forks that they make.

An answer is what the path already knows, or what can't be otherwise, or else it is a fork: the
first way is taken now, the others are the next runs'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.scenario import Scenario
from app.walkthrough.atlas.numbers import Atom, Linear, Test, Verdict, constant, zero
from app.walkthrough.atlas.solve import UNDECIDED, Fact, Facts, Solver
from app.walkthrough.atlas.space import Space
from app.walkthrough.atlas.unknowns import Asker

Question = str | Test
"""What a fork is about: the shape of an input, by its key, or a comparison of numbers."""


class Fork:
    """A question that can be answered in several ways here.

    `ways` are masks of shapes, or for a test False and True; `children` what follows from each,
    None as long as it is not known; `seen` the branches and lines that are passed before the
    state that follows, None where another fork comes first. `way` is the one that is taken now.
    """

    __slots__ = ("children", "question", "seen", "way", "ways")

    def __init__(self, question: Question, ways: tuple[int, ...]) -> None:
        self.question = question
        self.ways = ways
        self.children: list[Any] = [None] * len(ways)
        self.seen: list[Any] = [None] * len(ways)
        self.way = 0


@dataclass(slots=True)
class Tally:
    """What was left open in the whole exploration: see `Bounds`."""

    undecided: int = 0
    stood_for_all: int = 0


class Choices(Asker):
    """The answers of one run: first those of `path`, then new forks, which are added to it."""

    def __init__(self, space: Space, solver: Solver, path: list[Fork], tally: Tally) -> None:
        self.space = space
        self.numbers = space.numbers
        self.path = path
        self.passed = 0
        self._solver = solver
        self._tally = tally
        self._domains: dict[str, int] = {}
        self._facts: dict[Test, bool] = {}
        #: What was looked at since the last time that somebody cleared them.
        self.keys: set[str] = set()
        self.atoms: set[Atom] = set()

    def forget_looks(self) -> None:
        """Begin anew with what was looked at."""
        self.keys, self.atoms = set(), set()

    def known(self) -> Choices:
        """What is known now, for later."""
        copy = Choices(self.space, self._solver, [], self._tally)
        copy._domains = dict(self._domains)
        copy._facts = dict(self._facts)
        return copy

    # Along the path

    def _fork(self, question: Question, ways: tuple[int, ...]) -> int:
        if self.passed == len(self.path):
            self.path.append(Fork(question, ways))
        fork = self.path[self.passed]
        assert fork.question == question, "the same run asks the same questions"
        self.passed += 1
        return fork.ways[fork.way]

    @property
    def is_new(self) -> bool:
        """Whether this run has left what earlier runs have seen."""
        return self.passed == len(self.path)

    def domain(self, key: str) -> int:
        """The mask of shapes that an input may still have."""
        return self._domains.get(key, self.space.dimensions[key].full)

    def facts_about(self, atoms: Iterator[Atom] | set[Atom] | frozenset[Atom]) -> Facts:
        """What is known of some numbers, and of those that they are compared with."""
        wanted = set(atoms)
        rest = list(self._facts.items())
        found: set[Fact] = set()
        is_growing = True
        while is_growing and rest:
            is_growing = False
            left = []
            for fact in rest:
                if wanted.isdisjoint(fact[0].form.atoms):
                    left.append(fact)
                else:
                    found.add(fact)
                    wanted |= fact[0].form.atoms
                    is_growing = True
            rest = left
        return frozenset(found)

    # Asked by open values

    def is_one_of(self, key: str, mask: int) -> bool:
        """See `Asker`."""
        self.keys.add(key)
        domain = self.domain(key)
        inside = domain & mask
        if inside in (0, domain):
            return bool(inside)
        outside = domain & ~mask
        default = self.space.dimensions[key].default
        ways = (inside, outside) if inside & default else (outside, inside)
        chosen = self._fork(key, ways)
        self._domains[key] = chosen
        return chosen == inside

    def holds(self, verdict: Verdict) -> bool:
        """See `Asker`."""
        if isinstance(verdict, bool):
            return verdict
        test, wanted = verdict
        return self._truth(test) is wanted

    def _truth(self, test: Test) -> bool:
        known = self._facts.get(test)
        if known is not None:
            self.atoms |= test.form.atoms
            return known
        if not self.is_new and self.path[self.passed].question == test:
            self.atoms |= test.form.atoms
        else:
            ways = self._ways(test)
            if len(ways) == 1:
                return ways[0]
        first = test.holds({})
        chosen = bool(self._fork(test, (int(first), int(not first))))
        self._facts[test] = chosen
        return chosen

    def _ways(self, test: Test) -> list[bool]:
        """How a test can come out here."""
        atoms = test.form.atoms
        self.atoms |= atoms
        facts = self.facts_about(atoms)
        ways = []
        for way in (False, True):
            solution = self._solver.solve(facts | {(test, way)})
            if solution is not None:
                ways.append(way)
            if solution is UNDECIDED:
                self._tally.undecided += 1
        assert ways, "a path that cannot be"
        return ways

    def is_known(self, verdict: Verdict) -> bool:
        """See `Asker`."""
        if isinstance(verdict, bool):
            return verdict
        test, wanted = verdict
        known = self._facts.get(test)
        return known is wanted if known is not None else self._ways(test) == [wanted]

    def exactly(self, form: Linear) -> int:
        """See `Asker`; beyond `Bounds.repeats` values one stands for all others."""
        for _ in range(self.space.bounds.repeats):
            value = self._example(form)
            if self.holds(zero(form.plus(constant(-value)))):
                return value
        value = self._example(form)
        if self._ways_beyond(form, value):
            self._tally.stood_for_all += 1
        return value

    def _ways_beyond(self, form: Linear, value: int) -> bool:
        verdict = zero(form.plus(constant(-value)))
        return not isinstance(verdict, bool) and not self.is_known(verdict)

    def _example(self, form: Linear) -> int:
        self.atoms |= form.atoms
        solution = self._solver.solve(self.facts_about(form.atoms))
        return form.value(solution if isinstance(solution, dict) else {})


class OpenInputs(Mapping[str, Any]):
    """Stands for the values of a scenario; each is opened when it is read."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices

    def __getitem__(self, key: str) -> Any:
        return self._choices.space.open(key, self._choices)

    def __iter__(self) -> Iterator[str]:
        return iter(self._choices.space.dimensions)

    def __len__(self) -> int:
        return len(self._choices.space.dimensions)


def open_scenario(choices: Choices) -> Scenario:
    """A scenario in which nothing is chosen yet."""
    return Scenario(OpenInputs(choices))
