# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Conditions as few, short alternatives: an irredundant cover of prime cubes.

A *cube* allows some classes of each variable. Each is expanded until nothing more can be allowed
(it is prime), what is covered is taken away, and so on; at the end a cube that the others make
superfluous goes. These are the steps EXPAND and IRREDUNDANT of Rudell and Sangiovanni-Vincentelli
(Multiple-valued minimization for PLA optimization, IEEE Trans. CAD 6(5), 1987), with a decision
diagram to say whether a cube is still within the function.

A function that is one of some inputs and one of others has the products of their cubes; such
factors are shared by many functions.

So of the result nothing can be left out: neither a cube, nor a restriction of one, nor any
single class that a restriction excludes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from operator import and_

from app.walkthrough.atlas.diagrams import FALSE, TRUE, Cube, Diagrams


def cover(
    diagrams: Diagrams,
    root: int,
    rank: Callable[[int], object],
    known: dict[int, list[Cube]],
    *,
    most: int | None = None,
) -> list[Cube] | None:
    """Cubes that together are true exactly where the function is.

    `rank` orders the variables: those that come first are the first to lose their restriction.
    None where more than `most` would be needed before the superfluous ones go. `known` keeps the
    cubes of parts for later functions.
    """
    order = sorted(range(len(diagrams.full)), key=lambda variable: (rank(variable), variable))
    found = [diagrams.full]
    if root < 0:
        return found if root == TRUE else []
    for part in _factors(diagrams, root):
        cubes = known.get(part)
        if cubes is None:
            cubes = _cover(diagrams, part, order, most)
            if cubes is None:
                return None
            known[part] = cubes
        if most is not None and len(found) * len(cubes) > most:
            return None
        found = [tuple(map(and_, one, other)) for one in found for other in cubes]
    return found


def _factors(diagrams: Diagrams, root: int) -> list[int]:
    """Functions of different variables each, which together are true where this one is."""
    found: list[int] = []
    while root != TRUE:
        end = _meeting(diagrams, root)
        found += _inner_factors(diagrams, diagrams.replaced(root, {end: TRUE}))
        root = end
    return found


def _meeting(diagrams: Diagrams, root: int) -> int:
    """The first node after this one through which all ways to TRUE go."""
    waiting = {root}
    heap = [(diagrams.variable(root), root)]
    while TRUE not in waiting:
        _, here = heappop(heap)
        if len(waiting) == 1 and here != root:
            return here
        waiting.remove(here)
        for _, child in diagrams.parts(here):
            if child not in waiting and child != FALSE:
                waiting.add(child)
                heappush(heap, (diagrams.variable(child), child))
    return TRUE


def _inner_factors(diagrams: Diagrams, root: int) -> list[int]:
    """The same of a function whose ways meet at its end only.

    A factor is between other variables of the function where all ways go through it: each has
    come to some node by then, and what follows is the same up to where the ways from there meet.
    """
    found: list[int] = []
    ends: dict[int, int] = {}
    waiting = {child for _, child in diagrams.parts(root) if child != FALSE}
    while TRUE not in waiting:
        variables = {diagrams.variable(node) for node in waiting}
        if len(variables) == 1:
            here = {node: _meeting(diagrams, node) for node in waiting}
            factors = {diagrams.replaced(node, {end: TRUE}) for node, end in here.items()}
            if len(factors) == 1:
                found += _inner_factors(diagrams, factors.pop())
                ends |= here
                waiting = set(here.values())
                continue
        first = min(variables)
        asked = {node for node in waiting if diagrams.variable(node) == first}
        below = {child for node in asked for _, child in diagrams.parts(node)}
        waiting = waiting - asked | below - {FALSE}
    return found + _factors(diagrams, diagrams.replaced(root, ends)) if found else [root]


def _cover(
    diagrams: Diagrams, root: int, order: Sequence[int], most: int | None
) -> list[Cube] | None:
    cubes: list[Cube] = []
    points: list[Cube] = []
    rest = root
    while rest != FALSE:
        if len(cubes) == most:
            return None
        start = _first(diagrams, rest)
        cube = _expanded(diagrams, root, start, order)
        cubes.append(cube)
        points.append(tuple(mask & -mask for mask in start))
        rest = diagrams.without(rest, cube)
    return _irredundant(diagrams.full, cubes, points)


def _first(diagrams: Diagrams, node: int) -> Cube:
    """A cube within a function that is true somewhere."""
    cube = list(diagrams.full)
    while node >= 0:
        variable = diagrams.variable(node)
        mask, node = next((m, c) for m, c in diagrams.parts(node) if c != FALSE)
        cube[variable] = mask
    return tuple(cube)


