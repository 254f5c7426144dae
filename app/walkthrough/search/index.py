# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Index of the words of entries, and looking words up in it.

What ranks the answers stands in the index as numbers, so that looking up is little: `find` below,
and the same for a browser in `static/js/core/search.js`. Both give the same answers in the same
order; everything is an integer so that they do.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.walkthrough.search.entries import KINDS, Entry

#: What a word in the title, in the words of `words.yaml`, and in the text counts for.
_TITLE, _WORDS, _TEXT = 80, 60, 10
#: A word of a name that has several, against the whole name.
_PART: Final = 0.6
#: How well a word of the query fits a word of the index.
_SAME, _STEM, _BEGINS = 10, 7, 5
_NAME: Final = re.compile(r"[A-Za-z0-9_]+(?:\.[0-9]+)*|[㐀-鿿]+")
_CAMEL: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
#: How `ss` spells a state: FIN-WAIT-2; the kernel has FIN_WAIT2.
_STATE: Final = re.compile(r"\b[A-Z]+(?:-[A-Z0-9]+)+")
_ENDING: Final = re.compile(r"(?<=^[a-z]{3})([a-z]*?)(?:ing|ed|es|e|s)$")
#: Words of questions, which say nothing of what is asked for.
_SMALL: Final = frozenset(
    "a after an and are as at be but by can do does doesn don for from has have how i if in is it "
    "its last long many me my no not of on or s so t than that the then there this to too vs was "
    "what when where which who why with 为什 什么 怎么 么办 如何 多久 怎样".split()
)
#: Of a query; nobody types more.
MAX_QUERY: Final = 200
_MAX_WORDS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """`words` has of each word how much it tells, then entries by number, each with a weight."""

    entries: Sequence[Entry]
    words: dict[str, list[int]]


def words_of(text: str) -> list[str]:
    """The words of a query, in small letters; of Chinese every two characters that follow."""
    found: list[str] = []
    for name in _NAME.findall(unicodedata.normalize("NFKC", text)):
        found += _pairs(name) if name[0] >= "㐀" else [name.lower()]
    return found[:_MAX_WORDS]


def stem(word: str) -> str:
    """A word without an English ending: `closes`, `closed` and `closing` are one."""
    return _ENDING.sub(r"\1", word)


def _pairs(text: str) -> list[str]:
    return [text[n : n + 2] for n in range(max(1, len(text) - 1))]


def _spelled(text: str) -> Iterator[tuple[str, float]]:
    """The words under which a text is found, each with what it counts for."""
    for state in _STATE.findall(text):
        joined = state.lower().replace("-", "_")
        yield from ((joined, 1.0), (re.sub(r"_(?=[0-9]$)", "", joined), 1.0))
    for name in _NAME.findall(unicodedata.normalize("NFKC", text)):
        if name[0] >= "㐀":
            yield from ((pair, 1.0) for pair in _pairs(name))
            continue
        yield name.lower(), 1.0
        parts = [part for piece in name.split("_") for part in _CAMEL.findall(piece)]
        if len(parts) > 1:
            yield from ((part.lower(), _PART) for part in (*parts, *name.split("_")) if part)
            # nstat's names without their prefix, and without that of the protocol.
            yield from (("".join(parts[n:]).lower(), 1.0) for n in range(len(parts) - 1))


def make_index(entries: Sequence[Entry], spellings: Iterable[Iterable[str]]) -> Index:
    """The index of entries; each of a group of `spellings` stands for the others."""
    groups = [frozenset(map(str.lower, group)) for group in spellings]
    same = {word: group for group in groups for word in group}
    weights: dict[str, dict[int, float]] = {}
    for number, entry in enumerate(entries):
        # What a title of prose says is said by its block.
        title = "" if entry.kind in {"prose", "line"} else entry.title
        fields = [(title, _TITLE), (entry.text, _TEXT), *((one, _WORDS) for one in entry.words)]
        prior = KINDS[entry.kind] / 10
        for text, weight in fields:
            spelled = list(_spelled(text))
            # A short title says more with each of its words.
            share = 1 if weight == _TEXT else max(1, len(words_of(text))) ** 0.5
            for word, counts in spelled:
                for other in {word, stem(word), *same.get(word, ())}:
                    of_word = weights.setdefault(other, {})
                    value = weight * counts * prior / share
                    value *= 0.7 if other == stem(word) != word else 1
                    of_word[number] = max(of_word.get(number, 0), value)
    words = {
        word: [
            1 if word in _SMALL else round(10 * math.log2(1 + len(entries) / len(found))),
            *(part for number, value in found.items() for part in (number, round(value))),
        ]
        for word, found in sorted(weights.items())
    }
    return Index(entries=entries, words=words)


def find(index: Index, query: str) -> list[int]:
    """The numbers of the entries that a query means, the best one first.

    An entry has at least half of what the query says; the more of it, the better.
    """
    totals: dict[int, list[int]] = {}
    whole = 0
    for word in words_of(query[:MAX_QUERY]):
        for tells, found in _lookups(index, word):
            whole += tells
            for number, value in found.items():
                total = totals.setdefault(number, [0, 0])
                total[0] += tells * value
                total[1] += tells
    ranked = [
        (total * said * said, number)
        for number, (total, said) in totals.items()
        if said * 2 >= whole
    ]
    return [number for _, number in sorted(ranked, key=lambda item: (-item[0], item[1]))]


def _lookups(index: Index, word: str) -> list[tuple[int, dict[int, int]]]:
    """What a word of the query tells, and how well it fits which entries.

    A name that nobody knows is taken apart.
    """
    found = _lookup(index, word)
    if found is None and "_" in word:
        parts = filter(None, word.split("_"))
        return [one for part in parts if (one := _lookup(index, part)) is not None]
    return [found] if found is not None else []


def _lookup(index: Index, word: str) -> tuple[int, dict[int, int]] | None:
    fits = [(word, _SAME), (stem(word), _STEM)]
    known = [(index.words[one], fit) for one, fit in fits if one in index.words]
    if not known:
        known = [(one, _BEGINS) for name, one in index.words.items() if name.startswith(word)]
    if not known:
        return None
    values: dict[int, int] = {}
    for row, fit in known:
        for at in range(1, len(row), 2):
            values[row[at]] = max(values.get(row[at], 0), row[at + 1] * fit)
    return min(row[0] for row, _ in known), values


def excerpt(text: str, words: Sequence[str], around: int = 60) -> tuple[str, str, str]:
    """What stands around the first of some words: before it, the word, behind it.

    The beginning of the text, and no word, where none is in it.
    """
    lower = text.lower()
    hits = [(lower.find(word), len(word)) for word in words if word in lower]
    if not hits:
        return text[: 2 * around] + ("…" if len(text) > 2 * around else ""), "", ""
    at, length = min(hits)
    start, end = max(0, at - around), at + length + around
    before = ("…" if start else "") + text[start:at]
    return (
        before,
        text[at : at + length],
        text[at + length : end] + ("…" if end < len(text) else ""),
    )
