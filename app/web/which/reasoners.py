# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The way back for each walkthrough, made when it is first asked for; and reading answers."""

from __future__ import annotations

import asyncio

from app.walkthrough.records import Walkthrough
from app.walkthrough.which.asking import Which
from app.walkthrough.which.looks import QUESTIONS, UNKNOWN
from app.web.query import Fields
from app.web.site import Site
from app.web.waiting import whole_atlas


def read_answers(given: Fields) -> dict[str, str]:
    """The answers in a query, in its order. Raises ReaderError with all that is wrong with it."""
    for question, answers in QUESTIONS.items():
        given.word(question, (*answers, UNKNOWN))
    given.check()
    return {key: text for key, text in given.texts.items() if key in QUESTIONS and text}


class Reasoners:
    """One `Which` for each text that was asked for."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._made: dict[tuple[str, str | None], Which] = {}

    async def of(self, walkthrough: Walkthrough, variant: str | None) -> Which:
        """That of a walkthrough's text; the first one who asks waits for the atlas."""
        found = self._made.get((walkthrough.id, variant))
        if found is None:
            edition = walkthrough.edition_of(variant)
            atlas = await whole_atlas(self.site.atlases, edition, walkthrough.function)
            # It runs every path.
            found = await asyncio.to_thread(Which, edition, atlas)
            self._made[walkthrough.id, variant] = found
        return found
