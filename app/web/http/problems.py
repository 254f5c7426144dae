# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader is told about bad input: one list of sentences, as problem details or as a page.

Problem details are those of RFC 9457; the member `problems` has one object for each mistake.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse

from app.errors import InputProblem, NotFound, ReaderError, TooMany
from app.i18n import Language
from app.walkthrough.refusals import sentence

_PROBLEM_TYPE: Final = "about:blank"


def describe_problem(problem: InputProblem, language: Language) -> dict[str, str | None]:
    """One mistake: what is wrong, where, and what is allowed; of a comparison, on which side."""
    side = {} if problem.side is None else {"side": problem.side}
    return side | {
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


def headers_of(error: ReaderError) -> dict[str, str]:
    """What a client has to know before it reads the body."""
    match error.status:
        case 401:
            return {"WWW-Authenticate": "Bearer"}
        case 408 | 413:
            # The rest of the body would have to be read before the next request.
            return {"Connection": "close"}
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after_s)}
    return {}
