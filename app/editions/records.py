# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Records of a kernel's text as it is kept: the functions, where they were, what was read off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.features import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Consecutive lines of a file of the tree; `line` is the first one's number there, from 1."""

    name: str
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A kernel that has this text: what it is called, how that was told, where the text is from."""

    name: str
    how: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A kernel's text, as it is kept.

    `digest` is of the tokens of everything that is executed. `shown` are the functions that a
    reader sees, in the order of the file, the entry the last of them; `callees` what they call.
    `chosen` are the names of the preprocessor that were taken for defined, `undecided` those that
    nobody decided.
    """

    digest: str
    labels: tuple[Label, ...]
    licence: str
    entry: str
    shown: tuple[Piece, ...]
    callees: tuple[Piece, ...]
    tables: Mapping[str, tuple[int, ...]]
    facts: Mapping[str, Fact]
    chosen: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The label that it goes by."""
        return self.labels[0].name
