# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Commands of presenters, and what else is posted to a room: as it is sent, checked and decided."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

#: An id of the content.
Name = Annotated[str, Field(min_length=1, max_length=80)]
#: A presenter or a step.
Counted = Annotated[int, Field(ge=1, strict=True)]


class _Body(BaseModel):
    """No unknown keys, and no guessing of types."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Start(_Body):
    """Start a room with a walkthrough."""

    walkthrough: Name


class Join(_Body):
    """Become a presenter."""

    invitation: str = Field(min_length=1, max_length=80)


class Vote(_Body):
    """A vote; `question` is the question's number."""

    question: int = Field(ge=1)
    option: Name


class _Command(_Body):
    """Every command may have these.

    `id` is chosen by the sender: a command that is sent again with it is not carried out again.
    With `expected`, the number of the last event that the sender has seen, it is refused if
    something has happened since.
    """

    id: str | None = Field(default=None, pattern="^[A-Za-z0-9_-]{8,40}$")
    expected: int | None = Field(default=None, ge=0, strict=True)


class Show(_Command):
    """Show a block, a scenario, a step. What is left out is at its default."""

    do: Literal["show"]
    block: Name | None = None
    query: str = Field(default="", max_length=500)
    step: Counted | None = None
    variant: Name | None = None


class GoToStep(_Command):
    """Go to a step of the scenario that is shown; null shows the whole path."""

    do: Literal["step"]
    step: Counted | None


class Ask(_Command):
    """Ask which way a decision goes, or a question of the content: one of the two."""

    do: Literal["ask"]
    decision: Name | None = None
    question: Name | None = None


class Black(_Command):
    """Make the wall black, or light again."""

    do: Literal["black"]
    on: bool = Field(strict=True)


class Offer(_Command):
    """Offer the lead to another presenter."""

    do: Literal["offer"]
    to: Counted


class Plain(_Command):
    """Commands that need nothing else.

    `close` ends the vote; `reveal` shows the bars and the answer, and ends the vote first if it
    is open; `invite` gives an invitation for one more presenter; `withdraw` takes the offer of
    the lead back, `accept` and `decline` answer it; `end` ends the room.
    """

    do: Literal["close", "reveal", "invite", "withdraw", "accept", "decline", "end"]


Command: TypeAlias = Show | GoToStep | Ask | Black | Offer | Plain
