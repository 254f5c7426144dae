# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Multi-valued decision diagrams: functions of a few variables, each with finitely many values.

A node asks one variable and goes on by sets of its values (masks of bits); variables are asked
in one order on every way, and equal nodes are one node, so equal functions are the same number.
Terminals are numbers below 0. After Srinivasan, Kam, Malik, Brayton: Algorithms for discrete
function manipulation, ICCAD 1990.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final

Parts = tuple[tuple[int, int], ...]
"""Masks that share no value and have all of them together, each with the node that follows."""
Cube = tuple[int, ...]
"""For each variable the mask of the values that are allowed."""

#: The terminals of a function that is true or false.
TRUE: Final = -1
FALSE: Final = -2


def terminal(number: int) -> int:
    """The terminal for a number from 0 on, apart from the two above."""
    return -3 - number


def number_of(node: int) -> int:
    """The number that a terminal is for."""
    return -3 - node


class Diagrams:
    """Makes nodes. `full` has for each variable the mask of all its values."""

    def __init__(self, full: Sequence[int]) -> None:
        self.full = tuple(full)
        self.nodes: list[tuple[int, Parts]] = []
        self._known: dict[tuple[int, frozenset[tuple[int, int]]], int] = {}
        self._chosen: dict[tuple[int, Parts], int] = {}

    def variable(self, node: int) -> int:
        """The variable that a node asks; beyond all others for a terminal."""
        return self.nodes[node][0] if node >= 0 else len(self.full)

    def parts(self, node: int) -> Parts:
        """How a node goes on."""
        return self.nodes[node][1]

    def make(self, variable: int, parts: Iterable[tuple[int, int]]) -> int:
        """The node that goes on like this; its variable comes before those below it."""
        masks: dict[int, int] = {}
        for mask, child in parts:
            if mask:
                masks[child] = masks.get(child, 0) | mask
        return self._node(variable, masks)

    def _node(self, variable: int, masks: Mapping[int, int]) -> int:
        """The node that goes on to each of these with its mask, none of which is empty."""
        if len(masks) == 1:
            return next(iter(masks))
        key = (variable, frozenset(masks.items()))
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = len(self.nodes)
            ordered = sorted([(mask, child) for child, mask in masks.items()])
            self.nodes.append((variable, tuple(ordered)))
        return node

    def _over(self, node: int, visit: Callable[[int], int], done: Mapping[int, int]) -> int:
        """The node with what `visit` makes of each child; what it has made is `done`."""
        variable, parts = self.nodes[node]
        masks: dict[int, int] = {}
        for mask, child in parts:
            below = done[child] if child in done else visit(child)
            masks[below] = masks.get(below, 0) | mask
        return self._node(variable, masks)

    def choose(self, variable: int, parts: Parts) -> int:
        """The function that is one of several, by a variable which these may ask too."""
        key = (variable, parts)
        found = self._chosen.get(key)
        if found is not None:
            return found
        top = min(variable, *(self.variable(child) for _, child in parts))
        if top == variable:
            inner: list[tuple[int, int]] = []
            for mask, child in parts:
                if self.variable(child) == variable:
                    inner += [(mask & m, c) for m, c in self.parts(child)]
                else:
                    inner.append((mask, child))
            found = self.make(variable, inner)
        else:
            cells: list[tuple[int, Parts]] = [(self.full[top], ())]
            for mask, child in parts:
                ways = (
                    self.parts(child) if self.variable(child) == top else ((self.full[top], child),)
                )
                cells = [
                    (cell & m, (*chosen, (mask, c)))
                    for cell, chosen in cells
                    for m, c in ways
                    if cell & m
                ]
            found = self.make(top, [(cell, self.choose(variable, c)) for cell, c in cells])
        self._chosen[key] = found
        return found

    def joined(self, one: int, other: int, pair: Callable[[int, int], int]) -> int:
        """The function that `pair` makes of two terminals, one of each function."""
        done: dict[tuple[int, int], int] = {}

        def visit(a: int, b: int) -> int:
            found = done.get((a, b))
            if found is None:
                if a < 0 and b < 0:
                    found = pair(a, b)
                else:
                    top = min(self.variable(a), self.variable(b))
                    ways = [
                        self.parts(node)
                        if self.variable(node) == top
                        else ((self.full[top], node),)
                        for node in (a, b)
                    ]
                    found = self.choose(
                        top,
                        tuple(
                            (m & n, visit(c, d)) for m, c in ways[0] for n, d in ways[1] if m & n
                        ),
                    )
                done[a, b] = found
            return found

        return visit(one, other)

    def mapped(self, root: int, change: Callable[[int], int], done: dict[int, int]) -> int:
        """The same function with other terminals; `done` keeps what this change has made."""

        def visit(node: int) -> int:
            if node < 0:
                found = change(node)
            else:
                found = self._over(node, visit, done)
            done[node] = found
            return found

        return done[root] if root in done else visit(root)

    def without(self, node: int, cube: Cube) -> int:
        """The function, but false wherever the cube is true."""
        done: dict[int, int] = {}
        # Below the last variable that the cube restricts, all of it is false.
        last = max((v for v, full in enumerate(self.full) if cube[v] != full), default=-1)

        def visit(node: int, variable: int) -> int:
            if node == FALSE or variable > last:
                return FALSE
            key = node * (last + 2) + variable
            found = done.get(key)
            if found is not None:
                return found
            full, wanted = self.full[variable], cube[variable]
            if self.variable(node) > variable:
                if wanted == full:
                    found = visit(node, variable + 1)
                else:
                    found = self.make(
                        variable, [(wanted, visit(node, variable + 1)), (full & ~wanted, node)]
                    )
            else:
                parts = []
                for mask, child in self.parts(node):
                    if mask & wanted:
                        parts.append((mask & wanted, visit(child, variable + 1)))
                    parts.append((mask & ~wanted, child))
                found = self.make(variable, parts)
            done[key] = found
            return found

        return visit(node, 0)

    def reaches(self, node: int, cube: Cube, wanted: int) -> bool:
        """Whether a terminal is reached somewhere within a cube."""
        seen: set[int] = set()
        waiting = [node]
        while waiting:
            here = waiting.pop()
            if here == wanted:
                return True
            if here < 0 or here in seen:
                continue
            seen.add(here)
            variable, parts = self.nodes[here]
            allowed = cube[variable]
            waiting += [child for mask, child in parts if mask & allowed]
        return False

    def bounding(self, root: int) -> Cube:
        """The smallest cube that a function is within: what is so wherever it is true."""
        count = len(self.full)
        done: dict[int, list[int] | None] = {TRUE: [], FALSE: None}

        def below(node: int) -> list[int] | None:
            """The masks of the node's variable and of all later ones; None where never true."""
            if node in done:
                return done[node]
            variable, parts = self.nodes[node]
            found: list[int] | None = None
            for mask, child in parts:
                rest = below(child)
                if rest is None:
                    continue
                masks = [mask, *self.full[variable + 1 : count - len(rest)], *rest]
                found = (
                    masks if found is None else [a | b for a, b in zip(found, masks, strict=True)]
                )
            done[node] = found
            return found

        rest = below(root)
        if rest is None:
            return (0,) * count
        return (*self.full[: count - len(rest)], *rest)

    def ends(self, root: int) -> dict[int, int]:
        """For each node of a function the mask of the numbers of the terminals that it reaches."""
        found: dict[int, int] = {}

        def visit(node: int) -> int:
            if node < 0:
                return 1 << number_of(node)
            if node not in found:
                found[node] = reduce(or_, (visit(child) for _, child in self.parts(node)))
            return found[node]

        visit(root)
        return found

    def choosing(self, root: int, wanted: int, ends: Mapping[int, int]) -> int:
        """The function that is true where one of the wanted terminals, a mask, is reached.

        `ends` are those of the root.
        """
        others = ~wanted
        done: dict[int, int] = {}

        def visit(node: int) -> int:
            here = ends[node] if node >= 0 else 1 << number_of(node)
            if not here & wanted:
                found = FALSE
            elif not here & others:
                found = TRUE
            else:
                found = self._over(node, visit, done)
            done[node] = found
            return found

        return visit(root)

    def replaced(self, root: int, others: Mapping[int, int]) -> int:
        """The function with other nodes, further below, in the place of some."""
        done: dict[int, int] = {}

        def visit(node: int) -> int:
            while node >= 0 and node in others:
                node = others[node]
            if node < 0:
                return node
            found = done.get(node)
            if found is None:
                variable, parts = self.nodes[node]
                found = self.make(variable, [(mask, visit(child)) for mask, child in parts])
                done[node] = found
            return found

        return visit(root)

    def value(self, node: int, point: Sequence[int]) -> int:
        """The terminal at a point: for each variable the mask of one value."""
        while node >= 0:
            variable, parts = self.nodes[node]
            here = point[variable]
            node = next(child for mask, child in parts if mask & here)
        return node

    def reachable(self, root: int) -> list[int]:
        """The nodes of a function."""
        seen: set[int] = set()
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node >= 0 and node not in seen:
                seen.add(node)
                waiting += [child for _, child in self.parts(node)]
        return sorted(seen)
