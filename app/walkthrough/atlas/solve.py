# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Numbers for which comparisons come out as wanted: those nearest to the defaults, or a proof.

Comparisons of one input with a constant are solved exactly. Where several inputs meet, the
points at which a comparison just turns are tried, few changed inputs first; that there are none
is proved by Fourier-Motzkin elimination (over the rationals, so a proof holds for whole numbers
too). What can neither be solved nor be proved impossible is `UNDECIDED`, and counted by the atlas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import permutations
from typing import Final

from app.walkthrough.atlas.numbers import BELOW, ZERO, Atom, Linear, Test

Fact = tuple[Test, bool]
Facts = frozenset[Fact]
Values = Mapping[Atom, int]

#: Candidates for one number, and inequalities in a proof, at most.
_MAX_TRIED: Final = 64
_MAX_ROWS: Final = 400


class _Undecided:
    """Neither solved nor proved impossible."""


UNDECIDED: Final = _Undecided()
Solution = dict[Atom, int] | _Undecided | None
"""Values of the inputs that differ from their defaults; None where there are none."""


@dataclass(slots=True)
class Range:
    """What comparisons with constants leave of one number."""

    atom: Atom
    low: int
    high: int
    holes: set[int] = field(default_factory=set)
    congruences: list[Fact] = field(default_factory=list)

    def narrow(self, test: Test, holds: bool) -> None:
        """Take one comparison into account."""
        edge = -test.form.constant
        if test.kind == BELOW:
            if holds:
                self.high = min(self.high, edge - 1)
            else:
                self.low = max(self.low, edge)
        elif test.kind == ZERO:
            if holds:
                self.low, self.high = max(self.low, edge), min(self.high, edge)
            else:
                self.holes.add(edge)
        else:
            self.congruences.append((test, holds))

    def fits(self, value: int) -> bool:
        """Whether a value is left."""
        return (
            self.low <= value <= self.high
            and value not in self.holes
            and all(test.holds({self.atom: value}) is holds for test, holds in self.congruences)
        )

    def nearest(self, wanted: int) -> int | None:
        """The value that is left nearest to a wanted one; None where nothing is left."""
        found = [v for step in (1, -1) if (v := self._from(wanted, step)) is not None]
        return min(found, key=lambda value: (abs(value - wanted), value < wanted), default=None)

    def _from(self, start: int, step: int) -> int | None:
        """The first value that is left, from `start` on upwards or downwards."""
        value = max(start, self.low) if step > 0 else min(start, self.high)
        moduli = [test.modulus for test, holds in self.congruences if holds]
        # Each hole is passed once; two congruences repeat after their common multiple.
        patience = len(self.holes) + 2 + 2 * len(self.congruences)
        for test, holds in self.congruences:
            if holds and test.single is not None:
                rest = (value + test.form.constant) % test.modulus
                value += (-rest % test.modulus) if step > 0 else -rest
                break
        stride = moduli[0] * step if moduli else step
        for _ in range(patience + 1024 * (len(moduli) > 1)):
            if not self.low <= value <= self.high:
                return None
            if self.fits(value):
                return value
            value += stride
        return None


def ranges_of(facts: Iterable[Fact]) -> dict[Atom, Range]:
    """What the comparisons with constants leave of each number in the facts."""
    found: dict[Atom, Range] = {}
    for test, holds in facts:
        for atom in test.form.atoms:
            if atom not in found:
                found[atom] = Range(atom, atom.low, atom.high)
        if test.single is not None:
            found[test.single].narrow(test, holds)
    return found


class Solver:
    """Remembers what it has solved."""

    def __init__(self) -> None:
        self._known: dict[Facts, Solution] = {}
        self._tried: dict[Facts, Solution | Callable[[], Solution]] = {}

    def is_impossible(self, facts: Facts) -> bool:
        """Whether it is proved that they cannot hold; searches for no values."""
        return self._try(facts) is None

    def _try(self, facts: Facts) -> Solution | Callable[[], Solution]:
        if facts not in self._tried:
            self._tried[facts] = _tried(facts)
        return self._tried[facts]

    def solve(self, facts: Facts) -> Solution:
        """Values that differ from the defaults, as few as can be, for which the facts hold."""
        if facts not in self._known:
            groups = _groups(facts)
            if len(groups) > 1:
                found = _together(map(self.solve, groups))
            else:
                tried = self._try(facts)
                found = tried() if callable(tried) else tried
            self._known[facts] = found
        return self._known[facts]


