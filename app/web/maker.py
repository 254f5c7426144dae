# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Maker of a page's context: the walkthrough, the words of a language, and links."""

from __future__ import annotations

from app.web.study.page_cache import PageCache


class Maker:
    """What makes the context of a page; `lang` is the language that links carry along, or None."""

    def __init__(self, cache: PageCache, lang: str | None) -> None:
        self.cache, self.lang = cache, lang
        self.walkthrough, self.addresses = cache.walkthrough, cache.addresses
        self._, self.pick = cache.language.gettext, cache.language.pick

    def href(self, place: str | None = None, query: str = "") -> str:
        """The address of a page of the walkthrough."""
        return self.addresses.page(self.walkthrough.id, place, query=query, lang=self.lang)
