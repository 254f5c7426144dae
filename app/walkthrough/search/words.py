# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Words that people type and no text has, and what is spelled in several ways: `words.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from pydantic import Field

from app.errors import nearest
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.strict import Strict

FILE: Final = "words.yaml"


class Words(Strict):
    """`words.yaml`. In `spellings` each list has words of which one finds what the others do.

    `words` has, for what is to be found (`symptom:close-wait`, `term:orphan`, `page:lab` …), what
    else it is asked for by, in any language.
    """

    spellings: list[list[str]] = Field(default=[])
    words: dict[str, str | list[str]] = Field(default={})

    def of(self, target: str) -> Sequence[str]:
        """What else something is asked for by."""
        phrases = self.words.get(target, [])
        return [phrases] if isinstance(phrases, str) else phrases


def check_words(tell: Teller, words: Words, known: Collection[str]) -> None:
    """Reports targets that are not there."""
    for target in words.words:
        if target not in known:
            message = f"{target} is nothing that can be found"
            tell(("words", target), message, nearest(target, known))
