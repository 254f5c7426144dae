# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `diagram.yaml`, `afterwards.yaml`, `life.yaml`; a walkthrough may do without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.kernel.model import run
from app.machine.program import Program
from app.walkthrough.content.reading import Reading
from app.walkthrough.outside import (
    AfterwardsFile,
    DiagramFile,
    LifeFile,
    Outside,
    Problem,
    afterwards_problems,
    diagram_of,
    diagram_problems,
    life_problems,
    stories_of,
)
from app.walkthrough.records import Preset
from app.walkthrough.world import FACTS, PLACEHOLDERS, WorldSeen, values_of

DIAGRAM: Final = "diagram.yaml"
AFTERWARDS: Final = "afterwards.yaml"
LIFE: Final = "life.yaml"


def check_outside(reading: Reading, presets: Sequence[Preset], program: Program | None) -> Outside:
    """The state diagram, the stories of what is left, and the rules of lives."""
    diagram = reading.file(DIAGRAM, DiagramFile, is_optional=True)
    stories = reading.file(AFTERWARDS, AfterwardsFile, is_optional=True)
    if diagram is not None and diagram.value is not None:
        reading.teller(diagram.document).all(diagram_problems(diagram.value))
    if stories is not None and stories.value is not None:
        found = list(afterwards_problems(stories.value, FACTS, PLACEHOLDERS))
        is_right = not found and not stories.problems
        if is_right and program is not None and not reading.is_checked:
            found = list(_untold(stories.value, presets, program))
        reading.teller(stories.document).all(found)
    life = reading.file(LIFE, LifeFile, is_optional=True)
    if life is not None and life.value is not None:
        reading.teller(life.document).all(life_problems(life.value))
    return Outside(
        diagram_of(diagram.value) if diagram and diagram.value else None,
        stories_of(stories.value) if stories and stories.value else (),
        stories.value.sysctls if stories and stories.value else {},
        life.value if life else None,
    )


def _untold(file: AfterwardsFile, presets: Sequence[Preset], program: Program) -> Iterator[Problem]:
    """Each preset ends in a story, whose placeholders all stand for something there."""
    stories = Outside(stories=stories_of(file))
    for preset in presets:
        trace = run(program, preset.scenario)
        facts = WorldSeen(trace).facts
        story = next((story for story in stories.stories if story.fits(facts)), None)
        if story is None:
            yield ("stories",), f"no story fits how the preset {preset.id} ends"
            continue
        for name in sorted(story.placeholders() - set(values_of(trace))):
            index = [entry.id for entry in file.stories].index(story.id)
            yield (
                ("stories", index, "story"),
                f"story {story.id}: {{{name}}} is not there in preset {preset.id}",
            )
