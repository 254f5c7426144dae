# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/embed/…`: a block with its commentary and the steps, for a frame in a page of others.

This and nothing else may be framed. The address is that of the page; the language is the reader's
where the address has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.web.addresses import EMBED, LIFE
from app.web.http.headers import CONTENT_SECURITY_POLICY
from app.web.http.problems import unknown
from app.web.life.view import life_study, life_title, life_view
from app.web.query import read_query
from app.web.resolve import SHARED_KEYS, Target, check_step, place_of, resolve
from app.web.sharing.contexts import EmbedPage
from app.web.sharing.excerpt import telling_lines
from app.web.study.blocks import RailPictures, block_views
from app.web.study.captions import capitalised, place_title
from app.web.study.contexts import BlockView, PlayerView, StretchView
from app.web.study.form import source_note
from app.web.study.outcome import outcome_view
from app.web.study.places import Moved
from app.web.study.study import Study
from app.web.visit import Pages, moved

#: As everywhere, but that anybody may put a frame around it.
FRAME_POLICY: Final = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
FRAME_HEADERS: Final = {
    "Content-Security-Policy": FRAME_POLICY,
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Frames(Pages):
    """The endpoint."""

    def routes(self) -> list[Route]:
        return [
            Route(f"/{EMBED}/{{walkthrough}}", self.frame),
            Route(f"/{EMBED}/{{walkthrough}}/{LIFE}", self.life),
            Route(f"/{EMBED}/{{walkthrough}}/{{place:path}}", self.frame),
        ]

    async def frame(self, request: Request) -> Response:
        site, addresses = self.site, self.site.addresses(request)
        walkthrough = self.walkthrough(request)
        query = request.url.query
        target = resolve(walkthrough, place_of(request), query, view_keys=SHARED_KEYS)
        if isinstance(target, Moved):
            return moved(request, addresses.below(EMBED, walkthrough.id, target.place))
        study = target.study(site, request)
        page = _page(target, study)
        whole = study.cache.addresses.page(
            walkthrough.id, target.place, query=target.scenario_query, variant=study.variant
        )
        canonical = site.origin.whole(whole)
        answer = site.rendered(
            request, "sharing/embed.html", study.cache.language, page, canonical=canonical
        )
        return framed(answer)

    async def life(self, request: Request) -> Response:
        """A life in a frame, at one of its events. Raises ReaderError."""
        site = self.site
        walkthrough = self.walkthrough(request)
        query = read_query(request.url.query, walkthrough, view_keys=SHARED_KEYS)
        addresses, language = site.addresses(request), site.language(request, query.lang)
        study = life_study(site.cache(walkthrough, language, addresses), query)
        view = life_view(study, query.step, is_framed=True)
        if view is None:
            raise unknown("unknown-page", "path", request.url.path, addresses.page(walkthrough.id))
        check_step(view.count, query.step)
        answer = site.rendered(
            request,
            "sharing/embed_life.html",
            language,
            view,
            title=life_title(study.cache),
            source=source_note(study, query),
            full=addresses.page(walkthrough.id, LIFE, query=query.whole, lang=query.lang),
            canonical=site.origin.whole(addresses.page(walkthrough.id, LIFE, query=query.whole)),
        )
        return framed(answer)


def framed(response: Response) -> Response:
    """An answer that any page may put a frame around, and that no search engine lists."""
    response.headers.update(FRAME_HEADERS)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(target: Target, study: Study) -> EmbedPage:
    line = study.steps[study.step - 1].line if study.step else telling_lines(study)[0]
    block = next(view for view in block_views(study) if view.start <= line <= view.end)
    place, query = target.place, target.scenario_query
    page, name, variant = study.cache.addresses.page, study.walkthrough.id, study.variant
    full = page(name, place, query=query, variant=variant, step=study.at, lang=study.lang)
    whole = replace(study.player(), step=study.step)
    title = place_title(study)
    return EmbedPage(
        title=f"{title} · {study.walkthrough.function}()",
        heading=block.title if study.step else capitalised(title),
        function=f"{study.walkthrough.function}()",
        block=block,
        rows=tuple(_rows(study, block)),
        lanes=study.cache.rail(study.variant).lanes,
        player=_inside(target, study, whole),
        outcome=outcome_view(study),
        query=study.query.replace("&", " ") or "state=ESTABLISHED",
        source=source_note(study, target.query),
        full=full,
    )


def _rows(study: Study, block: BlockView) -> Iterator[StretchView]:
    """Each line with a picture of its own; what explains names is not in the frame."""
    pictures = RailPictures(study)
    code = study.cache.code(study.variant, is_linked=False)
    for line in block.lines:
        (row,) = pictures.beside([replace(line, html=code[line.number - 1])])
        yield row


def _inside(target: Target, study: Study, player: PlayerView) -> PlayerView:
    """The player with links that stay in the frame."""
    at = study.step or 0

    def to(number: int | None) -> str | None:
        return None if number is None else _step(target, study, number)

    decisions = (view.number for view in study.steps if view.number > at and view.decision_id)
    return replace(
        player,
        first=to(1) if at != 1 else None,
        back=to(at - 1) if at > 1 else None,
        forward=to(at + 1) if at < study.count else None,
        last=to(study.count) if at != study.count else None,
        next_decision=to(next(decisions, None)),
        whole=_step(target, study, None),
    )


def _step(target: Target, study: Study, number: int | None) -> str:
    return study.cache.addresses.below(
        EMBED,
        study.walkthrough.id,
        target.place,
        query=target.scenario_query,
        variant=study.variant,
        step=number,
        lang=study.lang,
    )
