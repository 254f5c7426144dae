# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""gzip for who takes it; Starlette's own middleware gives it to who refuses it too (`gzip;q=0`)."""

from __future__ import annotations

import sys
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.http.negotiation import takes_gzip

#: In smaller answers there is nothing to gain.
_MIN_SIZE: Final = 500
#: Above it each percent of bytes costs as much time again as the whole page.
_LEVEL: Final = 4
#: None is packed in another thread: what is large was made in one of its own already.
_IN_A_THREAD: Final = sys.maxsize


class Compression:
    """ASGI middleware; every answer says that it depends on what is taken."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to one of Starlette's responders."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            responder = GZipResponder(self.app, _MIN_SIZE, _LEVEL, thread_minimum_size=_IN_A_THREAD)
            await responder(scope, receive, send)
        else:
            await IdentityResponder(self.app, _MIN_SIZE)(scope, receive, send)