def _expanded(diagrams: Diagrams, root: int, start: Cube, order: Sequence[int]) -> Cube:
    """A prime cube around a cube: first whole variables are freed, then single classes."""
    cube, full = list(start), diagrams.full
    barriers = _Barriers(diagrams, root, cube)
    for is_whole in (True, False):
        for variable in order:
            # What is in the way stays in the way of a wider cube.
            while wider := full[variable] & ~barriers.known[variable] & ~cube[variable]:
                if is_whole and cube[variable] | wider != full[variable]:
                    break
                if barriers.are_old:
                    barriers.find()
                    continue
                cube[variable] |= wider
                barriers.are_old = True
    return tuple(cube)


class _Barriers:
    """For each variable the classes by which a cube would leave the function, were they allowed.

    The cube is within the function; `are_old` where it has grown since.
    """

    def __init__(self, diagrams: Diagrams, root: int, cube: list[int]) -> None:
        self.nodes = diagrams.nodes
        self.root = root
        self.cube = cube
        self.known = [0] * len(cube)
        #: Nodes below which the cube leaves the function.
        self.bad = {FALSE}
        self.find()

    def find(self) -> None:
        """Those of the cube as it is now."""
        nodes, cube, known = self.nodes, self.cube, self.known
        self.are_old = False
        good = {TRUE}
        seen = {self.root}
        waiting = [self.root]
        while waiting:
            here = waiting.pop()
            if here < 0:
                continue
            variable, parts = nodes[here]
            allowed = cube[variable]
            for mask, child in parts:
                if mask & allowed:
                    if child not in seen:
                        seen.add(child)
                        waiting.append(child)
                elif mask & ~known[variable] and self.is_bad(child, good):
                    known[variable] |= mask

    def is_bad(self, node: int, good: set[int]) -> bool:
        """Whether FALSE is reached from a node within the cube; `good` are some without."""
        if node in self.bad:
            return True
        if node in good:
            return False
        variable, parts = self.nodes[node]
        allowed = self.cube[variable]
        for mask, child in parts:
            if mask & allowed and self.is_bad(child, good):
                self.bad.add(node)
                return True
        good.add(node)
        return False


def _irredundant(full: Cube, cubes: list[Cube], points: list[Cube]) -> list[Cube]:
    """The cubes without those that the others cover; the most special go first.

    Each was made for a point; if no other cube has that one, it is needed.
    """
    kept = sorted(zip(cubes, points, strict=True), key=lambda pair: _size(pair[0]))
    packed = _Packed(full)
    left = [(packed.of(cube), packed.of(point)) for cube, point in kept]
    for item in list(left):
        cube, point = item
        others = [other for other, _ in left if other != cube]
        if any(packed.meet(point, other) for other in others) and packed.is_covered(cube, others):
            left.remove(item)
    found = {cube for cube, _ in left}
    return [cube for cube in cubes if packed.of(cube) in found]


def _size(cube: Cube) -> int:
    return sum(mask.bit_count() for mask in cube)


class _Packed:
    """Cubes as one number each: the masks of the variables side by side, a free bit above each."""

    def __init__(self, full: Cube) -> None:
        self.full: list[int] = []
        self.shifts: list[int] = []
        shift = 0
        for mask in full:
            self.full.append(mask << shift)
            self.shifts.append(shift)
            shift += mask.bit_length() + 1
        self.every = sum(self.full)
        #: The free bits, into which what is not 0 is carried if all bits below are added.
        self.free = sum((mask << 1) & ~mask for mask in self.full)

    def of(self, cube: Cube) -> int:
        """A cube as a number."""
        return sum(mask << shift for mask, shift in zip(cube, self.shifts, strict=True))

    def meet(self, one: int, other: int) -> bool:
        """Whether two cubes have a point in common."""
        return ((one & other) + self.every) & self.free == self.free

    def is_covered(self, cube: int, others: Sequence[int]) -> bool:
        """Whether everything in a cube is in one of the others.

        What the first of them leaves is cut into cubes, and each is asked of the rest.
        """
        others = [other for other in others if self.meet(cube, other)]
        if not others:
            return False
        first, rest = others[0], others[1:]
        beyond = cube & ~first
        if not beyond:
            return True
        for mask in self.full:
            if outside := beyond & mask:
                if not self.is_covered(cube & ~mask | outside, rest):
                    return False
                cube &= ~outside
        return True
