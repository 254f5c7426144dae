# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `pairs.yaml`: its ids, presets, inputs and variants, and that the sides differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.errors import ReaderError
from app.walkthrough.comparison.sides import make_side
from app.walkthrough.content.reading import Teller
from app.walkthrough.pairs import VARIANT, Pair, PairEntry, Side, SideEntry
from app.walkthrough.records import Walkthrough


def check_pairs(
    walkthrough: Walkthrough,
    tell: Teller,
    entries: Sequence[PairEntry],
    presets: Collection[str] | None,
) -> tuple[Pair, ...]:
    """The pairs that are right; the problems of the others are reported.

    A pair is wrong whose sides name what does not exist, that has a twin, or whose sides do not
    differ in what they do. `presets` are the ids that presets have, those with mistakes included;
    None where they could not be read.
    """
    found: dict[str, Pair] = {}
    for index, entry in enumerate(entries):
        if entry.id in found:
            tell((index, "id"), f"pair {entry.id} stands twice")
            continue
        sides = [
            _side(walkthrough, tell, (index, name), getattr(entry, name), presets)
            for name in ("a", "b")
        ]
        a, b = sides
        if a is None or b is None:
            continue
        twin = next((pair for pair in found.values() if {pair.a, pair.b} == {a, b}), None)
        if twin is not None:
            tell((index,), f"pair {entry.id} is the same as {twin.id}")
        if not tell.is_checked:
            # Reading needs none.
            from app.walkthrough.comparison.traces import Comparison

            traces = [walkthrough.trace(side.scenario, side.variant) for side in (a, b)]
            if Comparison(traces[0], traces[1]).is_same_throughout:
                tell((index,), f"pair {entry.id}: both sides do the same")
        found[entry.id] = Pair(entry.id, entry.title, entry.look, a, b)
    return tuple(found.values())


def _side(
    walkthrough: Walkthrough,
    tell: Teller,
    path: tuple[int, str],
    entry: SideEntry,
    presets: Collection[str] | None,
) -> Side | None:
    name = path[1]
    pairs = [(key, str(value)) for key, value in (entry.scenario or {}).items()]
    if entry.variant is not None:
        pairs.append((VARIANT, entry.variant))
    if entry.preset is not None:
        preset = walkthrough.presets_by_id.get(entry.preset)
        if preset is None:
            if presets is not None and entry.preset not in presets:
                tell.unknown((*path, "preset"), "preset", entry.preset, walkthrough.presets_by_id)
            return None
        pairs = [(k, str(v)) for k, v in preset.scenario.changed().items()] + pairs
    try:
        return make_side(name, pairs, walkthrough)
    except ReaderError as error:
        for problem in error.problems:
            value = "" if problem.value is None else f"={problem.value}"
            tell(
                (*path, "scenario", problem.key),
                f"side {name}: {problem.key}{value}: {problem.code}, allowed: {problem.allowed}",
                problem.nearest,
            )
        return None
