# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Anchors: places in the source that are found by their code, not by a line number."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from app.csource.source import fold
from app.walkthrough.content.schema import Anchor, NumberedAnchor


class AnchorMissed(Exception):
    """An anchor that fits nowhere, or more than once; `nearest` is the likeliest place."""

    def __init__(self, message: str, nearest: str | None = None) -> None:
        self.message = message
        self.nearest = nearest
        super().__init__(message)


def locate(anchor: Anchor, candidates: Sequence[str], what: str = "line") -> int:
    """The index of the one candidate that the anchor fits.

    Candidates are lines or conditions in the order of the source; white space is folded on both
    sides. Raises AnchorMissed.
    """
    code = fold(anchor.code if isinstance(anchor, NumberedAnchor) else anchor)
    folded = [fold(candidate) for candidate in candidates]
    found = [index for index, text in enumerate(folded) if text == code]
    if not found:
        near = difflib.get_close_matches(code, folded, n=1, cutoff=0.5)
        place = f"{what} {folded.index(near[0]) + 1}: {near[0]}" if near else None
        raise AnchorMissed(f"anchor fits no {what}: {code}", place)
    if isinstance(anchor, NumberedAnchor):
        if anchor.nth > len(found):
            raise AnchorMissed(f"anchor wants occurrence {anchor.nth} of {len(found)}: {code}")
        return found[anchor.nth - 1]
    if len(found) > 1:
        places = ", ".join(str(index + 1) for index in found)
        raise AnchorMissed(f"anchor fits {len(found)} times ({what}s {places}), give nth: {code}")
    return found[0]
