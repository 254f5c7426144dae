# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Conditions as records: which words, lists and numbers a restriction allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from app.walkthrough.atlas.charts import Chart, Stretch, Variable
from app.walkthrough.atlas.covers import cover
from app.walkthrough.atlas.diagrams import Cube
from app.walkthrough.atlas.numbers import BELOW, ZERO, Linear, Test
from app.walkthrough.atlas.records import Case, Condition, Part, Relation
from app.walkthrough.atlas.space import Shape

#: More cases, and more values of one input, are not read by anybody.
MAX_CASES: Final = 6
_MAX_VALUES: Final = 6


def condition_of(chart: Chart, root: int) -> Condition:
    """When a function of the inputs is true: minimal, see `app.walkthrough.atlas.covers`."""
    return tuple(case_of(chart, cube) for cube in cubes_of(chart, root) or ())


def readable_case(case: Case) -> Case:
    """What of a case a person can read."""
    parts = tuple(part for part in case.parts if len(part.values) <= _MAX_VALUES)
    return Case(parts, case.relations)


def readable_condition(chart: Chart, root: int) -> Condition:
    """The same where a person can read it; else nothing."""
    # Some of the cubes may turn out to be superfluous.
    found = cubes_of(chart, root, most=2 * MAX_CASES) or []
    cases = tuple(case_of(chart, cube) for cube in found)
    is_readable = len(cases) <= MAX_CASES and all(case == readable_case(case) for case in cases)
    return cases if is_readable else ()


def cubes_of(chart: Chart, root: int, *, most: int | None = None) -> list[Cube] | None:
    """The same as cubes; None where there are more than `most`."""
    variables = chart.variables
    count = [len(variable.classes) for variable in variables]
    # What is hardest to read is the first to go: comparisons between inputs, then long lists.
    cubes = cover(
        chart.diagrams,
        root,
        lambda place: (variables[place].test is None, -count[place] if count[place] > 10 else 0),
        chart.covers,
        most=most,
    )
    if cubes is not None:
        cubes.sort(key=lambda cube: [mask & -mask for mask in cube])
    return cubes


def keys_apart(chart: Chart, first: Cube, second: Cube) -> tuple[str, ...]:
    """The inputs of which two cubes have no value in common."""
    keys: dict[str, None] = {}
    for variable, a, b in zip(chart.variables, first, second, strict=True):
        if not a & b:
            keys.update(dict.fromkeys([variable.key] if variable.key else keys_of(variable.test)))
    return tuple(keys)


def keys_of(test: Test | None) -> list[str]:
    """The inputs that meet in a comparison."""
    return sorted({atom.key for atom in test.form.atoms}) if test is not None else []


def case_of(chart: Chart, cube: Cube) -> Case:
    """One cube."""
    parts: list[Part] = []
    relations: list[Relation] = []
    for place, (mask, full) in enumerate(zip(cube, chart.diagrams.full, strict=True)):
        if mask == full:
            continue
        known = chart.parts[place]
        if mask not in known:
            known[mask] = _restriction(chart, chart.variables[place], mask)
        one = known[mask]
        if isinstance(one, Part):
            parts.append(one)
        else:
            relations.append(one)
    return Case(tuple(parts), tuple(relations))


def _restriction(chart: Chart, variable: Variable, mask: int) -> Part | Relation:
    if variable.test is not None:
        return relation_of(variable.test, mask == 1)
    return part_of(chart, variable, mask)


def part_of(chart: Chart, variable: Variable, mask: int) -> Part:
    """One restriction of an input."""
    assert variable.key is not None
    dimension = chart.space.dimensions[variable.key]
    allowed = [c for n, c in enumerate(variable.classes) if mask >> n & 1]
    shapes = [c for c in allowed if not isinstance(c, Stretch)]
    numbers = [c for c in allowed if isinstance(c, Stretch)]
    if variable.stretches:
        words = tuple(str(dimension.item.flat(shape)) for shape in shapes)
        every = [c for _, c in variable.stretches]
        if len(numbers) == len(every):
            return Part(key=variable.key, values=words, ranges=((None, None),))
        ranges, multiples = _numbers(numbers, every)
        return Part(key=variable.key, values=words, ranges=ranges, multiples=multiples)
    others = [shape for shape in variable.classes if shape not in shapes]
    if not dimension.kinds:
        is_shorter = len(others) < len(shapes)
        return Part(
            key=variable.key, values=tuple(others if is_shorter else shapes), excluded=is_shorter
        )
    chosen, left_out = (patterns(dimension.shapes, some) for some in (shapes, others))
    is_shorter = len(left_out) < len(chosen)
    return Part(
        key=variable.key,
        values=left_out if is_shorter else chosen,
        excluded=is_shorter,
        meaning=_meaning(dimension.shapes, set(shapes)),
    )


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
    return () if found == ((None, None),) else found, tuple(sorted(multiples))


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
    form, signs = test.form, {BELOW: ("<", ">="), ZERO: ("==", "!=")}.get(test.kind)
    if signs is None:
        left, right, signs = f"({form}) % {test.modulus}", "0", ("==", "!=")
    else:
        if test.kind == BELOW and form.constant == -1:
            # In whole numbers `a < b + 1` is `a <= b`.
            form, signs = Linear(form.terms, 0), ("<=", ">")
        left, right = _sides(form)
    return Relation(left=left, sign=signs[not holds], right=right, keys=tuple(keys_of(test)))


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
