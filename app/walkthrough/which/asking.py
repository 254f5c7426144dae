# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which paths fit what was observed, and which question tells the rest apart best."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.machine.trace import Branch
from app.walkthrough.atlas.records import Atlas, AtlasPath
from app.walkthrough.records import Edition
from app.walkthrough.which.looks import QUESTIONS, UNKNOWN, Look, looks_of

#: What was observed: to a question the answers of which one is right.
Observed = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An answer that a question may get now: what it would leave, and what it would decide."""

    answer: str
    paths: tuple[AtlasPath, ...]
    #: Branches that all of these paths take, and not all that fit now: the most telling one first.
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """An answer that was given: how many paths fit with it and those before, how many without."""

    question: str
    answer: str
    before: int
    after: int


class Which:
    """The paths of a text that a kernel can take, by what each shows."""

    def __init__(self, edition: Edition, atlas: Atlas) -> None:
        self.looks = looks_of(atlas, edition.trace)
        self.trace = edition.trace
        self._order = {decision.id: number for number, decision in enumerate(edition.decisions)}
        #: Paths that no kernel is known to take are left out.
        self.left_out = len(atlas.paths) - len(self._paths(self.looks))

    @cached_property
    def paths(self) -> tuple[AtlasPath, ...]:
        """All of them."""
        return self._paths(self.looks)

    def fitting(self, observed: Observed) -> tuple[Look, ...]:
        """The looks that show all of this, simplest path first."""
        return tuple(
            look
            for look in self.looks
            if all(not look.shows[key].isdisjoint(values) for key, values in observed.items())
        )

    def choices(self, looks: Iterable[Look], question: str) -> tuple[Choice, ...]:
        """The answers to a question that looks give, each with what it would leave."""
        looks = tuple(looks)
        known = set(common(self._paths(looks)))
        found = []
        for answer in QUESTIONS[question]:
            paths = self._paths(look for look in looks if answer in look.shows[question])
            if paths:
                decided = [branch for branch in common(paths) if branch not in known]
                decided.sort(key=self.rarity)
                found.append(Choice(answer=answer, paths=paths, branches=tuple(decided)))
        return tuple(found)

    def best(self, looks: tuple[Look, ...], answered: Collection[str]) -> tuple[str, ...]:
        """The open questions that tell anything apart, the one that leaves the fewest first.

        How many a question leaves is the mean over its answers, each as likely as it has paths.
        """
        count = len(self._paths(looks))
        left: dict[str, float] = {}
        for question in QUESTIONS:
            if question in answered:
                continue
            sizes = [len(choice.paths) for choice in self.choices(looks, question)]
            mean = sum(size * size for size in sizes) / max(sum(sizes), 1)
            if mean < count:
                left[question] = mean
        return tuple(sorted(left, key=left.__getitem__))

    def ruled(self, answers: Mapping[str, str]) -> tuple[Ruled, ...]:
        """What each answer did, in the order in which they were given."""
        found = []
        observed: dict[str, tuple[str, ...]] = {}
        before = len(self.paths)
        for question, answer in answers.items():
            if answer != UNKNOWN:
                observed[question] = (answer,)
            after = len(self._paths(self.fitting(observed)))
            found.append(Ruled(question=question, answer=answer, before=before, after=after))
            before = after
        return tuple(found)

    def rarity(self, branch: Branch) -> tuple[bool, int]:
        """The order of what tells: what is done first, what few paths do before what many do."""
        return not branch[1], sum(branch in path.decisions for path in self.paths)

    def apart(self, paths: Collection[AtlasPath]) -> tuple[str, ...]:
        """The decisions that only some of the paths meet, or that come out differently."""
        shared = {name for name, _ in common(paths)}
        found = {name for path in paths for name, _ in path.decisions if name not in shared}
        return tuple(sorted(found, key=self._order.__getitem__))

    @staticmethod
    def _paths(looks: Iterable[Look]) -> tuple[AtlasPath, ...]:
        return tuple({look.path.id: look.path for look in looks}.values())


def common(paths: Iterable[AtlasPath]) -> tuple[Branch, ...]:
    """The branches that all of the paths take, in the order of the source."""
    paths = tuple(paths)
    if not paths:
        return ()
    return tuple(
        branch for branch in paths[0].decisions if all(branch in p.decisions for p in paths)
    )


def observed_of(answers: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What answers say, those that are not known left out."""
    return {key: (answer,) for key, answer in answers.items() if answer != UNKNOWN}
