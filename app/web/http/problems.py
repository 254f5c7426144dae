# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader is told about bad input: one list of sentences, as problem details or as a page.

Problem details are those of RFC 9457; the member `problems` has one object for each mistake.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final, NotRequired

from pydantic import Field
from starlette.responses import JSONResponse
from typing_extensions import TypedDict

from app.errors import InputProblem, NotFound, ReaderError, TooMany
from app.i18n import Language
from app.walkthrough.refusals import sentence

_PROBLEM_TYPE: Final = "about:blank"


class ProblemReport(TypedDict):
    """One mistake in what was sent; `side` is there where two scenarios are compared."""

    side: NotRequired[Annotated[str, Field(json_schema_extra={"enum": ["a", "b"]})]]
    code: str
    key: str
    value: str | None
    detail: str
    allowed: str
    nearest: str | None


class ProblemDetails(TypedDict):
    """RFC 9457 problem details; `problems` has one object for each mistake."""

    type: str
    title: str
    status: int
    detail: str
    problems: NotRequired[list[ProblemReport]]


def report_problem(problem: InputProblem, language: Language) -> ProblemReport:
    """One mistake: what is wrong, where, and what is allowed; of a comparison, on which side."""
    report: ProblemReport = {
        "code": problem.code,
        "key": problem.key,
        "value": problem.value,
        "detail": sentence(problem, language),
        "allowed": problem.allowed,
        "nearest": problem.nearest,
    }
    if problem.side is not None:
        report["side"] = problem.side
    return report


def problem_response(
    status: int,
    detail: str,
    problems: list[ProblemReport] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An error of the API."""
    body: ProblemDetails = {
        "type": _PROBLEM_TYPE,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if problems is not None:
        body["problems"] = problems
    return JSONResponse(
        body,
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def reader_error_response(error: ReaderError, language: Language) -> JSONResponse:
    """The API's answer to bad input: every problem at once."""
    problems = [report_problem(problem, language) for problem in error.problems]
    detail = " ".join(problem["detail"] for problem in problems)
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
