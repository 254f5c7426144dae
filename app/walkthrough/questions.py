# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Multiple-choice questions for a class. `questions.yaml` is a list with the shape of an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from app.errors import nearest
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "questions.yaml"


class OptionEntry(Strict):
    """One of the answers."""

    id: Id
    text: Text


class QuestionEntry(Strict):
    """A question; `right` is the id of one option, `explanation` is shown with it."""

    id: Id
    text: Text
    options: list[OptionEntry] = Field(min_length=2, max_length=6)
    right: str
    explanation: Text


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers."""

    id: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A question that was checked."""

    id: str
    text: Mapping[str, str]
    options: tuple[Option, ...]
    right: str
    explanation: Mapping[str, str]


def check_questions(tell: Teller, entries: Sequence[QuestionEntry]) -> tuple[ChoiceQuestion, ...]:
    """The questions; reports ids that stand twice and right answers that are no option."""
    tell.once("question", (item.id for item in entries))
    found: dict[str, ChoiceQuestion] = {}
    for index, item in enumerate(entries):
        options = {option.id: Option(option.id, option.text) for option in item.options}
        given = (option.id for option in item.options)
        tell.once(f"question {item.id}: option", given, (index, "options"))
        if item.right not in options:
            tell(
                (index, "right"),
                f"question {item.id}: right is no option: {item.right}; "
                f"allowed: {', '.join(options)}",
                nearest(item.right, options),
            )
        found[item.id] = ChoiceQuestion(
            item.id, item.text, tuple(options.values()), item.right, item.explanation
        )
    return tuple(found.values())
