# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the templates of a life are given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.web.contexts import LinkView
from app.web.study.contexts import MomentView
from app.web.study.page_cache import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event in the list."""

    clock: str  # when
    end: str  # which end, in a word
    text: Markup  # what happens
    source: str  # of its rule, where that comes for the first time: files and functions
    left_out: Markup  # what the kernel does besides, there
    href: str  # of the page at it
    is_current: bool  # whether it is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A row of what holds at an event."""

    name: str  # what it is about
    values: tuple[MomentView, ...]  # as they are one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketView:
    """One end, as it is at one event after the other."""

    name: str  # which end
    facts: tuple[FactView, ...]  # beside what ss prints
    #: What ss prints there: the heading, and the line as it is at one event after the other.
    heading: str
    lines: tuple[MomentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifePlayerView:
    """Event `step` of `count`; `first`, `back`, `forward`, `last` lead on, None: nowhere."""

    step: int
    count: int
    first: str | None
    back: str | None
    forward: str | None
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeView:
    """A life: its `picture` and `events`, and what holds at both `ends` where the `player` is."""

    #: Whether a condition is another than the usual.
    is_chosen: bool
    #: How long, and what ends it.
    says: Markup
    #: On which kernels it went just so; empty where nobody has seen it.
    seen: str
    #: How conditions that do not fit the scenario were taken.
    notes: tuple[Markup, ...]
    picture: Markup
    events: tuple[EventView, ...]
    #: The sentence of each event, where the player stands.
    now: tuple[MomentView, ...]
    ends: tuple[SocketView, ...]
    player: LifePlayerView
    #: Changes that would make it shorter, and how long it is then.
    shorten: tuple[LinkView, ...]
    #: Whether there are more events than are told.
    is_cut: bool
    rest: int  # how many events its own page tells besides
    href: str  # of its own page
    api: str  # JSON
    many: str  # the page of many lives


@dataclass(frozen=True, slots=True, kw_only=True)
class LifePart:
    """A life on the page of its function: most scenarios have it in common with others."""

    #: Its HTML has a hole for the `query` of its scenario.
    kept: Kept[LifeView]
    query: str  # as the address has it; empty for the default
    is_chosen: bool  # whether a condition is another than the usual
    href: str  # of its own page
    many: str  # the page of many lives
