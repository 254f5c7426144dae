# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The lab's page: what a kernel did in a scenario, the scripts to take home, and every branch.

On a server that has a lab the page runs a recipe, too: the form's answer is the page with the
result, or, for a script that asks for them, server-sent events.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from app.errors import InputProblem, ReaderError
from app.i18n import Language, marked
from app.lab.experiment import LabCase
from app.lab.preview import preview_of
from app.lab.takehome.python_script import REST
from app.rooms.limits import Limits
from app.rooms.stream import frame as event
from app.walkthrough.records import Preset
from app.walkthrough.segment_words import segment_list
from app.web.addresses import LAB, LAB_RUN, branch_place
from app.web.http.stream import HEADERS
from app.web.lab.result import LabResult, lab_result
from app.web.lab.runs import LabRuns, Run
from app.web.query import TEXTS, PageQuery, read_query
from app.web.site import Site
from app.web.study.evidence import branch_sentence, sentence, sighting_of
from app.web.study.maker import Maker
from app.web.study.page_cache import PageCache
from app.web.visit import Pages

_NO_PACKETDRILL: Final = {
    "inside-close": marked(
        "packetdrill cannot answer inside of close(): its next packet comes after the call."
    ),
    "killed": marked("packetdrill cannot kill the process whose socket it is."),
    "many-connections": marked("A packetdrill script has one connection, and this takes several."),
}


#: Its name, the model's side, and the kernel's: None where it was not seen.
Fact = tuple[str, str, str | None]


class Lab(Pages):
    """The endpoints of the page; `runs` is there on a server that may run recipes."""

    def __init__(self, site: Site, runs: LabRuns | None = None) -> None:
        super().__init__(site)
        self.runs = runs

    def routes(self) -> list[Route]:
        routes = [Route(f"/{{walkthrough}}/{LAB}", self.page)]
        if self.runs is not None:
            address = f"/{{walkthrough}}/{LAB_RUN}"
            routes.append(Route(address, self.run, methods=["POST"]))
            routes.append(Route(address, self.back))
        return routes

    async def page(self, request: Request) -> HTMLResponse:
        """One scenario in the lab."""
        query = read_query(request.url.query, self.walkthrough(request), view_keys=(*TEXTS, "lang"))
        return self.answer(request, query)

    def answer(
        self, request: Request, query: PageQuery, result: LabResult | None = None
    ) -> HTMLResponse:
        """The page, with what came of a run if it is the answer to one."""
        visit = self.visit(request, query.lang, query)
        view = LabView(visit.cache, query, self.runs, result)
        return visit.page("lab/lab.html", visit.frame(LAB, query=query.whole), view)

    async def back(self, request: Request) -> Response:
        """For who comes to the address of a result again: the page to run it from."""
        name = self.walkthrough(request).id
        return RedirectResponse(self.site.addresses(request).page(name, LAB), 303)

    async def run(self, request: Request) -> Response:
        """Run the recipe of a scenario. Raises ReaderError where that is not to be."""
        assert self.runs is not None
        walkthrough = self.walkthrough(request)
        fields = await self.runs.read_form(request, Limits())
        lang = f"lang={fields['lang']}" if fields.get("lang") else ""
        asked = "&".join(filter(None, (fields.get("query"), lang)))
        query = read_query(asked, walkthrough, view_keys=(*TEXTS, "lang"))
        trace = walkthrough.trace(query.scenario, query.variant)
        visit = self.visit(request, query.lang)
        cache, language = visit.cache, visit.language
        able = self.runs.able(trace)
        left_out = preview_of(trace, "").left_out
        if not able and left_out is not None:
            why = left_out.sentence(language)
            raise ReaderError([InputProblem("lab-left-out", "query", None, why)])
        case = LabCase(id=query.scenario.query() or "default", trace=trace)
        chosen = [name for name in able if name in fields]
        run = self.runs.start(case, chosen or able[:1])
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(self.events(cache, language, case, run), headers=HEADERS)
        result = lab_result(cache, case, await run.outcome())
        page = self.answer(request, query, result)
        page.headers["Cache-Control"] = "no-store"
        return page

    async def events(
        self, cache: PageCache, language: Language, case: LabCase, run: Run
    ) -> AsyncIterator[bytes]:
        """How far a run is, then its result as HTML; who does not listen any more ends it."""
        try:
            async for kernel, word in run.progress():
                yield event("progress", {"kernel": kernel, "step": word})
            result = lab_result(cache, case, await run.outcome())
            template = self.site.environment(language).get_template("lab/result.html")
            html = template.render(result=result)
            yield event("result", {"verdict": result.verdict, "html": html})
        finally:
            run.task.cancel()


