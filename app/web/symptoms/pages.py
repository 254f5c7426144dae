# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of the symptoms, and of each of them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.web.addresses import (
    SYMPTOMS,
    read_language,
)
from app.web.meta import Share
from app.web.site import Site
from app.web.study.places import no_such_place
from app.web.symptoms.view import SymptomsView


class SymptomsPages:
    """The endpoints of the symptoms."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """In the order in which they are tried."""
        return [
            Route(f"/{{walkthrough}}/{SYMPTOMS}", self.symptoms),
            Route(f"/{{walkthrough}}/{SYMPTOMS}/{{symptom}}", self.symptoms),
        ]

    async def symptoms(self, request: Request) -> HTMLResponse:
        """From what one sees to the branch that does it; all symptoms, or one."""
        walkthrough = self.site.walkthrough(request.path_params["walkthrough"])
        if not walkthrough.symptoms.symptoms:
            raise no_such_place(walkthrough, SYMPTOMS)
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        shelf = self.site.shelf(walkthrough, language, self.site.addresses(request))
        view = SymptomsView(shelf, carried)
        only = view.only(request.path_params.get("symptom"))
        frame = self.site.frame(
            request,
            language,
            carried,
            walkthrough,
            title=view.title(only),
            description=view.description(only),
            canonical=view.address(only.id if only else None, lang=None),
            share=Share(
                self.site.addresses(request).card(
                    walkthrough.id,
                    f"{SYMPTOMS}/{only.id}" if only else SYMPTOMS,
                    lang=language.code,
                )
            ),
        )
        return self.site.page(request, "symptoms/symptoms.html", frame, view.page(frame, only))
