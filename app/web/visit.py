# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Endpoints of a part of the site, and a visit to a walkthrough: what all its pages begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.i18n import Language
from app.walkthrough.records import Walkthrough
from app.web.addresses import Addresses
from app.web.contexts import PageFrame
from app.web.meta import Share
from app.web.navigation import PARTS
from app.web.query import TEXTS, TextQuery, read_plain, text_asked
from app.web.site import Site
from app.web.study.form import text_note
from app.web.study.page_cache import PageCache
from app.web.study.places import no_such_place

#: What an address asks for that names no text.
OWN: Final = TextQuery()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request for a page of a walkthrough, in a language."""

    site: Site
    request: Request
    walkthrough: Walkthrough
    lang: str | None  # the language that was asked for, which links carry along
    language: Language  # the reader's
    text: TextQuery = OWN  # which text of it

    @property
    def addresses(self) -> Addresses:
        """Addresses under the path that the request came in by."""
        return self.site.addresses(self.request)

    @property
    def cache(self) -> PageCache:
        """What the walkthrough's pages in this language share."""
        return self.site.cache(self.walkthrough, self.language, self.addresses)

    def frame(
        self,
        part: str,
        *,
        title: str = "",
        description: str = "",
        query: str = "",
        rest: str | None = None,
        card_query: str = "",
        own_query: str | None = None,
    ) -> PageFrame:
        """What is around the content of a part, or of a page below it, as PARTS describes it.

        `query` is of the canonical address, `rest` as it was asked; a part that has a card shows
        it, with `card_query`. Which text it is about stands above it, with a link to the page in
        the own text, with `own_query` where that has not all that `query` asks for.
        """
        addresses, name, language = self.addresses, self.walkthrough.id, self.language
        usual = PARTS[part if part in PARTS else part.partition("/")[0]]
        share = None
        if usual.has_card:
            share = Share(addresses.card(name, part, query=card_query, lang=language.code))
        own = "&".join(it for it in query.split("&") if it.partition("=")[0] not in TEXTS)
        asked = "&".join(filter(None, (own, *self.asked)))
        query = asked if usual.is_of_text and self.text.variant else own
        return self.site.frame(
            self.request,
            self.lang,
            self.walkthrough,
            title=f"{title or language.gettext(usual.title)} · {self.walkthrough.function}()",
            description=description or language.gettext(usual.text),
            canonical=addresses.page(name, part, query=query),
            path=addresses.page(name, part),
            query=asked if rest is None else rest,
            share=share,
            kernel=self.text.kernel,
            note=text_note(self.cache, self.text, is_of_text=usual.is_of_text),
            own=addresses.page(
                name, part, query=own if own_query is None else own_query, lang=self.lang
            ),
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """The text as a query asks for it; none for the walkthrough's own."""
        return tuple(filter(None, (text_asked(self.text.variant or self.text.missing),)))

    def page(
        self,
        template: str,
        frame: PageFrame,
        page: Any,
        headers: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """A rendered page in its frame."""
        answer = self.site.page(self.request, template, frame, page, status)
        answer.headers.update(headers or {})
        return answer


class Pages:
    """Endpoints of a part of the site, which come before the places of a walkthrough."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """Their addresses, in the order in which they are tried."""
        raise NotImplementedError

    def walkthrough(self, request: Request, part: str | None = None) -> Walkthrough:
        """The one that the address names. Raises NotFound, also where it has no such `part`."""
        found = self.site.walkthrough(request.path_params["walkthrough"])
        if part is not None and not PARTS[part].has(found):
            raise no_such_place(found, part)
        return found

    def visit(self, request: Request, lang: str | None, text: TextQuery = OWN) -> Visit:
        """The visit of a request to the walkthrough in its address."""
        return Visit(
            site=self.site,
            request=request,
            walkthrough=self.walkthrough(request),
            lang=lang,
            language=self.site.language(request, lang),
            text=text,
        )

    def plain_visit(self, request: Request) -> Visit:
        """That of a page which takes no key but those that every page takes. Raises ReaderError."""
        return self.visit(request, *read_plain(request.url.query, self.walkthrough(request)))


def moved(request: Request, address: str) -> Response:
    """For ever, to the present name of a place; the query stays."""
    query = request.url.query
    return RedirectResponse(f"{address}?{query}" if query else address, status_code=301)
