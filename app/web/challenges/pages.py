# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of the challenges."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.web.addresses import (
    CHALLENGES,
    read_language,
)
from app.web.challenges.view import challenges_page
from app.web.meta import Share
from app.web.site import Site
from app.web.study.places import no_such_place


class ChallengesPages:
    """The endpoints of the challenges."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """In the order in which they are tried."""
        return [
            Route(f"/{{walkthrough}}/{CHALLENGES}", self.challenges),
        ]

    async def challenges(self, request: Request) -> HTMLResponse:
        """The challenges, and what the reader has mastered."""
        walkthrough = self.site.walkthrough(request.path_params["walkthrough"])
        if not walkthrough.challenges:
            raise no_such_place(walkthrough, CHALLENGES)
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        frame = self.site.frame(
            request,
            language,
            carried,
            walkthrough,
            title=f"{language.gettext('Challenges')} · {walkthrough.function}()",
            description=language.gettext(
                "Set the socket so that the kernel does what is asked; the simulation judges."
            ),
            canonical=addresses.page(walkthrough.id, CHALLENGES),
            share=Share(addresses.card(walkthrough.id, CHALLENGES, lang=language.code)),
        )
        shelf = self.site.shelf(walkthrough, language, addresses)
        page = challenges_page(frame, shelf, carried)
        return self.site.page(request, "challenges/challenges.html", frame, page)
