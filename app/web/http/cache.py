# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Keeps finished answers, so that a page that was asked for again costs no more than its bytes.

A page depends on its address, on the language that the reader accepts and on whether the reader
takes gzip; content does not change while the program runs. So those are the key, and nothing
has to expire. What does change says `Cache-Control: no-store`. An endpoint that reads no query
(`reads_no_query`) has one answer for all. The cache is bounded in bytes, of keys as of bodies; the
least recently used goes first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

from cachetools import LRUCache
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http.negotiation import accepted_language, takes_gzip
from app.web.http.requests import NO_ROUTE, NOTE, Note
from app.web.query import MAX_QUERY

Key = tuple[str, bytes | None, str, bool, str]
"""Path, query (None for any), language, gzip, prefix."""
Answer = tuple[Message, Message, str, int]
"""Start and body, the route's template for the log, and what is kept in bytes."""

MAX_BYTES: Final = 64 * 1024 * 1024
#: An answer larger than this is not kept.
_MAX_ANSWER: Final = 1024 * 1024
#: The objects that hold an answer and its key, and one of its headers, in bytes.
_BOOKKEEPING: Final = 1500
_HEADER: Final = 150

_NO_QUERY: Final = "reads_no_query"
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])


def reads_no_query(endpoint: _Endpoint) -> _Endpoint:
    """Says of an endpoint that its answer is the same whatever the query is."""
    setattr(endpoint, _NO_QUERY, True)
    return endpoint


class AnswerCache:
    """ASGI middleware: the outermost, so that a hit passes nothing else."""

    def __init__(self, app: ASGIApp, *, max_bytes: int = MAX_BYTES) -> None:
        self.app = app
        self.kept: LRUCache[Key, Answer] = LRUCache(max_bytes, getsizeof=lambda answer: answer[3])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache, or pass on and keep a whole, successful answer to a GET."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            # It will be refused.
            or len(scope["query_string"]) > MAX_QUERY
        ):
            await self.app(scope, receive, send)
            return
        accepts, encodings = _negotiated(scope["headers"])
        path, query = scope["path"], scope["query_string"]
        given = (accepted_language(accepts), takes_gzip(encodings), scope.get("root_path", ""))
        key: Key = (path, query, *given)
        for_all: Key = (path, None, *given)
        kept = self.kept.get(for_all) or self.kept.get(key)
        note: Note | None = scope.get(NOTE)
        if note is not None:
            note.is_kept = kept is not None
        if kept is not None:
            if note is not None:
                note.route = kept[2]
            await send(kept[0])
            await send(kept[1])
            return
        start: Message | None = None

        async def keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif (
                start is not None
                and start["status"] == 200
                and message["type"] == "http.response.body"
                and not message.get("more_body")
                and "content-length" in Headers(raw=start["headers"])
                and Headers(raw=start["headers"]).get("cache-control") != "no-store"
                and len(message.get("body", b"")) <= _MAX_ANSWER
            ):
                headers = Headers(raw=start["headers"])
                size = len(message.get("body", b""))
                if size == int(headers["content-length"]):
                    place = for_all if hasattr(scope.get("endpoint"), _NO_QUERY) else key
                    size += sys.getsizeof(path) + len(place[1] or b"") + _BOOKKEEPING
                    size += sum(len(n) + len(v) + _HEADER for n, v in headers.raw)
                    route = note.route if note is not None else NO_ROUTE
                    if size <= self.kept.maxsize:
                        self.kept[place] = (start, message, route, size)
            else:
                start = None
            await send(message)

        await self.app(scope, receive, keep)


def _negotiated(headers: list[tuple[bytes, bytes]]) -> tuple[str, str]:
    """Accept-Language and Accept-Encoding; of a header that is sent twice the first is read."""
    language = encoding = None
    for name, value in headers:
        if name == b"accept-language":
            language = value if language is None else language
        elif name == b"accept-encoding":
            encoding = value if encoding is None else encoding
    return (language or b"").decode("latin-1"), (encoding or b"").decode("latin-1")
