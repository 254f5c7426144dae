# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Search for every way in which two texts of a function differ: their graphs as one diagram.

Both are explored in one space of inputs, and what follows of a scenario in the one is laid beside
what follows in the other. A class of scenarios is a pair of ends that differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Final

from app.kernel.scenario import Scenario
from app.machine.program import Program
from app.walkthrough.atlas.charts import Chart, class_of, questions_of
from app.walkthrough.atlas.diagrams import number_of, terminal
from app.walkthrough.atlas.explore import Exploration, Leaf, explore
from app.walkthrough.atlas.numbers import Linear, Test, constant, zero
from app.walkthrough.atlas.records import Bounds
from app.walkthrough.atlas.witnesses import Witnesses

#: Times of an outcome, which may be a formula.
_TIMES: Final = ("keepalive_ms", "timewait_ms")


def parting(one: Program, other: Program, bounds: Bounds | None = None) -> Iterator[Scenario]:
    """The simplest scenario of each class that two texts end differently in, within bounds.

    Of a class of which the simplest is one that no kernel can be in, also the simplest that one
    can. Reasons of resets do not count: a text without them sends the same.
    """
    first = explore(one, bounds)
    second = explore(other, space=first.choices.space)
    pair = _Pair(first, second)
    witnesses = Witnesses(pair.chart, first.choices)
    for function in pair.functions():
        for witness in witnesses.find(function):
            if witness is not None:
                yield witness.scenario


class _Pair:
    def __init__(self, first: Exploration, second: Exploration) -> None:
        forms = [_forms(found) for found in (first, second)]
        tests = [
            verdict[0]
            for name in _TIMES
            for a, b in product(forms[0][name], forms[1][name])
            if not isinstance(verdict := zero(a.plus(b, -1)), bool)
        ]
        self.chart = Chart(first, (*questions_of(second), *tests))
        #: The pairs of ends that differ, by number; 0 is for all that do not.
        self.pairs: dict[Any, int] = {None: 0}
        self.root = self.chart.diagrams.joined(self.chart.root, self.chart.build(second), self.pair)

    def functions(self) -> Iterator[int]:
        """For each pair of ends that differ the function that is true where both are reached."""
        diagrams = self.chart.diagrams
        reached = diagrams.ends(self.root)
        every = reached[self.root] if self.root >= 0 else 1 << number_of(self.root)
        for number in range(1, len(self.pairs)):
            if every >> number & 1:
                yield diagrams.choosing(self.root, 1 << number, reached)

    def pair(self, a: int, b: int) -> int:
        """What the ends of two texts are together: whether a time is the same may be open."""
        chart = self.chart
        one, other = (chart.paths[chart.ends[number_of(end)].path] for end in (a, b))
        found = self.number(one, other, ())
        for name in _TIMES:
            mine, yours = (_form(leaf, name) for leaf in (one, other))
            verdict: Any = mine == yours
            if mine is not None and yours is not None:
                verdict = zero(mine.plus(yours, -1))
            if verdict is True:
                continue
            otherwise = self.number(one, other, (name,))
            if verdict is False:
                found = otherwise
            else:
                test: Test = verdict[0]
                ways = (found, otherwise) if verdict[1] else (otherwise, found)
                found = chart.chosen(test, *ways)
        return found

    def number(self, one: Leaf, other: Leaf, times: tuple[str, ...]) -> int:
        """The terminal of a pair of ends of which these times differ, if nothing else does."""
        ends = [_end(leaf) for leaf in (one, other)]
        key = None if ends[0] == ends[1] and not times else (*ends, times)
        return terminal(self.pairs.setdefault(key, len(self.pairs)))


def _forms(found: Exploration) -> Mapping[str, set[Linear]]:
    """The times that an exploration has come to."""
    leaves = list(_leaves(found))
    return {
        name: {form for leaf in leaves if (form := _form(leaf, name)) is not None}
        for name in _TIMES
    }


def _form(leaf: Leaf, name: str) -> Linear | None:
    known = getattr(leaf.outcome, name)
    return leaf.times.get(name) if known is None else constant(known)


def _end(leaf: Leaf) -> Any:
    """What two ends have to have in common besides their times."""
    plain: dict[str, Any] = dict.fromkeys(_TIMES)
    outcome = replace(leaf.outcome, reasons=(), **plain)
    return class_of(replace(leaf, decisions=(), outcome=outcome, times={}, error=None))


def _leaves(found: Exploration) -> Iterator[Leaf]:
    seen: set[int] = set()
    waiting: list[Any] = [found.root]
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Leaf):
            yield node
        else:
            waiting += node.children if hasattr(node, "children") else [node.child]
