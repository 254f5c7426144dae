# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/healthz`: whether this process lives, and whether it can do all of its work.

A process that lives answers `/healthz/live`. `/healthz` has status 503 where something is missing,
with the reason; pages may still be served then, rooms are not.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.errors import StoreFailure
from app.rooms.classroom import Classroom
from app.web.site import Site

LIVE: Final = "/healthz/live"
READY: Final = "/healthz"
PATHS: Final = (READY, LIVE)
#: The store has so long to answer; who asks has a limit of its own, often of five seconds.
_TIMEOUT_S: Final = 3.0
#: To look is to write, so that who asks all the time must not have it done each time.
_SHARED_S: Final = 1.0
_HEADERS: Final = {"Cache-Control": "no-store"}


class Health:
    """The endpoints. `reason` never says more than which part: why is for the log."""

    def __init__(self, site: Site, classroom: Classroom) -> None:
        self.site = site
        self.classroom = classroom
        self._looking = asyncio.Lock()
        self._look_at = 0.0
        self._found: dict[str, Any] = {}

    def routes(self) -> list[Route]:
        """They come before the pages, which would take them for names of walkthroughs."""
        return [Route(READY, self.ready), Route(LIVE, self.live)]

    async def live(self, request: Request) -> Response:
        """That the process answers."""
        return JSONResponse({"status": "ok"}, headers=_HEADERS)

    async def ready(self, request: Request) -> Response:
        """Whether content is there, the rooms' store takes and gives, and all work goes on."""
        checks = {
            "content": self._content(),
            "rooms": await self._rooms(),
            "process": self._process(),
        }
        is_ready = all(check["status"] == "ok" for check in checks.values())
        return JSONResponse(
            {"status": "ok" if is_ready else "unavailable", "checks": checks},
            status_code=200 if is_ready else 503,
            headers=_HEADERS,
        )

    def _content(self) -> dict[str, Any]:
        count = len(self.site.walkthroughs)
        if count == 0:
            return _failed("there is no walkthrough")
        return {"status": "ok", "walkthroughs": count}

    async def _rooms(self) -> dict[str, Any]:
        now = asyncio.get_running_loop().time
        async with self._looking:
            if now() >= self._look_at:
                self._found = await self._look()
                self._look_at = now() + _SHARED_S
            return self._found

    async def _look(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self.classroom.hub.look()
        except StoreFailure as failure:
            return _failed(f"{failure.what} {failure.does}")
        except TimeoutError:
            return _failed(f"the store of the rooms takes longer than {_TIMEOUT_S:g} s")
        hub = self.classroom.hub
        found: dict[str, Any] = {"status": "ok"}
        if hub.warning is not None:
            found["warning"] = hub.warning
        if hub.unreadable:
            found["unreadable"] = len(hub.unreadable)
        return found

    def _process(self) -> dict[str, Any]:
        if self.classroom.hub.is_stopping:
            return _failed("it is shutting down")
        problems = self.classroom.hub.background.problems()
        if problems:
            return _failed(f"not well: {', '.join(problems)}")
        return {"status": "ok"}


def _failed(reason: str) -> dict[str, Any]:
    return {"status": "unavailable", "reason": reason}
