# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Fonts of the cards, widths of texts, and SVG to PNG. tools/fonts.py makes the font files."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parent / "fonts"
ADVANCES: Final = FOLDER / "advances.json"

SANS_FAMILY: Final = "Walkthrough Sans"
MONO_FAMILY: Final = "Walkthrough Mono"


class Face(NamedTuple):
    """One font: its file, and how SVG names it."""

    file: str
    family: str
    is_bold: bool


SANS: Final = Face("sans-regular.otf", SANS_FAMILY, False)
SANS_BOLD: Final = Face("sans-bold.otf", SANS_FAMILY, True)
MONO: Final = Face("mono-regular.otf", MONO_FAMILY, False)
MONO_BOLD: Final = Face("mono-bold.otf", MONO_FAMILY, True)
FACES: Final = (SANS, SANS_BOLD, MONO, MONO_BOLD)


def font_files() -> list[str]:
    """The paths of all of them."""
    return [str(FOLDER / face.file) for face in FACES]


@cache
def _advances() -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = json.loads(ADVANCES.read_text(encoding="utf-8"))
    return table


def width(text: str, face: Face, size: float) -> float:
    """How wide a text is, in the units of `size`. Letters as wide as high are in no table."""
    table = _advances()[face.file]
    return sum(table.get(letter, 1000) for letter in text) * size / 1000


def png_of(svg: str, width: int) -> bytes:
    """The picture at a width in pixels."""
    # Loaded when the first card is asked for: it is a large library.
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            skip_system_fonts=True,
            font_files=font_files(),
            font_family=SANS_FAMILY,
            sans_serif_family=SANS_FAMILY,
        )
    )
