# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Live counters of this host beside the lines: the page, and the stream that it listens to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route

from app.errors import InputProblem, LabError, OutsideFailure, TooMany
from app.lab.machine import this_kernel
from app.lab.observe.counters import read_counters
from app.lab.rates import Row, Watch
from app.rooms.stream import frame as event
from app.rooms.stream import retry
from app.walkthrough.observables import Observable
from app.web.addresses import WATCH, WATCH_STREAM
from app.web.http.bodies import check_origin
from app.web.http.stream import HEADERS
from app.web.pasting.view import Numbers
from app.web.query import read_language
from app.web.site import Site
from app.web.visit import Pages

#: Seconds between two looks.
EVERY_S: Final = 1.0
#: Pages that may listen at once.
MOST: Final = 16


class WatchPages(Pages):
    """The endpoints; there only on a server that has a lab."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._listeners = 0
        self._is_over = asyncio.Event()

    def routes(self) -> list[Route]:
        return [
            Route(f"/{{walkthrough}}/{WATCH}", self.page),
            Route(f"/{{walkthrough}}/{WATCH_STREAM}", self.stream),
        ]

    def stop(self) -> None:
        """End every stream."""
        self._is_over.set()

    async def page(self, request: Request) -> HTMLResponse:
        """The counters as they are now; a script shows from then on how they go."""
        visit = self.visit(request, read_language(request.url.query))
        view = WatchView(visit.cache, visit.lang)
        view.kernel, view.rows = this_kernel().version, Watch(visit.cache.observed).look(_read())
        return visit.page("lab/watch.html", visit.frame(WATCH), view, {"Cache-Control": "no-store"})

    async def stream(self, request: Request) -> StreamingResponse:
        """A look every second. Raises ReaderError for another site's page, TooMany."""
        check_origin(request)
        self.walkthrough(request)
        if self._listeners >= MOST:
            problem = InputProblem("too-many-now", "listeners", None, str(MOST))
            raise TooMany([problem], retry_after_s=10)
        cache = self.visit(request, None).cache
        return StreamingResponse(self._looks(Watch(cache.observed)), headers=HEADERS)

    async def _looks(self, watch: Watch) -> AsyncIterator[bytes]:
        self._listeners += 1
        try:
            yield retry(2000)
            while not self._is_over.is_set():
                yield event("look", [_flat(row) for row in watch.look(_read())])
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._is_over.wait(), EVERY_S)
        finally:
            self._listeners -= 1


class WatchView(Numbers):
    """`lab/watch.html`: how often each abort branch is taken on this host."""

    #: The version of the kernel, and its counters.
    kernel = ""
    rows: tuple[Row, ...] = ()

    @property
    def beside(self) -> tuple[Observable, ...]:
        """The counters."""
        names = {row.name for row in self.rows}
        return tuple(item for item in self.observables if item.name in names)


def _read() -> dict[str, int]:
    try:
        return read_counters()
    except LabError as error:
        raise OutsideFailure("/proc/net", error.message) from None


def _flat(row: Row) -> dict[str, object]:
    rate = row.per_second
    return {
        "name": row.name,
        "per_second": None if rate is None else round(rate, 2),
        "since_start": row.since_start,
    }
