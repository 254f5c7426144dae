# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The walkthrough as a presentation: the slides, the presenter's window, the traces for both."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.kernel.life.conditions import CONDITIONS, USUAL
from app.kernel.scenario import Scenario
from app.web.addresses import PRESENT
from app.web.classroom.compact import compact_traces
from app.web.classroom.contexts import AskView, PresentPage
from app.web.classroom.slides import deck_view
from app.web.query import TEXTS, PageQuery, read_query
from app.web.resolve import SHARED_KEYS, check_step
from app.web.study.form import preset_views, text_views
from app.web.study.study import Study
from app.web.visit import Pages, Visit


class Present(Pages):
    """The endpoints of a presentation."""

    def routes(self) -> list[Route]:
        return [
            Route(f"/{{walkthrough}}/{PRESENT}", self.slides),
            Route(f"/{{walkthrough}}/{PRESENT}/notes", self.notes),
            Route(f"/{{walkthrough}}/{PRESENT}/traces", self.traces),
        ]

    async def slides(self, request: Request) -> Response:
        """A slide for each block: on the wall, or as a long page."""
        return self.page(request, is_notes=False)

    async def notes(self, request: Request) -> Response:
        """The presenter's window, which goes along with the wall beside it."""
        return self.page(request, is_notes=True)

    async def traces(self, request: Request) -> Response:
        """The traces of all presets, or of the scenario that is asked for."""
        walkthrough = self.walkthrough(request)
        keys = (*CONDITIONS, *TEXTS, "lang")
        query = read_query(request.url.query, walkthrough, view_keys=keys, needs_kernel=True)
        visit = self.visit(request, query.lang)
        scenarios: list[Scenario] = [query.scenario]
        if not query.has_scenario and query.conditions == USUAL:
            others = (preset.scenario for preset in walkthrough.presets)
            scenarios += [scenario for scenario in others if scenario != query.scenario]
        studies = (_study(visit, query, scenario) for scenario in scenarios)
        return Response(
            json.dumps(compact_traces(studies), ensure_ascii=False, separators=(",", ":")),
            media_type="application/json",
            headers={"Vary": "Accept-Language", "Cache-Control": "no-cache"},
        )

    def page(self, request: Request, *, is_notes: bool) -> Response:
        """Both windows have the same slides; the style tells them apart."""
        walkthrough = self.walkthrough(request)
        query = read_query(request.url.query, walkthrough, view_keys=SHARED_KEYS)
        visit = self.visit(request, query.lang, query)
        study = _study(visit, query, query.scenario, query.step)
        check_step(study.count, query.step)
        addresses, language = visit.addresses, visit.language
        _, pick = language.gettext, language.pick
        frame = visit.frame(
            f"{PRESENT}/notes" if is_notes else PRESENT,
            title=_("Presenter’s window") if is_notes else _("Presentation"),
            description=_("The walkthrough as slides, to be shown to a class and followed by it."),
            query=query.text,
        )
        page = PresentPage(
            deck=deck_view(study),
            is_notes=is_notes,
            action=addresses.page(walkthrough.id, PRESENT, lang=query.lang),
            notes=addresses.page(walkthrough.id, f"{PRESENT}/notes", lang=query.lang),
            slides=addresses.page(walkthrough.id, PRESENT, lang=language.code),
            # Always with its language: what is kept by address does not have to be told apart.
            traces=addresses.page(
                walkthrough.id, f"{PRESENT}/traces", variant=query.variant, lang=language.code
            ),
            rooms=addresses.live(""),
            presets=preset_views(study, PRESENT),
            texts=text_views(study, PRESENT),
            decisions=tuple(
                AskView(
                    id=decision.id,
                    text=pick(decision.title),
                    note=f"{decision.line} · {decision.condition}",
                )
                for decision in study.edition.decisions
            ),
            questions=tuple(
                AskView(id=item.id, text=pick(item.text), note="") for item in walkthrough.questions
            ),
        )
        return visit.page("classroom/present.html", frame, page)


def _study(visit: Visit, query: PageQuery, scenario: Scenario, step: int | None = None) -> Study:
    """One view of the walkthrough, in the language of the request."""
    return Study(
        visit.cache,
        scenario,
        step=step,
        variant=query.variant,
        lang=query.lang,
        conditions=query.conditions,
    )
