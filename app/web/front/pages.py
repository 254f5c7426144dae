# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The front page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.web.front.view import LibraryPage, LibraryView
from app.web.query import read_language
from app.web.site import Site


class FrontPages:
    """The endpoints of the pages that belong to no one walkthrough."""

    def __init__(self, site: Site, *, reads_pasted: bool) -> None:
        self.site = site
        self.reads_pasted = reads_pasted

    def routes(self) -> list[Route]:
        """The front page."""
        return [Route("/", self.library)]

    async def library(self, request: Request) -> HTMLResponse:
        """The walkthroughs, and how to use them."""
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        views = [
            LibraryView(self.site.cache(walkthrough, language, addresses), carried)
            for walkthrough in self.site.walkthroughs.values()
        ]
        boxes = (view.box(reads_pasted=self.reads_pasted) for view in views)
        only, name = self.site.only, language.gettext("Walkthroughs of the Linux kernel's TCP")
        heading = language.pick(only.question or only.title) if only else name
        frame = self.site.frame(
            request,
            carried,
            title=name,
            description=language.gettext(
                "Read a kernel function, choose a socket, and see which way it goes and why."
            ),
            canonical=addresses.library(),
        )
        return self.site.page(
            request,
            "front/library.html",
            LibraryPage(
                frame=frame,
                heading=heading,
                entries=tuple(view.entry() for view in views),
                host=next(filter(None, boxes), None),
            ),
        )
