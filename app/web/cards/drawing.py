# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The elements that a card is drawn with, as SVG. Nothing here knows what a card is about.

Looks are attributes, not a style sheet: the policy of the server forbids inline styles, and an SVG
that is opened by itself obeys it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from app.web.cards.fonts import MONO_FAMILY, Face, width
from app.web.meta import CARD_SIZE
from app.web.wrapping import cut, cut_lines

# The light theme of static/css/tokens.css.
PAPER: Final = "#faf9f6"
SHEET: Final = "#ffffff"
RULE: Final = "#dedad2"
INK: Final = "#1c2026"
MUTED: Final = "#575d66"
RECEDE: Final = "#878c94"
PATH: Final = "#0b6b46"
RESET: Final = "#b01c17"
DATA: Final = "#1b52b5"
HERE: Final = "#b07400"
HERE_SOFT: Final = "#fff2cf"
TRACK: Final = "#d3cfc7"
KEYWORD: Final = "#7b2a96"
TYPE: Final = "#0f6173"
NUMBER: Final = "#954800"

#: The font's own ellipsis is a Chinese one: as wide as high, and in the middle.
_MORE: Final = "..."
_FALLBACKS: Final = {True: "monospace", False: "'Noto Sans CJK SC', system-ui, sans-serif"}


@dataclass(frozen=True, slots=True)
class Pen:
    """A face at a size in a colour."""

    face: Face
    size: float
    fill: str = INK

    def width(self, text: str) -> float:
        """How wide a text is in pixels."""
        return width(text, self.face, self.size)

    def write(self, x: float, y: float, text: str, *, anchor: str = "start") -> str:
        """The text with its base line at a height."""
        family = f"'{self.face.family}', {_FALLBACKS[self.face.family == MONO_FAMILY]}"
        bold = ' font-weight="700"' if self.face.is_bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        return (
            f'<text x="{x:g}" y="{y:g}" font-family="{family}" font-size="{self.size:g}"{bold}'
            f'{place} fill="{self.fill}" xml:space="preserve">{escape(text)}</text>'
        )

    def sized(self, text: str, limit: float, smallest: float) -> Pen:
        """The pen, smaller where the text is wider than the limit."""
        found = self.width(text)
        size = self.size if found <= limit else max(smallest, self.size * limit / found)
        return Pen(self.face, size, self.fill)

    def cut(self, text: str, limit: float) -> str:
        """As much of a text as fits."""
        return cut(text, limit, self.width, mark=_MORE)

    def lines(self, text: str, limit: float, most: int) -> list[str]:
        """A text on at most so many lines; the last one says that there is more."""
        return cut_lines(text, limit, most, self.width, mark=_MORE)


def box(
    x: float, y: float, w: float, h: float, fill: str, *, radius: float = 0, edge: str = ""
) -> str:
    """A rectangle."""
    rounded = f' rx="{radius:g}"' if radius else ""
    stroke = f' stroke="{edge}" stroke-width="2"' if edge else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"{rounded} fill="{fill}"{stroke}/>'
    )


def disc(x: float, y: float, radius: float, fill: str, edge: str, weight: float = 4) -> str:
    """A circle."""
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" stroke="{edge}" '
        f'stroke-width="{weight:g}"/>'
    )


def picture(title: str, parts: list[str], *, size: tuple[int, int] = CARD_SIZE) -> str:
    """The whole picture, with a title for those who can't see it."""
    w, h = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
        f'role="img"><title>{escape(title)}</title>{box(0, 0, w, h, PAPER)}{"".join(parts)}</svg>'
    )
