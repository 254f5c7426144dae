# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The content behind "What the world sees": a state diagram, stories of what is left, and lives.

The shape of `diagram.yaml`, `afterwards.yaml` and `life.yaml`, and the records made of them. The
files are optional. What the conditions and placeholders mean is in `app/walkthrough/world.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import Field

from app.kernel.life.conditions import PEERS
from app.kernel.life.rules import ENDLESS, NOTES, RULES
from app.kernel.states import STATE_NUMBERS
from app.walkthrough.content.schema import Text
from app.walkthrough.content.strict import Strict

Point = tuple[float, float]

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")


class ArrowEntry(Strict):
    """An arrow from state to state: an SVG path, and where the number of a transition stands."""

    from_: str = Field(alias="from")
    to: str
    path: str = Field(pattern=r"^M[0-9MLHVCSQTA ,.-]+$", max_length=200)
    badge: Point
    always: bool = False


class DiagramFile(Strict):
    """`diagram.yaml`: sizes in units of the picture; a state's place is its middle."""

    width: int = Field(gt=0, le=1000)
    height: int = Field(gt=0, le=1000)
    box: Point
    states: dict[str, Point] = Field(min_length=1)
    arrows: list[ArrowEntry]


class StoryEntry(Strict):
    """What becomes of what is left, told where every fact in `when` fits."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    when: dict[str, str | list[str]]
    title: Text
    story: Text
    sysctls: list[str] = Field(default=[])


class AfterwardsFile(Strict):
    """`afterwards.yaml`: the sysctls by name, and the stories; the first that fits is told."""

    sysctls: dict[str, Text] = Field(default={})
    stories: list[StoryEntry] = Field(min_length=1)


class RuleEntry(Strict):
    """What a rule of a life says, and what it leaves out."""

    text: Text
    left_out: Text | None = None


class LifeFile(Strict):
    """`life.yaml`: the rules by id, the peers, why nothing ends a life, what does not fit."""

    rules: dict[str, RuleEntry]
    peers: dict[str, Text]
    endless: dict[str, Text]
    notes: dict[str, Text]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow of the diagram; `is_always` where it is there before a socket takes it."""

    path: str
    badge: Point
    is_always: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """The state diagram: middles of the states' boxes, and arrows by (from, to)."""

    size: tuple[int, int]
    box: Point
    states: Mapping[str, Point]
    arrows: Mapping[tuple[str, str], Arrow]

    def arrow(self, before: str, after: str) -> Arrow:
        """The arrow of a transition; a straight line where nobody has drawn one."""
        known = self.arrows.get((before, after))
        if known is not None:
            return known
        (x, y), (end_x, end_y) = self.states[before], self.states[after]
        return Arrow(f"M{x:g} {y:g}L{end_x:g} {end_y:g}", ((x + end_x) / 2, (y + end_y) / 2), False)


@dataclass(frozen=True, slots=True)
class Afterwards:
    """A story; `when` gives for each fact the words of which one has to be there."""

    id: str
    when: Mapping[str, frozenset[str]]
    title: Mapping[str, str]
    story: Mapping[str, str]
    sysctls: tuple[str, ...]

    def fits(self, facts: Mapping[str, frozenset[str]]) -> bool:
        """Whether the facts about a trace are those that the story is for."""
        return all(words & facts[key] for key, words in self.when.items())

    def placeholders(self) -> frozenset[str]:
        """The names in braces in its texts."""
        texts = (*self.title.values(), *self.story.values())
        return frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))


@dataclass(frozen=True, slots=True)
class Outside:
    """What a walkthrough has for the world around its function; empty where it has nothing."""

    diagram: Diagram | None = None
    stories: tuple[Afterwards, ...] = ()
    sysctls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    life: LifeFile | None = None


def diagram_of(file: DiagramFile) -> Diagram:
    """The diagram of a file that was read."""
    return Diagram(
        (file.width, file.height),
        file.box,
        file.states,
        {
            (entry.from_, entry.to): Arrow(entry.path, entry.badge, entry.always)
            for entry in file.arrows
        },
    )


def stories_of(file: AfterwardsFile) -> tuple[Afterwards, ...]:
    """The stories of a file that was read, in its order."""
    return tuple(
        Afterwards(
            entry.id,
            {
                key: frozenset([words] if isinstance(words, str) else words)
                for key, words in entry.when.items()
            },
            entry.title,
            entry.story,
            tuple(entry.sysctls),
        )
        for entry in file.stories
    )


Problem = tuple[tuple[str | int, ...], str]
"""A mistake: where in the file, and what."""


def diagram_problems(file: DiagramFile) -> Iterator[Problem]:
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


def life_problems(file: LifeFile) -> Iterator[Problem]:
    """Rules without a sentence, and sentences without a rule."""
    for part, known in (("rules", RULES), ("peers", PEERS), ("endless", ENDLESS), ("notes", NOTES)):
        said = getattr(file, part)
        for name in sorted(set(known) - set(said)):
            yield (part,), f"{part}: {name} has no sentence"
        for name in sorted(set(said) - set(known)):
            yield (part, name), f"{part}: {name} is not known; allowed: {', '.join(known)}"


def afterwards_problems(
    file: AfterwardsFile, facts: tuple[str, ...], placeholders: tuple[str, ...]
) -> Iterator[Problem]:
    """Mistakes of the stories that their shape does not show."""
    seen: set[str] = set()
    used: set[str] = set()
    for index, (entry, story) in enumerate(zip(file.stories, stories_of(file), strict=True)):
        if entry.id in seen:
            yield ("stories", index, "id"), f"story {entry.id} stands twice"
        seen.add(entry.id)
        for key in entry.when:
            if key not in facts:
                yield (
                    ("stories", index, "when", key),
                    f"story {entry.id}: {key} is no fact; allowed: {', '.join(facts)}",
                )
        for name in sorted(story.placeholders() - set(placeholders)):
            yield (
                ("stories", index, "story"),
                f"story {entry.id}: {{{name}}} stands for nothing; allowed: "
                + ", ".join(placeholders),
            )
        for number, name in enumerate(entry.sysctls):
            used.add(name)
            if name not in file.sysctls:
                yield (
                    ("stories", index, "sysctls", number),
                    f"story {entry.id}: the sysctl {name} is not explained",
                )
    for name in file.sysctls:
        if name not in used:
            yield ("sysctls", name), f"no story names the sysctl {name}"
