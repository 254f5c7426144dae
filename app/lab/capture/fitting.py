# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which paths fit a close in a capture, the likeliest first, and what would tell them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from app.kernel.caveats import caveats_of
from app.kernel.scenario import Scenario
from app.lab.capture.closes import Close, Guess
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.which.asking import Which
from app.walkthrough.which.looks import Look

#: Answers to what came from the peer while close() was at work, as the model's events.
_EVENTS: Final = {
    "none": (),
    "both": ("ack", "fin"),
    **{name: (name,) for name in ("ack", "fin", "data", "rst")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Paths that are the same on the wire, likeliest and simplest first; never empty.

    `question` is what to look at on the host to tell them apart; None where there is one
    path, or where no question does. `scenario` is the simplest that was found of the first path
    and of what the wire shows.
    """

    paths: tuple[AtlasPath, ...]
    question: str | None
    scenario: Scenario


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
        return self.find(close.guesses, close.answered)

    def _find(self, classes: tuple[tuple[Guess, ...], ...], answered: frozenset[str]) -> Fit:
        entries: list[Entry] = []
        known: set[str] = set()
        for guesses in classes:
            first, *others = ([*self.looks(guess)] for guess in guesses)
            # Behind the first guess a class knows no better than that the simple is likelier.
            rest = sorted((look for some in others for look in some), key=lambda one: one.changed)
            looks = tuple(look for look in (*first, *rest) if look.path.id not in known)
            paths = tuple({look.path.id: look.path for look in looks}.values())
            if paths:
                question = next(iter(self.which.best(looks, answered)), None)
                scenario = self._scenario(looks[0], guesses)
                entries.append(Entry(paths=paths, question=question, scenario=scenario))
                known.update(path.id for path in paths)
        branches = dict.fromkeys(
            branch
            for entry in entries
            for path in entry.paths
            for branch in sorted(path.decisions, key=self.which.rarity)
        )
        return Fit(entries=tuple(entries), branches=tuple(branches))

    def looks(self, guess: Guess) -> Iterator[Look]:
        """Those that a guess allows, simplest path first."""
        answers = dict(guess.answers)
        for look in self.which.fitting(answers):
            is_held = "FIN" in look.path.ending.segments and not _is_sent(answers)
            if (guess.may_wait or not is_held) and (
                guess.resets is None or guess.resets >= set(look.resets) > set()
            ):
                yield look

    def _scenario(self, look: Look, guesses: tuple[Guess, ...]) -> Scenario:
        """One that takes the look's path and has of the wire what the first such guess says."""
        path = look.path
        witness = (path.real_witness or path.witness).scenario
        guess = next(guess for guess in guesses if look in self.looks(guess))
        answers = dict(guess.answers)
        (state,) = look.shows["before"]
        has_fin = "FIN" in path.ending.segments or "yes" in look.shows["shutdown"]
        held = guess.may_wait and has_fin and not _is_sent(answers)
        base = witness.but(state=state, wait=(), backlog=(), pending=1 if held else 0)
        found = []
        for during in answers["during"] & look.shows["during"]:
            events = _EVENTS[during]
            linger = base["linger"] or 5
            found += [base.but(backlog=events), base.but(wait=events, linger=linger)]
        if answers.get("fastopen") == frozenset({"yes"}):
            found = [one.but(fastopen=1) for one in found]
        found.sort(key=lambda one: (len(one.changed()), one.query()))
        return next(filter(partial(self._takes, path), found), witness)

    def _takes(self, path: AtlasPath, scenario: Scenario) -> bool:
        """Whether a kernel can be in the scenario and takes the path."""
        if caveats_of(scenario):
            return False
        trace, ending = self.which.trace(scenario), path.ending
        outcome = trace.outcome
        known = {name for name, _ in path.decisions}
        return (
            tuple(branch for branch in trace.branches if branch[0] in known) == path.decisions
            and (outcome.fate, outcome.state) == (ending.fate, ending.state)
            and outcome.timewait == ending.timewait
            and set(outcome.counters) == set(ending.counters)
        )


def _is_sent(answers: dict[str, frozenset[str]]) -> bool:
    """Whether the guess has a FIN that was sent by close() itself."""
    return not answers.get("sent", frozenset({"fin"})).isdisjoint({"fin", "fin-rst"})
