# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Maker of the atlas of a function: explores it, and works every record out.

Two runs are the same path if they take the same decisions outside of loops and end alike. To end
alike is a matter of classes where a number is free: a time is alike if it is the same number or
the same formula over the inputs (`1000*linger2 + -1000*tw_timeout`); of what happens several
times (a listener's children), once and more than once are told apart, not how often.
"""

from __future__ import annotations

import gc
import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from itertools import combinations
from typing import Final

from app.csource.decisions import decisions_in_loops
from app.kernel.model import Trace, run
from app.machine.program import Program
from app.machine.trace import Branch, BranchRecorder, Step, shown
from app.walkthrough.atlas.charts import Chart, class_of
from app.walkthrough.atlas.conditions import (
    case_of,
    condition_of,
    keys_apart,
    readable_case,
    readable_condition,
)
from app.walkthrough.atlas.diagrams import Cube
from app.walkthrough.atlas.explore import Leaf, Taken, explore
from app.walkthrough.atlas.records import (
    Atlas,
    AtlasBranch,
    AtlasPath,
    Bounds,
    Covered,
    Ending,
    Impossible,
    Values,
)
from app.walkthrough.atlas.witnesses import Witnesses

#: The collector's thresholds are the whole process'.
_ONE_AT_A_TIME: Final = threading.Lock()
#: More values than these are no reason that anybody reads.
_MAX_VALUES: Final = 5


def make_atlas(program: Program, bounds: Bounds | None = None) -> Atlas:
    """Every path of a function, with its conditions; within bounds."""
    with _everything_kept():
        found = explore(program, bounds)
        chart = Chart(found)
        return _Maker(program, chart, Witnesses(chart, found.choices)).atlas()


@contextmanager
def _everything_kept() -> Iterator[None]:
    """No garbage is looked for among what is old: nearly all that is found stays to the end."""
    with _ONE_AT_A_TIME:
        young, middle, old = gc.get_threshold()
        gc.set_threshold(young, middle, 1000 * old)
        try:
            yield
        finally:
            gc.set_threshold(young, middle, old)


class _Maker:
    def __init__(self, program: Program, chart: Chart, witnesses: Witnesses) -> None:
        self.program = program
        self.chart = chart
        self.witnesses = witnesses
        self.ranks = ranks_of(program)
        self.ids = [path_id(leaf, self.ranks) for leaf in chart.paths]
        #: The numbers of the paths, in the order of their decisions in the text.
        self.order = sorted(
            range(len(chart.paths)),
            key=lambda number: _ranked(chart.paths[number].decisions, self.ranks),
        )
        #: The lines with the ends of the paths that come there, in the order of their digits.
        self.lines = [
            (sight, ends)
            for sight, ends in sorted(chart.ends_of_sights.items(), key=str)
            if isinstance(sight, int)
        ]
        self.looped = {program.ids[n] for n in decisions_in_loops(*program.functions)}
        #: The ids of the paths that a scenario takes.
        self.found: set[str] = set()
        #: Each path in its witness's scenario, with the branches that it takes.
        self.traces: list[tuple[Trace, frozenset[Branch]]] = []

    def atlas(self) -> Atlas:
        choices = self.witnesses.choices
        bounds, tally = choices.space.bounds, choices.tally
        paths = [
            path
            for number, leaf in enumerate(self.chart.paths)
            if (path := self.path(number, leaf)) is not None
        ]
        self.found = {path.id for path in paths}
        branches = tuple(
            self.branch((decision, taken))
            for decision in self.program.ids
            for taken in (True, False)
        )
        return Atlas(
            bounds=Covered(
                segments=bounds.segments,
                events=bounds.events,
                repeats=bounds.repeats,
                stood_for_all=tally.stood_for_all,
                undecided=tally.undecided,
            ),
            paths=tuple(sorted(paths, key=lambda path: _ranked(path.decisions, self.ranks))),
            branches=branches,
            impossible=tuple(self.impossible()),
        )

    def path(self, number: int, leaf: Leaf) -> AtlasPath | None:
        """None where a comparison stayed undecided, so that no scenario is known to take it."""
        function = self.chart.where(self.chart.ends_of_paths[number])
        witness, real = self.witnesses.find(function)
        if witness is None:
            return None
        trace = run(self.program, witness.scenario, recorder=BranchRecorder())
        self.traces.append((trace, frozenset(trace.branches)))
        return AtlasPath(
            id=self.ids[number],
            decisions=leaf.decisions,
            condition=condition_of(self.chart, function),
            witness=witness,
            real_witness=real,
            ending=_ending(leaf, trace),
        )

    def branch(self, place: Taken) -> AtlasBranch:
        chart, ends = self.chart, self.chart.ends_of_sights.get(place, 0)
        function = chart.where(ends)
        witness, real = self.witnesses.find(function)
        condition = readable_condition(chart, function)
        if not condition and place[0] in self.looped:
            # Its paths do not say when it is taken.
            condition = condition_of(chart, function)
        return AtlasBranch(
            decision=place[0],
            taken=place[1],
            always=readable_case(case_of(chart, chart.diagrams.bounding(function))),
            cases=condition,
            witness=witness,
            real_witness=real,
            paths=tuple(
                self.ids[n]
                for n in self.order
                if chart.ends_of_paths[n] & ends and self.ids[n] in self.found
            ),
            lines=tuple(sight for sight, executed in self.lines if executed == ends),
        )

    def impossible(self) -> Iterator[Impossible]:
        """Pairs of branches, in the order of the source."""
        chart, ends_of = self.chart, self.chart.ends_of_sights
        places = [
            (decision, taken)
            for decision in self.program.ids
            for taken in (True, False)
            if (decision, taken) in ends_of
        ]
        bounding: dict[Taken, Cube] = {
            place: chart.diagrams.bounding(chart.where(ends_of[place])) for place in places
        }
        for first, second in combinations(places, 2):
            if first[0] == second[0] or ends_of[first] & ends_of[second]:
                continue
            reached = ends_of[second] | ends_of.get((second[0], not second[1]), 0)
            is_past = not ends_of[first] & reached
            name, values = ("", ()) if is_past else self.finds(first, second[0])
            yield Impossible(
                first=first,
                second=second,
                is_past=is_past,
                keys=() if is_past else keys_apart(chart, bounding[first], bounding[second]),
                name=name,
                values=values,
            )

    def finds(self, first: Taken, second: str) -> tuple[str, Values]:
        """What the second decision looks at after a branch: its name and values.

        Names (CLOSE) only: a number may be another in the next run of the same path.
        """
        found = {
            _found(step)
            for trace, branches in self.traces
            if first in branches
            for step in trace.steps
            if step.site.decision == second and step.taken is not None
        }
        names = {name for name, _ in found}
        if len(names) != 1 or len(found) > _MAX_VALUES or ("", "") in found:
            return "", ()
        return names.pop(), tuple(sorted(value for _, value in found))


def ranks_of(program: Program) -> Mapping[str, int]:
    """The place in the text of each decision, by its id."""
    return {name: number for number, name in enumerate(program.ids)}


def _ranked(decisions: Iterable[Branch], ranks: Mapping[str, int]) -> tuple[tuple[int, bool], ...]:
    """Branches with their decision's place in the text instead of its id."""
    return tuple((ranks[name], taken) for name, taken in decisions)


def path_id(leaf: Leaf, ranks: Mapping[str, int]) -> str:
    """Eight letters and digits, made of the decisions' `ranks` and the outcome's class."""
    _, *rest = class_of(leaf)
    decisions = _ranked(leaf.decisions, ranks)
    content = repr((decisions, [_plain(item) for item in rest]))
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _plain(item: object) -> object:
    """A value whose text is the same in every process."""
    if isinstance(item, frozenset):
        return sorted(map(repr, item))
    if isinstance(item, tuple):
        return [str(part) for part in item]
    return item


def _ending(leaf: Leaf, trace: Trace) -> Ending:
    """The outcome of a path in its witness's scenario."""
    outcome, error = trace.outcome, leaf.error
    several = {n for n, c in (*outcome.counters.items(), *outcome.gauges.items()) if abs(c) > 1}
    return Ending(
        **asdict(outcome)
        | {
            "counters": {name: count for name, count in outcome.counters.items() if count},
            "gauges": {name: count for name, count in outcome.gauges.items() if count},
        },
        formulas={name: str(form) for name, form in leaf.times.items()},
        several=tuple(sorted(several)),
        error=f"{error.line}: {error.message}" if error is not None else None,
    )


def _found(step: Step) -> tuple[str, str]:
    """What decided, and the name that it had; empty where several things did, or a number."""
    operands, logic = step.operands, step.site.logic
    if (logic == "&&" and not step.taken) or (logic == "||" and step.taken):
        operands = operands[-1:]
    if len(operands) == 1:
        leaf, left, *_ = operands[0]
        value = shown(left, leaf.names)
        if leaf.names and isinstance(value, str):
            return leaf.left, value
    return "", ""
