# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the search, which needs no script, and the index that a script searches."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.i18n import LANGUAGE_CODES
from app.walkthrough.search.entries import Entry
from app.walkthrough.search.index import MAX_QUERY, Index, excerpt, find, words_of
from app.walkthrough.told import words_in
from app.web.addresses import SEARCH
from app.web.query import Fields, TextQuery
from app.web.study.form import text_fields, text_note
from app.web.study.maker import Maker
from app.web.study.page_cache import PageCache
from app.web.visit import Pages

#: So many places are shown; the browser's dialog shows as many.
MOST: Final = 40


class SearchView(Maker):
    """`search/search.html`: the places for `query`."""

    #: The length of a query.
    limit = MAX_QUERY

    def __init__(
        self, cache: PageCache, index: Index, query: str, text: TextQuery, lang: str | None
    ):
        super().__init__(cache, lang)
        self.index, self.query = index, query
        #: What the form sends along: the text.
        self.hidden = text_fields(text)
        #: The entries by their numbers, the best first.
        self.found = find(index, query)

    @property
    def places(self) -> list[Entry]:
        """The first of them."""
        return [self.index.entries[number] for number in self.found[:MOST]]

    def kind(self, entry: Entry) -> str:
        """Its kind in words."""
        return self.pick(words_in("search")["kinds"][entry.kind])

    def excerpt(self, entry: Entry) -> tuple[str, str, str]:
        """What is before the first word, the word (empty where none stands there), the rest."""
        return excerpt(entry.text, words_of(self.query))

    def place(self, entry: Entry) -> str:
        """The address of an entry's place."""
        rest, hash_sign, fragment = entry.place.partition("#")
        path, _, query = rest.partition("?")
        return self.href(path or None, query) + hash_sign + fragment


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
        view = SearchView(visit.cache, index, query, text, carried)
        answer = self.site.page(request, "search/search.html", frame, view)
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
