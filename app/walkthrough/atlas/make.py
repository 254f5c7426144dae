# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the atlas of a function: explores it, and works every record out.

Two runs are the same path if they take the same decisions outside of loops and end alike. To end
alike is a matter of classes where a number is free: a time is alike if it is the same number or
the same formula over the inputs (`1000*linger2 + -1000*tw_timeout`); of what happens several
times (a listener's children), once and more than once are told apart, not how often.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict

from app.kernel.model import run
from app.kernel.scenario import Scenario
from app.machine.program import Program
from app.walkthrough.atlas.charts import Chart, class_of
from app.walkthrough.atlas.conditions import condition_of, contradiction
from app.walkthrough.atlas.diagrams import FALSE
from app.walkthrough.atlas.explore import Leaf, explore
from app.walkthrough.atlas.looks import Looks
from app.walkthrough.atlas.records import (
    Atlas,
    AtlasBranch,
    AtlasLines,
    AtlasPath,
    Covered,
    Ending,
    Impossible,
)
from app.walkthrough.atlas.space import Bounds
from app.walkthrough.atlas.witnesses import Witnesses, scenario_of


def make_atlas(program: Program, bounds: Bounds | None = None) -> Atlas:
    """Every path of a function, with its conditions; within bounds. Takes seconds."""
    found = explore(program, bounds)
    chart = Chart(found)
    witnesses = Witnesses(chart, found.solver)
    paths = tuple(sorted(_paths(chart, witnesses, program), key=lambda path: path.decisions))
    branches = _branches(chart, witnesses, program, paths)
    return Atlas(
        Covered(
            found.space.bounds.segments,
            found.space.bounds.events,
            found.space.bounds.repeats,
            found.tally.stood_for_all,
            found.tally.undecided,
        ),
        paths,
        branches,
        _lines(chart, witnesses, program),
        _impossible(chart, branches, Looks(program, paths)),
    )


def _paths(chart: Chart, witnesses: Witnesses, program: Program) -> list[AtlasPath]:
    found = []
    for number, leaf in enumerate(chart.leaves):
        function = chart.path(number)
        witness, real = witnesses.find(function)
        assert witness is not None, "a path that was found has a scenario"
        found.append(
            AtlasPath(
                path_id(leaf),
                leaf.decisions,
                condition_of(chart, function),
                witness,
                real,
                ending(leaf, program, scenario_of(witness.query)),
            )
        )
    return found


def path_id(leaf: Leaf) -> str:
    """Eight letters and digits, made of the decisions and the outcome's class."""
    decisions, *rest = class_of(leaf)
    content = repr((decisions, [_plain(item) for item in rest]))
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _plain(item: object) -> object:
    """A value whose text is the same in every process."""
    if isinstance(item, frozenset):
        return sorted(map(repr, item))
    if isinstance(item, tuple):
        return [str(part) for part in item]
    return item


def ending(leaf: Leaf, program: Program, scenario: Scenario) -> Ending:
    """The outcome of the path in its witness's scenario."""
    outcome = run(program, scenario).outcome
    several = {n for n, c in (*outcome.counters.items(), *outcome.gauges.items()) if abs(c) > 1}
    error = leaf.error
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


def _branches(
    chart: Chart, witnesses: Witnesses, program: Program, paths: tuple[AtlasPath, ...]
) -> tuple[AtlasBranch, ...]:
    functions = chart.passed(lambda seen: seen[0])
    found = []
    for decision in program.decisions:
        for taken in (True, False):
            function = functions.get((decision.number, taken), FALSE)
            witness, real = witnesses.find(function)
            ids = {path_id(chart.leaves[number]) for number in chart.paths_of(function)}
            found.append(
                AtlasBranch(
                    decision.number,
                    taken,
                    condition_of(chart, function),
                    witness,
                    real,
                    tuple(path.id for path in paths if path.id in ids),
                )
            )
    return tuple(found)


def _lines(chart: Chart, witnesses: Witnesses, program: Program) -> tuple[AtlasLines, ...]:
    """Lines by what executes them: those with the same function are one record."""
    functions = chart.passed(lambda seen: seen[1])
    groups: dict[int, list[int]] = {}
    for line in sorted(program.lines):
        groups.setdefault(functions.get(line, FALSE), []).append(line)
    found = []
    for function, lines in groups.items():
        witness, real = witnesses.find(function)
        found.append(AtlasLines(tuple(lines), condition_of(chart, function), witness, real))
    return tuple(sorted(found, key=lambda record: record.lines))


def _impossible(
    chart: Chart, branches: tuple[AtlasBranch, ...], looks: Looks
) -> tuple[Impossible, ...]:
    functions = chart.passed(lambda seen: seen[0])
    possible = [branch for branch in branches if branch.paths]
    reached: dict[int, set[str]] = {}
    for branch in possible:
        reached.setdefault(branch.decision, set()).update(branch.paths)

    def together(first: AtlasBranch, second: AtlasBranch) -> bool:
        return bool(set(first.paths) & set(second.paths))

    def keys(first: AtlasBranch, second: AtlasBranch) -> tuple[str, ...]:
        if not set(first.paths) & reached[second.decision]:
            return ()
        return contradiction(
            chart,
            functions[first.decision, first.taken],
            functions[second.decision, second.taken],
        )

    def record(first: AtlasBranch, second: AtlasBranch) -> Impossible:
        places = (first.decision, first.taken), (second.decision, second.taken)
        return Impossible(*places, keys(first, second), *looks.after(places[0], second.decision))

    return tuple(
        record(first, second)
        for first in possible
        for second in possible
        if first.decision < second.decision and not together(first, second)
    )
