# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the symptoms: its context, what makes it, and the endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.errors import InputProblem, Phrase, ReaderError
from app.i18n import LANGUAGE_CODES, marked
from app.rooms.limits import Limits
from app.walkthrough.records import Walkthrough
from app.walkthrough.symptoms import Symptom
from app.web.addresses import COPY, SYMPTOMS, WHICH
from app.web.contexts import PageFrame
from app.web.http.bodies import read_text
from app.web.http.rendering import RenderQueue, client_key
from app.web.maker import Maker
from app.web.pasting.contexts import HostView, Report
from app.web.pasting.view import Numbers
from app.web.query import Fields
from app.web.site import Site
from app.web.study.contexts import ProductView
from app.web.study.page_cache import PageCache
from app.web.study.places import symptom_of
from app.web.visit import Pages, Visit

#: The largest text that is read, in bytes, as in the browser (static/js/core/reading/read.js).
MOST_PASTED: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandView:
    """A command that confirms a symptom."""

    run: str  # as it is typed
    tells: Markup  # what its output says


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomView:
    """A symptom; texts are HTML."""

    id: str  # of the symptom
    title: str  # of the symptom
    href: str  # its permalink
    copy: str  # its texts to copy
    sees: Markup  # what one sees
    does: Markup  # what the kernel does
    confirm: tuple[CommandView, ...]  # in this order
    change: Markup  # what to change
    trap: Markup  # empty where there is none
    products: tuple[ProductView, ...]  # what does it in servers, proxies and run-times


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomGroup:
    """The symptoms that are seen in one place."""

    id: str  # of the place
    title: str  # in words
    symptoms: tuple[SymptomView, ...]  # in the order of the content


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomsPage:
    """`symptoms.html`."""

    frame: PageFrame  # around the content
    walkthrough: Walkthrough  # whose symptoms
    action: str  # the address of the whole page
    which: str  # the page that asks what was observed; only on a server
    groups: tuple[SymptomGroup, ...]  # by where they are seen
    only: SymptomView | None  # the one of a permalink, None on the whole page
    host: HostView | None  # the host's numbers, None on a permalink


#: In the order of the page.
GROUPS: Final[Mapping[str, str]] = {
    "peer": marked("At the other end, and on the wire"),
    "program": marked("In the program"),
    "counter": marked("In the counters and the kernel’s log"),
    "listing": marked("In ss"),
}


class SymptomsView(Maker):
    """The page in one language; `lang` is the language that links carry along, or None."""

    def __init__(self, cache: PageCache, lang: str | None) -> None:
        super().__init__(cache, lang)
        self.numbers = Numbers(cache, lang)

    def only(self, name: str | None) -> SymptomView | None:
        """The symptom that an address names. Raises NotFound."""
        if name is None:
            return None
        return self.symptom(symptom_of(self.walkthrough, name))

    def title(self, only: SymptomView | None) -> str:
        return only.title if only else self._("Symptoms, and the branch that does it")

    def description(self, only: SymptomView | None) -> str:
        """What a link to the page says."""
        if only is not None:
            return str(only.sees.striptags())
        if self.walkthrough.symptoms.summary:
            return self.pick(self.walkthrough.symptoms.summary)
        return self._(
            "From a symptom on a host to the branch of {function}() that does it, with the command "
            "that confirms it and what to change."
        ).format(function=self.walkthrough.function)

    def address(self, symptom: str | None) -> str:
        place = f"{SYMPTOMS}/{symptom}" if symptom else SYMPTOMS
        return self.href(place)

    def page(
        self, frame: PageFrame, only: SymptomView | None, host: HostView | None
    ) -> SymptomsPage:
        return SymptomsPage(
            frame=frame,
            walkthrough=self.walkthrough,
            action=self.address(None),
            which=self.href(WHICH),
            groups=self.groups(),
            only=only,
            host=host,
        )

    # Symptoms

    def groups(self) -> tuple[SymptomGroup, ...]:
        """All symptoms by where one sees them."""
        return tuple(
            SymptomGroup(
                id=group,
                title=self._(title),
                symptoms=tuple(
                    self.symptom(symptom)
                    for symptom in self.walkthrough.symptoms.symptoms
                    if symptom.group == group
                ),
            )
            for group, title in GROUPS.items()
        )

    def symptom(self, symptom: Symptom) -> SymptomView:
        return SymptomView(
            id=symptom.id,
            title=self.pick(symptom.title),
            href=self.address(symptom.id),
            copy=self.addresses.below(
                COPY, self.walkthrough.id, f"{SYMPTOMS}/{symptom.id}", lang=self.lang
            ),
            sees=self.numbers.html(symptom.sees),
            does=self.numbers.html(symptom.does),
            confirm=tuple(
                CommandView(run=item.run, tells=self.numbers.html(item.tells))
                for item in symptom.confirm
            ),
            change=self.numbers.html(symptom.change),
            trap=self.numbers.html(symptom.trap) if symptom.trap else Markup(),
            products=self.cache.products(symptom=symptom.id),
        )


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
        view = SymptomsView(visit.cache, lang)
        found = fields.texts.get("found")
        report = None
        if found:
            origin = self.site.origin.whole("")
            report = await asyncio.to_thread(view.numbers.report, origin, link=found)
            if report is None:
                example = "TCPAbortOnClose:88,FIN_WAIT2:3"
                allowed = Phrase("numbers such as {example}", example=example)
                raise ReaderError([InputProblem("not-allowed", "found", found, allowed)])
        return self._page(visit, view, view.only(name), report)

    async def pasted(self, request: Request) -> HTMLResponse:
        """What a text says that a browser without scripts has sent. Nothing of it is kept."""
        self.walkthrough(request, SYMPTOMS)
        visit = self.plain_visit(request)
        view = SymptomsView(visit.cache, visit.lang)
        text = await read_text(request, "text", self.limits, MOST_PASTED)

        async def make() -> HTMLResponse:
            # Its turn lasts as long, but pages are made meanwhile.
            origin = self.site.origin.of(request) or ""
            report = await asyncio.to_thread(view.numbers.report, origin, text=text)
            return self._page(visit, view, None, report, text)

        if self.render_queue is None:
            answer = await make()
        else:
            host = request.client.host if request.client else ""
            answer = await self.render_queue.run(client_key(host), make)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _page(
        self,
        visit: Visit,
        view: SymptomsView,
        only: SymptomView | None,
        report: Report | None,
        pasted: str = "",
    ) -> HTMLResponse:
        frame = visit.frame(
            f"{SYMPTOMS}/{only.id}" if only else SYMPTOMS,
            title=view.title(only),
            description=view.description(only),
        )
        action = view.address(None) if self.reads_pasted else ""
        host = None
        if only is None:
            host = view.numbers.view(action=action, report=report, pasted=pasted)
        return visit.page("symptoms/symptoms.html", view.page(frame, only, host))
