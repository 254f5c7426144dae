# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Numbers that are not known yet: linear forms over inputs, and comparisons of them with 0.

An `Atom` is an unknown whole number: an input, or what an operation that is not linear makes of
one (a shift to the right, a remainder). A `Linear` is a sum of atoms with whole coefficients and
a constant. A `Test` is one comparison in a canonical form, so that `a > b` and `b < a`, and the
same after a multiplication, are the same test with one truth or the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from app.machine.operators import COMPUTE

#: Results that are kept at a time: the same code asks the same of the same numbers in each run.
MANY: Final = 1 << 14


class Atom:
    """An unknown whole number from `low` to `high`, both included.

    `key` names the input that it belongs to, `name` itself (of an input: the key, or
    `recv.0.bytes`). A derived atom has `operands`, and `compute` gives its value from theirs.
    Atoms are compared by identity; a `Numbers` makes each of them once.
    """

    __slots__ = ("compute", "default", "high", "key", "low", "name", "operands", "shift")

    def __init__(
        self,
        name: str,
        low: int,
        high: int,
        *,
        key: str = "",
        default: int = 0,
        operands: tuple[Linear, ...] = (),
        compute: Callable[..., int] | None = None,
    ) -> None:
        self.name = name
        self.low = low
        self.high = high
        self.key = key
        self.default = default
        self.operands = operands
        self.compute = compute
        #: How far its operand is shifted to the right, None where it is something else.
        self.shift: int | None = None

    @property
    def is_remainder(self) -> bool:
        """Whether it is a number as C wraps it."""
        return isinstance(self.compute, _Remainder)

    def value(self, values: Mapping[Atom, int]) -> int:
        """Its value, where the inputs have these; an input that is not there has its default."""
        if self.compute is None:
            return values.get(self, self.default)
        return self.compute(*(operand.value(values) for operand in self.operands))

    def inputs(self) -> Iterator[Atom]:
        """The input atoms that it depends on."""
        if self.compute is None:
            yield self
        for operand in self.operands:
            yield from operand.inputs()

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Linear:
    """`constant` plus the sum of `terms`, each an atom and its coefficient, sorted by name."""

    terms: tuple[tuple[Atom, int], ...]
    constant: int

    @cached_property
    def low(self) -> int:
        """No value is below it."""
        return self.constant + sum(c * (a.low if c > 0 else a.high) for a, c in self.terms)

    @cached_property
    def high(self) -> int:
        """No value is above it."""
        return self.constant + sum(c * (a.high if c > 0 else a.low) for a, c in self.terms)

    @cached_property
    def atoms(self) -> frozenset[Atom]:
        """The input atoms that it depends on."""
        return frozenset(self.inputs())

    def inputs(self) -> Iterator[Atom]:
        """The same, as they come."""
        for atom, _ in self.terms:
            yield from atom.inputs()

    def value(self, values: Mapping[Atom, int]) -> int:
        """Its value, where the inputs have these."""
        return self.constant + sum(c * a.value(values) for a, c in self.terms)

    @lru_cache(maxsize=MANY)  # noqa: B019 - forms are small, and not more of them are kept
    def plus(self, other: Linear, factor: int = 1) -> Linear:
        """This and `factor` times the other."""
        found = dict(self.terms)
        for atom, coefficient in other.terms:
            found[atom] = found.get(atom, 0) + factor * coefficient
        return linear(found, self.constant + factor * other.constant)

    def times(self, factor: int) -> Linear:
        """A multiple."""
        return linear({a: c * factor for a, c in self.terms}, self.constant * factor)

    def divisor(self) -> int:
        """What divides each coefficient."""
        return math.gcd(*(c for _, c in self.terms))

    def __str__(self) -> str:
        parts = [f"{'' if c == 1 else f'{c}*'}{a.name}" for a, c in self.terms]
        if self.constant or not parts:
            parts.append(str(self.constant))
        return " + ".join(parts)


def linear(coefficients: Mapping[Atom, int], constant: int) -> Linear:
    """A linear form in its one shape."""
    terms = sorted(((a, c) for a, c in coefficients.items() if c), key=lambda term: term[0].name)
    return Linear(tuple(terms), constant)


def constant(value: int) -> Linear:
    """A number that is known."""
    return Linear((), value)


#: The kinds of test: the form is below 0, is 0, is a multiple of `modulus`.
BELOW: Final = "below"
ZERO: Final = "zero"
MULTIPLE: Final = "multiple"


@dataclass(frozen=True)
class Test:
    """One comparison: `kind` of `form`; the first coefficient is positive."""

    kind: str
    form: Linear
    modulus: int = 0

    @cached_property
    def hashed(self) -> int:
        return hash((self.kind, self.form, self.modulus))

    def __hash__(self) -> int:
        return self.hashed

    def holds(self, values: Mapping[Atom, int]) -> bool:
        """Whether it is true, where the inputs have these values."""
        value = self.form.value(values)
        if self.kind == BELOW:
            return value < 0
        if self.kind == ZERO:
            return value == 0
        return value % self.modulus == 0

    @cached_property
    def single(self) -> Atom | None:
        """The input atom where the form is that atom and a constant, else None."""
        if len(self.form.terms) == 1:
            atom, coefficient = self.form.terms[0]
            if coefficient == 1 and atom.compute is None:
                return atom
        return None

    def __str__(self) -> str:
        if self.kind == MULTIPLE:
            return f"{self.form} mod {self.modulus} == 0"
        sign = "<" if self.kind == BELOW else "=="
        left = Linear(self.form.terms, 0)
        return f"{left} {sign} {-self.form.constant}"


