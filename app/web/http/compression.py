# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""gzip for who takes it; Starlette's own middleware gives it to who refuses it too (`gzip;q=0`)."""

from __future__ import annotations

from typing import Any, Final

from starlette.datastructures import Headers
from starlette.middleware.gzip import IdentityResponder
from starlette.types import ASGIApp, Receive, Scope, Send
from zlib_ng import zlib_ng

from app.web.http.negotiation import takes_gzip

#: In smaller answers there is nothing to gain.
_MIN_SIZE: Final = 500
#: The next one takes a quarter longer for 4 % fewer bytes; the one before it, 9 % more.
_LEVEL: Final = 3
#: The window of 32 kB, and the sign that it is gzip.
_WINDOW: Final = 16 + zlib_ng.MAX_WBITS


class Compression:
    """ASGI middleware; every answer says that it depends on what is taken."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to one of the responders."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        takes = takes_gzip(Headers(scope=scope).get("accept-encoding", ""))
        responder = _Packed if takes else IdentityResponder
        await responder(self.app, _MIN_SIZE)(scope, receive, send)


class _Packed(IdentityResponder):
    """Packs where it runs: a large answer was made beside the event loop already."""

    content_encoding = "gzip"
    _stream: Any = None

    async def apply_compression(self, body: bytes, *, more_body: bool) -> bytes:
        """See Starlette's: what is known so far travels at once."""
        if self._stream is None:
            self._stream = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, _WINDOW)
        flush = zlib_ng.Z_SYNC_FLUSH if more_body else zlib_ng.Z_FINISH
        packed: bytes = self._stream.compress(body) + self._stream.flush(flush)
        return packed
