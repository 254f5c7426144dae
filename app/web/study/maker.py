# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Maker of what a page shows, which its template reads: the walkthrough, words, and links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from app.walkthrough.content.prose import Link, Prose, render
from app.web.study.page_cache import PageCache


class Maker:
    """What a page of a walkthrough shows in a language; its template is given this as `page`.

    A template reads the records of the content itself, and here what had to be worked out. Links
    carry `lang` and the text `variant` along; None is the reader's own language, and the
    walkthrough's own text.
    """

    def __init__(self, cache: PageCache, lang: str | None, variant: str | None = None) -> None:
        self.cache, self.lang, self.variant = cache, lang, variant
        self.walkthrough, self.addresses = cache.walkthrough, cache.addresses
        self._, self.pick = cache.language.gettext, cache.language.pick

    def form_to(self, place: str | None = None) -> str:
        """Where the form of a part leads, which sends all that its address has."""
        return self.addresses.page(self.walkthrough.id, place)

    def href(self, place: str | None = None, query: str = "", **more: Any) -> str:
        """The address of a page of the walkthrough; `more` of it as `Addresses.page` takes it."""
        given = {"variant": self.variant, "lang": self.lang, **more}
        return self.addresses.page(self.walkthrough.id, place, query=query, **given)

    def resolve(self, link: Link) -> str:
        """The address of a link in the commentary."""
        return self.cache.resolve(link, self.lang)

    def html(self, texts: Mapping[str, Prose]) -> Markup:
        """A text of the content, by its languages."""
        html = render(texts[self.cache.language.code].lead, self.resolve)
        return Markup(html)  # noqa: S704 - raw HTML is off
