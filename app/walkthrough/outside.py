# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The content behind "What the world sees": a state diagram, stories of what is left, and lives.

The shape of `diagram.yaml`, `afterwards.yaml` and `life.yaml`, which are optional. What the
conditions and placeholders mean is in `app/walkthrough/world.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import Field

from app.walkthrough.content.schema import Text
from app.walkthrough.content.strict import Strict

Point = tuple[float, float]

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")


class Arrow(Strict):
    """An arrow from state to state: an SVG path, and where the number of a transition stands.

    It is `always` there, or only where a socket takes it.
    """

    from_: str = Field(alias="from")
    to: str
    path: str = Field(pattern=r"^M[0-9MLHVCSQTA ,.-]+$", max_length=200)
    badge: Point
    always: bool = False


class Diagram(Strict):
    """`diagram.yaml`: sizes in units of the picture; a state's place is its middle."""

    width: int = Field(gt=0, le=1000)
    height: int = Field(gt=0, le=1000)
    box: Point
    states: dict[str, Point] = Field(min_length=1)
    arrows: list[Arrow]

    def way(self, before: str, after: str) -> tuple[str, Point]:
        """Path and number of a transition; a straight line where nobody has drawn one."""
        for arrow in self.arrows:
            if (arrow.from_, arrow.to) == (before, after):
                return arrow.path, arrow.badge
        (x, y), (end_x, end_y) = self.states[before], self.states[after]
        return f"M{x:g} {y:g}L{end_x:g} {end_y:g}", ((x + end_x) / 2, (y + end_y) / 2)


class Story(Strict):
    """What becomes of what is left, told where every fact in `when` has one of its words."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    when: dict[str, str | list[str]]
    title: Text
    story: Text
    sysctls: list[str] = Field(default=[])

    def fits(self, facts: Mapping[str, frozenset[str]]) -> bool:
        """Whether the facts about a trace are those that the story is for."""
        return not any(
            facts[key].isdisjoint([words] if isinstance(words, str) else words)
            for key, words in self.when.items()
        )

    def placeholders(self) -> frozenset[str]:
        """The names in braces in its texts."""
        texts = (*self.title.values(), *self.story.values())
        return frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))


class Afterwards(Strict):
    """`afterwards.yaml`: the sysctls by name, and the stories; the first that fits is told."""

    sysctls: dict[str, Text] = Field(default={})
    stories: list[Story] = Field(min_length=1)


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
class Outside:
    """What a walkthrough has for the world around its function; empty where it has nothing."""

    diagram: Diagram | None = None
    stories: Sequence[Story] = ()
    sysctls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    life: LifeFile | None = None
