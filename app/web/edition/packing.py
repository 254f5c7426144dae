# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Many pages that are nearly the same, packed so that what they share is there once.

A page is made of chunks, a chunk is a line or several short ones, and a chunk is made of pieces,
each of which begins with a tag. Chunks that follow each other where they first stand are numbered
one after the other, so a page is a few runs. Two pages in a hundred kilobytes of HTML differ in a
few pieces; any host serves it as it is, and a program of a few lines puts it together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

#: A line, with the lines before it that are too short to be told apart by.
_CHUNK = re.compile(r"(?:[^\n]{0,39}\n)*[^\n]*\n?")
_PIECE = re.compile(r"(?=<[a-z])")


@dataclass
class Pool:
    """Pieces and chunks, each once."""

    pieces: list[str] = field(default_factory=list)
    chunks: list[list[int]] = field(default_factory=list)
    _pieces: dict[str, int] = field(default_factory=dict)
    _chunks: dict[str, int] = field(default_factory=dict)

    def add(self, text: str) -> list[int]:
        """The runs of a text: first chunk, count, first chunk, count, and so on."""
        runs: list[int] = []
        for match in _CHUNK.finditer(text):
            number = self._chunk(match[0])
            if runs and number == runs[-2] + runs[-1]:
                runs[-1] += 1
            else:
                runs += [number, 1]
        return runs

    def text(self, runs: Sequence[int]) -> str:
        """The text of runs again."""
        return "".join(
            self.pieces[piece]
            for first, count in zip(runs[::2], runs[1::2], strict=True)
            for chunk in self.chunks[first : first + count]
            for piece in chunk
        )

    def as_json(self) -> dict[str, Any]:
        """Pieces, and chunks as the numbers of pieces."""
        return {"pieces": self.pieces, "chunks": self.chunks}

    def _chunk(self, text: str) -> int:
        number = self._chunks.get(text)
        if number is None:
            number = self._chunks[text] = len(self.chunks)
            self.chunks.append([self._piece(piece) for piece in _PIECE.split(text)])
        return number

    def _piece(self, text: str) -> int:
        number = self._pieces.setdefault(text, len(self.pieces))
        if number == len(self.pieces):
            self.pieces.append(text)
        return number
