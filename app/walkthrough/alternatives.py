# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Why not the other way: the smallest change of a scenario that turns a decision.

Every single input is tried with the few values that matter to the kernel; what turns the decision
and leaves the path before it as it was is best. Where no single change does it, the preset that
differs in the fewest inputs stands in.

An input that the path did not read cannot turn anything on it, so it is not tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.kernel.caveats import caveats_of
from app.kernel.inputs import INPUTS
from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from app.machine.trace import Branch
from app.walkthrough.records import Edition, Walkthrough


@dataclass(frozen=True, slots=True)
class Alternative:
    """A scenario in which a decision goes the other way.

    `taken` is that way; `changes` are the inputs that differ, in the words of a query string.
    """

    decision: str
    taken: bool
    scenario: Scenario
    changes: Mapping[str, int | str]


def alternatives(
    walkthrough: Walkthrough, trace: Trace, variant: str | None = None
) -> Mapping[str, Alternative]:
    """For each decision of the path that went one way only: how it would go the other way.

    Keyed by the id of the decision. A decision that no change turns has no entry.
    """
    search = _Search(walkthrough.edition_of(variant), trace)
    neighbours = _neighbours(trace.scenario, trace.reads)
    trials = [search.trial(scenario, 1, order) for order, scenario in enumerate(neighbours)]
    # Most decisions are turned where a run leaves the path; behind that only the others are sought.
    for is_beyond in (False, True):
        for trial in trials:
            search.follow(trial, is_beyond=is_beyond)
    missing = {(name, way) for name, way in search.wanted.items() if name not in search.best}
    for order, preset in enumerate(walkthrough.presets):
        if missing & preset.branches:
            distance = len(_changes(trace.scenario, preset.scenario))
            search.follow(search.trial(preset.scenario, distance, order), is_beyond=True)
    return {
        name: Alternative(name, search.wanted[name], scenario, _changes(trace.scenario, scenario))
        for name, (_, scenario) in search.best.items()
    }


#: The number of changes, whether it is only hypothetical, whether the path before it is another,
#: and its place among those that are tried: the lowest is best.
_Rank = tuple[int, bool, bool, int]


@dataclass(slots=True, kw_only=True)
class _Trial:
    """A run that is followed as far as it can turn something."""

    scenario: Scenario
    distance: int
    is_hypothetical: bool
    order: int
    branches: Iterator[tuple[int, Branch]]
    #: Where it leaves the path, among its branches; None as long as it has not.
    parted: int | None = None

    def rank(self, *, is_elsewhere: bool) -> _Rank:
        return self.distance, self.is_hypothetical, is_elsewhere, self.order


class _Search:
    """The best scenario so far for each decision, and what it would take to be better."""

    def __init__(self, edition: Edition, trace: Trace) -> None:
        self.tree = edition.branch_tree
        self.path = trace.branches
        ways: dict[str, set[bool]] = {}
        for name, taken in self.path:
            ways.setdefault(name, set()).add(taken)
        #: The other way of each decision that went one way only.
        self.wanted = {name: not way.pop() for name, way in ways.items() if len(way) == 1}
        self.first = {name: at for at, (name, _) in reversed(list(enumerate(self.path)))}
        self.last = {name: at for at, (name, _) in enumerate(self.path)}
        self.best: dict[str, tuple[_Rank, Scenario]] = {}

    def trial(self, scenario: Scenario, distance: int, order: int) -> _Trial:
        """A run that has not begun."""
        return _Trial(
            scenario=scenario,
            distance=distance,
            is_hypothetical=bool(caveats_of(scenario)),
            order=order,
            branches=enumerate(self.tree.branches(scenario)),
        )

    def improvable(self, rank: _Rank) -> set[str]:
        """The decisions for which a scenario of this rank would be the best so far."""
        best = self.best
        return {name for name in self.wanted if name not in best or best[name][0] > rank}

    def follow(self, trial: _Trial, *, is_beyond: bool) -> None:
        """Go on with a run for as long as it can be the best for some decision.

        Unless `is_beyond`, not further than to where it leaves the path.
        """
        sought = self.improvable(trial.rank(is_elsewhere=is_beyond))
        if not sought:
            return
        path, end = self.path, max(self.last[name] for name in sought)
        for at, (name, taken) in trial.branches:
            if trial.parted is None and at < len(path) and path[at] == (name, taken):
                if at >= end and not is_beyond:
                    return
                continue
            if trial.parted is None:
                trial.parted = at
            if name in sought and taken is self.wanted[name]:
                rank = trial.rank(is_elsewhere=self.first[name] > trial.parted)
                self.best[name] = rank, trial.scenario
                sought.discard(name)
            if not sought or not is_beyond:
                return


def _neighbours(scenario: Scenario, reads: Collection[str]) -> Iterator[Scenario]:
    for item in sorted(INPUTS.values(), key=lambda item: not item.is_tried_first):
        key = item.key
        if key not in reads:
            continue
        for value in item.tried:
            if value != scenario[key]:
                yield scenario.but(**{key: value})


def _changes(before: Scenario, after: Scenario) -> dict[str, int | str]:
    return {key: item.flat(after[key]) for key, item in INPUTS.items() if after[key] != before[key]}
