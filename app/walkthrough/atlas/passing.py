# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""When something is passed on the way: a branch that is taken, a line that is executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.walkthrough.atlas.choices import Fork
from app.walkthrough.atlas.diagrams import FALSE, FREE, TRUE
from app.walkthrough.atlas.explore import Node, State

if TYPE_CHECKING:
    from app.walkthrough.atlas.charts import Chart


class Passing:
    """The functions that are true where one of the edges of a group is on the way.

    `groups` numbers the sets of edges. Of each node it is worked out first which groups are met
    on all ways from it and which on none, so that only the nodes between are looked into.
    """

    def __init__(self, chart: Chart, groups: Mapping[frozenset[tuple[int, int]], int]) -> None:
        self._chart = chart
        self._edges: dict[tuple[int, int], int] = {}
        for edges, group in groups.items():
            for edge in edges:
                self._edges[edge] = self._edges.get(edge, 0) | 1 << group
        #: Of each node the masks of the groups that are met on all ways, and on some.
        self._met: dict[int, tuple[int, int]] = {}
        self._ends: dict[tuple[int, int], int] = {}
        self._meet(chart.origin)

    def function(self, group: int) -> int:
        """The function of a group."""
        bit = 1 << group
        done: dict[int, int] = {}

        def build(node: Node) -> int:
            every, some = self._met[id(node)]
            if every & bit:
                return self._all(node, TRUE)
            if not some & bit:
                return self._all(node, FALSE)
            if isinstance(node, State):
                if id(node) not in done:
                    done[id(node)] = build(node.child)
                return done[id(node)]
            assert isinstance(node, Fork)
            return self._chart.choice(
                node,
                [
                    self._all(child, TRUE)
                    if self._edges.get((id(node), way), 0) & bit
                    else build(child)
                    for way, child in enumerate(node.children)
                ],
            )

        return build(self._chart.origin)

    def _meet(self, node: Node) -> tuple[int, int]:
        known = self._met.get(id(node))
        if known is not None:
            return known
        if isinstance(node, State):
            here = self._edges.get((id(node), -1), 0)
            every, some = self._meet(node.child)
            found = every | here, some | here
        elif isinstance(node, Fork):
            every, some = -1, 0
            for way, child in enumerate(node.children):
                here = self._edges.get((id(node), way), 0)
                below = self._meet(child)
                every &= below[0] | here
                some |= below[1] | here
            found = every, some
        else:
            found = 0, 0
        self._met[id(node)] = found
        return found

    def _all(self, node: Node, wanted: int) -> int:
        """This from here on, wherever anything can be."""
        diagram = self._chart.built(node)
        key = diagram, wanted
        if key not in self._ends:
            self._ends[key] = self._chart.diagrams.mapped(
                diagram, lambda terminal: FREE if terminal == FREE else wanted
            )
        return self._ends[key]
