# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Maker of a page's context: the walkthrough, the words of a language, and links."""

from __future__ import annotations

from app.web.study.page_cache import PageCache


class Maker:
    """What makes the context of a page; its links carry `lang` and the text `variant` along.

    None is the reader's own language, and the walkthrough's own text.
    """

    def __init__(self, cache: PageCache, lang: str | None, variant: str | None = None) -> None:
        self.cache, self.lang, self.variant = cache, lang, variant
        self.walkthrough, self.addresses = cache.walkthrough, cache.addresses
        self._, self.pick = cache.language.gettext, cache.language.pick

    def href(self, place: str | None = None, query: str = "") -> str:
        """The address of a page of the walkthrough."""
        return self.addresses.page(
            self.walkthrough.id, place, query=query, variant=self.variant, lang=self.lang
        )
