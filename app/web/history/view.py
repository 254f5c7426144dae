# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the deltas of a walkthrough: a strip of the releases that made them, and a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.walkthrough.kernels import Delta
from app.web.addresses import HISTORY
from app.web.contexts import LinkView
from app.web.study.maker import Maker
from app.web.visit import Pages

_VERSION: Final = re.compile(r"\d+(?:\.\d+)+")


def _order(release: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".")) if release else (999,)


class HistoryView(Maker):
    """`history/history.html`."""

    @property
    def releases(self) -> Iterator[tuple[str | None, list[Delta]]]:
        """What each release of mainline has changed, the own text's among them, the oldest first.

        What a socket can see comes first. At last, under None, what no release of mainline did.
        """
        deltas = self.walkthrough.kernel_notes.deltas
        own = self.walkthrough.provenance.kernel
        for name in sorted({own, *(delta.release for delta in deltas)} - {""}, key=_order):
            some = [delta for delta in deltas if delta.release == name]
            yield name, sorted(some, key=lambda delta: not delta.is_seen)

    def since(self, delta: Delta) -> str:
        """The kernels that have it, in words; empty where the release says all."""
        since = self.pick(delta.since) if delta.since else ""
        return "" if _VERSION.findall(since) == [delta.release] else since

    def block(self, delta: Delta) -> LinkView | None:
        """The block of the own text where it is."""
        known = self.walkthrough.blocks_by_id
        block = next((known[name] for name in delta.blocks if name in known), None)
        if block is None:
            return None
        return LinkView(href=self.href(block.id), text=self.pick(block.title))

    def socket(self, delta: Delta) -> LinkView | None:
        """A socket that sees it."""
        if delta.scenario is None:
            return None
        query = delta.scenario.query()
        titles = {one.scenario.query(): one.title for one in self.walkthrough.presets}
        text = self.pick(titles[query]) if query in titles else query.replace("&", " ")
        return LinkView(href=self.href(query=query), text=text)


class HistoryPages(Pages):
    """The endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{HISTORY}", self.history)]

    async def history(self, request: Request) -> HTMLResponse:
        """What kernels have changed in the function, and which sockets see it."""
        self.walkthrough(request, HISTORY)
        visit = self.plain_visit(request)
        view = HistoryView(visit.cache, visit.lang)
        return visit.page("history/history.html", visit.frame(HISTORY), view)