Verdict = tuple[Test, bool] | bool
"""A comparison: known, or a test and what it has to come to for the comparison to be true."""


@lru_cache(maxsize=MANY)
def below(form: Linear) -> Verdict:
    """Whether the form is below 0."""
    if form.high < 0:
        return True
    if form.low >= 0:
        return False
    divisor = form.divisor()
    terms = tuple((a, c // divisor) for a, c in form.terms)
    # sum < -constant, in whole numbers: sum / divisor < ceil(-constant / divisor)
    reduced = Linear(terms, form.constant // divisor)
    if reduced.terms[0][1] > 0:
        return Test(BELOW, reduced), True
    # sum < 0 is not (-sum - 1 < 0)
    return Test(BELOW, reduced.times(-1).plus(constant(-1))), False


@lru_cache(maxsize=MANY)
def zero(form: Linear) -> Verdict:
    """Whether the form is 0."""
    if not form.low <= 0 <= form.high:
        return False
    if not form.terms:
        return True
    divisor = form.divisor()
    if form.constant % divisor:
        return False
    reduced = Linear(tuple((a, c // divisor) for a, c in form.terms), form.constant // divisor)
    if reduced.terms[0][1] < 0:
        reduced = reduced.times(-1)
    if len(reduced.terms) == 1:
        (atom, coefficient) = reduced.terms[0]
        if coefficient == 1 and isinstance(atom.compute, _Remainder):
            return _remainder_is(atom, -reduced.constant)
    return Test(ZERO, reduced), True


def _remainder_is(atom: Atom, wanted: int) -> Verdict:
    """Whether a remainder is a number: one equation, or a congruence where there are several."""
    assert isinstance(atom.compute, _Remainder)
    modulus, (inner,) = atom.compute.modulus, atom.operands
    if not 0 <= wanted < modulus:
        return False
    shifted = inner.plus(constant(-wanted))
    first = -(-shifted.low // modulus) * modulus
    if first > shifted.high:
        return False
    if first + modulus > shifted.high:
        return zero(shifted.plus(constant(-first)))
    divisor = math.gcd(shifted.divisor(), modulus)
    if shifted.constant % divisor:
        return False
    terms = tuple((a, c // divisor) for a, c in shifted.terms)
    form, rest = Linear(terms, shifted.constant // divisor), modulus // divisor
    if rest == 1:
        return True
    if len(terms) == 1:
        # a x + c = 0 (mod m) with a and m coprime: x + c / a = 0
        inverse = pow(terms[0][1], -1, rest)
        form = Linear(((terms[0][0], 1),), form.constant * inverse % rest)
    return Test(MULTIPLE, form, rest), True


class _Remainder:
    """What is left after a division by a power of two, never negative."""

    def __init__(self, modulus: int) -> None:
        self.modulus = modulus

    def __call__(self, value: int) -> int:
        return value % self.modulus


class Numbers:
    """Makes atoms, each only once, so that the same number is the same object."""

    def __init__(self) -> None:
        self._known: dict[str, Atom] = {}

    def input(self, name: str, key: str, low: int, high: int, default: int) -> Atom:
        """The atom of an input."""
        if name not in self._known:
            self._known[name] = Atom(name, low, high, key=key, default=default)
        return self._known[name]

    def _derived(
        self,
        name: str,
        low: int,
        high: int,
        operands: tuple[Linear, ...],
        compute: Callable[..., int],
    ) -> Linear:
        if name not in self._known:
            self._known[name] = Atom(name, low, high, operands=operands, compute=compute)
        return Linear(((self._known[name], 1),), 0)

    def remainder(self, form: Linear, modulus: int) -> Linear:
        """The form modulo a power of two, as C wraps; the form itself where nothing wraps."""
        # A remainder inside of this one changes nothing, if its modulus is a multiple.
        opened = constant(form.constant)
        for atom, coefficient in form.terms:
            inner = Linear(((atom, 1),), 0)
            if isinstance(atom.compute, _Remainder) and atom.compute.modulus % modulus == 0:
                inner = atom.operands[0]
            opened = opened.plus(inner, coefficient)
        turns = opened.low // modulus
        if turns == opened.high // modulus:
            return opened.plus(constant(-turns * modulus))
        opened = Linear(opened.terms, opened.constant % modulus)
        return self._derived(
            f"({opened}) mod {modulus}", 0, modulus - 1, (opened,), _Remainder(modulus)
        )

    def shifted(self, form: Linear, count: int) -> Linear:
        """The form divided by two `count` times, rounded down."""
        if all(c % (1 << count) == 0 for _, c in form.terms):
            terms = tuple((a, c >> count) for a, c in form.terms)
            return Linear(terms, form.constant >> count)
        name = f"({form} >> {count})"
        low, high = form.low >> count, form.high >> count
        shifted = self._derived(name, low, high, (form,), lambda value: value >> count)
        shifted.terms[0][0].shift = count
        return shifted

    def operation(self, sign: str, left: Linear, right: Linear) -> Linear:
        """Any other operation on two numbers, about whose result little is known."""
        bound = max(abs(n) for form in (left, right) for n in (form.low, form.high))
        reach = bound * bound if sign == "*" else 1 << (bound.bit_length() + 1)
        return self._derived(
            f"({left} {sign} {right})", -reach, reach, (left, right), COMPUTE_ALL[sign]
        )


COMPUTE_ALL: Final[Mapping[str, Callable[[int, int], int]]] = {
    **COMPUTE,
    "//": lambda left, right: left // right if right else 0,
    "%": lambda left, right: left % right if right else 0,
}
