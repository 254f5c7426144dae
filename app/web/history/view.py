# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the deltas of a walkthrough: a strip of the releases that made them, and a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.walkthrough.kernels import Delta
from app.web.addresses import HISTORY
from app.web.contexts import LinkView, PageFrame
from app.web.maker import Maker
from app.web.study.blocks import SEEN
from app.web.study.page_cache import inline
from app.web.visit import Pages

_VERSION: Final = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change of the kernel; texts are HTML."""

    id: str  # of the delta
    title: Markup  # what is so
    text: Markup  # what that means
    is_past: bool  # whether it was so until the release, not from it on
    since: str  # the kernels that have it, in words; empty where the release says all
    commit: str  # the kernel's, abbreviated; may be empty
    seen: str  # who can see it, in words
    is_seen: bool  # whether a socket can
    block: LinkView | None  # the block of the own text where it is
    socket: LinkView | None  # a socket that sees it


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """What a release of mainline has changed."""

    name: str  # the release; empty for what no release of mainline did
    is_seen: bool  # whether a socket can see any of it
    is_own: bool  # whether the own text is of this release
    changes: tuple[ChangeView, ...]  # those that a socket can see first


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """`history/history.html`."""

    frame: PageFrame  # around the content
    releases: tuple[ReleaseView, ...]  # the oldest first
    count: int  # how many changes there are
    seen: int  # how many of them a socket can see
    reading: str  # the address of the function


def _order(release: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".")) if release else (999,)


class HistoryView(Maker):
    """The page in one language; `lang` is the language that links carry along, or None."""

    def page(self, frame: PageFrame) -> HistoryPage:
        deltas = self.walkthrough.kernel_notes.deltas
        return HistoryPage(
            frame=frame,
            releases=tuple(self.releases()),
            count=len(deltas),
            seen=sum(delta.seen == "outcome" for delta in deltas),
            reading=self.href(),
        )

    def releases(self) -> Iterator[ReleaseView]:
        """The changes, the oldest release first, the own text among them; at last the vendors'."""
        own = self.walkthrough.provenance.kernel
        deltas = self.walkthrough.kernel_notes.deltas
        for name in sorted({own, *(delta.release for delta in deltas)} - {""}, key=_order):
            some = [delta for delta in deltas if delta.release == name]
            some.sort(key=lambda delta: delta.seen != "outcome")
            yield ReleaseView(
                name=name or "",
                is_seen=any(delta.seen == "outcome" for delta in some),
                is_own=name == own,
                changes=tuple(map(self.change, some)),
            )

    def change(self, delta: Delta) -> ChangeView:
        pick, walkthrough = self.pick, self.walkthrough
        block = next((id_ for id_ in delta.blocks if id_ in walkthrough.blocks_by_id), None)
        since = pick(delta.since) if delta.since else ""
        socket = None
        if delta.scenario is not None:
            query = delta.scenario.query()
            titles = {one.scenario.query(): one.title for one in walkthrough.presets}
            text = pick(titles[query]) if query in titles else query.replace("&", " ")
            socket = LinkView(href=self.href(query=query), text=text)
        return ChangeView(
            id=delta.id,
            title=inline(pick(delta.title)),
            text=inline(pick(delta.text)),
            is_past=delta.until is not None,
            since="" if _VERSION.findall(since) == [delta.release] else since,
            commit=delta.commit or "",
            seen=self.cache.language.gettext(SEEN[delta.seen]),
            is_seen=delta.seen == "outcome",
            block=LinkView(
                href=self.href(block),
                text=pick(walkthrough.blocks_by_id[block].title),
            )
            if block
            else None,
            socket=socket,
        )


class HistoryPages(Pages):
    """The endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{HISTORY}", self.history)]

    async def history(self, request: Request) -> HTMLResponse:
        """What kernels have changed in the function, and which sockets see it."""
        self.walkthrough(request, HISTORY)
        visit = self.plain_visit(request)
        page = HistoryView(visit.cache, visit.lang).page(visit.frame(HISTORY))
        return visit.page("history/history.html", page)
