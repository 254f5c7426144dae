# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of the atlas."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import ReaderError
from app.i18n import LANGUAGE_CODES
from app.walkthrough.atlas.filters import FILTER_KEYS, read_filter
from app.walkthrough.records import Walkthrough
from app.web.addresses import ATLAS
from app.web.atlas.view import SORTS, AtlasView
from app.web.contexts import PageFrame
from app.web.maker import Maker
from app.web.navigation import PARTS
from app.web.query import TEXTS, Fields, TextQuery, joined_fields
from app.web.visit import Pages, Visit
from app.web.waiting import whole_atlas, within

#: Seconds that a reader waits for an atlas that is being made; then the page asks again by itself.
TIMEOUT_S: Final = 8
#: Seconds after which it asks.
RETRY_S: Final = 5


class AtlasPages(Pages):
    """Its endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{ATLAS}", self.atlas)]

    async def atlas(self, request: Request) -> Response:
        """All paths, filtered and sorted."""
        walkthrough = self.walkthrough(request)
        fields, text = read_fields(request.url.query, walkthrough)
        visit = self.visit(request, fields.get("lang"), text)
        shown = {key: it for key, it in fields.items() if key not in ("form", "lang", *TEXTS)}
        if "form" in fields:
            if shown.get("sort") == next(iter(SORTS)):
                del shown["sort"]
            view = Maker(visit.cache, visit.lang, text.variant)
            return RedirectResponse(view.href(ATLAS, joined_fields(shown)), 303)
        edition = walkthrough.edition_of(text.variant)
        made = whole_atlas(self.site.atlases, edition, walkthrough.function)
        atlas = await within(TIMEOUT_S, made)
        own = joined_fields(known_to_own(walkthrough, shown))
        frame = visit.frame(ATLAS, query=joined_fields(shown), own_query=own)
        if atlas is None:
            return being_made(visit, ATLAS, frame)
        view = AtlasView(visit.cache, atlas, shown, visit.lang, text)
        return visit.page("atlas/atlas.html", frame, view)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """`atlas/making.html`."""

    part: str  # which wants the atlas
    title: str  # of its page
    walkthrough: Walkthrough  # whose atlas


def being_made(visit: Visit, part: str, frame: PageFrame) -> Response:
    """In the place of a page that wants the atlas, while that is made: it asks again by itself."""
    title = visit.language.gettext(PARTS[part].title)
    page = Making(part=part, title=title, walkthrough=visit.walkthrough)
    again = dict.fromkeys(("Retry-After", "Refresh"), str(RETRY_S))
    return visit.page("atlas/making.html", frame, page, again, 503)


def known_to_own(walkthrough: Walkthrough, shown: Mapping[str, str]) -> dict[str, str]:
    """The fields without those that name what only another text has, a decision of it say."""
    known = {}
    for key, text in shown.items():
        with suppress(ReaderError):
            read_filter(walkthrough, {key: text}, None)
            known[key] = text
    return known


def read_fields(raw: str, walkthrough: Walkthrough) -> tuple[dict[str, str], TextQuery]:
    """The fields of the query without the empty ones, and the text whose paths they filter.

    Raises ReaderError with all problems.
    """
    known = (*FILTER_KEYS, "sort", "kernel", "lang")
    given = Fields(raw, known, silent=("form",))
    fields = {key: text for key, text in given.texts.items() if text}
    given.word("sort", SORTS)
    given.word("lang", LANGUAGE_CODES)
    text = given.text(walkthrough)
    try:
        read_filter(walkthrough, fields, text.variant)
    except ReaderError as error:
        given.problems.extend(error.problems)
    given.check()
    return fields, text
