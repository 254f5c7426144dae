# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks the presets: each is a scenario that runs, and together they take every branch."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import ReaderError
from app.kernel.model import run
from app.kernel.scenario import parse_scenario
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
    try:
        scenario = parse_scenario([(key, str(value)) for key, value in item.scenario.items()])
    except ReaderError as error:
        for problem in error.problems:
            tell(
                ("presets", index, "scenario", problem.key),
                f"preset {item.id}: {in_english(problem)}",
                problem.nearest,
            )
        return None
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
        branches=frozenset(trace.branches),
        lines=frozenset(
            line
            for step in trace.steps
            for line in range(step.site.span.line, step.site.span.end_line + 1)
        ),
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
