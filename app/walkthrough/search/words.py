# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Words that people type and no text has, and what is spelled in several ways: `words.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, ConfigDict

from app.errors import nearest
from app.walkthrough.content.reading import Teller

FILE: Final = "words.yaml"


class WordsFile(BaseModel):
    """`words.yaml`. In `spellings` each list has words of which one finds what the others do.

    `words` has, for what is to be found (`symptom:close-wait`, `term:orphan`, `page:lab` …), what
    else it is asked for by, in any language.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    spellings: list[list[str]] = []
    words: dict[str, str | list[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What `words.yaml` says; nothing where there is no such file."""

    spellings: tuple[frozenset[str], ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def check_words(tell: Teller, words: Words, known: Collection[str]) -> None:
    """Reports targets that are not there."""
    for target in words.words:
        if target not in known:
            message = f"{target} is nothing that can be found"
            tell(("words", target), message, nearest(target, known))


def make_words(entry: WordsFile) -> Words:
    """The words of a file whose shape is right."""
    return Words(
        spellings=tuple(frozenset(map(str.lower, group)) for group in entry.spellings),
        words={
            target: (phrases,) if isinstance(phrases, str) else tuple(phrases)
            for target, phrases in entry.words.items()
        },
    )