def _groups(facts: Facts) -> list[Facts]:
    """The facts, apart where they have no number in common."""
    groups: list[tuple[frozenset[Atom], Facts]] = []
    for fact in facts:
        atoms, group = fact[0].form.atoms, frozenset({fact})
        apart = []
        for other in groups:
            if atoms.isdisjoint(other[0]):
                apart.append(other)
            else:
                atoms, group = atoms | other[0], group | other[1]
        groups = [*apart, (atoms, group)]
    return [group for _, group in groups]


def _together(solutions: Iterable[Solution]) -> Solution:
    """The solution of facts whose groups have these."""
    found: dict[Atom, int] = {}
    is_decided = True
    for solution in solutions:
        if solution is None:
            return None
        if isinstance(solution, _Undecided):
            is_decided = False
        else:
            found |= solution
    return found if is_decided else UNDECIDED


def _tried(facts: Facts) -> Solution | Callable[[], Solution]:
    """The solution, where nothing has to be searched for; else the search."""
    ranges = ranges_of(facts)
    start: dict[Atom, int] = {}
    for atom, left in ranges.items():
        value = left.nearest(atom.default)
        if value is None:
            return None
        if value != atom.default:
            start[atom] = value
    joint = [fact for fact in facts if fact[0].single is None]
    if all(test.holds(start) is holds for test, holds in joint):
        return start
    # The proof is cheap where there is one, and the search that finds nothing is not.
    if _is_impossible(joint, ranges):
        return None
    return partial(_searched, start, ranges, joint)


def _searched(start: dict[Atom, int], ranges: Mapping[Atom, Range], joint: list[Fact]) -> Solution:
    free = sorted({a for test, _ in joint for a in test.form.atoms}, key=lambda atom: atom.name)
    for count in range(1, len(free) + 1):
        best: tuple[tuple[int, int, int], dict[Atom, int]] | None = None
        for chosen in permutations(free, count):
            for found in _changed(chosen, start, ranges, joint):
                changed = {a: v for a, v in found.items() if v != a.default}
                # A person would rather choose a number that is not negative, and a small one.
                negative = sum(value < 0 for value in changed.values())
                far = sum(abs(v - a.default) for a, v in changed.items())
                rank = len(changed), negative, far
                if best is None or rank < best[0]:
                    best = rank, changed
        if best is not None:
            return best[1]
    return UNDECIDED


def _changed(
    chosen: tuple[Atom, ...],
    values: dict[Atom, int],
    ranges: Mapping[Atom, Range],
    joint: list[Fact],
) -> Iterator[dict[Atom, int]]:
    """Values that solve the facts, if only the chosen numbers are changed, in this order."""
    if not chosen:
        if all(test.holds(values) is holds for test, holds in joint):
            yield values
        return
    atom, rest = chosen[0], chosen[1:]
    for value in _turning_points(atom, values, ranges[atom], joint):
        yield from _changed(rest, {**values, atom: value}, ranges, joint)


def _turning_points(
    atom: Atom, values: dict[Atom, int], left: Range, joint: list[Fact]
) -> list[int]:
    """Where a comparison just turns as this number changes, the others as they are; the ends."""
    found = {left.low, left.high, values.get(atom, atom.default)}
    for test, _ in joint:
        if atom not in test.form.atoms:
            continue
        for edge in _edges(test.form, atom, values, left):
            found |= {edge - 1, edge, edge + 1}
    points = {near for value in found if (near := left.nearest(value)) is not None}
    return sorted(points, key=lambda value: abs(value - atom.default))[:_MAX_TRIED]


