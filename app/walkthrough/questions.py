# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Multiple-choice questions for a class. `questions.yaml` is a list with the shape of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import Field

from app.errors import nearest
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "questions.yaml"


class Option(Strict):
    """One of the answers."""

    id: Id
    text: Text


class ChoiceQuestion(Strict):
    """A question; `right` is the id of one option, `explanation` is shown with it."""

    id: Id
    text: Text
    options: list[Option] = Field(min_length=2, max_length=6)
    right: str
    explanation: Text


def check_questions(
    tell: Teller, questions: Sequence[ChoiceQuestion]
) -> tuple[ChoiceQuestion, ...]:
    """The questions; reports ids that stand twice and right answers that are no option."""
    tell.once("question", (item.id for item in questions))
    for index, item in enumerate(questions):
        options = [option.id for option in item.options]
        tell.once(f"question {item.id}: option", options, (index, "options"))
        if item.right not in options:
            tell(
                (index, "right"),
                f"question {item.id}: right is no option: {item.right}; "
                f"allowed: {', '.join(options)}",
                nearest(item.right, options),
            )
    return tuple({item.id: item for item in questions}.values())
