# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is noted of each request: which route was taken and how it went, and nothing of who asked.

The raw path may hold the code of a room, and the query what a reader looks at; neither is kept, nor
is an address, a header or a cookie. A route's template (`/live/{code}/events`) is all that is said.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: In a request's scope: what is noted of it.
NOTE: Final = "walkthrough.note"
#: A request that no route takes, or that was refused before one was looked for.
NO_ROUTE: Final = "none"
OTHER_METHOD: Final = "other"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(slots=True)
class Note:
    """A request: everything here is one of few values, or a number.

    `is_kept` is whether the answer came from the cache; None where that was not looked into.
    `is_stream` marks an answer that lasts as long as its reader wants.
    """

    method: str
    route: str = NO_ROUTE
    status: int = 0
    size: int = 0
    seconds: float = 0.0
    is_kept: bool | None = None
    is_stream: bool = False


class Observer(Protocol):
    """Who hears of each request: the log, the metrics."""

    def begin(self) -> None:
        """A request has come."""

    def end(self, note: Note) -> None:
        """It was answered."""


class Requests:
    """ASGI middleware, the outermost: tells the observers of each request."""

    def __init__(self, app: ASGIApp, observers: Sequence[Observer]) -> None:
        self.app = app
        self.observers = observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        note = scope[NOTE] = Note(method if method in _METHODS else OTHER_METHOD)
        started = time.perf_counter()

        async def look(message: Message) -> None:
            if message["type"] == "http.response.body":
                note.size += len(message.get("body", b""))
            else:
                note.status = message["status"]
                # No stream is ever kept.
                note.is_stream = not note.is_kept and _is_stream(message)
            await send(message)

        for observer in self.observers:
            observer.begin()
        try:
            await self.app(scope, receive, look)
        except Exception:
            # Answered outside of here, as a mistake of ours.
            note.status = note.status or 500
            raise
        finally:
            note.seconds = time.perf_counter() - started
            for observer in self.observers:
                observer.end(note)


def _is_stream(start: Message) -> bool:
    for name, value in start["headers"]:
        if name == b"content-type":
            return bool(value.startswith(b"text/event-stream"))
    return False


class RouteNoted:
    """ASGI middleware, the innermost: notes the template of the route that was taken."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; the router leaves in the scope what it found."""
        note = scope.get(NOTE)
        if note is None:
            await self.app(scope, receive, send)
            return

        async def look(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Before the answer is kept by who comes next.
                note.route = _template(scope)
            await send(message)

        try:
            await self.app(scope, receive, look)
        except Exception:
            note.route = _template(scope)
            raise


def _template(scope: Scope) -> str:
    route = scope.get("route")
    path = getattr(route, "path", NO_ROUTE)
    return f"{path}/{{path}}" if isinstance(route, Mount) else path
