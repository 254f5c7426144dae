# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of many lives at once: orphans, mini-sockets and bytes in the steady state, and limits."""

from __future__ import annotations

from dataclasses import replace

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
from app.web.contexts import LinkView, PageFrame
from app.web.life.contexts import LimitView, ManyPage, ShareView
from app.web.life.view import life_study
from app.web.query import TEXTS, Fields, PageQuery, joined, read_query
from app.web.study.form import condition_views, input_view, input_views, text_fields
from app.web.study.page_cache import inline
from app.web.study.study import Study
from app.web.visit import Pages

#: Behaviours are the shares here, and none is the peer's.
_CONDITIONS = tuple(key for key in CONDITIONS if key != "peer")
_PLACE = f"{LIFE}/{MANY}"
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
        view = _View(life_study(visit.cache, query), query, crowd)
        title = visit.language.gettext("Many lives after {call}").format(call=walkthrough.call)
        frame = visit.frame(
            _PLACE,
            title=title,
            description=view.words.says(view.steady),
            query=text,
            rest=query.rest,
        )
        return visit.page("life/many.html", view.page(frame, text, query.lang))


class _View:
    """The steady state of a study's lives, in words."""

    def __init__(self, study: Study, asked: PageQuery, crowd: Crowd) -> None:
        self.study, self.asked, self.crowd = study, asked, crowd
        self.words = ManyWords(study.cache.language)
        self.life_words = LifeWords(study.walkthrough, study.cache.language)
        self.steady = steady(study.edition, study.scenario, study.conditions, crowd)

    def page(self, frame: PageFrame, query: str, lang: str | None) -> ManyPage:
        study, words = self.study, self.words
        addresses, name = study.cache.addresses, study.walkthrough.id
        conditions = condition_views(study)
        inputs = {view.key: view for view in (*input_views(study), *conditions)}
        asked = {view.key for view in conditions if view.key != "peer"} | {*_TIMES}
        crowd = [
            replace(view, name=self.life_words.peer(view.key)) if view.key in PEERS else view
            for item in CROWD.values()
            for view in (input_view(study, item, self.crowd[item.key]),)
        ]
        return ManyPage(
            frame=frame,
            call=study.walkthrough.call,
            action=addresses.page(name, _PLACE),
            reset=addresses.page(name, _PLACE, variant=study.variant, lang=lang),
            says=words.says(self.steady),
            notes=tuple(map(inline, words.notes(self.steady, self.life_words))),
            crowd=tuple(view for view in crowd if view.key not in _HOST),
            host=tuple(view for view in crowd if view.key in _HOST),
            times=tuple(view for view in inputs.values() if view.key in asked),
            hidden=(
                *text_fields(self.asked),
                *(
                    (view.key, view.value)
                    for view in inputs.values()
                    if view.key not in asked and view.is_changed
                ),
            ),
            shares=tuple(map(self._share, self.steady.shares)),
            limits=tuple(map(self._limit, self.steady.limits)),
            symptom=addresses.page(name, f"{SYMPTOMS}/too-many-orphans", lang=lang)
            if any(one.id == "too-many-orphans" for one in study.walkthrough.symptoms.symptoms)
            else None,
            api=addresses.below(API, name, _PLACE, query=query, lang=lang),
        )

    def _share(self, share: Share) -> ShareView:
        study, rate = self.study, self.crowd["rate"] * share.part

        def there(time: float | None) -> str:
            return self.words.count(None if time is None else time * rate)

        life, ends = share.life, share.life.ends_us
        lasts = study.cache.language.gettext("at once") if ends == 0 else self.words.count(None)
        return ShareView(
            life=LinkView(
                href=study.cache.addresses.page(
                    study.walkthrough.id,
                    LIFE,
                    query=joined(life.scenario, life.conditions),
                    variant=study.variant,
                    lang=study.lang,
                ),
                text=self.life_words.peer(share.peer),
            ),
            of_1000=f"{share.part * 1000:.4g}",
            lasts=self.life_words.clock(ends) if ends else lasts,
            orphans=there(share.orphan_s),
            minis=there(share.mini_s),
        )

    def _limit(self, limit: Limit) -> LimitView:
        does, source = self.words.limit(limit)
        used = limit.used
        return LimitView(
            name=limit.name,
            limit=f"{limit.limit:,}",
            source=source,
            does=does,
            used=self.words.count(used),
            share="" if used is None else f"{min(used / limit.limit, 9.99):.1%}",
            rate=self.words.count(limit.rate) if limit.rate is not None else "",
            is_met=used is None or used >= limit.limit,
            is_first=limit == self.steady.first,
        )
