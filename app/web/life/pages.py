# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of a life."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.kernel.life.conditions import CONDITIONS, PEERS
from app.walkthrough.life.words import LifeWords
from app.web.addresses import LIFE
from app.web.contexts import LinkView, PageFrame
from app.web.life.contexts import LifePage, LifeView
from app.web.life.view import life_study, life_title, life_view
from app.web.query import TEXTS, PageQuery, joined, read_query
from app.web.resolve import check_step
from app.web.study.form import condition_views, input_views, text_fields
from app.web.study.study import Study
from app.web.visit import Pages

#: What the address of a life has besides scenario and conditions.
LIFE_KEYS = (*CONDITIONS, "step", *TEXTS, "lang")


class LifePages(Pages):
    """Its endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{LIFE}", self.life)]

    async def life(self, request: Request) -> Response:
        """One life, at one of its events. Raises ReaderError."""
        walkthrough = self.walkthrough(request)
        query = read_query(request.url.query, walkthrough, view_keys=(*LIFE_KEYS, "form"))
        visit = self.visit(request, query.lang, query)
        if query.is_form:
            short = visit.addresses.page(walkthrough.id, LIFE, query=query.whole, lang=query.lang)
            return RedirectResponse(short, 303)
        study = life_study(visit.cache, query)
        life = life_view(study, query.step, is_page=True)
        check_step(life.player.count if life else 1, query.step)
        title = life_title(study.cache)
        frame = visit.frame(
            LIFE,
            title=title,
            description=life.says.striptags() if life else title,
            query=query.whole,
            rest=query.rest,
            card_query=query.whole,
        )
        return visit.page("life/life.html", self.page(study, query, frame, life))

    def page(
        self, study: Study, query: PageQuery, frame: PageFrame, life: LifeView | None
    ) -> LifePage:
        walkthrough, addresses = study.walkthrough, study.cache.addresses
        words = LifeWords(walkthrough, study.cache.language)
        return LifePage(
            frame=frame,
            call=walkthrough.call,
            action=addresses.page(walkthrough.id, LIFE),
            hidden=text_fields(query),
            reset=addresses.page(walkthrough.id, LIFE, variant=query.variant, lang=query.lang),
            peers=tuple(
                LinkView(
                    href=addresses.page(
                        walkthrough.id,
                        LIFE,
                        query=joined(query.scenario, query.conditions.but(peer=peer)),
                        variant=query.variant,
                        lang=query.lang,
                    ),
                    text=words.peer(peer),
                    is_current=peer == query.conditions["peer"],
                )
                for peer in PEERS
            ),
            scenario=query.text.replace("&", " "),
            study=study.address(),
            conditions=condition_views(study),
            inputs=input_views(study),
            has_socket=bool(study.scenario.changed()),
            life=life,
            caveats=tuple(study.wording.caveats(study.trace)),
        )
