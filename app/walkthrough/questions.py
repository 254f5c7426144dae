# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Multiple-choice questions for a class. `questions.yaml` is a list with the shape of an entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from app.errors import nearest
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.yaml_lines import Document

FILE: Final = "questions.yaml"

#: `report(line, message, nearest)`
Report = Callable[[int | None, str, str | None], None]


class _Strict(BaseModel):
    """No unknown keys: a misspelt key is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OptionEntry(_Strict):
    """One of the answers."""

    id: Id
    text: Text


class QuestionEntry(_Strict):
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


def check_questions(
    document: Document, entries: Sequence[QuestionEntry], report: Report
) -> tuple[ChoiceQuestion, ...]:
    """The questions; reports ids that stand twice and right answers that are no option."""
    found: dict[str, ChoiceQuestion] = {}
    for index, item in enumerate(entries):
        if item.id in found:
            report(document.line((index, "id")), f"question {item.id} stands twice", None)
        options: dict[str, Option] = {}
        for number, option in enumerate(item.options):
            if option.id in options:
                line = document.line((index, "options", number, "id"))
                report(line, f"question {item.id}: option {option.id} stands twice", None)
            options[option.id] = Option(option.id, option.text)
        if item.right not in options:
            report(
                document.line((index, "right")),
                f"question {item.id}: right is no option: {item.right}; "
                f"allowed: {', '.join(options)}",
                nearest(item.right, options),
            )
        found[item.id] = ChoiceQuestion(
            item.id, item.text, tuple(options.values()), item.right, item.explanation
        )
    return tuple(found.values())
