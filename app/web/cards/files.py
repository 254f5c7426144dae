# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/card/…`: the picture of every page, as PNG and as SVG."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import Phrase, ReaderError
from app.i18n import LANGUAGE_CODES, marked
from app.kernel.inputs import INPUTS
from app.kernel.life.conditions import CONDITIONS
from app.web.addresses import FRONT_CARD, LIFE
from app.web.cards.fonts import png_of
from app.web.cards.page_card import error_card, front_caption, page_card, view_caption
from app.web.cards.study_card import study_card
from app.web.http.problems import unknown
from app.web.life.view import life_title, life_view
from app.web.meta import CARD_SIZE
from app.web.operation.sample import Drawn
from app.web.query import Fields, read_query
from app.web.resolve import resolve
from app.web.site import Site
from app.web.study.places import Moved
from app.web.study.study import Study

_TYPES: Final = {"png": "image/png", "svg": "image/svg+xml"}
#: A width that is asked for is taken into these bounds.
MIN_WIDTH, MAX_WIDTH = 200, CARD_SIZE[0]
#: Pictures that are kept, in bytes; the answers of the whole server have a cache of their own.
MAX_KEPT: Final = 16 * 1024 * 1024
#: Drawing is processor time: more at once would only make each wait longer.
_AT_ONCE: Final = 2
_HEADERS: Final = {
    "Cache-Control": "public, max-age=86400",
    # Previews and pages of others show it.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_WRONG: Final = {404: marked("This address leads nowhere")}
_UNUSABLE: Final = marked("This can't be shown")


class CardFiles:
    """The endpoint, and the pictures that it keeps."""

    def __init__(
        self, site: Site, drawn: Drawn | None = None, *, max_bytes: int = MAX_KEPT
    ) -> None:
        self.site = site
        self.kept: LRUCache[tuple[str, ...], bytes] = LRUCache(max_bytes, getsizeof=len)
        self.drawn = drawn or Drawn()
        self._turn = asyncio.Semaphore(_AT_ONCE)

    def routes(self) -> list[Route]:
        """The addresses, which come before those of the pages."""
        return [Route("/card/{name:path}", self.card)]

    async def card(self, request: Request) -> Response:
        """A picture; for a bad address a small one that says so."""
        name, dot, form = request.path_params["name"].rpartition(".")
        if not dot or form not in _TYPES:
            raise unknown("unknown-page", "path", request.url.path, ".png, .svg")
        try:
            keys = (*INPUTS, *CONDITIONS, "variant", "kernel", "lang", "width")
            fields = Fields(request.url.query, keys)
            bounds = Phrase("{low} to {high}", low=MIN_WIDTH, high=MAX_WIDTH)
            width = fields.number("width", 0, allowed=bounds)
            draw = self._drawing(request, name, fields)
        except ReaderError as error:
            language = self.site.safe_language(request)
            text = language.gettext(_WRONG.get(error.status, _UNUSABLE))
            picture = await self._made(
                ("error", text, form),
                lambda: error_card(self.site.name(language), text),
                form,
                MIN_WIDTH * 3,
            )
            return Response(picture, error.status, media_type=_TYPES[form])
        if isinstance(draw, str):
            return RedirectResponse(draw, status_code=301)
        key, drawing = draw
        bounded = MAX_WIDTH if width is None else max(MIN_WIDTH, min(MAX_WIDTH, width))
        picture = await self._made((*key, form, str(bounded)), drawing, form, bounded)
        return Response(picture, media_type=_TYPES[form], headers=_HEADERS)

    def _drawing(
        self, request: Request, name: str, fields: Fields
    ) -> str | tuple[tuple[str, ...], Callable[[], str]]:
        """What names a picture, and what draws it; or the address that it has moved to.

        Raises ReaderError. Nothing of the query gets into a picture but what was understood.
        """
        site, addresses = self.site, self.site.addresses(request)
        first, _, place = name.partition("/")
        if first == FRONT_CARD and not place:
            walkthrough = next(iter(site.walkthroughs.values()))
        else:
            walkthrough = site.walkthrough(first)
        query = read_query(fields, walkthrough)
        code = query.lang or LANGUAGE_CODES[0]
        cache = site.cache(walkthrough, site.language(request, code), addresses)
        caption = (
            front_caption(cache, site.only) if first == FRONT_CARD else view_caption(cache, place)
        )
        head = site.name(cache.language) if first == FRONT_CARD else f"{walkthrough.function}()"
        if caption is not None:
            return (name, code), lambda: page_card(cache, head, *caption)
        if place == LIFE:
            study = Study.asked(cache, query)
            view = life_view(study)
            texts = life_title(cache), view.says.striptags() if view else ""
            return (name, code, query.whole), lambda: page_card(cache, head, *texts)
        target = resolve(walkthrough, place, fields)
        if isinstance(target, Moved):
            return addresses.card(
                walkthrough.id,
                target.place,
                query=query.scenario.query() if query.has_scenario else "",
                variant=query.variant,
                lang=code,
                form=request.path_params["name"].rpartition(".")[2],
            )
        drawn = target

        def draw() -> str:
            return study_card(drawn.study(site, request, lang=code))

        return (name, code, drawn.scenario.query(), query.variant or ""), draw

    async def _made(
        self, key: tuple[str, ...], draw: Callable[[], str], form: str, width: int
    ) -> bytes:
        """The picture, kept or new; drawn beside the loop that answers the others."""
        kept = self.kept.get(key)
        if kept is not None:
            return kept

        def make() -> bytes:
            svg = draw()
            return svg.encode() if form == "svg" else png_of(svg, width)

        async with self._turn:
            made = await run_in_threadpool(make)
        self.drawn.count += 1
        if len(made) <= self.kept.maxsize:
            self.kept[key] = made
        return made
