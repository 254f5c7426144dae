# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Cubes as records: which words, lists and numbers a restriction allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from app.walkthrough.atlas.charts import Chart, Stretch, Variable
from app.walkthrough.atlas.covers import cover
from app.walkthrough.atlas.diagrams import Cube
from app.walkthrough.atlas.lists import forms_of
from app.walkthrough.atlas.numbers import BELOW, ZERO, Linear, Test
from app.walkthrough.atlas.records import Case, Condition, Part, Relation
from app.walkthrough.atlas.space import NUMBER, Shape


def condition_of(chart: Chart, root: int) -> Condition:
    """When a function of the inputs is true: minimal, see `app.walkthrough.atlas.covers`."""
    if root not in chart.conditions:
        chart.conditions[root] = tuple(case_of(chart, cube) for cube in cubes_of(chart, root))
    return chart.conditions[root]


def cubes_of(chart: Chart, root: int) -> list[Cube]:
    """The same as cubes."""
    if root in chart.covers:
        return chart.covers[root]
    variables = chart.variables
    count = {place: len(variable.classes) for place, variable in enumerate(variables)}
    # What is hardest to read is the first to go: comparisons between inputs, then long lists.
    cubes = cover(
        chart.diagrams,
        root,
        lambda place: (variables[place].test is None, -count[place] if count[place] > 10 else 0),
    )
    cubes.sort(key=lambda cube: [_first(mask) for mask in cube])
    chart.covers[root] = cubes
    return cubes


def contradiction(chart: Chart, first: int, second: int) -> tuple[str, ...]:
    """The inputs on which two functions that are never both true ask for different things.

    As few as will do: each cube of the one has nothing in common with each of the other in one
    of these inputs.
    """
    sides = cubes_of(chart, first), cubes_of(chart, second)
    places = range(len(chart.variables))
    # For each pair of cubes the variables in which they have nothing in common.
    apart = {
        sum(1 << place for place in places if not a[place] & b[place])
        for a in sides[0]
        for b in sides[1]
    }
    # Pairs that meet only where nothing can be: no single input says so.
    apart.discard(0)
    chosen: list[int] = []
    while apart:
        best = max(places, key=lambda place: sum(mask >> place & 1 for mask in apart))
        chosen.append(best)
        apart = {mask for mask in apart if not mask >> best & 1}
    keys: dict[str, None] = {}
    for place in sorted(chosen):
        variable = chart.variables[place]
        names = [variable.key] if variable.key is not None else _keys(variable.test)
        keys.update(dict.fromkeys(name for name in names if name))
    return tuple(keys)


def _keys(test: Test | None) -> list[str]:
    return sorted({atom.key for atom in test.form.atoms}) if test is not None else []


def _first(mask: int) -> int:
    return (mask & -mask).bit_length()


def case_of(chart: Chart, cube: Cube) -> Case:
    """One cube."""
    parts = []
    relations = []
    for variable, mask in zip(chart.variables, cube, strict=True):
        if mask == variable.full:
            continue
        if variable.test is not None:
            relations.append(relation_of(variable.test, mask == 1))
        else:
            known = chart.parts.get((variable.key, mask))
            if known is None:
                known = chart.parts[variable.key, mask] = part_of(chart, variable, mask)
            parts.append(known)
    return Case(tuple(parts), tuple(relations))


def part_of(chart: Chart, variable: Variable, mask: int) -> Part:
    """One restriction of an input."""
    assert variable.key is not None
    dimension = chart.space.dimensions[variable.key]
    allowed = [c for n, c in enumerate(variable.classes) if mask >> n & 1]
    shapes = [c for c in allowed if not isinstance(c, Stretch)]
    numbers = [c for c in allowed if isinstance(c, Stretch)]
    if dimension.shapes == (NUMBER,) or NUMBER in dimension.shapes:
        words = tuple(str(dimension.item.flat(shape)) for shape in shapes)
        every = [c for c in variable.classes if isinstance(c, Stretch)]
        if len(numbers) == len(every):
            return Part(variable.key, words, ((None, None),) if numbers else ())
        ranges, multiples = _numbers(numbers, every)
        return Part(variable.key, words, ranges, multiples)
    if isinstance(dimension.shapes[0], str):
        return Part(variable.key, tuple(shapes))
    chosen, others = (
        patterns(dimension.shapes, [s for s in dimension.shapes if (s in shapes) is wanted])
        for wanted in (True, False)
    )
    meaning = _meaning(dimension.shapes, set(shapes))
    forms = None
    # Few lists are said best by naming them.
    if meaning is None and len(shapes) > 2:
        forms = forms_of(map(_items, dimension.shapes), map(_items, shapes))
    if len(others) < len(chosen):
        return Part(variable.key, others, excluded=True, meaning=meaning, forms=forms)
    return Part(variable.key, chosen, meaning=meaning, forms=forms)


