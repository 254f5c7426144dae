# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Contexts of the pages of the classroom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView
from app.web.life.view import LifeView
from app.web.study.contexts import (
    BlockView,
    KernelView,
    LineView,
    OutcomeView,
    PlayerView,
    PresetView,
    StretchView,
    TextView,
)
from app.web.world.view import WorldView


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """Consecutive lines of a slide."""

    lines: tuple[LineView, ...]  # of the block
    stretches: tuple[StretchView, ...]  # with the rail; the first of a comment stands alone
    is_folded: bool  # whether it is a long comment behind its first line


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideView:
    """A block as a slide."""

    block: BlockView  # the block with its lines
    runs: tuple[RunView, ...]  # its lines, comments apart
    text: Markup  # what the slide says
    notes: tuple[tuple[str, str, Markup], ...]  # (name, heading, text) of what the presenter says
    rows: int  # that the code takes with its comments folded, for the size of the type
    columns: int  # the same, across
    witness: str  # query of a scenario that comes by, and of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckView:
    """The slides of a walkthrough in a scenario, at a step."""

    walkthrough: Walkthrough  # what is presented
    text: str  # its variant or kernel, empty for the own text
    kernel: KernelView | None  # what is said of that kernel, None for the own text
    heading: str  # of the cover
    summary: str  # below it
    notes: tuple[Markup, ...]  # paragraphs that the presenter says at the cover
    slides: tuple[SlideView, ...]  # one for each block
    lanes: int  # how many the rail has
    player: PlayerView  # the step, and how many there are
    outcome: OutcomeView  # what is left
    world: WorldView  # what the world sees of it
    life: LifeView | None  # what comes afterwards; None where the C does not return
    preset: PresetView | None  # the scenario's preset, None where it is none
    caveats: tuple[str, ...]  # why it is only hypothetical
    study: str  # address of the scenario's own page


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """A question that a presenter can ask."""

    id: str  # of the decision or question
    text: str  # what is asked
    note: str  # tells decisions of one title apart


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentPage:
    """`present.html`: the slides, on the wall or in the presenter's own window."""

    deck: DeckView  # the slides
    is_notes: bool  # whether it is the presenter's window
    action: str  # the page's address without a scenario
    notes: str  # address of the presenter's window
    slides: str  # address of the slides, in the own text
    traces: str  # address of the presets' traces
    rooms: str  # address where rooms are started
    presets: tuple[PresetView, ...]  # of the menu
    texts: tuple[TextView, ...]  # of the menu, too: the own one first
    decisions: tuple[AskView, ...]  # that can be asked
    questions: tuple[AskView, ...]  # of the content


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPage:
    """`room.html`: what the audience sees."""

    code: str  # of the room
    readable: str  # the code as it stands on the wall
    deck: DeckView  # of what is shown
    slide: SlideView | None  # the one that the presenter shows, None for the heading alone
    last: str | None  # the name of a slide behind them, where that is shown
    #: What was asked last, as the stream's snapshot has it; None before the first.
    question: Mapping[str, Any] | None
    mine: str | None  # the option that this device has voted for
    is_asking: bool  # whether a decision is asked, and its way not yet revealed
    is_black: bool  # whether the wall is black
    is_ended: bool  # whether nothing follows
    keeps_nothing: bool  # whether the rooms' store does not answer
    here: str  # the page's own address
    text: str  # the variant or kernel that the presenter shows, empty for the own text
    events: str  # address of the stream
    votes: str  # address of votes
    slides: str  # address of the slides without a room
    #: seconds after which the page comes again, None where nobody asked for that
    refresh: int | None
    refreshing: LinkView  # turns that on or off


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPage:
    """`door.html`: asks for the code of a room."""

    action: str  # where the form goes
    code: str  # the last one that was typed
    problem: str  # what is wrong with that one, else empty
