# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page that asks what was observed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.i18n import LANGUAGE_CODES
from app.walkthrough.which.looks import QUESTIONS
from app.web.addresses import WHICH
from app.web.atlas.pages import TIMEOUT_S, being_made
from app.web.query import Fields, joined_fields
from app.web.visit import Pages
from app.web.waiting import within
from app.web.which.reasoners import Reasoners, read_answers
from app.web.which.view import WhichView


class WhichPages(Pages):
    """Its endpoint."""

    def __init__(self, reasoners: Reasoners) -> None:
        super().__init__(reasoners.site)
        self.reasoners = reasoners

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{WHICH}", self.which)]

    async def which(self, request: Request) -> Response:
        """The paths that fit the answers, and the next question. Raises ReaderError."""
        walkthrough = self.walkthrough(request)
        given = Fields(request.url.query, (*QUESTIONS, "ask", "kernel", "lang"))
        lang = given.word("lang", LANGUAGE_CODES)
        asked = given.word("ask", QUESTIONS)
        text = given.text(walkthrough)
        answers = read_answers(given)
        visit = self.visit(request, lang, text)
        frame = visit.frame(WHICH, query=joined_fields(answers))
        which = await within(TIMEOUT_S, self.reasoners.of(walkthrough, text.variant))
        if which is None:
            return being_made(visit, WHICH, frame)
        view = WhichView(visit.cache, which, answers=answers, asked=asked, lang=lang, text=text)
        return visit.page("which/which.html", frame, view)
