# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""HEAD is GET without a body, whatever the address (RFC 9110, 9.3.2)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


def allowed_methods(allow: str) -> str:
    """An `Allow` header that names HEAD wherever it names GET."""
    methods = {part.strip() for part in allow.split(",")} - {""}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


class HeadAsGet:
    """ASGI middleware: passes HEAD on as GET, and keeps the body back.

    The answer ends with the first piece of the body, so that an endless one does too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; of the answer to HEAD only the start, and an empty end."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        is_over = False

        async def without_body(message: Message) -> None:
            nonlocal is_over
            if message["type"] == "http.response.body":
                if is_over:
                    return
                is_over = True
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_body)
