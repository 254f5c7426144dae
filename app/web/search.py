# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the search, which needs no script, and the index that a script searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.i18n import LANGUAGE_CODES
from app.walkthrough.search.entries import KINDS
from app.walkthrough.search.index import MAX_QUERY, excerpt, find, words_of
from app.web.addresses import SEARCH, Addresses
from app.web.contexts import PageFrame
from app.web.query import Fields
from app.web.study.form import text_fields, text_note
from app.web.visit import Pages

#: So many places are shown; the browser's dialog shows as many.
MOST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """A place that was found; `excerpt` is what is before the first word, the word, the rest."""

    kind: str  # of the entry
    kind_name: str  # in words
    title: str  # of the entry
    href: str  # where it is
    excerpt: tuple[str, str, str]  # the word is empty where none stands in the text


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """`search/search.html`."""

    frame: PageFrame  # around the content
    action: str  # where the form leads
    hidden: tuple[tuple[str, str], ...]  # what the form sends along: the text
    lang: str | None  # the language to carry along
    query: str  # what was asked for
    count: int  # of all places
    places: tuple[PlaceView, ...]  # the first of them
    limit: int  # the length of a query


class SearchPages(Pages):
    """The endpoints of the search."""

    def routes(self) -> list[Route]:
        return [
            Route(f"/{{walkthrough}}/{SEARCH}", self.search),
            Route(f"/{{walkthrough}}/{SEARCH}-{{version}}.json", self.index),
        ]

    async def search(self, request: Request) -> Response:
        """What was asked for, best first."""
        walkthrough = self.walkthrough(request)
        fields = Fields(request.url.query, ("q", "kernel", "lang"))
        text, carried = fields.text(walkthrough), fields.word("lang", LANGUAGE_CODES)
        fields.check()
        query = fields.texts.get("q", "")[:MAX_QUERY]
        visit = self.visit(request, carried, text)
        lang, addresses, _ = visit.language, visit.addresses, visit.language.gettext
        title = _("Search: {query}").format(query=query) if query.strip() else _("Search")
        frame = self.site.frame(
            request,
            carried,
            walkthrough,
            title=title,
            description=_("Symptoms, code, commentary, functions and terms, by their words."),
            canonical=addresses.search(walkthrough.id),
            query="&".join(
                filter(
                    None,
                    (addresses.search(walkthrough.id, query).partition("?")[2], *visit.asked),
                )
            ),
            kernel=text.kernel,
            note=text_note(visit.cache, text, is_of_text=False),
            own=addresses.search(walkthrough.id, query, lang=carried),
        )
        index = self.site.indexes.index(walkthrough.id, lang)
        found = find(index, query)
        page = SearchPage(
            frame=frame,
            action=addresses.search(walkthrough.id),
            hidden=text_fields(text),
            lang=carried,
            query=query,
            count=len(found),
            places=tuple(
                PlaceView(
                    kind=entry.kind,
                    kind_name=_(KINDS[entry.kind][0]),
                    title=entry.title,
                    href=_href(addresses, walkthrough.id, entry.place, carried),
                    excerpt=excerpt(entry.text, words_of(query)),
                )
                for entry in (index.entries[number] for number in found[:MOST])
            ),
            limit=MAX_QUERY,
        )
        answer = self.site.page(request, "search/search.html", page)
        # As many addresses as there are questions; none is worth a robot's time.
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    async def index(self, request: Request) -> Response:
        """The index; what was asked for under its present version may be kept for ever."""
        walkthrough = self.walkthrough(request)
        fields = Fields(request.url.query, ("lang",))
        carried = fields.word("lang", LANGUAGE_CODES)
        fields.check()
        lang = self.site.language(request, carried)
        version = self.site.indexes.version(walkthrough.id)
        is_present = request.path_params["version"] == version and carried is not None
        kept = "public, max-age=31536000, immutable" if is_present else "no-cache"
        return Response(
            self.site.indexes.body(walkthrough.id, lang),
            media_type="application/json",
            headers={"Cache-Control": kept, "Vary": "Accept-Language"},
        )


def _href(addresses: Addresses, walkthrough: str, place: str, lang: str | None) -> str:
    """The address of an entry's place."""
    rest, hash_sign, fragment = place.partition("#")
    path, _, query = rest.partition("?")
    return addresses.page(walkthrough, path or None, query=query, lang=lang) + hash_sign + fragment
