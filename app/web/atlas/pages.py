# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of the atlas."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import ReaderError
from app.i18n import LANGUAGE_CODES
from app.walkthrough.atlas.filters import FILTER_KEYS, read_filter
from app.walkthrough.records import Walkthrough
from app.web.addresses import ATLAS, Fields
from app.web.atlas.patience import atlas_within
from app.web.atlas.view import SORTS, AtlasView
from app.web.site import Site

#: Seconds that a reader waits for an atlas that is being made; then the page asks again by itself.
PATIENCE_S: Final = 8
#: Seconds after which it asks.
RETRY_S: Final = 5


class AtlasPages:
    """Its endpoint."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """It has to be tried before the places of a walkthrough."""
        return [Route(f"/{{walkthrough}}/{ATLAS}", self.atlas)]

    async def atlas(self, request: Request) -> Response:
        """All paths, filtered and sorted."""
        site = self.site
        walkthrough = site.walkthrough(request.path_params["walkthrough"])
        fields = read_fields(request.url.query, walkthrough)
        addresses = site.addresses(request)
        lang = fields.get("lang") or None
        language = site.language(request, lang)
        shelf = site.shelf(walkthrough, language, addresses)
        if "form" in fields:
            del fields["form"]
            if fields.get("sort") == next(iter(SORTS)):
                del fields["sort"]
            return RedirectResponse(AtlasView(shelf, None, fields, lang).address(), 303)
        view = AtlasView(
            shelf, await atlas_within(site.atlases, walkthrough, PATIENCE_S), fields, lang
        )
        page = addresses.page(walkthrough.id, ATLAS)
        query = "&".join(f"{key}={value}" for key, value in view.fields.items())
        frame = site.frame(
            request,
            lang,
            walkthrough,
            title=f"{language.gettext('All paths')} · {walkthrough.function}()",
            description=language.gettext(
                "Every path through the function, with what leads to it and how it ends."
            ),
            canonical=addresses.page(walkthrough.id, ATLAS, query=query),
            path=page,
            query=query,
        )
        status = 200 if view.atlas is not None else 503
        response = site.page(request, "atlas/atlas.html", view.page(frame), status)
        if status == 503:
            response.headers["Retry-After"] = str(RETRY_S)
            response.headers["Refresh"] = str(RETRY_S)
        return response


def read_fields(raw: str, walkthrough: Walkthrough) -> dict[str, str]:
    """The fields of the query without the empty ones. Raises ReaderError with all problems."""
    known = (*FILTER_KEYS, "sort", "lang")
    given = Fields(raw, known, silent=("form",))
    fields = {key: text for key, text in given.texts.items() if text}
    given.word("sort", SORTS)
    given.word("lang", LANGUAGE_CODES)
    try:
        read_filter(walkthrough, fields)
    except ReaderError as error:
        given.problems.extend(error.problems)
    given.check()
    return fields
