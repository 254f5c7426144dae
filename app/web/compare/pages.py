# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page that compares two scenarios."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.web.addresses import COMPARE, read_compare
from app.web.compare.view import CompareView
from app.web.meta import Share
from app.web.site import Site


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
        path, _, asked = view.canonical.partition("?")
        frame = site.frame(
            request,
            language,
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
        return site.page(request, "compare/compare.html", frame, view.page(frame))
