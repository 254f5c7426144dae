# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which paths fit a close in a capture, the likeliest first, and what would tell them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.lab.capture.closes import Close, Guess
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.which.asking import Which
from app.walkthrough.which.looks import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Paths that are the same on the wire, likeliest and simplest first; never empty.

    `question` is what to look at on the host to tell them apart; None where there is one
    path, or where no question does.
    """

    paths: tuple[AtlasPath, ...]
    question: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What fits a close: all that the wire does not exclude, the likeliest entry first."""

    entries: tuple[Entry, ...]
    #: The branches of the likeliest path, the most telling ones first; then those of the others.
    branches: tuple[tuple[str, bool], ...]

    @property
    def paths(self) -> tuple[AtlasPath, ...]:
        """Those of all entries."""
        return tuple(path for entry in self.entries for path in entry.paths)


class Fitting:
    """The paths of a walkthrough by what a wire shows."""

    def __init__(self, which: Which) -> None:
        self.which = which
        #: By guesses and answered questions, for thousands of connections end in a few ways.
        self.find = lru_cache(maxsize=512)(self._find)

    def fit(self, close: Close) -> Fit:
        """Of one close."""
        return self.find(close.guesses, close.answered)

    def _find(self, classes: tuple[tuple[Guess, ...], ...], answered: frozenset[str]) -> Fit:
        entries: list[Entry] = []
        known: set[str] = set()
        for guesses in classes:
            first, *others = ([*self._looks(guess)] for guess in guesses)
            # Behind the first guess a class knows no better than that the simple is likelier.
            rest = sorted((look for some in others for look in some), key=lambda one: one.changed)
            looks = tuple(look for look in (*first, *rest) if look.path.id not in known)
            paths = tuple({look.path.id: look.path for look in looks}.values())
            if paths:
                question = next(iter(self.which.best(looks, answered)), None)
                entries.append(Entry(paths=paths, question=question))
                known.update(path.id for path in paths)
        branches = dict.fromkeys(
            branch
            for entry in entries
            for path in entry.paths
            for branch in sorted(path.decisions, key=self.which.rarity)
        )
        return Fit(entries=tuple(entries), branches=tuple(branches))

    def _looks(self, guess: Guess) -> Iterator[Look]:
        for look in self.which.fitting(dict(guess.answers)):
            if guess.resets is None or guess.resets >= set(look.resets) > set():
                yield look
