# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Cuts the cards' fonts out of Noto Sans CJK: `python -m tools.fonts`, when texts changed.

The fonts hold what the content and the interface need and no more, so that a card looks the same
on every machine. Needs the fonts of Debian's package fonts-noto-cjk. What is written has another
name than the original, as a modified version should.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont

from app.i18n import LOCALE
from app.paths import CONTENT
from app.web.cards.fonts import ADVANCES, FOLDER

SOURCE: Final = Path("/usr/share/fonts/opentype/noto")
#: What a card may hold besides the letters of the texts: ASCII, and the marks of typography.
ALWAYS: Final = (
    "".join(map(chr, range(0x20, 0x7F))) + "·…–—‘’“”→←×≤≥−✓" + "，。、；：？！（）《》“”"
)
#: File, family, weight, the name of the original in the collection, whether it has all letters.
FONTS: Final = (
    ("sans-regular.otf", "Walkthrough Sans", "Regular", "Noto Sans CJK SC", True),
    ("sans-bold.otf", "Walkthrough Sans", "Bold", "Noto Sans CJK SC Bold", True),
    ("mono-regular.otf", "Walkthrough Mono", "Regular", "Noto Sans Mono CJK SC", False),
    ("mono-bold.otf", "Walkthrough Mono", "Bold", "Noto Sans Mono CJK SC Bold", False),
)


def letters() -> str:
    """Every letter of the content and of the interface in all languages."""
    files = [*CONTENT.rglob("*.yaml"), *CONTENT.rglob("*.md"), *CONTENT.rglob("*.c")]
    files += LOCALE.rglob("*.po")
    found = set(ALWAYS).union(*(file.read_text(encoding="utf-8") for file in files))
    return "".join(sorted(letter for letter in found if letter.isprintable()))


def cut(name: str, weight: str, text: str) -> TTFont:
    """The font of that name with the letters of a text, without features that move them."""
    file = SOURCE / f"NotoSansCJK-{weight}.ttc"
    for number in range(20):
        font = TTFont(file, fontNumber=number, lazy=True)
        if font["name"].getDebugName(4) == name:
            break
    else:
        raise LookupError(name)
    options = subset.Options(
        layout_features=[],
        hinting=False,
        name_IDs=[0, 1, 2, 4, 6, 13, 14],
        name_languages=[0x409],
        drop_tables=[*subset.Options().drop_tables, "BASE", "VORG", "vhea", "vmtx", "DSIG"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    return font


def rename(font: TTFont, family: str, weight: str) -> None:
    """Another name than the original's."""
    full = f"{family} {weight}"
    for record in list(font["name"].names):
        text = {1: family, 2: weight, 4: full, 6: full.replace(" ", "")}.get(record.nameID)
        if text is not None:
            record.string = text
    top = font["CFF "].cff
    top.fontNames = [full.replace(" ", "")]
    top.topDictIndex[0].FullName, top.topDictIndex[0].FamilyName = full, family


def advances(font: TTFont, letters: Iterable[str]) -> dict[str, int]:
    """How wide each letter is in thousandths of the size; those as wide as high are left out."""
    names, widths = font.getBestCmap(), font["hmtx"].metrics
    unit = font["head"].unitsPerEm
    found = {letter: round(widths[names[ord(letter)]][0] * 1000 / unit) for letter in letters}
    return {letter: width for letter, width in found.items() if width != 1000}


def main() -> None:
    """Writes the fonts and the table of widths."""
    everything, table = letters(), {}
    FOLDER.mkdir(exist_ok=True)
    for file, family, weight, name, is_whole in FONTS:
        text = everything if is_whole else ALWAYS
        font = cut(name, weight, text)
        known = font.getBestCmap()
        if lost := [letter for letter in text if ord(letter) not in known]:
            print(f"{name} has not: {' '.join(lost)}", file=sys.stderr)
        rename(font, family, weight)
        table[file] = advances(font, (letter for letter in text if ord(letter) in known))
        font.save(FOLDER / file)
        print(f"{file}: {len(known)} letters, {(FOLDER / file).stat().st_size} bytes")
    ADVANCES.write_text(
        json.dumps(table, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
