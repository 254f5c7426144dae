# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""From a scenario to its path, as plain data: what a program in another language can follow.

The diagram of the exploration, with each class of an input spelled out: words as a query string
has them, of numbers the range and the multiples. To find a path, see which class of a variable the
scenario is in, go on to the node that is named for it, and so on down to a path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.kernel.scenario import Scenario
from app.machine.program import Program
from app.machine.trace import Branch
from app.walkthrough.atlas.charts import Chart, Stretch, Variable, class_of
from app.walkthrough.atlas.diagrams import FALSE, TRUE, number_of
from app.walkthrough.atlas.explore import Leaf, explore
from app.walkthrough.atlas.make import path_id, ranks_of
from app.walkthrough.atlas.numbers import COMPUTE_ALL, Atom, Linear
from app.walkthrough.atlas.space import NUMBER, Bounds
from app.walkthrough.atlas.witnesses import Witnesses

#: The sign of each operation that is not linear.
_SIGNS: Final = {compute: sign for sign, compute in COMPUTE_ALL.items()}


@dataclass(frozen=True, slots=True)
class Example:
    """A scenario that stands for others: `path` is the number of its path."""

    path: int
    scenario: Scenario


@dataclass(frozen=True)
class Lookup:
    """The diagram of one text of a function; `ids` are those of its paths, by number.

    `as_json` has what JSON can hold of it:

    - a variable is `{"key": …, "classes": […]}`: a class is a text (a word, `off`, a list with
      `data` for bytes) or `[low, high, [[modulus, offset, holds], …]]`; or it is a comparison,
      `{"kind": "below" | "zero" | "multiple", "form": …, "modulus": …}`, with the classes
      true and false.
    - a form is `[constant, [[coefficient, number], …]]`; a number is an input (`recv.0.bytes` for
      what is in a list), or `[sign, form, form]`, `[">>", form, count]`, `["mod", form, modulus]`.
    - a node is `[variable, [child of each class]]`; a child from 0 on is a node, -1 is path 0, -2
      is path 1, and so on; None where a class cannot be.

    `times` has for each path the forms of the times that depend on numbers.
    """

    chart: Chart
    ids: tuple[str, ...]
    times: tuple[Mapping[str, Any], ...]
    examples: tuple[Example, ...]

    def path_of(self, scenario: Scenario) -> int | None:
        """The number of a scenario's path; None where it is beyond the bounds."""
        point = self.chart.point(scenario)
        if point is None:
            return None
        end = number_of(self.chart.diagrams.value(self.chart.root, point))
        return self.chart.ends[end].path

    def class_of(self, path: int) -> Any:
        """What makes a run this path: decisions and outcome."""
        return class_of(self.chart.paths[path])


def make_lookup(program: Program, bounds: Bounds | None = None) -> Lookup:
    """Explores a function; the examples are one for each state that can take a path."""
    found = explore(program, bounds)
    chart = Chart(found)
    return Lookup(
        chart,
        tuple(path_id(leaf, ranks_of(program)) for leaf in chart.paths),
        tuple(_times(leaf) for leaf in chart.paths),
        tuple(_examples(chart, Witnesses(chart, found.choices))),
    )


def _examples(chart: Chart, witnesses: Witnesses) -> list[Example]:
    """The simplest scenario of each path, and of each path from each state; each once."""
    found: dict[Scenario, int] = {}
    state = next((n for n, v in enumerate(chart.variables) if v.key == "state"), None)
    for path in range(len(chart.paths)):
        function = chart.where(chart.ends_of_paths[path])
        functions = [function]
        if state is not None:
            full = list(chart.diagrams.full)
            for number in range(len(chart.variables[state].classes)):
                others = [*full]
                others[state] = full[state] & ~(1 << number)
                functions.append(chart.diagrams.without(function, tuple(others)))
        for one in functions:
            simplest, real = witnesses.find(one)
            for witness in (simplest, real):
                if witness is not None:
                    found.setdefault(witness.scenario, path)
    return [Example(path, scenario) for scenario, path in found.items()]


def _variable(variable: Variable) -> Mapping[str, Any]:
    test = variable.test
    if test is not None:
        return {"kind": test.kind, "form": form(test.form), "modulus": test.modulus}
    return {"key": variable.key, "classes": [_class(one) for one in variable.classes]}


def _class(one: Any) -> Any:
    if isinstance(one, Stretch):
        multiples = [[test.modulus, test.form.constant, holds] for test, holds in one.tests]
        return [one.low, one.high, multiples]
    if one is None:
        return "off"
    if isinstance(one, tuple):
        return "-".join(item.replace("+", "") for item in one) or "none"
    assert one != NUMBER
    return one


def form(linear: Linear) -> list[Any]:
    """A linear form as JSON has it."""
    return [linear.constant, [[coefficient, _number(atom)] for atom, coefficient in linear.terms]]


def _number(atom: Atom) -> Any:
    if atom.compute is None:
        return atom.name
    if atom.shift is not None:
        return [">>", form(atom.operands[0]), atom.shift]
    if atom.is_remainder:
        return ["mod", form(atom.operands[0]), atom.high + 1]
    return [_SIGNS[atom.compute], *(form(operand) for operand in atom.operands)]


def _times(leaf: Leaf) -> Mapping[str, Any]:
    return {name: form(time) for name, time in leaf.times.items()}


def as_json(lookup: Lookup, named: Sequence[str], branches: Mapping[str, Branch]) -> dict[str, Any]:
    """The lookup for a program that has no atlas; `named` are keys of times it wants.

    `branches` are those (decision, taken) that it asks after, by name: of each there is a node from
    which a scenario that takes it ends at 1, any other at 0.
    """
    chart = lookup.chart
    ends = chart.ends_of_sights
    roots = [chart.root, *(chart.where(ends.get(branch, 0)) for branch in branches.values())]
    places: dict[int, int] = {}
    for root in roots:
        for node in chart.diagrams.reachable(root) if root >= 0 else ():
            places.setdefault(node, len(places))

    def child(node: int) -> int:
        if node >= 0:
            return places[node]
        if node in (TRUE, FALSE):
            return -2 if node == TRUE else -1
        return -1 - chart.ends[number_of(node)].path

    def children(node: int) -> list[Any]:
        variable, parts = chart.diagrams.nodes[node]
        count = len(chart.variables[variable].classes)
        ways = (next(to for mask, to in parts if mask >> n & 1) for n in range(count))
        return [variable, [child(to) for to in ways]]

    return {
        "variables": [_variable(variable) for variable in chart.variables],
        "nodes": [children(node) for node in places],
        "root": child(chart.root),
        "branches": dict(zip(branches, map(child, roots[1:]), strict=True)),
        "times": [{name: times[name] for name in named if name in times} for times in lookup.times],
        "bounds": {
            "segments": lookup.chart.space.bounds.segments,
            "events": lookup.chart.space.bounds.events,
        },
    }
