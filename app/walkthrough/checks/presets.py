# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks the presets: each is a scenario that runs, and together they take every branch."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import ReaderError
from app.kernel.life.conditions import Conditions
from app.kernel.model import run
from app.kernel.scenario import Scenario, Values
from app.machine.program import Program
from app.machine.trace import Branch
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import PresetEntry
from app.walkthrough.records import Decision, Preset
from app.walkthrough.refusals import in_english


def check_presets(
    tell: Teller, entries: Sequence[PresetEntry], program: Program | None
) -> tuple[Preset, ...]:
    """The presets that are right; without a program none is run."""
    found: list[Preset] = []
    tell.once("preset", (item.id for item in entries), ("presets",))
    for index, item in enumerate(entries):
        preset = _preset(tell, index, item, program)
        if preset is not None:
            found.append(preset)
    return tuple(found)


def _preset(tell: Teller, index: int, item: PresetEntry, program: Program | None) -> Preset | None:
    found: list[Values] = []
    for name, kind in (("scenario", Scenario), ("afterwards", Conditions)):
        given = getattr(item, name)
        try:
            found.append(kind.parse((key, str(value)) for key, value in given.items()))
        except ReaderError as error:
            for problem in error.problems:
                tell(
                    ("presets", index, name, problem.key),
                    f"preset {item.id}: {in_english(problem)}",
                    problem.nearest,
                )
            return None
    scenario, afterwards = found
    assert isinstance(scenario, Scenario)
    assert isinstance(afterwards, Conditions)
    if program is None:
        return None
    trace = run(program, scenario)
    if trace.error is not None:
        tell(("presets", index), f"preset {item.id} does not run: {trace.error}")
        return None
    return Preset(
        id=item.id,
        title=item.title,
        story=item.story,
        scenario=scenario,
        afterwards=afterwards,
        branches=frozenset(trace.branches),
        lines=trace.lines,
    )


def check_branches(tell: Teller, decisions: Sequence[Decision], presets: Sequence[Preset]) -> None:
    """Each branch is taken by a preset."""
    taken = frozenset[Branch]().union(*(preset.branches for preset in presets))
    for decision in decisions:
        for way in (True, False):
            if (decision.id, way) not in taken:
                tell(
                    ("presets",),
                    f"no preset takes the branch {decision.id}/{str(way).lower()} "
                    f"(line {decision.line})",
                )
