# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A C source text and places in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source: 1-based lines and columns, both ends inclusive.

    Columns count bytes of the UTF-8 text, as compilers do.
    """

    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"

    @property
    def lines(self) -> range:
        """The numbers of its lines."""
        return range(self.line, self.end_line + 1)

    def to(self, end: Span) -> Span:
        """The stretch from the start of this span to the end of `end`."""
        return Span(self.line, self.column, end.end_line, end.end_column)


@dataclass(frozen=True)
class Source:
    """One file of C. `file` is how messages name it."""

    file: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; line N of a message is `lines[N - 1]`."""
        return tuple(
            self.text.split("\n")[:-1] if self.text.endswith("\n") else self.text.split("\n")
        )

    def line(self, number: int) -> str:
        """The text of a 1-based line; empty outside of the file."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""


def fold(code: str) -> str:
    """The code with each run of white space folded into one blank, and none at the ends."""
    return " ".join(code.split())
