# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Scenarios: a value for each input, read and written as flat words.

A scenario is the same words everywhere: query string, API, command line, presets. So is whatever
else is chosen by such inputs: `Values` is what they have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from app.errors import InputProblem, Phrase, ReaderError, nearest
from app.kernel.inputs import INPUTS, Input, Refused

#: With so many mistakes nothing is worth telling behind an unknown key: each costs a search for
#: what it may have meant.
MOST_PROBLEMS: Final = 8


@dataclass(frozen=True, slots=True)
class Values:
    """A value for each of the `inputs`, parsed, by its key."""

    inputs: ClassVar[Mapping[str, Input]]

    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __hash__(self) -> int:
        return hash(tuple(self.values[key] for key in self.inputs))

    def flat(self) -> dict[str, int | str]:
        """Every input in the words of a query string, defaults included."""
        return {key: item.flat(self.values[key]) for key, item in self.inputs.items()}

    def changed(self) -> dict[str, int | str]:
        """Only the inputs that differ from their default, in the order of `inputs`."""
        return {
            key: item.flat(self.values[key])
            for key, item in self.inputs.items()
            if self.values[key] != item.default
        }

    def query(self) -> str:
        """The shortest query string; nothing in it needs percent-encoding."""
        return "&".join(f"{key}={value}" for key, value in self.changed().items())

    def but(self, **changes: Any) -> Self:
        """The same with some parsed values changed."""
        return type(self)({**self.values, **changes})

    @classmethod
    def default(cls) -> Self:
        return cls({key: item.default for key, item in cls.inputs.items()})

    @classmethod
    def parse(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """What `key=value` pairs mean; an empty value means the default.

        Raises ReaderError with every problem: unknown key, key given twice, value not allowed;
        after some unknown keys it reads no more.
        """
        inputs = cls.inputs
        values = dict(cls.default().values)
        problems: list[InputProblem] = []
        seen: set[str] = set()
        for key, text in pairs:
            item = inputs.get(key)
            if item is None:
                problems.append(
                    InputProblem("unknown-key", key, text, ", ".join(inputs), nearest(key, inputs))
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
                problems.append(
                    InputProblem(refused.code, key, text, item.allowed, refused.nearest)
                )
        if problems:
            raise ReaderError(problems)
        return cls(values)


class Scenario(Values):
    """A chosen socket state and its surroundings.

    Its values: words, integers, None for linger off, tuples of `Segment` or of event words.
    """

    __slots__ = ()
    inputs = INPUTS


DEFAULT: Final = Scenario.default()


def parse_scenario(pairs: Iterable[tuple[str, str]]) -> Scenario:
    """The scenario that `key=value` pairs mean. Raises ReaderError, as `Values.parse` does."""
    return Scenario.parse(pairs)
