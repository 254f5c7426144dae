# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Keeps finished answers, so that a page that was asked for again costs no more than its bytes.

A page depends on its address, on the language that the reader accepts and on whether the reader
takes gzip; content does not change while the program runs. So those are the key, and nothing
has to expire. What does change says `Cache-Control: no-store`. The cache is bounded in bytes; the
least recently used goes first.
"""

from __future__ import annotations

from typing import Final

from cachetools import LRUCache
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http.negotiation import accepted_language, takes_gzip
from app.web.http.requests import NO_ROUTE, NOTE, Note

Key = tuple[str, bytes, str, bool, str]
Answer = tuple[Message, Message, str]
"""Start and body, and the route's template for the log."""

MAX_BYTES: Final = 64 * 1024 * 1024
#: An answer larger than this is not kept.
_MAX_ANSWER: Final = 1024 * 1024


def _size(answer: Answer) -> int:
    # Headers and bookkeeping weigh something too.
    return len(answer[1].get("body", b"")) + 1024


class AnswerCache:
    """ASGI middleware: the outermost, so that a hit passes nothing else."""

    def __init__(self, app: ASGIApp, *, max_bytes: int = MAX_BYTES) -> None:
        self.app = app
        self.kept: LRUCache[Key, Answer] = LRUCache(max_bytes, getsizeof=_size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache, or pass on and keep a whole, successful answer to a GET."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        # Of a header that is sent twice the program reads the first; so does the key.
        headers = Headers(scope=scope)
        accept_language = headers.get("accept-language", "")
        key = (
            scope["path"],
            scope["query_string"],
            accepted_language(accept_language),
            takes_gzip(headers.get("accept-encoding", "")),
            scope.get("root_path", ""),
        )
        kept = self.kept.get(key)
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
                answer = (start, message, note.route if note is not None else NO_ROUTE)
                is_whole = len(message.get("body", b"")) == int(
                    Headers(raw=start["headers"])["content-length"]
                )
                if is_whole and _size(answer) <= self.kept.maxsize:
                    self.kept[key] = answer
            else:
                start = None
            await send(message)

        await self.app(scope, receive, keep)
