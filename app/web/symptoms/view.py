# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the symptoms: its context, what makes it, and the endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.errors import InputProblem, Phrase, ReaderError
from app.i18n import LANGUAGE_CODES, marked
from app.rooms.limits import Limits
from app.walkthrough.symptoms import Symptom
from app.web.addresses import COPY, SYMPTOMS
from app.web.http.bodies import read_text
from app.web.http.rendering import RenderQueue, client_key
from app.web.pasting.view import Numbers, Report
from app.web.query import Fields
from app.web.site import Site
from app.web.study.page_cache import PageCache
from app.web.study.places import symptom_of
from app.web.visit import Pages, Visit

#: The largest text that is read, in bytes, as in the browser (static/js/core/reading/read.js).
MOST_PASTED: Final = 2 * 1024 * 1024


#: In the order of the page.
GROUPS: Final[Mapping[str, str]] = {
    "peer": marked("At the other end, and on the wire"),
    "program": marked("In the program"),
    "counter": marked("In the counters and the kernel’s log"),
    "listing": marked("In ss"),
}


class SymptomsView(Numbers):
    """`symptoms/symptoms.html`: all of them, or the one of a permalink. Raises NotFound."""

    def __init__(self, cache: PageCache, lang: str | None, name: str | None) -> None:
        super().__init__(cache, lang)
        self.only = symptom_of(self.walkthrough, name) if name else None

    @property
    def title(self) -> str:
        return (
            self.pick(self.only.title)
            if self.only
            else self._("Symptoms, and the branch that does it")
        )

    @property
    def description(self) -> str:
        """What a link to the page says."""
        if self.only is not None:
            return str(self.html(self.only.sees).striptags())
        if self.walkthrough.symptoms.summary:
            return self.pick(self.walkthrough.symptoms.summary)
        return self._(
            "From a symptom on a host to the branch of {function}() that does it, with the command "
            "that confirms it and what to change."
        ).format(function=self.walkthrough.function)

    @property
    def groups(self) -> Iterator[tuple[str, str, list[Symptom]]]:
        """Id and title of each place where one sees them, and what is seen there."""
        for group, title in GROUPS.items():
            some = [one for one in self.walkthrough.symptoms.symptoms if one.group == group]
            yield group, self._(title), some

    def copy(self, symptom: Symptom) -> str:
        """Its texts to copy."""
        return self.href(f"{SYMPTOMS}/{symptom.id}", below=COPY)


class SymptomsPages(Pages):
    """The endpoints of the symptoms. Pasted texts are read in turn, in `render_queue` if given."""

    def __init__(
        self, site: Site, limits: Limits, render_queue: RenderQueue | None, *, reads_pasted: bool
    ) -> None:
        super().__init__(site)
        self.limits = limits
        self.reads_pasted = reads_pasted
        self.render_queue = render_queue

    def routes(self) -> list[Route]:
        here = f"/{{walkthrough}}/{SYMPTOMS}"
        takes = [Route(here, self.pasted, methods=["POST"])] if self.reads_pasted else []
        return [
            Route(here, self.symptoms),
            *takes,
            Route(f"{here}/{{symptom}}", self.symptoms),
        ]

    async def symptoms(self, request: Request) -> HTMLResponse:
        """From what one sees to the branch that does it; all symptoms, or one.

        `found` is what was read of a text elsewhere, as the link to it says. Raises ReaderError.
        """
        name = request.path_params.get("symptom")
        walkthrough = self.walkthrough(request, SYMPTOMS)
        fields = Fields(request.url.query, ("kernel", "lang", *(() if name else ("found",))))
        text, lang = fields.text(walkthrough), fields.word("lang", LANGUAGE_CODES)
        fields.check()
        visit = self.visit(request, lang, text)
        view = SymptomsView(visit.cache, lang, name)
        found = fields.texts.get("found")
        report = None
        if found:
            origin = self.site.origin.whole("")
            report = await asyncio.to_thread(view.read, origin, link=found)
            if report is None:
                example = "TCPAbortOnClose:88,FIN_WAIT2:3"
                allowed = Phrase("numbers such as {example}", example=example)
                raise ReaderError([InputProblem("not-allowed", "found", found, allowed)])
        return self._page(visit, view, report)

    async def pasted(self, request: Request) -> HTMLResponse:
        """What a text says that a browser without scripts has sent. Nothing of it is kept."""
        self.walkthrough(request, SYMPTOMS)
        visit = self.plain_visit(request)
        view = SymptomsView(visit.cache, visit.lang, None)
        text = await read_text(request, "text", self.limits, MOST_PASTED)

        async def make() -> HTMLResponse:
            # Its turn lasts as long, but pages are made meanwhile.
            origin = self.site.origin.of(request) or ""
            report = await asyncio.to_thread(view.read, origin, text=text)
            return self._page(visit, view, report, text)

        if self.render_queue is None:
            answer = await make()
        else:
            host = request.client.host if request.client else ""
            answer = await self.render_queue.run(client_key(host), make)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _page(
        self, visit: Visit, view: SymptomsView, report: Report | None, pasted: str = ""
    ) -> HTMLResponse:
        place = f"{SYMPTOMS}/{view.only.id}" if view.only else SYMPTOMS
        frame = visit.frame(place, title=view.title, description=view.description)
        view.action = view.href(SYMPTOMS) if self.reads_pasted else ""
        view.report, view.pasted = report, pasted
        return visit.page("symptoms/symptoms.html", frame, view)
