# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The simplest scenario for which a function of the inputs is true.

The diagram is searched best first, by the number of inputs that differ from their default. A
number's class alone does not say whether the comparisons with other numbers come out as well, so
each candidate's numbers are solved for.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from app.kernel.caveats import caveats_of, is_hypothetical, keys_of_caveat
from app.kernel.scenario import DEFAULT, Scenario
from app.walkthrough.atlas.charts import Chart, Stretch, Variable
from app.walkthrough.atlas.choices import Choices
from app.walkthrough.atlas.diagrams import FALSE, TRUE
from app.walkthrough.atlas.numbers import Atom, Linear, below, constant
from app.walkthrough.atlas.records import Witness
from app.walkthrough.atlas.solve import Fact

#: Ways through the diagram, and scenarios of one way, that are looked at, at most.
_MAX_WAYS: Final = 200
_MAX_CHOICES: Final = 200
#: Ways that are searched for a scenario without caveats, where the simplest one has some.
_MAX_REAL_WAYS: Final = 12

Way = dict[int, int]
"""For each variable that is asked on a way the mask of its classes."""
_Rank = tuple[int, bool, int]
_Asked = tuple[int, int, "_Asked"] | None


class Witnesses:
    """Finds witnesses in one chart."""

    def __init__(self, chart: Chart, choices: Choices) -> None:
        self.chart = chart
        self.choices = choices
        self._known: dict[int, tuple[Witness | None, Witness | None]] = {}

    def find(self, root: int) -> tuple[Witness | None, Witness | None]:
        """The simplest scenario, and the simplest that a kernel can be in; None where none is."""
        if root not in self._known:
            self._known[root] = self._find(root)
        return self._known[root]

    def _find(self, root: int) -> tuple[Witness | None, Witness | None]:
        best: tuple[_Rank, Scenario] | None = None
        real: tuple[_Rank, Scenario] | None = None
        for number, (cost, way) in enumerate(self._ways(root)):
            if (
                best is not None
                and cost > best[0][0]
                and (real is not None or number > _MAX_REAL_WAYS)
            ):
                break
            if number >= _MAX_WAYS:
                break
            for rank, scenario in self._scenarios(way, cost, real and real[0]):
                if best is None or rank < best[0]:
                    best = rank, scenario
                if not rank[1] and (real is None or rank < real[0]):
                    real = rank, scenario
        return _witness(best), _witness(real)

    def _ways(self, root: int) -> Iterator[tuple[int, Way]]:
        """Ways to TRUE, those that change the fewest inputs first."""
        diagrams, variables = self.chart.diagrams, self.chart.variables
        least: dict[int, float] = {}

        def price(variable: Variable, mask: int) -> int:
            return 0 if variable.test is not None or mask & variable.default else 1

        def bound(node: int) -> float:
            if node < 0:
                return 0.0 if node == TRUE else float("inf")
            if node not in least:
                variable = variables[diagrams.variable(node)]
                least[node] = min(
                    price(variable, mask) + bound(child) for mask, child in diagrams.parts(node)
                )
            return least[node]

        count = 0
        # How far a way has come: its cost, where it is, and what it asked, the last first.
        heap: list[tuple[float, int, int, int, _Asked]] = [(bound(root), 0, 0, root, None)]
        while heap:
            total, _, cost, node, asked = heapq.heappop(heap)
            if total == float("inf"):
                return
            if node < 0:
                yield cost, _way(asked)
                continue
            place = diagrams.variable(node)
            for mask, child in diagrams.parts(node):
                # Where it is never true, nobody goes on.
                if child == FALSE:
                    continue
                spent = cost + price(variables[place], mask)
                count += 1
                heapq.heappush(
                    heap, (spent + bound(child), count, spent, child, (place, mask, asked))
                )

    def _scenarios(
        self, way: Way, cost: int, real: _Rank | None
    ) -> Iterator[tuple[_Rank, Scenario]]:
        """The scenarios of one way that are worth a look: simpler than a real one that is known."""
        variables = self.chart.variables
        places = [place for place in way if variables[place].test is None]
        tests = [(variables[p].test, way[p] == 1) for p in way if variables[p].test is not None]
        joint = {atom for test, _ in tests if test is not None for atom in test.form.atoms}
        options: list[list[tuple[int, Any]]] = []
        for place in places:
            variable = variables[place]
            classes = [(n, c) for n, c in enumerate(variable.classes) if way[place] >> n & 1]
            is_joint = any(isinstance(c, Stretch) and c.atom in joint for _, c in classes)
            if not is_joint and way[place] & variable.default:
                classes = [(n, c) for n, c in classes if 1 << n == variable.default]
            options.append([(n, c) for n, c in classes])
        facts: set[Fact] = {(test, holds) for test, holds in tests if test is not None}
        found: list[tuple[_Rank, Scenario]] = []
        for tried, chosen in enumerate(product(*options)):
            if tried >= _MAX_CHOICES:
                break
            order = sum(n for n, _ in chosen)
            # A way changes as many inputs as it costs, at least.
            if real is not None and (cost, False, order) >= real:
                continue
            scenario = self._scenario(places, [c for _, c in chosen], facts)
            if scenario is not None:
                found.append((_rank(scenario, order), scenario))
        yield from found
        if real is None and found and all(rank[1] for rank, _ in found):
            yield from self._neighbours(way, places, found)

    def _neighbours(
        self, way: Way, places: list[int], found: list[tuple[_Rank, Scenario]]
    ) -> Iterator[tuple[_Rank, Scenario]]:
        """One more input changed, within the way, so that there may be no caveat."""
        _, scenario = min(found, key=lambda item: item[0])
        keys = keys_of_caveat(scenario)
        for place, variable in enumerate(self.chart.variables):
            if variable.key not in keys:
                continue
            for number, one in enumerate(variable.classes):
                allowed = way.get(place, variable.full)
                if isinstance(one, Stretch) or not allowed >> number & 1:
                    continue
                value = self.chart.space.value(variable.key, one, {})
                other = scenario.but(**{variable.key: value})
                if not is_hypothetical(other):
                    yield _rank(other, number), other

    def _scenario(self, places: list[int], chosen: list[Any], joint: set[Fact]) -> Scenario | None:
        """The scenario of these classes; None where no numbers fit."""
        facts = set(joint)
        shapes: dict[str, Any] = {}
        free = {a for test, _ in joint for a in test.form.atoms}
        fixed: dict[Atom, Stretch] = {}
        for place, one in zip(places, chosen, strict=True):
            key = self.chart.variables[place].key
            assert key is not None
            shapes[key] = one
            if isinstance(one, Stretch):
                fixed[one.atom] = one
                if one.atom in free:
                    facts |= set(_facts(one))
        values: dict[Atom, int] = {}
        if joint:
            solution = self.choices.solver.solve(frozenset(facts))
            if not isinstance(solution, dict):
                return None
            values |= solution
        for atom, stretch in fixed.items():
            if atom not in free:
                nearest = stretch.range().nearest(atom.default)
                assert nearest is not None
                values[atom] = nearest
        space = self.chart.space
        changes = {
            key: space.value(key, "number" if isinstance(one, Stretch) else one, values)
            for key, one in shapes.items()
        }
        for atom, value in values.items():
            if atom.key not in changes:
                changes[atom.key] = value
        return DEFAULT.but(**changes)


def _way(asked: _Asked) -> Way:
    found = []
    while asked is not None:
        place, mask, asked = asked
        found.append((place, mask))
    return dict(reversed(found))


def _facts(stretch: Stretch) -> Iterator[Fact]:
    """What a number's class says of it."""
    form = Linear(((stretch.atom, 1),), 0)
    for verdict, holds in (
        (below(form.plus(constant(-stretch.low))), False),
        (below(form.plus(constant(-stretch.high - 1))), True),
    ):
        if not isinstance(verdict, bool):
            yield verdict[0], verdict[1] is holds
    yield from stretch.tests


def _rank(scenario: Scenario, order: int) -> _Rank:
    return len(scenario.changed()), is_hypothetical(scenario), order


def _witness(found: tuple[_Rank, Scenario] | None) -> Witness | None:
    return None if found is None else Witness(scenario=found[1], caveats=caveats_of(found[1]))
