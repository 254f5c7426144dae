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
from app.lab.evidence import Sighting
from app.lab.experiment import LabCase
from app.lab.preview import Preview, preview_of
from app.lab.takehome.python_script import REST
from app.rooms.limits import Limits
from app.rooms.stream import frame as event
from app.walkthrough.records import Preset
from app.walkthrough.segment_words import segment_list
from app.web.addresses import LAB, LAB_RUN, WATCH, branch_place
from app.web.contexts import LinkView
from app.web.http.stream import HEADERS
from app.web.lab.contexts import LabBranch, LabFact, LabPage, LabPlace, LabResult, LabScript
from app.web.lab.result import lab_result
from app.web.lab.runs import LabRuns, Run
from app.web.maker import Maker
from app.web.query import TEXTS, PageQuery, read_query
from app.web.site import Site
from app.web.study.evidence import branch_sentence, sentence, sighting_of
from app.web.study.page_cache import PageCache
from app.web.visit import Pages

_NO_PACKETDRILL: Final = {
    "inside-close": marked(
        "packetdrill cannot answer inside of close(): its next packet comes after the call."
    ),
    "killed": marked("packetdrill cannot kill the process whose socket it is."),
    "many-connections": marked("A packetdrill script has one connection, and this takes several."),
}


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
        view = LabView(visit.cache, query)
        page = view.page(self.runs, result)
        return visit.page("lab/lab.html", visit.frame(LAB, query=query.whole), page)

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
    """The page's context for a scenario, in the text that the address names."""

    def __init__(self, cache: PageCache, asked: PageQuery) -> None:
        super().__init__(cache, asked.lang)
        self.asked, self.scenario = asked, asked.scenario

    def page(self, runs: LabRuns | None, result: LabResult | None) -> LabPage:
        language = self.cache.language
        trace = self.walkthrough.trace(self.scenario, self.asked.variant)
        preset = next((p for p in self.walkthrough.presets if p.scenario == self.scenario), None)
        preview = preview_of(
            trace, preset.title["en"] if preset else f"A scenario of {self.walkthrough.function}()"
        )
        seen = sighting_of(self.cache.sightings, self.scenario)
        query = self.asked.whole
        able = runs.able(trace) if runs is not None else ()
        chosen = [kernel.name for kernel in result.kernels] if result is not None else able[:1]
        return LabPage(
            walkthrough=self.walkthrough,
            heading=language.pick(preset.title)
            if preset
            else self.scenario.query() or self._("Default"),
            story=language.pick(preset.story) if preset else "",
            query=query,
            reading=self.href(query=query),
            evidence=sentence(seen, language, trace),
            facts=tuple(self.facts(preview, seen)),
            kernel=seen.kernels[0] if seen else None,
            left_out=preview.left_out.sentence(language) if preview.left_out else "",
            command="walkthrough lab "
            + (preset.id if preset else repr(self.scenario.query() or "state=ESTABLISHED")),
            scripts=tuple(self.scripts(preview)),
            no_packetdrill=self._(_NO_PACKETDRILL[preview.no_packetdrill])
            if preview.no_packetdrill
            else "",
            watch=tuple((watch.run, self._(watch.shows)) for watch in preview.watch),
            branches=tuple(self.branches()),
            presets=tuple(self.other(preset) for preset in self.walkthrough.presets),
            token=runs.token if runs is not None and able else None,
            places=tuple(
                LabPlace(id=name, name=name, is_chosen=name in chosen)
                for name in able
                if runs is not None and len(runs.places) > 1
            ),
            sleeps_s=preview.plan.sleeps_s or 0 if preview.plan else 0,
            runs_at=self.addresses.page(self.walkthrough.id, LAB_RUN),
            watch_href=self.href(WATCH) if runs is not None else None,
            state=self.scenario["state"],
            result=result,
        )

    def facts(self, preview: Preview, sighting: Sighting | None) -> Iterator[LabFact]:
        """What is compared: the model's side, and the kernel's where it was seen."""
        _, predicted = self._, preview.predicted
        seen = sighting.seen if sighting else None

        def fact(name: str, predicted: str | None, observed: str | None) -> LabFact:
            of_kernel = (observed or _("none")) if seen else None
            return LabFact(name=name, predicted=predicted or _("none"), seen=of_kernel)

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
        yield LabFact(name=_("Transitions"), predicted=of_model, seen=of_kernel)
        if seen and seen.reset_reasons:
            reasons = ", ".join(seen.reset_reasons)
            yield LabFact(name=_("Reason of the RST"), predicted="", seen=reasons)

    def scripts(self, preview: Preview) -> Iterator[LabScript]:
        """The texts to copy."""
        if preview.python is not None:
            text, mark, rest = preview.python.partition(REST)
            yield LabScript(
                id="python",
                title=self._("As Python"),
                file=f"{self.walkthrough.id}.py",
                text=text,
                rest=mark + rest,
            )
        if preview.packetdrill is not None:
            yield LabScript(
                id="packetdrill",
                title=self._("As packetdrill"),
                file=f"{self.walkthrough.id}.pkt",
                text=preview.packetdrill,
                rest="",
            )

    def branches(self) -> Iterator[LabBranch]:
        """Every branch, and where it was seen."""
        seen = self.cache.sightings.branches
        for decision in self.walkthrough.decisions:
            for taken in (True, False):
                found = seen.get((decision.id, taken))
                yield LabBranch(
                    name=f"{decision.id}/{str(taken).lower()}",
                    href=self.href(branch_place(decision.id, taken)),
                    seen=branch_sentence(self.cache, decision, taken),
                    preset=self.other(found.preset) if found else None,
                )

    def other(self, preset: Preset) -> LinkView:
        """The page of a preset."""
        return LinkView(
            href=self.href(LAB, query=preset.scenario.query()),
            text=self.pick(preset.title),
            is_current=preset.scenario == self.scenario,
        )
