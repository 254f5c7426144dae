# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Maker of a page's context: the walkthrough, the words of a language, and links."""

from __future__ import annotations

from app.web.study.shelf import Shelf


class Maker:
    """What makes the context of a page; `lang` is the language that links carry along, or None."""

    def __init__(self, shelf: Shelf, lang: str | None) -> None:
        self.shelf, self.lang = shelf, lang
        self.walkthrough, self.addresses = shelf.walkthrough, shelf.addresses
        self._, self.pick = shelf.language.gettext, shelf.language.pick

    def href(self, place: str | None = None, query: str = "") -> str:
        """The address of a page of the walkthrough."""
        return self.addresses.page(self.walkthrough.id, place, query=query, lang=self.lang)
