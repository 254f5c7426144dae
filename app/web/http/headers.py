# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Security headers on every answer."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Everything comes from this host, nothing inline, no frame around a page.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
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
