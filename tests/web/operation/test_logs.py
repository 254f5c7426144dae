# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a line of the log says of an exception, of a library's message, and of a request."""

import json
import logging
import sys
from typing import Any

import pytest

from app.web.http.requests import Note, Observer, Requests
from app.web.operation import logs

SECRET = "hunter2"


def record(name: str, message: str, error: BaseException | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord(name, logging.ERROR, "file", 1, message, None, raised)


def raised() -> BaseException:
    """An exception with a cause, as a `raise … from …` leaves it."""
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(f"no room {SECRET}\nat all") from error
    except ValueError as error:
        return error


def formatted(log_format: str, level: str, given: logging.LogRecord) -> str:
    return logs._lines(log_format, level).format(given)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_exception_has_its_type_and_place_but_not_its_message(log_format: str) -> None:
    line = formatted(log_format, "info", record("walkthrough.x", "it broke", raised()))
    assert SECRET not in line
    assert line.index("KeyError") < line.index("ValueError")
    assert line.count("in raised") == 2
    assert f"{__file__}:" in line


def test_at_the_level_debug_it_has_its_message_in_a_line() -> None:
    line = json.loads(formatted("json", "debug", record("walkthrough.x", "it broke", raised())))
    assert f"ValueError: no room {SECRET} at all" in line["raised"]


def test_each_exception_of_a_group_is_told() -> None:
    try:
        raise ExceptionGroup(SECRET, [KeyError(SECRET), OSError(SECRET)])
    except ExceptionGroup as group:
        line = formatted("text", "info", record("walkthrough.x", "it broke", group))
    assert SECRET not in line
    assert all(name in line for name in ("ExceptionGroup", "KeyError", "OSError"))


def test_of_a_library_only_the_first_line_is_told() -> None:
    """Behind it asyncio quotes the exception that nobody has taken."""
    message = f"Task exception was never retrieved\nfuture: <Task exception=KeyError('{SECRET}')>"
    line = json.loads(formatted("json", "info", record("asyncio", message)))
    assert line["event"] == "Task exception was never retrieved"
    own = json.loads(formatted("json", "info", record("walkthrough.rooms", "one\ntwo")))
    assert own["event"] == "one\ntwo"


def test_a_request_is_json_without_being_escaped() -> None:
    note = Note("GET", "/{walkthrough}/{decision}/{way}", 200, 4321, 0.01234)
    line = logs._lines("json", "info").request(note, 1_795_000_000.25)
    assert json.loads(line) == {
        "time": "2026-11-18T11:06:40.250Z",
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/{walkthrough}/{decision}/{way}",
        "status": 200,
        "duration_ms": 12.3,
        "bytes": 4321,
    }
    text = logs._lines("text", "info").request(note, 1_795_000_000.25)
    assert text == (
        "2026-11-18T11:06:40.250Z GET /{walkthrough}/{decision}/{way} 200 12.3 ms 4321 B\n"
    )


@pytest.mark.parametrize(
    ("level", "is_logged"), [("debug", True), ("info", True), ("warning", False), ("error", False)]
)
def test_the_level_says_whether_requests_are_logged(level: str, is_logged: bool) -> None:
    assert (logs.request_log("text", level) is not None) is is_logged


# What is noted


class Heard(Observer):
    def __init__(self) -> None:
        self.begun = 0
        self.notes: list[Note] = []

    def begin(self) -> None:
        self.begun += 1

    def end(self, note: Note) -> None:
        self.notes.append(note)


async def _receive() -> dict[str, Any]:
    return {"type": "http.request"}


async def _send(message: Any) -> None:
    """Takes everything."""


def run(app: Any, method: str = "GET") -> Note:
    import asyncio

    heard = Heard()
    scope = {"type": "http", "method": method, "path": f"/{SECRET}", "headers": []}
    try:
        asyncio.run(Requests(app, [heard])(scope, _receive, _send))
    except RuntimeError:
        assert sys.exc_info()[1] is not None
    assert heard.begun == 1
    (note,) = heard.notes
    return note


def test_a_mistake_of_ours_is_noted_as_500() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError(SECRET)

    assert run(app).status == 500


@pytest.mark.parametrize(
    ("kind", "is_stream"), [(b"text/event-stream; charset=utf-8", True), (b"text/html", False)]
)
def test_a_stream_is_told_from_an_answer_and_its_bytes_are_added_up(
    kind: bytes, is_stream: bool
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"x", b"y"), (b"content-type", kind)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"abc", "more_body": True})
        await send({"type": "http.response.body", "body": b"de"})

    note = run(app)
    assert note.is_stream is is_stream
    assert (note.status, note.size, note.route) == (200, 5, "none")


def test_a_method_that_nobody_knows_is_one_of_few() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 405, "headers": []})

    assert run(app, SECRET.upper()).method == "other"


def test_what_is_no_http_is_a_line_a_minute_with_how_many() -> None:
    seldom, written = logs._Unreadable(), []
    for at in (0.0, 1.0, 59.0, 60.0, 61.0, 130.0):
        line = record("uvicorn.error", "Invalid HTTP request received.")
        line.created = 1000 + at
        if seldom.filter(line):
            written.append((at, line.getMessage().rpartition(" ")[2]))
    assert written == [(0.0, "1"), (60.0, "3"), (130.0, "2")]
    assert seldom.filter(record("uvicorn.error", "Exception in ASGI application"))
