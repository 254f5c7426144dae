# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of a life."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.kernel.life.conditions import CONDITIONS, PEERS
from app.walkthrough.life.words import LifeWords
from app.web.addresses import LIFE
from app.web.contexts import LinkView
from app.web.life.view import LifeView, life_title, life_view
from app.web.maker import Maker
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
        study = Study.asked(visit.cache, query)
        life = life_view(study, query.step, is_page=True)
        check_step(life.count if life else 1, query.step)
        title = life_title(study.cache)
        frame = visit.frame(
            LIFE,
            title=title,
            description=life.says.striptags() if life else title,
            query=query.whole,
            rest=query.rest,
            card_query=query.whole,
        )
        return visit.page("life/life.html", frame, LifePage(study, query, life))


class LifePage(Maker):
    """`life/life.html`: a life on a page of its own; `life` is None where the C does not return."""

    def __init__(self, study: Study, query: PageQuery, life: LifeView | None) -> None:
        super().__init__(study.cache, query.lang, query.variant)
        self.study, self.query, self.life = study, query, life
        self.hidden = text_fields(query)
        #: The fields of the form, and of the socket.
        self.conditions, self.inputs = condition_views(study), input_views(study)
        #: Why no kernel can be in this scenario.
        self.caveats = study.wording.caveats(study.trace)

    @property
    def peers(self) -> Iterator[LinkView]:
        """The behaviours of the peer, in the same scenario."""
        query, words = self.query, LifeWords(self.walkthrough, self.cache.language)
        for peer in PEERS:
            same = joined(query.scenario, query.conditions.but(peer=peer))
            is_current = peer == query.conditions["peer"]
            yield LinkView(href=self.href(LIFE, same), text=words.peer(peer), is_current=is_current)
