# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The front page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.web.addresses import SYMPTOMS
from app.web.front.view import LibraryPage, LibraryView
from app.web.pasting.view import Numbers
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
        host = next(
            (
                Numbers(view.cache, carried)
                for view in views
                # There has to be a symptom to lead to.
                if view.walkthrough.symptoms.symptoms
            ),
            None,
        )
        if host is not None:
            host.is_box = True
            host.action = host.href(SYMPTOMS) if self.reads_pasted else ""
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
        page = LibraryPage(heading=heading, entries=views, host=host)
        return self.site.page(request, "front/library.html", frame, page)
