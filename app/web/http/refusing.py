# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Refusals that need no route: of an address that is too long, and of what was decided outside."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Phrase, refused
from app.web.query import check_length

#: In a request's scope: the error that it is to be answered with.
REFUSAL: Final = "walkthrough.refusal"
#: The longest path of ours has some hundred characters.
_MAX_PATH: Final = 1000


class Refusals:
    """ASGI, around the routes and inside of what makes an answer of an error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or raise; ReaderError (414) for what no route has to look at."""
        if scope["type"] == "http":
            if REFUSAL in scope:
                raise scope[REFUSAL]
            check_length(scope["query_string"])
            if (length := len(scope["path"])) > _MAX_PATH:
                allowed = Phrase("{count} characters", count=_MAX_PATH)
                raise refused("path-too-long", "path", str(length), allowed, 414)
        await self.app(scope, receive, send)
