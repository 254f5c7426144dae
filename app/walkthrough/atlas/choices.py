# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Answers to what the code asks of its open inputs, along one path; and the forks that they make.

An answer is what the path already knows, or what can't be otherwise, or else it is a fork: the
first way is taken now, the others are the next runs'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
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
    None as long as it is not known; `sights` what is passed in loops before the state that
    follows, None where another fork comes first. `way` is the one that is taken now.
    """

    __slots__ = ("children", "question", "sights", "way", "ways")

    def __init__(self, question: Question, ways: tuple[int, ...]) -> None:
        self.question = question
        self.ways = ways
        self.children: list[Any] = [None] * len(ways)
        self.sights: list[Any] = [None] * len(ways)
        self.way = 0


@dataclass(slots=True)
class Tally:
    """What was left open in the whole exploration: see `Bounds`."""

    undecided: int = 0
    stood_for_all: int = 0


@dataclass(slots=True)
class Known:
    """What a path knows: the shapes that inputs may still have, and comparisons of numbers."""

    domains: dict[str, int] = field(default_factory=dict)
    facts: dict[Test, bool] = field(default_factory=dict)

    def copy(self) -> Known:
        """The same, for later."""
        return Known(dict(self.domains), dict(self.facts))

    def facts_about(self, atoms: Set[Atom]) -> Facts:
        """What is known of some numbers, and of those that they are compared with."""
        wanted = set(atoms)
        rest = list(self.facts.items())
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


class Choices(Asker):
    """The answers of one path: first those of `path`, then new forks, which are added to it.

    `passed` counts the forks so far; `keys` and `atoms` are what was looked at since somebody
    cleared them.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.numbers = space.numbers
        self.solver = Solver()
        self.tally = Tally()
        self.path: list[Fork] = []
        self.passed = 0
        self.known = Known()
        self.keys: set[str] = set()
        self.atoms: set[Atom] = set()

    def forget_looks(self) -> None:
        """Begin anew with what was looked at; sets that somebody keeps stay as they are."""
        self.keys, self.atoms = set(), set()

    def go_back(self, passed: int, known: Known) -> None:
        """To where so many forks were passed, and this was known."""
        self.passed, self.known = passed, known.copy()
        self.forget_looks()

    def domain(self, key: str) -> int:
        """The mask of shapes that an input may still have."""
        return self.known.domains.get(key, self.space.dimensions[key].full)

    def _fork(self, question: Question, ways: tuple[int, ...]) -> int:
        if self.passed == len(self.path):
            self.path.append(Fork(question, ways))
        fork = self.path[self.passed]
        assert fork.question == question, "the same run asks the same questions"
        self.passed += 1
        return fork.ways[fork.way]

    # Asked by open values

    def choose(self, key: str, masks: tuple[int, ...]) -> int:
        """See `Asker`."""
        self.keys.add(key)
        domain = self.domain(key)
        ways = [domain & mask for mask in masks]
        if domain in ways:
            return ways.index(domain)
        chosen = self._fork(key, tuple(way for way in ways if way))
        self.known.domains[key] = chosen
        return ways.index(chosen)

    def truth(self, test: Test) -> bool:
        """See `Asker`."""
        known = self.known.facts.get(test)
        if known is not None:
            self.atoms |= test.form.atoms
            return known
        if self.passed < len(self.path) and self.path[self.passed].question == test:
            self.atoms |= test.form.atoms
        else:
            ways = self._ways(test)
            if len(ways) == 1:
                return ways[0]
        first = test.holds({})
        chosen = bool(self._fork(test, (int(first), int(not first))))
        self.known.facts[test] = chosen
        return chosen

    def _ways(self, test: Test) -> list[bool]:
        """How a test can come out here."""
        atoms = test.form.atoms
        self.atoms |= atoms
        facts = self.known.facts_about(atoms)
        ways = []
        for way in (False, True):
            solution = self.solver.solve(facts | {(test, way)})
            if solution is not None:
                ways.append(way)
            if solution is UNDECIDED:
                self.tally.undecided += 1
        assert ways, "a path that cannot be"
        return ways

    def is_known(self, verdict: Verdict) -> bool:
        """See `Asker`."""
        if isinstance(verdict, bool):
            return verdict
        test, wanted = verdict
        known = self.known.facts.get(test)
        if known is not None:
            return known is wanted
        atoms = test.form.atoms
        self.atoms |= atoms
        return self.solver.is_impossible(self.known.facts_about(atoms) | {(test, not wanted)})

    def exactly(self, form: Linear) -> int:
        """See `Asker`; beyond `Bounds.repeats` values one stands for all others."""
        for _ in range(self.space.bounds.repeats):
            value = self._example(form)
            if self.holds(zero(form.plus(constant(-value)))):
                return value
        value = self._example(form)
        verdict = zero(form.plus(constant(-value)))
        if not isinstance(verdict, bool) and not self.is_known(verdict):
            self.tally.stood_for_all += 1
        return value

    def _example(self, form: Linear) -> int:
        self.atoms |= form.atoms
        solution = self.solver.solve(self.known.facts_about(form.atoms))
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
