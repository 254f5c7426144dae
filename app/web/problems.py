# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader is told about bad input: one list of sentences, as problem details or as a page.

Problem details are those of RFC 9457; the member `problems` has one object for each mistake.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse

from app.errors import InputProblem, NotFound, ReaderError
from app.i18n import Language, marked

_MESSAGES: Final = {
    "unknown-key": marked("{key} is not known."),
    "given-twice": marked("{key} is given twice."),
    "not-allowed": marked("{key} can't be {value}."),
    "not-a-number": marked("{key} must be a whole number, not {value}."),
    "out-of-range": marked("{key} is out of range: {value}."),
    "too-many": marked("{key} has too many items."),
    "not-a-segment": marked("{key} has an item that is no segment: {value}."),
    "not-an-event": marked("{key} has an item that is no event: {value}."),
    "query-too-long": marked("The query is too long: {value} characters."),
    "unknown-walkthrough": marked("There is no walkthrough {value}."),
    "unknown-place": marked("{value} is no block, decision or line of this function."),
    "unknown-decision": marked("{value} is no decision of this function."),
    "unknown-line": marked("{value} is outside of this function."),
    "unknown-page": marked("There is no page {value}."),
    "mini-socket": marked(
        "{key} can't be {value}: that is a mini-socket, which holds only what its timer needs. "
        "No file descriptor leads to it, so close() never reaches tcp_close with one; the full "
        "socket is in CLOSE by then."
    ),
}

_PROBLEM_TYPE: Final = "about:blank"


def sentence(problem: InputProblem, language: Language) -> str:
    """What is wrong, in a sentence."""
    text = _MESSAGES.get(problem.code, marked("{key} can't be {value}."))
    value = "" if problem.value is None else problem.value
    return language.gettext(text).format(key=problem.key, value=value)


def describe_problem(problem: InputProblem, language: Language) -> dict[str, str | None]:
    """One mistake: what is wrong, where, and what is allowed."""
    return {
        "code": problem.code,
        "key": problem.key,
        "value": problem.value,
        "detail": sentence(problem, language),
        "allowed": problem.allowed,
        "nearest": problem.nearest,
    }


def problem_details(
    status: int, detail: str, problems: list[dict[str, str | None]] | None = None
) -> dict[str, Any]:
    """The body of an error of the API."""
    body: dict[str, Any] = {
        "type": _PROBLEM_TYPE,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if problems is not None:
        body["problems"] = problems
    return body


def problem_response(
    status: int,
    detail: str,
    problems: list[dict[str, str | None]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An error of the API."""
    return JSONResponse(
        problem_details(status, detail, problems),
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def reader_error_response(error: ReaderError, language: Language) -> JSONResponse:
    """The API's answer to bad input: every problem at once."""
    problems = [describe_problem(problem, language) for problem in error.problems]
    detail = " ".join(str(problem["detail"]) for problem in problems)
    return problem_response(error.status, detail, problems)


def unknown(code: str, key: str, value: str, allowed: str, near: str | None = None) -> NotFound:
    """An address that leads nowhere."""
    return NotFound([InputProblem(code, key, value, allowed, near)])
