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
from typing import Final

from app.kernel.caveats import caveats_of
from app.kernel.inputs import INPUTS
from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from app.walkthrough.records import Walkthrough

#: The rank of a single change after which the socket is real and the path up to there the same.
_BEST: Final = (1, False, 0)


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
    path = trace.branches
    ways: dict[str, set[bool]] = {}
    for name, taken in path:
        ways.setdefault(name, set()).add(taken)
    wanted = {name: not ways[name].copy().pop() for name in ways if len(ways[name]) == 1}
    first = {name: index for index, (name, _) in reversed(list(enumerate(path)))}
    best: dict[str, tuple[tuple[int, bool, int, int], Scenario]] = {}

    def offer(scenario: Scenario, distance: int, order: int) -> None:
        other = walkthrough.trace(scenario, variant).branches
        taken = set(other)
        for name, way in wanted.items():
            if (name, way) not in taken:
                continue
            same = other[: first[name]] == path[: first[name]]
            rank = (distance, bool(caveats_of(scenario)), int(not same), order)
            if name not in best or rank < best[name][0]:
                best[name] = (rank, scenario)

    for order, scenario in enumerate(_neighbours(trace.scenario, trace.reads)):
        # Nothing that comes later is better than a real socket that keeps the path up to there.
        if all(name in best and best[name][0][:3] == _BEST for name in wanted):
            break
        offer(scenario, 1, order)
    missing = {(name, way) for name, way in wanted.items() if name not in best}
    for order, preset in enumerate(walkthrough.presets):
        if missing & preset.branches:
            offer(preset.scenario, len(_changes(trace.scenario, preset.scenario)), order)
    return {
        name: Alternative(name, wanted[name], scenario, _changes(trace.scenario, scenario))
        for name, (_, scenario) in best.items()
    }


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
