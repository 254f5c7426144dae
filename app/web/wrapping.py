# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Lines of a text: broken in English at its spaces and Chinese between its characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

#: What mail is written in (RFC 3676 has 78 as the most; lists ask for less, to leave quoting room).
COLUMNS: Final = 72
#: A space at which no line is broken; it is in no text of ours.
HELD: Final = "\ue000"
_ASCII: Final = str.maketrans(
    {
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‘’‚", "'"),
        "…": "...",
        "–": "-",
        "—": "-",
        "−": "-",
        "→": "->",
        "←": "<-",
        "×": "x",
        "≥": ">=",
        "≤": "<=",
        "·": "-",
        "\u00a0": " ",
    }
)

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


def cut_lines(text: str, limit: float, most: int, measure: Measure, mark: str = "…") -> list[str]:
    """A text on at most so many lines, each cut where it does not fit."""
    found = wrap(text, limit, measure)
    found = [*found[: most - 1], " ".join(found[most - 1 :])] if len(found) > most else found
    return [cut(line, limit, measure, mark) for line in found]


def columns(text: str) -> int:
    """How many columns a text takes in a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrapped(text: str) -> list[str]:
    """The lines of a sentence in a mail."""
    return [line.replace(HELD, " ") for line in wrap(text, COLUMNS, columns)]


def listed(text: str) -> list[str]:
    """A sentence, or an item whose further lines are indented."""
    if not text.startswith("- "):
        return wrapped(text)
    lines = wrap(text.removeprefix("- "), COLUMNS - 2, columns)
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def ascii_of(text: str) -> str:
    """The text in ASCII: the marks of typography as one types them, letters without accents."""
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII))
    return plain.encode("ascii", "ignore").decode()
