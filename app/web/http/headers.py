# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Security headers on every answer."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Everything comes from this host, nothing inline, no frame around a page; no text becomes markup
#: or a script but by the policies of static/js/dom/markup.js and theme.js.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types walkthrough folded",
        "frame-ancestors 'none'",
    )
)

#: The same for a page that is read from a file: a page itself cannot say who may frame it.
META_POLICY: Final = CONTENT_SECURITY_POLICY.replace("; frame-ancestors 'none'", "")

SECURITY_HEADERS: Final = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_RAW: Final = tuple((k.lower().encode(), v.encode()) for k, v in SECURITY_HEADERS)
_OPENER: Final = b"cross-origin-opener-policy"


class SecurityHeaders:
    """ASGI middleware that adds the headers, but for those that an answer has its own of.

    An answer with a policy of its own says there who may frame it, so it gets no X-Frame-Options.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add the headers to the start of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                if b"content-security-policy" in own:
                    own.add(b"x-frame-options")
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in _RAW if name not in own),
                ]
            await send(message)

        await self.app(scope, receive, add)


class OpenerPolicy:
    """ASGI middleware that leaves the opener policy out where a browser would only complain of it.

    Over plain http from another host a browser ignores it, and logs an error. That is told by the
    request: a browser that opens a page says Upgrade-Insecure-Requests, and adds Sec-Fetch-Mode
    where it trusts the address (https, loopback). Whoever says neither gets the header, and so
    does a page behind a proxy that speaks https and does not say so. It stands around the cache,
    whose answers are the same for all.
    """

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self.is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; take the header out of the start of the answer where it has no effect."""
        if scope["type"] != "http" or self.is_https or scope["scheme"] == "https":
            await self.app(scope, receive, send)
            return
        is_ignored = False
        for name, _ in scope["headers"]:
            if name == b"upgrade-insecure-requests":
                is_ignored = True
            elif name == b"sec-fetch-mode":
                is_ignored = False
                break
        if not is_ignored:
            await self.app(scope, receive, send)
            return

        async def without(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [item for item in message["headers"] if item[0] != _OPENER]
                message = {**message, "headers": kept}
            await send(message)

        await self.app(scope, receive, without)
