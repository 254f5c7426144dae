# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the templates of the classroom are given, as `app.web.contexts` has it for the others."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame
from app.web.study.contexts import BlockView, LineView, OutcomeView, PlayerView, PresetView


@dataclass(frozen=True, slots=True)
class RunView:
    """Consecutive lines of a slide; a long comment `is_folded` behind its first line."""

    lines: tuple[LineView, ...]
    is_folded: bool


@dataclass(frozen=True, slots=True)
class SlideView:
    """A block as a slide: `text` is what it says, `notes` what the presenter says.

    `rows` and `columns` are what its code takes with its comments folded, for the size of the
    type. `witness` leads to a scenario that comes by.
    """

    block: BlockView
    runs: tuple[RunView, ...]
    text: Markup
    notes: tuple[tuple[str, str, Markup], ...]
    rows: int
    columns: int
    witness: str


@dataclass(frozen=True, slots=True)
class DeckView:
    """The slides of a walkthrough in a scenario, at a step.

    `notes` are the paragraphs of what the presenter says at the cover.
    """

    walkthrough: Walkthrough
    heading: str
    summary: str
    notes: tuple[Markup, ...]
    slides: tuple[SlideView, ...]
    lanes: int
    player: PlayerView
    outcome: OutcomeView
    preset: PresetView | None
    caveats: tuple[str, ...]
    study: str


@dataclass(frozen=True, slots=True)
class AskView:
    """A question that a presenter can ask; `note` tells decisions of one title apart."""

    id: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class PresentPage:
    """`present.html`: the slides, on the wall or (`is_notes`) in the presenter's own window.

    `action` is the page's address without a scenario, `traces` where the presets' traces are.
    """

    frame: PageFrame
    deck: DeckView
    is_notes: bool
    action: str
    notes: str
    traces: str
    rooms: str
    presets: tuple[PresetView, ...]
    decisions: tuple[AskView, ...]
    questions: tuple[AskView, ...]


@dataclass(frozen=True, slots=True)
class OptionView:
    """An answer; `votes` and `share` (percent) are None until they are revealed."""

    id: str
    text: str
    is_mine: bool
    is_right: bool
    votes: int | None
    share: int | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What was asked; `code` is the condition of a decision, empty for a question."""

    number: int
    text: str
    code: str
    line: int | None
    is_open: bool
    is_revealed: bool
    voted: int
    options: tuple[OptionView, ...]
    explanation: Markup


@dataclass(frozen=True, slots=True)
class RoomPage:
    """`room.html`: what the audience sees.

    `deck` has the slide that the presenter shows, or the heading alone. `keeps_nothing` while the
    rooms' store does not. `refresh` is after how many seconds the page comes again by itself, None
    where nobody asked for that.
    """

    frame: PageFrame
    code: str
    readable: str
    deck: DeckView
    slide: SlideView | None
    question: QuestionView | None
    is_black: bool
    is_ended: bool
    keeps_nothing: bool
    here: str
    events: str
    votes: str
    slides: str
    traces: str
    refresh: int | None
    refreshing: LinkView


@dataclass(frozen=True, slots=True)
class DoorPage:
    """`door.html`: asks for the code of a room; `problem` says what is wrong with the last one."""

    frame: PageFrame
    action: str
    code: str
    problem: str
