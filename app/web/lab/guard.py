# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Guard of a server with a lab: only who asks for this machine by its own name is answered.

A foreign page may have its host's name lead to 127.0.0.1, so that a browser takes this program for
that host and lets the page read its answers (DNS rebinding). The name that was asked for gives
that away.
"""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import InputProblem
from app.i18n import language
from app.walkthrough.refusals import sentence
from app.web.http.headers import SECURITY_HEADERS
from app.web.http.negotiation import accepted_language
from app.web.http.problems import problem_response, report_problem

_NAMES: Final = frozenset({"localhost"})


def is_this_machine(host: str) -> bool:
    """Whether a `Host` header names loopback, at any port: another may have been forwarded here."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name in _NAMES or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class ThisMachineOnly:
    """ASGI middleware: the outermost, so that nothing from a cache gets past it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer with 421 where another host was asked for."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) == 1 and is_this_machine(hosts[0]):
            await self.app(scope, receive, send)
            return
        words = language(accepted_language(headers.get("accept-language", "")))
        problem = InputProblem(
            "not-from-here", "Host", ", ".join(hosts), "127.0.0.1, ::1, localhost"
        )
        answer = problem_response(
            421,
            sentence(problem, words),
            [report_problem(problem, words)],
            headers=dict(SECURITY_HEADERS),
        )
        await answer(scope, receive, send)
