# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A connection that keeps its bounds: uvicorn's parser, httptools, has none for what is no body.

One client could have a process hold gigabytes of headers, and a thousand connections that never
end their first request. h11, which uvicorn takes where there is no httptools, bounds the headers.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Any, Final

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.web.http.headers import SECURITY_HEADERS

#: Of a request's line, headers, trailers and what is between the pieces of its body: browsers
#: and proxies send a tenth of it. It is there for the memory, so one read more is let through.
MAX_HEAD: Final = 64 * 1024
#: Seconds until a request's headers are all there; and, once it is answered, the rest of it.
HEAD_S: Final = 20.0
#: Who has more sent than fits on the way has to take `MIN_READ` bytes of it in so many seconds.
UNREAD_S: Final = 20.0
MIN_READ: Final = 8 * 1024


class BoundedConnection(HttpToolsProtocol):
    """Ends a connection whose request is endless, or whose answer nobody reads."""

    head_seconds = HEAD_S
    unread_seconds = UNREAD_S

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head = 0
        self._body = 0
        self._is_new = True
        self._is_whole = True
        self._has_head = True
        self._waiting: TimerHandle | None = None
        self._unread: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is to be waited for."""
        self._wait_no_more()
        self._read_again()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and count what of it is no body."""
        self._body, self._is_new = 0, False
        super().data_received(data)
        if not self._has_head and not self.transport.is_closing():
            # Most requests come in one piece, and need no timer.
            self._wait()
        self._head = 0 if self._is_new else self._head + len(data) - self._body
        if self._head > MAX_HEAD and not self.transport.is_closing():
            self._refuse(431, "")

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused as all else is; uvicorn's own answer has no such headers."""
        self._refuse(400, msg)

    def _refuse(self, status: int, text: str) -> None:
        cycle: Any = self.cycle
        is_of_this_body = cycle is not None and cycle.more_body and not cycle.response_started
        # While an answer is on its way nothing may be put into it, nor before it.
        if cycle is None or cycle.response_complete or is_of_this_body:
            head = {
                **dict(SECURITY_HEADERS),
                "Content-Type": "text/plain; charset=utf-8",
                "Content-Length": str(len(text)),
                "Connection": "close",
            }
            lines = "".join(f"{name.lower()}: {value}\r\n" for name, value in head.items())
            self.transport.write(STATUS_LINE[status] + f"{lines}\r\n{text}".encode())
        self.transport.close()

    def on_message_begin(self) -> None:
        """Another request: its headers have to come in time too."""
        super().on_message_begin()
        self._is_whole = self._has_head = False

    def on_headers_complete(self) -> None:
        """In time. Raises HttpParserError where they do not say which host is asked, once."""
        self._has_head = True
        self._wait_no_more()
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise HttpParserError("no Host, or more than one (RFC 9112, 3.2)")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A body is bounded by who reads it."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """What comes next is another request's."""
        self._is_new = self._is_whole = True
        self._wait_no_more()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """A body that nobody wanted has to end too."""
        if not self._is_whole:
            self._wait()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """More has been sent than the other end has taken yet: see that it takes it."""
        super().pause_writing()
        self._see(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """It has taken enough."""
        super().resume_writing()
        self._read_again()

    def _see(self, size: int) -> None:
        self._unread = self.loop.call_later(self.unread_seconds, self._let_go, size)

    def _let_go(self, before: int) -> None:
        size = self.transport.get_write_buffer_size()
        if before - size < MIN_READ:
            # Not closed: that would wait until all has been read.
            self.transport.abort()
        else:
            self._see(size)

    def _read_again(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _unsupported_upgrade_warning(self) -> None:
        """There are no web sockets; who asks for one gets the page, and no advice in our log."""

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.head_seconds, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
