# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Lines of a text: broken in English at its spaces and Chinese between its characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

#: How wide a text is, in the units of the limit.
Measure = Callable[[str], float]

#: A line may begin with none of these, nor end with one of the others.
_CLOSING: Final = "，。、；：？！）》〉」』”’…·,.;:?!)]}"
_OPENING: Final = "（《〈「『“‘([{"
_WIDE: Final = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_PIECE: Final = re.compile(rf"[^\s{_WIDE}]+|[{_WIDE}]|\s+")


def _pieces(text: str) -> Iterator[str]:
    """What may stand on a line of its own; spaces are pieces too."""
    held = ""
    for found in _PIECE.findall(text):
        piece = " " if found.isspace() else found
        if held and (piece[0] in _CLOSING or held[-1] in _OPENING) and not held.isspace():
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def wrap(text: str, limit: float, measure: Measure) -> list[str]:
    """The lines of a text; a piece that is wider than the limit has a line of its own."""
    lines, line = [], ""
    for piece in _pieces(text):
        if piece == " " and not line:
            continue
        if line.strip() and piece != " " and measure(line + piece) > limit:
            lines.append(line.rstrip())
            line = piece
        else:
            line += piece
    if line.strip():
        lines.append(line.rstrip())
    return lines


def cut(text: str, limit: float, measure: Measure, mark: str = "…") -> str:
    """The beginning of a text that fits, with a mark where something is left out."""
    if measure(text) <= limit:
        return text
    pieces, kept = list(_pieces(text)), ""
    for piece in pieces:
        if measure(kept + piece + mark) > limit:
            break
        kept += piece
    if not kept.strip():
        kept = text
        while kept and measure(kept + mark) > limit:
            kept = kept[:-1]
    return kept.rstrip(_CLOSING + " ") + mark
