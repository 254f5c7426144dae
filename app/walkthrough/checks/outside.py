# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `diagram.yaml`, `afterwards.yaml`, `life.yaml`; a walkthrough may do without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.kernel.life.conditions import PEERS
from app.kernel.life.rules import ENDLESS, NOTES, RULES
from app.kernel.model import run
from app.kernel.states import STATE_NUMBERS
from app.machine.program import Program
from app.walkthrough.content.reading import Reading
from app.walkthrough.outside import Afterwards, Diagram, LifeFile, Outside
from app.walkthrough.records import Preset
from app.walkthrough.world import FACTS, PLACEHOLDERS, WorldSeen, values_of

DIAGRAM: Final = "diagram.yaml"
AFTERWARDS: Final = "afterwards.yaml"
LIFE: Final = "life.yaml"

Problem = tuple[tuple[str | int, ...], str]
"""A mistake: where in the file, and what."""


def check_outside(reading: Reading, presets: Sequence[Preset], program: Program | None) -> Outside:
    """The state diagram, the stories of what is left, and the rules of lives."""
    diagram = reading.file(DIAGRAM, Diagram, is_optional=True)
    stories = reading.file(AFTERWARDS, Afterwards, is_optional=True)
    life = reading.file(LIFE, LifeFile, is_optional=True)
    if diagram is not None and diagram.value is not None:
        reading.teller(diagram.document).all(_diagram_problems(diagram.value))
    if stories is not None and stories.value is not None:
        found = list(_afterwards_problems(stories.value))
        is_right = not found and not stories.problems
        if is_right and program is not None and not reading.is_checked:
            found = list(_untold(stories.value, presets, program))
        reading.teller(stories.document).all(found)
    if life is not None and life.value is not None:
        reading.teller(life.document).all(_life_problems(life.value))
    told = stories.value if stories else None
    return Outside(
        diagram=diagram.value if diagram else None,
        stories=tuple(told.stories) if told else (),
        sysctls=told.sysctls if told else {},
        life=life.value if life else None,
    )


def _untold(file: Afterwards, presets: Sequence[Preset], program: Program) -> Iterator[Problem]:
    """Each preset ends in a story, whose placeholders all stand for something there."""
    for preset in presets:
        trace = run(program, preset.scenario)
        facts = WorldSeen(trace).facts
        index, story = next(
            ((i, one) for i, one in enumerate(file.stories) if one.fits(facts)), (0, None)
        )
        if story is None:
            yield ("stories",), f"no story fits how the preset {preset.id} ends"
            continue
        for name in sorted(story.placeholders() - set(values_of(trace))):
            yield (
                ("stories", index, "story"),
                f"story {story.id}: {{{name}}} is not there in preset {preset.id}",
            )


def _diagram_problems(file: Diagram) -> Iterator[Problem]:
    """Mistakes of a diagram that its shape does not show."""
    for state in file.states:
        if state not in STATE_NUMBERS:
            yield ("states", state), f"{state} is no state; allowed: {', '.join(STATE_NUMBERS)}"
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(file.arrows):
        for state in (entry.from_, entry.to):
            if state not in file.states:
                yield ("arrows", index), f"the arrow's state {state} has no place in the diagram"
        if (entry.from_, entry.to) in seen:
            yield ("arrows", index), f"the arrow {entry.from_} to {entry.to} stands twice"
        seen.add((entry.from_, entry.to))


def _life_problems(file: LifeFile) -> Iterator[Problem]:
    """Rules without a sentence, and sentences without a rule."""
    for part, known in (("rules", RULES), ("peers", PEERS), ("endless", ENDLESS), ("notes", NOTES)):
        said = getattr(file, part)
        for name in sorted(set(known) - set(said)):
            yield (part,), f"{part}: {name} has no sentence"
        for name in sorted(set(said) - set(known)):
            yield (part, name), f"{part}: {name} is not known; allowed: {', '.join(known)}"


def _afterwards_problems(file: Afterwards) -> Iterator[Problem]:
    """Mistakes of the stories that their shape does not show."""
    seen: set[str] = set()
    used: set[str] = set()
    for index, story in enumerate(file.stories):
        if story.id in seen:
            yield ("stories", index, "id"), f"story {story.id} stands twice"
        seen.add(story.id)
        for key in story.when:
            if key not in FACTS:
                yield (
                    ("stories", index, "when", key),
                    f"story {story.id}: {key} is no fact; allowed: {', '.join(FACTS)}",
                )
        for name in sorted(story.placeholders() - set(PLACEHOLDERS)):
            yield (
                ("stories", index, "story"),
                f"story {story.id}: {{{name}}} stands for nothing; allowed: "
                + ", ".join(PLACEHOLDERS),
            )
        for number, name in enumerate(story.sysctls):
            used.add(name)
            if name not in file.sysctls:
                yield (
                    ("stories", index, "sysctls", number),
                    f"story {story.id}: the sysctl {name} is not explained",
                )
    for name in file.sysctls:
        if name not in used:
            yield ("sysctls", name), f"no story names the sysctl {name}"
