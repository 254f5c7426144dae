# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The front page, and the page of an error."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.errors import Gone, ReaderError
from app.i18n import marked
from app.walkthrough.refusals import allowed
from app.web.contexts import LinkView
from app.web.front.mending import meant_places, mended
from app.web.front.view import ErrorPage, LibraryPage, LibraryView
from app.web.http.problems import report_problem
from app.web.query import read_language
from app.web.site import Site, safe_lang

_HEADINGS = {
    404: marked("This address leads nowhere"),
    410: marked("This place is gone"),
    405: marked("This address is only for reading"),
    503: marked("This is not available at the moment"),
}


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
            LibraryView(self.site.shelf(walkthrough, language, addresses), carried)
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

    def error(self, request: Request, error: ReaderError) -> HTMLResponse:
        """A helpful page for bad input: every problem, what is allowed, where to go on."""
        site = self.site
        language = site.safe_language(request)
        addresses = site.addresses(request)
        carried = safe_lang(request)
        heading = language.gettext(_HEADINGS.get(error.status, marked("This can't be shown")))
        ways_on = [
            LinkView(href=addresses.page(name, lang=carried), text=language.pick(item.title))
            for name, item in site.walkthroughs.items()
        ]
        if isinstance(error, Gone):
            ways_on = [
                LinkView(href=addresses.page(error.walkthrough, name, lang=carried), text=name)
                for name in error.replaced_by
            ]
        if any(problem.code == "unknown-room" for problem in error.problems):
            join = LinkView(
                href=addresses.door(lang=carried), text=language.gettext("Join a class")
            )
            ways_on = [join, *ways_on]
        if error.status == 422:
            ways_on[:0] = mended(request.url.query, error.problems, language)
        if error.status == 404:
            ways_on[:0] = meant_places(request.url.path, error.problems, language)
        if request.method == "POST" and "code" in request.path_params:
            # The only form that is posted is that of a vote.
            heading = language.gettext("Your vote was not counted")
            room = addresses.live(request.path_params["code"], lang=carried)
            ways_on = [LinkView(href=room, text=language.gettext("Back to the room"))]
        frame = site.frame(
            request,
            carried,
            title=heading,
            description=heading,
            canonical=addresses.library(),
        )
        page = ErrorPage(
            frame=frame,
            status=error.status,
            heading=heading,
            story=language.pick(error.texts) if isinstance(error, Gone) else "",
            problems=tuple(
                report_problem(problem, language) | {"allowed": allowed(problem, language)}
                for problem in error.problems
            ),
            ways_on=(
                *ways_on,
                LinkView(href=addresses.library(lang=carried), text=language.gettext("Front page")),
            ),
        )
        return site.page(request, "front/error.html", page, error.status)
