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
from app.walkthrough.content.reading import Reading
from app.walkthrough.content.schema import PresetEntry
from app.walkthrough.content.yaml_lines import Document
from app.walkthrough.records import Decision, Preset
from app.walkthrough.refusals import in_english

FILE = "walkthrough.yaml"


def check_presets(
    reading: Reading, document: Document, entries: Sequence[PresetEntry], program: Program | None
) -> tuple[Preset, ...]:
    """The presets that are right; without a program none is run."""
    found: list[Preset] = []
    seen: set[str] = set()
    for index, item in enumerate(entries):
        if item.id in seen:
            line = document.line(("presets", index, "id"))
            reading.report(FILE, line, f"preset {item.id} stands twice")
        seen.add(item.id)
        preset = _preset(reading, document, index, item, program)
        if preset is not None:
            found.append(preset)
    return tuple(found)


def _preset(
    reading: Reading, document: Document, index: int, item: PresetEntry, program: Program | None
) -> Preset | None:
    try:
        scenario = parse_scenario([(key, str(value)) for key, value in item.scenario.items()])
    except ReaderError as error:
        for problem in error.problems:
            reading.report(
                FILE,
                document.line(("presets", index, "scenario", problem.key)),
                f"preset {item.id}: {in_english(problem)}",
                problem.nearest,
            )
        return None
    if program is None:
        return None
    trace = run(program, scenario)
    if trace.error is not None:
        reading.report(
            FILE,
            document.line(("presets", index)),
            f"preset {item.id} does not run: {trace.error}",
        )
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


def check_branches(
    reading: Reading, document: Document, decisions: Sequence[Decision], presets: Sequence[Preset]
) -> None:
    """Each branch is taken by a preset."""
    taken = frozenset[Branch]().union(*(preset.branches for preset in presets))
    for decision in decisions:
        for way in (True, False):
            if (decision.id, way) not in taken:
                reading.report(
                    FILE,
                    document.line(("presets",)),
                    f"no preset takes the branch {decision.id}/{str(way).lower()} "
                    f"(line {decision.line})",
                )
