# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""An address with slashes too many at its end leads to the one without.

The router could do that by itself, but its redirect is a whole address made of the request's
`Host`, which anybody can send, and which is another one behind a proxy.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class WithoutSlash:
    """ASGI: for what no route takes; what is not mended by taking slashes away goes to `app`."""

    def __init__(self, router: Router, app: ASGIApp) -> None:
        self.router = router
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, if a route takes the path without its last slashes."""
        path = scope.get("path", "")
        shorter = path.rstrip("/")
        # Two slashes in front would lead to another host.
        if scope["type"] == "http" and path != shorter and not shorter.startswith("//"):
            fixed = {**scope, "path": shorter}
            if any(route.matches(fixed)[0] is not Match.NONE for route in self.router.routes):
                query = scope["query_string"].decode("latin-1")
                where = quote(shorter) + (f"?{query}" if query else "")
                await RedirectResponse(where, status_code=307)(scope, receive, send)
                return
        await self.app(scope, receive, send)
