# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What of a request is settled around the routes: prefix, method, length, slashes too many."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Phrase, refused
from app.web.http.headers import SECURITY_HEADERS
from app.web.query import check_length

#: In a request's scope: the error that it is to be answered with.
REFUSAL: Final = "walkthrough.refusal"
#: The longest path of ours has some hundred characters.
_MAX_PATH: Final = 1000


class Refusals:
    """ASGI, around the routes and inside of what makes an answer of an error.

    Refuses what needs no route: an address that is too long, and what was decided outside.
    """

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


class WithoutSlash:
    """ASGI: for what no route takes; what is not mended by taking slashes away goes to `app`.

    An address with slashes too many at its end leads to the one without. The router could do that
    by itself, but its redirect is a whole address made of the request's `Host`, which anybody can
    send, and which is another one behind a proxy.
    """

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


def allowed_methods(allow: str) -> str:
    """An `Allow` header that names HEAD wherever it names GET."""
    methods = {part.strip() for part in allow.split(",")} - {""}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


class HeadAsGet:
    """ASGI middleware: passes HEAD on as GET, and keeps the body back (RFC 9110, 9.3.2).

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