def _meaning(every: Iterable[Shape], chosen: set[Shape]) -> str | None:
    """What a set of lists has in common, and no other list has."""

    def has_data(shape: Shape) -> bool:
        return any(item in ("data", "data+fin") for item in shape)

    fitting: dict[str, Callable[[Shape], bool]] = {
        "empty": lambda shape: not shape,
        "some": bool,
    }
    if any("data+fin" in shape for shape in every):
        fitting |= {
            "data": has_data,
            "no-data": lambda shape: not has_data(shape),
            "fin": lambda shape: any(item != "data" for item in shape),
            "no-fin": lambda shape: "data" in shape,
        }
    for meaning, fits in fitting.items():
        if {shape for shape in every if fits(shape)} == chosen:
            return meaning
    return None


def _numbers(
    stretches: Sequence[Stretch], every: Sequence[Stretch]
) -> tuple[tuple[tuple[int | None, int | None], ...], tuple[tuple[int, int, bool], ...]]:
    """Ranges, joined where they touch; multiples where that is what tells the numbers apart."""
    multiples = {
        (test.form.constant, test.modulus, holds)
        for stretch in stretches
        for test, holds in stretch.tests
        if all((test, holds) in other.tests for other in stretches)
    }
    ranges: list[list[int]] = []
    for low, high in sorted({(s.low, s.high) for s in stretches}):
        if ranges and ranges[-1][1] == low - 1:
            ranges[-1][1] = high
        else:
            ranges.append([low, high])
    lowest, highest = min(s.low for s in every), max(s.high for s in every)
    found = tuple(
        (None if low == lowest else low, None if high == highest else high) for low, high in ranges
    )
    return (
        ((), tuple(sorted(multiples)))
        if found == ((None, None),)
        else (
            found,
            tuple(sorted(multiples)),
        )
    )


def patterns(every: Iterable[Shape], chosen: Iterable[Shape]) -> tuple[str, ...]:
    """The lists that were chosen, in few words: `rst-*` for all that begin with rst."""
    wanted, shapes = set(chosen), set(every)

    def below(start: Shape) -> list[Shape]:
        return [s for s in shapes if s[: len(start)] == start]

    def visit(start: Shape) -> list[str]:
        inside = below(start)
        if not any(s in wanted for s in inside):
            return []
        text = _list(start)
        if all(s in wanted for s in inside):
            if len(inside) == 1:
                return [text]
            return [f"{text}-*" if start else "*"]
        found = [text] if start in wanted else []
        for longer in sorted(s for s in inside if len(s) == len(start) + 1):
            found += visit(longer)
        return found

    return tuple(visit(()))


def _list(shape: Shape) -> str:
    return "-".join(_items(shape)) or "none"


def _items(shape: Shape) -> tuple[str, ...]:
    return tuple(_item(item) for item in shape)


def _item(item: str) -> str:
    """An item as a query string has it; a segment's bytes are open."""
    return {"data": "data", "data+fin": "datafin"}.get(item, item)


def relation_of(test: Test, holds: bool) -> Relation:
    """A comparison of several inputs, as two sums."""
    left, right = _sides(test.form)
    keys = tuple(sorted({atom.key for atom in test.form.atoms}))
    if test.kind == BELOW:
        # In whole numbers `a < b + 1` is `a <= b`.
        if test.form.constant == -1 and not holds:
            left, right = _sides(Linear(test.form.terms, 0))
            return Relation(left, ">", right, keys)
        if test.form.constant == -1:
            left, right = _sides(Linear(test.form.terms, 0))
            return Relation(left, "<=", right, keys)
        return Relation(left, "<" if holds else ">=", right, keys)
    if test.kind == ZERO:
        return Relation(left, "==" if holds else "!=", right, keys)
    sign = "==" if holds else "!="
    return Relation(f"({test.form}) % {test.modulus}", sign, "0", keys)


def _sides(form: Linear) -> tuple[str, str]:
    """A form that is compared with 0, as two sums without minus signs."""
    left = [_product(atom, c) for atom, c in form.terms if c > 0]
    right = [_product(atom, -c) for atom, c in form.terms if c < 0]
    if form.constant > 0:
        left.append(str(form.constant))
    elif form.constant < 0:
        right.append(str(-form.constant))
    return " + ".join(left) or "0", " + ".join(right) or "0"


def _product(atom: Any, coefficient: int) -> str:
    return atom.name if coefficient == 1 else f"{coefficient}*{atom.name}"