class LabView(Maker):
    """`lab/lab.html`: a scenario in the text that the address names.

    `runs` are this server's, None where it may not run recipes; `result` is what came of the run
    that this answers, else None.
    """

    def __init__(
        self, cache: PageCache, asked: PageQuery, runs: LabRuns | None, result: LabResult | None
    ) -> None:
        super().__init__(cache, asked.lang)
        self.query, self.scenario = asked.whole, asked.scenario
        self.runs, self.result = runs, result
        self.trace = self.walkthrough.trace(self.scenario, asked.variant)
        self.preset = self.walkthrough.preset_of(self.scenario)
        known = f"A scenario of {self.walkthrough.function}()"
        self.preview = preview_of(self.trace, self.preset.title["en"] if self.preset else known)
        #: Where it was seen; None where it was not.
        self.sighting = sighting_of(cache.sightings, self.scenario)
        #: The kernels that it can be run on here; those that are chosen, or are at first.
        self.able = runs.able(self.trace) if runs is not None else ()
        self.chosen = [one.name for one in result.kernels] if result is not None else self.able[:1]

    @property
    def evidence(self) -> str:
        """On which kernel it was seen."""
        return sentence(self.sighting, self.cache.language, self.trace)

    @property
    def left_out(self) -> str:
        """Why there is no recipe, else empty."""
        why = self.preview.left_out
        return why.sentence(self.cache.language) if why else ""

    @property
    def command(self) -> str:
        """What runs the recipe."""
        query = repr(self.scenario.query() or "state=ESTABLISHED")
        return f"walkthrough lab {self.preset.id if self.preset else query}"

    @property
    def no_packetdrill(self) -> str:
        """Why there is no such script, else empty."""
        why = self.preview.no_packetdrill
        return self._(_NO_PACKETDRILL[why]) if why else ""

    @property
    def watch(self) -> list[tuple[str, str]]:
        """Commands for a host, and what they show."""
        return [(watch.run, self._(watch.shows)) for watch in self.preview.watch]

    @property
    def python(self) -> tuple[str, str] | None:
        """The part of the script that matters, and what stands below that."""
        if self.preview.python is None:
            return None
        text, mark, rest = self.preview.python.partition(REST)
        return text, mark + rest

    @property
    def facts(self) -> Iterator[Fact]:
        """What is compared."""
        _, predicted = self._, self.preview.predicted
        seen = self.sighting.seen if self.sighting else None

        def fact(name: str, predicted: str | None, observed: str | None) -> Fact:
            of_kernel = (observed or _("none")) if seen else None
            return name, predicted or _("none"), of_kernel

        def moves(transitions: Iterable[tuple[str, str]]) -> str:
            return ", ".join(f"{old} → {new}" for old, new in transitions)

        counted = [f"{name} +{count}" for name, count in predicted.counters.items()]
        counters = [f"{name} +{count}" for name, count in seen.counters.items()] if seen else []
        counters.sort(key=lambda text: text not in counted)
        sent = segment_list(seen.segments) if seen else ""
        yield fact(_("Segments"), segment_list(predicted.segments), sent)
        yield fact(_("Counters"), ", ".join(counted), ", ".join(counters))
        yield fact(_("Left"), predicted.left, seen.left if seen else None)
        if predicted.timer is not None and predicted.timer_ms is not None:
            duration, timer = self.cache.wording.duration, seen.timer if seen else None
            text = f"{timer}, {duration((seen.timer_s or 0) * 1000)}" if seen and timer else ""
            yield fact(_("Timer"), f"{predicted.timer}, {duration(predicted.timer_ms)}", text)
        told = seen.transitions if seen else None
        of_model = moves(predicted.transitions) or _("none")
        of_kernel = None if told is None else moves(told) or _("none")
        yield _("Transitions"), of_model, of_kernel
        if seen and seen.reset_reasons:
            reasons = ", ".join(seen.reset_reasons)
            yield _("Reason of the RST"), "", reasons

    @property
    def branches(self) -> Iterator[tuple[str, str, Preset | None]]:
        """Every branch, on which kernel it was seen, and in which preset."""
        seen = self.cache.sightings.branches
        for decision in self.walkthrough.decisions:
            for taken in (True, False):
                found = seen.get((decision.id, taken))
                text = branch_sentence(self.cache, decision, taken)
                yield branch_place(decision.id, taken), text, found.preset if found else None
