# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of an error."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.errors import Gone, ReaderError
from app.i18n import marked
from app.walkthrough.refusals import allowed
from app.web.contexts import LinkView
from app.web.front.mending import meant_places, mended
from app.web.http.problems import ProblemReport, report_problem
from app.web.site import Site, safe_lang

_HEADINGS = {
    404: marked("This address leads nowhere"),
    410: marked("This place is gone"),
    405: marked("This address is only for reading"),
    503: marked("This is not available at the moment"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """`error.html`: what is wrong with what was sent, and where to go on."""

    status: int  # of HTTP
    heading: str  # what the status means here
    story: str  # what became of a place that is gone; else empty
    problems: tuple[ProblemReport, ...]  # each with what is allowed
    ways_on: tuple[LinkView, ...]  # the likeliest first


def error_page(site: Site, request: Request, error: ReaderError) -> HTMLResponse:
    """A helpful page for bad input: every problem, what is allowed, where to go on."""
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
        join = LinkView(href=addresses.door(lang=carried), text=language.gettext("Join a class"))
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
    return site.page(request, "front/error.html", frame, page, error.status)
