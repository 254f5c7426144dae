# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The shapes of what is sent to rooms and of what they answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Name = Annotated[str, Field(min_length=1, max_length=80)]


class _Body(BaseModel):
    """No unknown keys, and no guessing of types."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StartBody(_Body):
    """Start a room with a walkthrough."""

    walkthrough: Name


class CommandBody(_Body):
    """Every command may have these.

    `id` is chosen by the sender: a command that is sent again with it is not carried out again.
    With `expected`, the number of the last event that the sender has seen, it is refused if
    something has happened since.
    """

    id: str | None = Field(default=None, pattern="^[A-Za-z0-9_-]{8,40}$")
    expected: int | None = Field(default=None, ge=0, strict=True)


class ShowBody(CommandBody):
    """Show a block, a scenario, a step. What is left out is at its default."""

    do: Literal["show"]
    block: Name | None = None
    query: str = Field(default="", max_length=500)
    step: int | None = Field(default=None, ge=1, strict=True)
    variant: Name | None = None


class StepBody(CommandBody):
    """Go to a step of the scenario that is shown; null shows the whole path."""

    do: Literal["step"]
    step: int | None = Field(ge=1, strict=True)


class AskBody(CommandBody):
    """Ask which way a decision goes, or a question of the content: one of the two."""

    do: Literal["ask"]
    decision: Name | None = None
    question: Name | None = None


class BlackBody(CommandBody):
    """Make the wall black, or light again."""

    do: Literal["black"]
    on: bool = Field(strict=True)


class OfferBody(CommandBody):
    """Offer the lead to another presenter."""

    do: Literal["offer"]
    to: int = Field(ge=1, strict=True)


class PlainBody(CommandBody):
    """Commands that need nothing else.

    `close` ends the vote; `reveal` shows the bars and the answer, and ends the vote first if it
    is open; `invite` gives an invitation for one more presenter; `withdraw` takes the offer of
    the lead back, `accept` and `decline` answer it; `end` ends the room.
    """

    do: Literal["close", "reveal", "invite", "withdraw", "accept", "decline", "end"]


AnyCommand = Annotated[
    ShowBody | StepBody | AskBody | BlackBody | OfferBody | PlainBody, Field(discriminator="do")
]


class JoinBody(_Body):
    """Become a presenter."""

    invitation: str = Field(min_length=1, max_length=80)


class VoteBody(_Body):
    """A vote; `question` is the question's number."""

    question: int = Field(ge=1)
    option: Name


START: TypeAdapter[StartBody] = TypeAdapter(StartBody)
COMMAND: TypeAdapter[ShowBody | StepBody | AskBody | BlackBody | OfferBody | PlainBody] = (
    TypeAdapter(AnyCommand)
)
JOIN: TypeAdapter[JoinBody] = TypeAdapter(JoinBody)
VOTE: TypeAdapter[VoteBody] = TypeAdapter(VoteBody)


# Answers


class StartedShape(BaseModel):
    """A new room; the key is told only here."""

    room: str
    url: str
    presenter: int
    key: str


class DoneShape(BaseModel):
    """The number of the event that a command has caused; `invitation` after `invite` only."""

    number: int
    invitation: str | None = None


class JoinedShape(BaseModel):
    """A new presenter; the key is told only here."""

    presenter: int
    key: str


class VotedShape(BaseModel):
    """What this device has voted on the question that was asked last; null where nothing."""

    question: int | None
    option: str | None


class ViewShape(BaseModel):
    """What the wall shows."""

    block: str | None
    query: str
    step: int | None
    variant: str | None


class OptionShape(BaseModel):
    """An answer to choose, by language."""

    id: str
    text: dict[str, str]


class QuestionShape(BaseModel):
    """The question that was asked last; `counts` and `answer` are null until it is revealed.

    For a `decision`, `step` is the step that decides it in the scenario of `query`.
    """

    number: int
    kind: Literal["decision", "choice"]
    id: str
    text: dict[str, str]
    options: list[OptionShape]
    line: int | None = None
    condition: str | None = None
    query: str | None = None
    variant: str | None = None
    step: int | None = None
    is_open: bool
    voted: int
    counts: dict[str, int] | None
    answer: str | None
    explanation: dict[str, str] | None


class RoomShape(BaseModel):
    """A room after its event `last`; times are milliseconds since 1970."""

    room: str
    last: int
    opened_ms: int
    at_ms: int
    walkthrough: str
    view: ViewShape
    is_black: bool
    is_ended: bool
    question: QuestionShape | None
    presenters: int
    lead: int
    offered_to: int | None
