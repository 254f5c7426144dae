# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page that asks what was observed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.i18n import LANGUAGE_CODES
from app.walkthrough.which.looks import QUESTIONS
from app.web.addresses import WHICH, Fields
from app.web.atlas.pages import PATIENCE_S, RETRY_S
from app.web.which.reasoners import Reasoners, read_answers
from app.web.which.view import WhichView


class WhichPages:
    """Its endpoint."""

    def __init__(self, reasoners: Reasoners) -> None:
        self.reasoners = reasoners
        self.site = reasoners.site

    def routes(self) -> list[Route]:
        """It has to be tried before the places of a walkthrough."""
        return [Route(f"/{{walkthrough}}/{WHICH}", self.which)]

    async def which(self, request: Request) -> Response:
        """The paths that fit the answers, and the next question. Raises ReaderError."""
        site = self.site
        walkthrough = site.walkthrough(request.path_params["walkthrough"])
        given = Fields(request.url.query, (*QUESTIONS, "ask", "lang"))
        lang = given.word("lang", LANGUAGE_CODES)
        asked = given.word("ask", QUESTIONS)
        answers = read_answers(given)
        addresses = site.addresses(request)
        language = site.language(request, lang)
        view = WhichView(site.shelf(walkthrough, language, addresses), answers, asked, lang)
        which = await self.reasoners.within(walkthrough, PATIENCE_S)
        page = addresses.page(walkthrough.id, WHICH)
        query = "&".join(f"{key}={text}" for key, text in answers.items())
        frame = site.frame(
            request,
            lang,
            walkthrough,
            title=f"{language.gettext('Which path was it?')} · {walkthrough.function}()",
            description=language.gettext(
                "From what was observed of a close back to the paths that fit, and to the question "
                "that tells the rest apart."
            ),
            canonical=addresses.page(walkthrough.id, WHICH, query=query),
            path=page,
            query=query,
        )
        status = 200 if which is not None else 503
        response = site.page(request, "which/which.html", view.page(frame, which), status)
        if status == 503:
            response.headers["Retry-After"] = str(RETRY_S)
            response.headers["Refresh"] = str(RETRY_S)
        return response
