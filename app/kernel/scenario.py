# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Scenarios: a value for each input, read and written as flat words.

A scenario is the same words everywhere: query string, API, command line, presets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import InputProblem, Phrase, ReaderError, nearest
from app.kernel.inputs import INPUTS, Refused


@dataclass(frozen=True, slots=True)
class Scenario:
    """A chosen socket state and its surroundings.

    `values` has every key of `INPUTS`, parsed: words, integers, None for linger off, tuples of
    `Segment` or of event words.
    """

    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __hash__(self) -> int:
        return hash(tuple(self.values[key] for key in INPUTS))

    def flat(self) -> dict[str, int | str]:
        """Every input in the words of a query string, defaults included."""
        return {key: item.flat(self.values[key]) for key, item in INPUTS.items()}

    def changed(self) -> dict[str, int | str]:
        """Only the inputs that differ from their default, in the order of `INPUTS`."""
        return {
            key: item.flat(self.values[key])
            for key, item in INPUTS.items()
            if self.values[key] != item.default
        }

    def query(self) -> str:
        """The shortest query string; nothing in it needs percent-encoding."""
        return "&".join(f"{key}={value}" for key, value in self.changed().items())

    def but(self, **changes: Any) -> Scenario:
        """The same scenario with some parsed values changed."""
        return Scenario({**self.values, **changes})


#: With so many mistakes nothing is worth telling behind an unknown key: each costs a search for
#: what it may have meant.
MOST_PROBLEMS: Final = 8

DEFAULT: Final = Scenario({key: item.default for key, item in INPUTS.items()})


def parse_scenario(pairs: Iterable[tuple[str, str]]) -> Scenario:
    """The scenario that `key=value` pairs mean; an empty value means the default.

    Raises ReaderError with every problem: unknown key, key given twice, value not allowed; after
    some unknown keys it reads no more.
    """
    values = dict(DEFAULT.values)
    problems: list[InputProblem] = []
    seen: set[str] = set()
    for key, text in pairs:
        item = INPUTS.get(key)
        if item is None:
            problems.append(
                InputProblem("unknown-key", key, text, ", ".join(INPUTS), nearest(key, INPUTS))
            )
            if len(problems) >= MOST_PROBLEMS:
                break
            continue
        if key in seen:
            problems.append(InputProblem("given-twice", key, text, Phrase("each key once")))
            continue
        seen.add(key)
        if not text:
            continue
        try:
            values[key] = item.parse(text)
        except Refused as refused:
            problems.append(InputProblem(refused.code, key, text, item.allowed, refused.nearest))
    if problems:
        raise ReaderError(problems)
    return Scenario(values)
