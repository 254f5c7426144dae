# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Routes that are made when an address is asked for that they may take, their modules imported.

A program that was just started answers its first page without what that page has no need of.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send


class LateRoutes(BaseRoute):
    """The routes of what `make` gives, at their place among the others.

    `may_take` is asked first, with the path below the program's own: only where it says yes are
    they made. It may say yes to more than they take.
    """

    def __init__(
        self, may_take: Callable[[str], bool], make: Callable[[], Starlette | Router]
    ) -> None:
        self.may_take = may_take
        self.make = make
        self._made: Starlette | Router | None = None
        self._lock = threading.Lock()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the best of them matches; before they are made, whatever they may take."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if not self.may_take(path):
            return Match.NONE, {}
        if self._made is None:
            return Match.FULL, {}
        best = Match.NONE
        for route in self._made.routes:
            match, _ = route.matches(scope)
            if match is Match.FULL:
                return match, {}
            if match is Match.PARTIAL:
                best = match
        return best, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; who comes first has them made, and then asks the whole router again."""
        if self._made is None:
            # Nobody else waits for that meanwhile.
            await asyncio.to_thread(self._make_once)
            await scope["router"].app(scope, receive, send)
        else:
            await self._made(scope, receive, send)

    def _make_once(self) -> None:
        with self._lock:
            if self._made is None:
                self._made = self.make()
