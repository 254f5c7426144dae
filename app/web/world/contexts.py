# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the dock "What the world sees" is given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.web.study.contexts import MomentView


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """A field, counter or timer with its values."""

    name: str
    #: Whether it is a name of the kernel.
    is_code: bool
    #: When its row is there.
    attributes: Markup
    values: tuple[MomentView, ...]  # one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """What becomes of what is left."""

    title: str
    text: Markup
    #: The sysctls that it depends on: (name, explanation).
    sysctls: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldView:
    """What the world sees."""

    #: The whole in a line, as it is at one time after the other.
    brief: tuple[MomentView, ...]
    #: The picture of the segments.
    ladder: Markup
    #: The same as sentences.
    rungs: tuple[MomentView, ...]
    #: The picture of the states; empty where the walkthrough has none.
    diagram: Markup
    #: The state on entry.
    entry: str
    #: The transitions as a list.
    transitions: tuple[MomentView, ...]
    fields: tuple[HistoryView, ...]  # of the socket
    counters: tuple[HistoryView, ...]  # and timers
    #: When no counter or timer has changed yet, as attributes; None if none ever does.
    until_counted: Markup | None
    #: None where the C does not return.
    story: StoryView | None
