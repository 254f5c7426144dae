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
from app.web.life.view import life_title, life_view
from app.web.query import read_query
from app.web.resolve import SHARED_KEYS, Target, check_step, place_of, resolve
from app.web.sharing.excerpt import telling_lines
from app.web.study.blocks import RailPictures, block_views
from app.web.study.captions import capitalised, place_title
from app.web.study.contexts import StretchView
from app.web.study.form import source_note
from app.web.study.maker import Maker
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
            there = addresses.page(walkthrough.id, target.place, below=EMBED)
            return moved(request, there)
        study = target.study(site, request)
        page = BlockFrame(target, study)
        canonical = site.origin.whole(page.href(page.place, page.query, lang=None))
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
        study = Study.asked(site.cache(walkthrough, language, addresses), query)
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


class BlockFrame(Maker):
    """`sharing/embed.html`: a block in a frame of another page."""

    def __init__(self, target: Target, study: Study) -> None:
        super().__init__(study.cache, study.lang, study.variant)
        self.study, self.place, self.query = study, target.place, target.scenario_query
        line = study.steps[study.step - 1].line if study.step else telling_lines(study)[0]
        #: The one that is shown.
        self.block = next(view for view in block_views(study) if view.start <= line <= view.end)
        #: How many lanes the rail has.
        self.lanes = study.cache.rail(study.variant).lanes
        self.player = study.player(self.step)
        self.outcome = outcome_view(study)
        #: Whose text it is, and from where its lines are counted; the whole page.
        self.source = source_note(study, target.query)
        self.full = self.href(self.place, self.query, step=study.at)

    def step(self, number: int | str | None) -> str:
        """The frame at a step, or at none."""
        return self.href(self.place, self.query, below=EMBED, step=number)

    @property
    def title(self) -> str:
        """That of the document."""
        return f"{place_title(self.study)} · {self.walkthrough.function}()"

    @property
    def heading(self) -> str:
        """The block, or the place."""
        return self.block.title if self.study.step else capitalised(place_title(self.study))

    @property
    def rows(self) -> Iterator[StretchView]:
        """Each line with a picture of its own; what explains names is not in the frame."""
        pictures = RailPictures(self.study)
        code = self.cache.code(self.variant, is_linked=False)
        for line in self.block.lines:
            (row,) = pictures.beside([replace(line, html=code[line.number - 1])])
            yield row
