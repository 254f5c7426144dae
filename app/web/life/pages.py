# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Pages of a life, and of many at once: orphans, mini-sockets and bytes in the steady state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.kernel.inputs import INPUTS
from app.kernel.life.conditions import CONDITIONS, PEERS
from app.walkthrough.life.many import CROWD, Crowd, Limit, Share, steady
from app.walkthrough.life.many_words import ManyWords
from app.walkthrough.life.words import LifeWords
from app.walkthrough.records import Walkthrough
from app.web.addresses import API, LIFE, MANY, SYMPTOMS
from app.web.contexts import LinkView
from app.web.life.view import LifeView, life_title, life_view
from app.web.query import TEXTS, Fields, PageQuery, joined, read_query
from app.web.resolve import check_step
from app.web.study.contexts import InputView
from app.web.study.form import condition_views, input_view, input_views, text_fields
from app.web.study.maker import Maker
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


#: Behaviours are the shares here, and none is the peer's.
_CONDITIONS = tuple(key for key in CONDITIONS if key != "peer")
_PLACE = f"{LIFE}/{MANY}"
#: The symptom that it is about.
ORPHANS: Final = "too-many-orphans"
#: The inputs of the scenario that the form has: the others lead to other fates, not to other times.
_TIMES = ("state", "pending", "linger2", "fin_timeout", "tw_timeout", "rto")
_HOST = ("ram", "queued", "targets", "tcp_max_orphans", "tcp_max_tw_buckets", "tcp_mem")


def read_many(raw: str, walkthrough: Walkthrough, *more: str) -> tuple[PageQuery, Crowd]:
    """Scenario and conditions, and the crowd. Raises ReaderError with every problem."""
    fields = Fields(raw, (*CROWD, *INPUTS, *_CONDITIONS, *TEXTS, "lang"), silent=more)
    crowd = fields.values_of(Crowd.default())
    # For a page the link is for those too whose server has not the text.
    return read_query(fields, walkthrough, needs_kernel="form" not in more), crowd


class ManyPages(Pages):
    """Its endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{_PLACE}", self.many)]

    async def many(self, request: Request) -> Response:
        """The steady state. Raises ReaderError."""
        walkthrough = self.walkthrough(request)
        query, crowd = read_many(request.url.query, walkthrough, "form")
        visit = self.visit(request, query.lang, query)
        text = "&".join(filter(None, (crowd.query(), query.whole)))
        if query.is_form:
            short = visit.addresses.page(walkthrough.id, _PLACE, query=text, lang=query.lang)
            return RedirectResponse(short, 303)
        view = ManyView(Study.asked(visit.cache, query), query, crowd)
        title = visit.language.gettext("Many lives after {call}").format(call=walkthrough.call)
        frame = visit.frame(_PLACE, title=title, description=view.says, query=text, rest=query.rest)
        return visit.page("life/many.html", frame, view)


class ManyView(Maker):
    """`life/many.html`: the steady state of a study's lives."""

    def __init__(self, study: Study, asked: PageQuery, crowd: Crowd) -> None:
        super().__init__(study.cache, study.lang, study.variant)
        self.study, self.asked, self.crowd = study, asked, crowd
        self.words = ManyWords(study.cache.language)
        self.life_words = LifeWords(self.walkthrough, study.cache.language)
        self.steady = steady(study.edition, study.scenario, study.conditions, crowd)
        conditions = condition_views(study)
        self._inputs = {view.key: view for view in (*input_views(study), *conditions)}
        self._asked = {view.key for view in conditions if view.key != "peer"} | {*_TIMES}

    @property
    def says(self) -> str:
        """The answer."""
        return self.words.says(self.steady)

    @property
    def notes(self) -> Iterable[str]:
        """How shares were taken."""
        return self.words.notes(self.steady, self.life_words)

    def fields(self, *, of_host: bool) -> Iterator[InputView]:
        """Memory and limits, or rate and shares."""
        for key, item in CROWD.items():
            if (key in _HOST) is of_host:
                view = input_view(self.study, item, self.crowd[key])
                yield replace(view, name=self.life_words.peer(key)) if key in PEERS else view

    @property
    def times(self) -> list[InputView]:
        """What the times depend on."""
        return [view for view in self._inputs.values() if view.key in self._asked]

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """What else the address says."""
        yield from text_fields(self.asked)
        for view in self._inputs.values():
            if view.key not in self._asked and view.is_changed:
                yield view.key, view.value

    @property
    def symptom(self) -> str:
        """The address of the symptom that this is about; empty where there is none."""
        known = (one.id for one in self.walkthrough.symptoms.symptoms)
        return self.href(f"{SYMPTOMS}/{ORPHANS}", variant=None) if ORPHANS in known else ""

    @property
    def api(self) -> str:
        """The same as JSON."""
        query = "&".join(filter(None, (self.crowd.query(), self.asked.whole)))
        return self.href(_PLACE, query, below=API, variant=None)

    def life(self, share: Share) -> str:
        """The address of the life of one of them."""
        return self.href(LIFE, joined(share.life.scenario, share.life.conditions))

    def lasts(self, share: Share) -> str:
        """Until nothing is left of one."""
        ends = share.life.ends_us
        if ends:
            return self.life_words.clock(ends)
        return self._("at once") if ends == 0 else self.words.count(None)

    def there(self, share: Share, time: float | None) -> str:
        """How many are there that each stay so many seconds."""
        return self.words.count(None if time is None else time * self.crowd["rate"] * share.part)

    @staticmethod
    def used(limit: Limit) -> str:
        """The share of it that is used, empty where that grows for ever."""
        return "" if limit.used is None else f"{min(limit.used / limit.limit, 9.99):.1%}"
