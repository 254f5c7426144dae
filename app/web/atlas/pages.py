# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of the atlas."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import ReaderError
from app.i18n import LANGUAGE_CODES
from app.walkthrough.atlas.filters import FILTER_KEYS, read_filter
from app.walkthrough.records import Walkthrough
from app.web.addresses import ATLAS
from app.web.atlas.view import SORTS, AtlasView
from app.web.query import Fields, TextQuery
from app.web.study.form import text_fields
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
        if "form" in fields:
            del fields["form"]
            if fields.get("sort") == next(iter(SORTS)):
                del fields["sort"]
            address = AtlasView(visit.cache, None, fields, visit.lang, text.variant).address()
            return RedirectResponse(address, 303)
        edition = walkthrough.edition_of(text.variant)
        made = whole_atlas(self.site.atlases, edition, walkthrough.function)
        atlas = await within(TIMEOUT_S, made)
        view = AtlasView(visit.cache, atlas, fields, visit.lang, text.variant)
        query = "&".join(f"{key}={value}" for key, value in view.fields.items())
        page = view.page(visit.frame(ATLAS, query=query), text_fields(text))
        return when_made(visit, "atlas/atlas.html", page, is_made=atlas is not None)


def when_made(visit: Visit, template: str, page: Any, *, is_made: bool) -> Response:
    """A page of the atlas; while that is being made, one that asks again by itself."""
    again = {} if is_made else dict.fromkeys(("Retry-After", "Refresh"), str(RETRY_S))
    return visit.page(template, page, again, 200 if is_made else 503)


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
