# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The whole site under a path of a host that has other things too."""

from __future__ import annotations

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.http.headers import SECURITY_HEADERS


class UnderPrefix:
    """ASGI middleware: every request is one below `prefix`, such as `/kernel`.

    Some proxies pass the path on as it is, others take the prefix away, and who asks this program
    directly (for its health) knows of none: all three mean the same place. What comes after
    this sees ASGI's own form, `root_path` and the whole path, from which addresses are built.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the prefix in front, once."""
        if scope["type"] == "http":
            prefix, path = self.prefix, scope["path"]
            if path == prefix:
                # Without its slash the address is not below itself.
                query = scope["query_string"].decode("latin-1")
                where = f"{prefix}/" + (f"?{query}" if query else "")
                response = RedirectResponse(where, status_code=308, headers=dict(SECURITY_HEADERS))
                await response(scope, receive, send)
                return
            if not path.startswith(f"{prefix}/"):
                scope["path"] = prefix + path
                scope["raw_path"] = prefix.encode() + scope.get("raw_path", path.encode())
            scope["root_path"] = prefix
        await self.app(scope, receive, send)
