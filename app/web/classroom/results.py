# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Table of a room's votes, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from app.i18n import Language
from app.rooms.classroom import Result
from app.rooms.room import Subject
from app.web.classroom.lesson import Lesson
from app.web.query import text_asked

#: A line says all of its option and of the question, so that it can be sorted and filtered. The
#: questions are counted as they were asked. A spreadsheet knows a time by this form, without zone.
_COLUMNS: Final = (
    *("question", "asked_utc", "kind", "id", "text", "line", "condition", "scenario"),
    *("option", "option_text", "votes", "all_votes", "answer", "is_right"),
)


def results_csv(results: Iterable[Result], lesson: Lesson, language: Language) -> str:
    """A line for each option of each question, with a heading; of an open vote no numbers."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_COLUMNS)
    # The same question may have been asked a hundred times, and each answer is a whole run.
    answers: dict[tuple[object, ...], str | None] = {}
    for number, result in enumerate(results, 1):
        subject = result.question.subject
        key = (subject["id"], *(subject.get(name) for name in ("query", "variant", "step")))
        if key not in answers:
            answers[key] = lesson.solve(result.question)[0]
        for row in _rows(number, result, answers[key], language):
            writer.writerow(_cell(row.get(column, "")) for column in _COLUMNS)
    # With the mark by which spreadsheets know the encoding.
    return "\ufeff" + table.getvalue()


def _rows(
    number: int, result: Result, right: str | None, language: Language
) -> Iterator[dict[str, object]]:
    question, subject = result.question, result.question.subject
    asked = datetime.fromtimestamp(question.at_ms // 1000, UTC)
    for option in subject["options"]:
        row: dict[str, object] = {
            "question": number,
            "asked_utc": f"{asked:%Y-%m-%d %H:%M:%S}",
            "kind": subject["kind"],
            "id": subject["id"],
            "text": language.pick(subject["text"]),
            "line": subject.get("line", ""),
            "condition": subject.get("condition", ""),
            "scenario": _scenario(subject),
            "option": option["id"],
            "option_text": language.pick(option["text"]),
        }
        if right is not None:
            row |= {"answer": right, "is_right": int(option["id"] == right)}
        if result.counts is not None:
            row["votes"] = result.counts.get(option["id"], 0)
            row["all_votes"] = sum(result.counts.values())
        yield row


def _scenario(subject: Subject) -> str:
    """What a decision was asked in, with its text; a choice is asked in none."""
    if subject["kind"] == "choice":
        return ""
    socket = subject["query"].replace("&", " ") or "state=ESTABLISHED"
    return f"{socket} {text_asked(subject.get('variant'))}".rstrip()


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is marked as a text."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