def _edges(form: Linear, atom: Atom, values: Values, left: Range) -> Iterator[int]:
    """Where a form changes its sign next, upwards and downwards of the number's present value.

    The last number of the present sign. Steps double until they are past it, since a form that
    wraps around changes its sign often, and nobody would choose the far ones.
    """
    moving = [(a, c) for a, c in form.terms if a is atom or a.compute is not None]
    still = form.value(values) - sum(c * a.value(values) for a, c in moving)
    inputs = dict(values)

    def sign(value: int) -> bool:
        inputs[atom] = value
        return still + sum(c * a.value(inputs) for a, c in moving) < 0

    start = min(max(values.get(atom, atom.default), left.low), left.high)
    first = sign(start)
    for step, end in ((1, left.high), (-1, left.low)):
        near, far = start, start
        while sign(far) is first and far != end:
            near, far, step = far, far + step, step * 2
            far = min(far, end) if step > 0 else max(far, end)
        if sign(far) is first:
            continue
        while abs(far - near) > 1:
            middle = (near + far) // 2
            near, far = (middle, far) if sign(middle) is first else (near, middle)
        yield near


# The proof

_Row = tuple[dict[Atom, Fraction], Fraction]
"""Coefficients and a constant whose sum is not above 0."""


def _is_impossible(facts: list[Fact], ranges: Mapping[Atom, Range]) -> bool:
    """Whether no numbers, whole or not, are what the linear facts ask for."""
    rows: list[_Row] = []
    atoms: set[Atom] = set()

    def add(form: Linear, sign: int, offset: int) -> None:
        """Sign times the form plus an offset is not above 0."""
        for atom, _ in form.terms:
            note(atom)
        rows.append(
            (
                {a: Fraction(sign * c) for a, c in form.terms},
                Fraction(sign * form.constant + offset),
            )
        )

    def note(atom: Atom) -> None:
        if atom in atoms:
            return
        atoms.add(atom)
        left = ranges.get(atom)
        low, high = (left.low, left.high) if left else (atom.low, atom.high)
        rows.append(({atom: Fraction(-1)}, Fraction(low)))
        rows.append(({atom: Fraction(1)}, Fraction(-high)))
        if atom.shift is not None:
            # count = form >> k: (1 << k) * count <= form <= (1 << k) * count + (1 << k) - 1
            (form,), scale = atom.operands, 1 << atom.shift
            for inner, _ in form.terms:
                note(inner)
            down = {a: Fraction(-c) for a, c in form.terms}
            down[atom] = down.get(atom, Fraction(0)) + scale
            rows.append((down, Fraction(-form.constant)))
            up = {a: Fraction(c) for a, c in form.terms}
            up[atom] = up.get(atom, Fraction(0)) - scale
            rows.append((up, Fraction(form.constant - scale + 1)))

    for test, holds in facts:
        if test.kind == BELOW:
            if holds:
                add(test.form, 1, 1)
            else:
                add(test.form, -1, 0)
        elif test.kind == ZERO and holds:
            add(test.form, 1, 0)
            add(test.form, -1, 0)
    return _contradict(rows, atoms)


def _contradict(rows: list[_Row], atoms: set[Atom]) -> bool:
    """Whether 1 <= 0 is left when one number after the other is eliminated (Fourier-Motzkin)."""
    for atom in sorted(atoms, key=lambda atom: atom.name):
        above = [row for row in rows if row[0].get(atom, 0) > 0]
        under = [row for row in rows if row[0].get(atom, 0) < 0]
        rows = [row for row in rows if not row[0].get(atom, 0)]
        if len(above) * len(under) + len(rows) > _MAX_ROWS:
            return False
        for up, up_constant in above:
            for down, down_constant in under:
                first, second = -down[atom], up[atom]
                joined = {
                    a: value
                    for a in {*up, *down}
                    if (value := first * up.get(a, 0) + second * down.get(a, 0))
                }
                rows.append((joined, first * up_constant + second * down_constant))
    return any(not coefficients and constant > 0 for coefficients, constant in rows)
