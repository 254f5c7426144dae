# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The log, on standard error: a line for each record, for people or as JSON.

The standard library's logging with two small formatters. A library such as structlog would bind
values from all over the program to a line; here the opposite is wanted: what a line may hold is
written down in one place, and nothing else gets in. Requests, of which there are thousands a
second, are written without a record for each, which would cost more than a page from the cache.

Of an exception the log has its type and where it was raised, but not its message, which may quote
what a reader sent; at the level debug it has that too.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
import traceback
from types import TracebackType
from typing import Any, Final

from app.web.http.requests import Note
from app.web.operation.health import PATHS

_STANDARD_ERROR: Final = 2
_LIBRARIES: Final = ("uvicorn", "uvicorn.error", "asyncio", "redis", "concurrent.futures")


def request_log(log_format: str, log_level: str) -> RequestLog | None:
    """Who writes a line for each request; None where the level leaves them out."""
    if log_level not in {"debug", "info"}:
        return None
    return RequestLog(_lines(log_format, log_level), has_health=log_level == "debug")


def set_up_logs(log_format: str, log_level: str) -> None:
    """Send what else this process logs to standard error, and nowhere else."""
    level = getattr(logging, log_level.upper())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_lines(log_format, log_level))
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Of libraries only what went wrong: what they say besides is not known to be harmless.
    root.setLevel(logging.WARNING)
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(max(level, logging.WARNING))
        logger.propagate = True
    logging.getLogger("walkthrough").setLevel(level)
    unread = logging.getLogger("uvicorn.error")
    unread.filters[:] = [_Unreadable()]
    # Uvicorn's own line for each request has the address, the path and the query.
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    access.disabled = True


def _lines(log_format: str, log_level: str) -> _Text | _Json:
    has_messages = log_level == "debug"
    return _Json(has_messages) if log_format == "json" else _Text(has_messages)


class _Unreadable(logging.Filter):
    """Of what is no HTTP one line a minute, with how many there were: anybody can send it."""

    _SAID: Final = "Invalid HTTP request received."
    _EVERY_S: Final = 60.0

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written."""
        if record.msg != self._SAID:
            return True
        self._count += 1
        if record.created < self._next:
            return False
        record.msg = f"Requests that are no HTTP, since the last such line: {self._count}"
        self._count, self._next = 0, record.created + self._EVERY_S
        return True


class _Lines(logging.Formatter):
    def __init__(self, has_messages: bool) -> None:
        super().__init__()
        self._has_messages = has_messages
        self._second = 0
        self._shown = ""

    def _time(self, at: float) -> str:
        """In UTC, as RFC 3339 has it."""
        second = int(at)
        if second != self._second:
            self._second = second
            self._shown = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._shown}.{int((at - second) * 1000):03d}Z"

    def _said(self, record: logging.LogRecord) -> str:
        """The message; of a library's only the first line, behind which asyncio quotes errors."""
        message = record.getMessage().strip()
        is_ours = record.name.startswith("walkthrough")
        return message if is_ours or self._has_messages else message.partition("\n")[0]

    def _raised(self, record: logging.LogRecord) -> list[str]:
        """Each exception of a chain, the first cause first, each with its places below it."""
        if not record.exc_info or record.exc_info[1] is None:
            return []
        chain: list[BaseException] = []
        error: BaseException | None = record.exc_info[1]
        while error is not None and error not in chain:
            chain.append(error)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return [line for item in reversed(chain) for line in self._one(item)]

    def _one(self, error: BaseException) -> list[str]:
        kind = type(error)
        name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        message = f": {error}" if self._has_messages and str(error) else ""
        inner = (
            [line for item in error.exceptions for line in self._one(item)]
            if isinstance(error, BaseExceptionGroup)
            else []
        )
        return [f"{name}{message}".replace("\n", " "), *_places(error.__traceback__), *inner]


def _places(trace: TracebackType | None) -> list[str]:
    return [
        f"  at {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]


class _Text(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        """A line, and of an exception its places below it."""
        line = f"{self._time(record.created)} {record.levelname} {record.name}: "
        return "\n".join([line + self._said(record), *self._raised(record)])

    def request(self, note: Note, at: float) -> str:
        return (
            f"{self._time(at)} {note.method} {note.route} {note.status} "
            f"{note.seconds * 1000:.1f} ms {note.size} B\n"
        )


class _Json(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self._time(record.created),
            "level": record.levelname.lower(),
            "event": self._said(record),
            "logger": record.name,
        }
        if raised := self._raised(record):
            line["raised"] = raised
        return json.dumps(line, ensure_ascii=False)

    def request(self, note: Note, at: float) -> str:
        """The same for a request: nothing in it has to be escaped."""
        return (
            f'{{"time": "{self._time(at)}", "level": "info", "event": "request", '
            f'"method": "{note.method}", "route": "{note.route}", "status": {note.status}, '
            f'"duration_ms": {note.seconds * 1000:.1f}, "bytes": {note.size}}}\n'
        )


class RequestLog:
    """Writes a line for each request."""

    def __init__(self, lines: _Text | _Json, has_health: bool) -> None:
        self._lines = lines
        self._has_health = has_health

    def begin(self) -> None:
        """Nothing is written before the answer."""

    def end(self, note: Note) -> None:
        """Write the line, at once and in one piece: workers share the file."""
        # Who looks every few seconds whether all is well would drown what there is to read.
        if note.status == 200 and note.route in PATHS and not self._has_health:
            return
        # A log that nobody takes any more is no reason to answer nobody.
        with contextlib.suppress(OSError):
            os.write(_STANDARD_ERROR, self._lines.request(note, time.time()).encode())
