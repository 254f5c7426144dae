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
from app.web.classroom.slides import DeckView
from app.web.query import TEXTS, read_query
from app.web.resolve import SHARED_KEYS, check_step
from app.web.study.form import preset_views
from app.web.study.study import Study
from app.web.visit import Pages


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
        studies = (Study.asked(visit.cache, query, scenario) for scenario in scenarios)
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
        study = Study.asked(visit.cache, query, step=query.step)
        check_step(study.count, query.step)
        _ = visit.language.gettext
        frame = visit.frame(
            f"{PRESENT}/notes" if is_notes else PRESENT,
            title=_("Presenter’s window") if is_notes else _("Presentation"),
            description=_("The walkthrough as slides, to be shown to a class and followed by it."),
            query=query.text,
        )
        view = PresentView(study, is_notes=is_notes)
        return visit.page("classroom/present.html", frame, view)


class PresentView(DeckView):
    """`classroom/present.html`: the slides, on the wall or in the presenter's own window."""

    def __init__(self, study: Study, *, is_notes: bool) -> None:
        super().__init__(study)
        self.is_notes = is_notes
        self.presets = preset_views(study, PRESENT)
