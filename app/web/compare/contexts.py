# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Records for the page that compares two scenarios."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.web.study.contexts import EffectView, OutcomeView


@dataclass(frozen=True, slots=True, kw_only=True)
class SideInput:
    """An input of a side."""

    name: str  # in the reader's language
    value: str  # as one writes it
    differs: bool  # whether the other side has another value
    is_read: bool  # whether this side's path reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One side."""

    name: str  # `a` or `b`
    title: str  # names the scenario
    story: str  # of the preset that it is, else empty
    inputs: tuple[SideInput, ...]  # those that differ from the other side or from the default
    note: str  # of the variant that it runs, else empty
    outcome: OutcomeView  # what is left
    caveats: tuple[str, ...]  # why it is only hypothetical
    alone: str  # address of the side's own page


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """What a side does in a line."""

    verdict: str  # which way its decision goes; empty where it has none
    reason: Markup  # why it goes that way
    effects: tuple[EffectView, ...]  # what changed for the world


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A line of the source with both lanes."""

    number: int  # 1-based, in the text of A, else in that of B
    anchor: str  # the row's id
    href: str  # of the line on the walkthrough's page
    texts: tuple[Markup, ...]  # the line, or the two texts where the variants differ here
    ran: str  # `both`, `a`, `b` or `none`
    a: CellView  # what side A does here
    b: CellView  # what side B does here
    differs: bool  # whether the sides go another way or do something else here
    fork: int | None  # ordinal of the fork that this line is, None for any other
    is_telling: bool  # whether it is the fork that the page speaks of
    is_decision: bool  # whether it decides anything in the source
    lane: int | None  # of the station on the rail, None without one
    rails: tuple[Markup, Markup]  # insides of the line's two pictures
    rests: tuple[Markup, Markup]  # of what is below them where a line takes more than one row


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchView:
    """Consecutive lines."""

    rows: tuple[RowView, ...]  # the lines
    is_folded: bool  # whether neither side comes by
    rails: tuple[Markup, Markup]  # the two tracks that lead past a folded stretch
