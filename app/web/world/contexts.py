# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the dock "What the world sees" is given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.web.study.contexts import MomentView


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A field, counter or timer with its values; `attributes` say when its row is there."""

    name: str
    is_code: bool
    attributes: Markup
    values: tuple[MomentView, ...]


@dataclass(frozen=True, slots=True)
class StoryView:
    """What becomes of what is left; `sysctls` are (name, explanation)."""

    title: str
    text: Markup
    sysctls: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class WorldView:
    """What the world sees. `brief` is the whole in a line, as it is at one time after the other.

    `ladder` is a picture, `rungs` the same as sentences; `diagram` is a picture of the states
    (empty where the walkthrough has none), `transitions` the same as a list. `until_counted` are
    the attributes of what is there as long as no counter or timer has changed; None if none ever
    does.
    """

    brief: tuple[MomentView, ...]
    ladder: Markup
    rungs: tuple[MomentView, ...]
    diagram: Markup
    entry: str
    transitions: tuple[MomentView, ...]
    fields: tuple[HistoryView, ...]
    counters: tuple[HistoryView, ...]
    until_counted: Markup | None
    story: StoryView | None
