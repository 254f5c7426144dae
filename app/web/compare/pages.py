# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page that compares two scenarios."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.web.addresses import COMPARE
from app.web.compare.telling import telling
from app.web.compare.view import CompareView
from app.web.query import read_compare
from app.web.visit import OWN, Pages
from app.web.waiting import within

#: Seconds that a reader of two texts waits for all sockets that tell them apart.
_TIMEOUT_S: Final = 1.5


class ComparePages(Pages):
    """Its endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{COMPARE}", self.compare)]

    async def compare(self, request: Request) -> Response:
        """Two scenarios side by side; with less than two, how to choose them."""
        walkthrough = self.walkthrough(request)
        query = read_compare(request.url.query, walkthrough)
        visit = self.visit(request, query.lang, query.text)
        view = CompareView(visit.cache, query)
        if query.is_form:
            # A form sends every field; its answer is the short address.
            return RedirectResponse(view.here, status_code=303)
        if view.kernel is None and query.text.missing is None:
            # Each side names its own.
            visit = replace(visit, text=OWN)
        if view.pair_of_texts is not None:
            made = telling(self.site.atlases, view.pair_of_texts, walkthrough.function)
            view.telling = await within(_TIMEOUT_S, made)
        frame = visit.frame(
            COMPARE,
            title=view.heading,
            description=visit.language.space.join(view.summary),
            query=view.canonical.partition("?")[2],
        )
        # Where it has not come in time, the next answer says more.
        is_whole = view.pair_of_texts is None or view.telling is not None
        headers = None if is_whole else {"Cache-Control": "no-store"}
        return visit.page("compare/compare.html", frame, view, headers)
