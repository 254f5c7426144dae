# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the templates of the challenges are given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition of a challenge; `found` says what there is instead, or is empty."""

    text: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """The challenge that is worked on; `every` leads to the list, `following` to the next."""

    id: str
    title: str
    level: str
    task: Markup
    hint: Markup
    teaches: Markup
    is_solved: bool
    conditions: tuple[ConditionView, ...]
    every: str
    following: LinkView | None


@dataclass(frozen=True, slots=True)
class ChallengeCard:
    """A challenge in the list."""

    id: str
    title: str
    task: Markup
    href: str


@dataclass(frozen=True, slots=True)
class ChallengeLevel:
    """The challenges of one difficulty."""

    id: str
    title: str
    challenges: tuple[ChallengeCard, ...]


@dataclass(frozen=True, slots=True)
class ChallengesPage:
    """`challenges.html`. `decisions` are (id, line, link), for the reader's progress."""

    frame: PageFrame
    walkthrough: Walkthrough
    levels: tuple[ChallengeLevel, ...]
    decisions: tuple[tuple[str, int, LinkView], ...]
    reading: str
