# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sets of lists, said by their items: "begins with `fin`" instead of twenty-one lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any

from app.walkthrough.atlas.records import ListForm, ListForms

Shape = tuple[str, ...]


def forms_of(every: Iterable[Shape], chosen: Iterable[Shape]) -> ListForms | None:
    """What tells the chosen lists from all others; None where nothing simple does.

    One form if that will do, else two of which one is true, else two of which none is.
    """
    shapes = tuple(every)
    bits = {shape: 1 << place for place, shape in enumerate(shapes)}
    wanted = sum(bits[shape] for shape in set(chosen))
    full, empty = (1 << len(shapes)) - 1, bits.get((), 0)
    forms = _forms(shapes)
    filled = wanted & ~empty
    if filled in forms:
        return ListForms((forms[filled],), or_empty=filled != wanted)
    for is_denied, mask in ((False, wanted), (True, full & ~wanted)):
        filled = mask & ~empty
        inside = sorted((form for form in forms if not form & ~filled), key=int.bit_count)
        for first in reversed(inside):
            for second in inside:
                if first | second == filled:
                    return ListForms((forms[second], forms[first]), filled != mask, is_denied)
    return None


@lru_cache(maxsize=16)
def _forms(every: tuple[Shape, ...]) -> Mapping[int, ListForm]:
    """Each set of lists with items that one form says, as a mask; the plainest form of each."""
    kinds = tuple(dict.fromkeys(item for shape in every for item in shape))
    found: dict[int, ListForm] = {}

    def mask(wanted: Any) -> int:
        return sum(1 << place for place, shape in enumerate(every) if shape and wanted(shape))

    def without(some: Shape) -> Shape:
        return tuple(kind for kind in kinds if kind not in some)

    some = [part for count in range(1, len(kinds)) for part in combinations(kinds, count)]
    for part in some:
        found.setdefault(mask(lambda s, p=part: set(s) <= set(p)), ListForm("only", part))
        found.setdefault(mask(lambda s, p=part: set(s) & set(p)), ListForm("has", part))
    for part in some:
        found.setdefault(mask(lambda s, p=part: s[0] in p), ListForm("begins", part))
    for first in some:
        for rest in some:
            chosen = mask(lambda s, f=first, r=rest: s[0] in f and set(s[1:]) <= set(r))
            found.setdefault(chosen, ListForm("begins-only", first, rest))
            either = mask(lambda s, f=first, r=rest: s[0] in f or set(s) & set(r))
            found.setdefault(either, ListForm("begins-or-has", first, rest))
    return found
