# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page that compares two scenarios."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.web.addresses import COMPARE, read_compare
from app.web.compare.telling import telling_within
from app.web.compare.view import CompareView
from app.web.meta import Share
from app.web.site import Site

#: Seconds that a reader of two texts waits for all sockets that tell them apart.
_WAIT_S: Final = 1.5


class ComparePages:
    """Its endpoint."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """It has to be tried before the places of a walkthrough."""
        return [Route(f"/{{walkthrough}}/{COMPARE}", self.compare)]

    async def compare(self, request: Request) -> Response:
        """Two scenarios side by side; with less than two, how to choose them."""
        site = self.site
        walkthrough = site.walkthrough(request.path_params["walkthrough"])
        query = read_compare(request.url.query, walkthrough)
        addresses = site.addresses(request)
        if query.is_form:
            # A form sends every field; its answer is the short address.
            short = addresses.compare(walkthrough.id, query.a, query.b, lang=query.lang)
            return RedirectResponse(short, status_code=303)
        language = site.language(request, query.lang)
        view = CompareView(site.shelf(walkthrough, language, addresses), query)
        if view.pair_of_texts is not None:
            view.telling = await telling_within(
                site.atlases, walkthrough, view.pair_of_texts, _WAIT_S
            )
        path, _, asked = view.canonical.partition("?")
        frame = site.frame(
            request,
            query.lang,
            walkthrough,
            title=f"{view.heading} · {walkthrough.function}()",
            description=language.space.join(view.summary)
            or language.gettext(
                "Put two sockets beside each other and see at which decision they part, and what "
                "differs from there on."
            ),
            canonical=view.canonical,
            path=path,
            query=asked,
            share=Share(addresses.card(walkthrough.id, COMPARE, lang=language.code)),
        )
        answer = site.page(request, "compare/compare.html", view.page(frame))
        if view.pair_of_texts is not None and view.telling is None:
            # The next answer says more.
            answer.headers["Cache-Control"] = "no-store"
        return answer
