# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `variants.yaml`: named edits of the source, each within one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.csource.source import Source, fold
from app.errors import SourceError
from app.walkthrough.alignment import Heading, aligned
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import EditEntry, VariantEntry
from app.walkthrough.records import Edit, Edition

FILE: Final = "variants.yaml"


def check_variants(
    tell: Teller, entries: Sequence[VariantEntry], source: Source, base: Edition | None
) -> Mapping[str, Edition]:
    """The variants by id. Without a `base` that is whole, only their edits are looked at."""
    found: dict[str, Edition] = {}
    tell.once("variant", (entry.id for entry in entries))
    for index, entry in enumerate(entries):
        lines, edits = _edited(tell, index, entry.edits, source)
        if base is None:
            continue
        edited = Source(source.file, "\n".join(lines) + "\n")
        heading = Heading(id=entry.id, title=entry.title, note=entry.note, edits=tuple(edits))
        same = {number: number for number in range(1, len(lines) + 1)}
        try:
            # Faults stay: to show text that does not compile is what a variant may be for.
            found[entry.id] = aligned(base, edited, heading, same)
        except SourceError as error:
            tell((index,), f"variant {entry.id}: line {error.line}: {error.message}: {error.text}")
    return found


def _edited(
    tell: Teller, index: int, entries: Sequence[EditEntry], source: Source
) -> tuple[list[str], list[Edit]]:
    lines = list(source.lines)
    edits: list[Edit] = []
    for number, item in enumerate(entries):
        path = (index, "edits", number, "code")
        position = tell.place(path, item.code, source.lines, "line")
        if position is None:
            continue
        if "\n" in item.becomes:
            tell(path, "an edit stays in its line")
            continue
        original = lines[position]
        indent = original[: len(original) - len(original.lstrip())]
        lines[position] = indent + item.becomes
        edits.append(
            Edit(
                line=position + 1,
                original=fold(original),
                becomes=fold(item.becomes),
                effect=item.effect,
            )
        )
    return lines, edits
