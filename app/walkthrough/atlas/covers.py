# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Conditions as few, short alternatives: an irredundant cover of prime cubes.

A *cube* allows some classes of each variable. Each is expanded until nothing more can be allowed
(it is prime), what is covered is taken away, and so on; at the end a cube that the others make
superfluous goes. These are the steps EXPAND and IRREDUNDANT of Rudell and Sangiovanni-Vincentelli
(Multiple-valued minimization for PLA optimization, IEEE Trans. CAD 6(5), 1987), with a decision
diagram to say whether a cube is still within the function.

So of the result nothing can be left out: neither a cube, nor a restriction of one, nor any
single class that a restriction excludes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.walkthrough.atlas.diagrams import FALSE, Cube, Diagrams


def cover(
    diagrams: Diagrams, root: int, rank: Callable[[int], object], *, most: int | None = None
) -> list[Cube] | None:
    """Cubes that together are true exactly where the function is.

    `rank` orders the variables: those that come first are the first to lose their restriction.
    None where more than `most` would be needed before the superfluous ones go.
    """
    order = sorted(range(len(diagrams.full)), key=lambda variable: (rank(variable), variable))
    cells = _cells(diagrams, root)
    cubes: list[Cube] = []
    points: list[Cube] = []
    rest = root
    while rest != FALSE:
        if len(cubes) == most:
            return None
        start = _first(diagrams, rest)
        cube = _expanded(diagrams, root, start, order, cells)
        cubes.append(cube)
        points.append(tuple(mask & -mask for mask in start))
        rest = diagrams.without(rest, cube)
    return _irredundant(cubes, points)


def _cells(diagrams: Diagrams, root: int) -> list[list[int]]:
    """For each variable the sets of classes that the function never tells apart."""
    cells = [[full] for full in diagrams.full]
    for node in diagrams.reachable(root):
        variable, parts = diagrams.variable(node), diagrams.parts(node)
        cells[variable] = [c & m for c in cells[variable] for m, _ in parts if c & m]
    return cells


def _first(diagrams: Diagrams, node: int) -> Cube:
    """A cube within a function that is true somewhere."""
    cube = list(diagrams.full)
    while node >= 0:
        variable = diagrams.variable(node)
        mask, node = next((m, c) for m, c in diagrams.parts(node) if c != FALSE)
        cube[variable] = mask
    return tuple(cube)


def _expanded(
    diagrams: Diagrams, root: int, cube: Cube, order: Sequence[int], cells: list[list[int]]
) -> Cube:
    """A prime cube around a cube."""

    def with_(variable: int, mask: int) -> Cube:
        return (*cube[:variable], mask, *cube[variable + 1 :])

    for variable in order:
        wider = with_(variable, diagrams.full[variable])
        if wider != cube and not diagrams.reaches(root, wider, FALSE):
            cube = wider
    for variable in order:
        for cell in cells[variable]:
            if cell & ~cube[variable]:
                wider = with_(variable, cube[variable] | cell)
                if not diagrams.reaches(root, wider, FALSE):
                    cube = wider
    return cube


def _irredundant(cubes: list[Cube], points: list[Cube]) -> list[Cube]:
    """The cubes without those that the others cover; the most special go first.

    Each was made for a point; if no other cube has that one, it is needed.
    """
    point_of = dict(zip(cubes, points, strict=True))
    kept = sorted(cubes, key=lambda cube: sum(mask.bit_count() for mask in cube))
    for cube in list(kept):
        others = [other for other in kept if other is not cube and _meet(cube, other)]
        if not any(_meet(point_of[cube], other) for other in others):
            continue
        if _is_covered(cube, others):
            kept.remove(cube)
    return [cube for cube in cubes if cube in kept]


def _meet(one: Cube, other: Cube) -> bool:
    return all(a & b for a, b in zip(one, other, strict=True))


def _is_covered(cube: Cube, others: Sequence[Cube]) -> bool:
    """Whether everything in a cube is in one of the others.

    What the first of them leaves is cut into cubes, and each is asked of the rest.
    """
    if not others:
        return False
    first, rest = others[0], others[1:]
    for place, (mask, allowed) in enumerate(zip(cube, first, strict=True)):
        outside = mask & ~allowed
        if outside:
            part = (*cube[:place], outside, *cube[place + 1 :])
            if not _is_covered(part, [other for other in rest if _meet(part, other)]):
                return False
            cube = (*cube[:place], mask & allowed, *cube[place + 1 :])
    return True
