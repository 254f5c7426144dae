# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which paths fit a close in a capture, the likeliest first, and what would tell them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.lab.capture.closes import Close, Guess
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.which.asking import Which
from app.walkthrough.which.looks import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What fits a close."""

    #: All that the wire does not exclude.
    paths: tuple[AtlasPath, ...]
    #: How many of them, from the first, the wire cannot tell apart at all.
    alike: int
    #: The branches of the likeliest path, the most telling ones first; then those of the others.
    branches: tuple[tuple[str, bool], ...]
    #: The same as texts, since thousands of connections end in a few ways.
    ids: list[str]
    names: list[str]
    #: What to look at on the host to tell them apart; None where one path is left, or nothing does.
    question: str | None


class Fitting:
    """The paths of a walkthrough by what a wire shows."""

    def __init__(self, which: Which) -> None:
        self.which = which
        self._fit = lru_cache(maxsize=512)(self._find)

    def fit(self, close: Close) -> Fit:
        """Of one close."""
        return self._fit(close.guesses, close.answered)

    def _find(self, classes: tuple[tuple[Guess, ...], ...], answered: frozenset[str]) -> Fit:
        found: dict[int, Look] = {}
        alike = 0
        for guesses in classes:
            first, *others = ([*self._looks(guess)] for guess in guesses)
            # Behind the first guess a class knows no better than that the simple is likelier.
            rest = sorted((look for some in others for look in some), key=lambda one: one.changed)
            for look in (*first, *rest):
                found.setdefault(id(look), look)
            alike = alike or len({look.path.id for look in found.values()})
        looks = tuple(found.values())
        paths = tuple({look.path.id: look.path for look in looks}.values())
        branches = dict.fromkeys(
            branch for path in paths for branch in sorted(path.decisions, key=self.which.rarity)
        )
        return Fit(
            paths=paths,
            alike=alike,
            branches=tuple(branches),
            ids=[path.id for path in paths],
            names=[branch_name(branch) for branch in branches],
            question=next(iter(self.which.best(looks, answered)), None),
        )

    def _looks(self, guess: Guess) -> Iterator[Look]:
        for look in self.which.fitting(dict(guess.answers)):
            if guess.resets is None or guess.resets >= set(look.resets) > set():
                yield look
