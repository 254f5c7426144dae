# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Values that are not known yet, and ask when the code looks at them.

They stand where a scenario's values would: a `Term` for a number, an `OpenList` for a queue.
Handing one on, storing it, adding to it asks nothing; a comparison, a truth value, the number
itself (a look-up in a table, a shift by it) does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from app.walkthrough.atlas.numbers import (
    Linear,
    Numbers,
    Test,
    Verdict,
    below,
    constant,
    zero,
)


class Asker(Protocol):
    """Who answers: see `app.walkthrough.atlas.choices`."""

    numbers: Numbers

    def choose(self, key: str, masks: tuple[int, ...]) -> int:
        """Which of these masks of an input's values has it: they share none and leave out none."""

    def truth(self, test: Test) -> bool:
        """Whether a comparison that may be so or not is true."""
        raise NotImplementedError

    def holds(self, verdict: Verdict) -> bool:
        """Whether a comparison is true."""
        if isinstance(verdict, bool):
            return verdict
        test, wanted = verdict
        return self.truth(test) is wanted

    def exactly(self, form: Linear) -> int:
        """The number itself: one of the few that are tried."""

    def is_known(self, verdict: Verdict) -> bool:
        """Whether a comparison can't but be true here; asks nothing."""


def _form(value: Any) -> Linear | None:
    if isinstance(value, Term):
        return value.form
    return constant(value) if isinstance(value, int) else None


class Term:
    """A number of which only the form is known: stands for an int."""

    __slots__ = ("asker", "form")
    #: How effects name it; nobody reads them.
    label = "open"

    def __init__(self, asker: Asker, form: Linear) -> None:
        self.asker = asker
        self.form = form

    def _new(self, form: Linear) -> Term | int:
        return Term(self.asker, form) if form.terms else form.constant

    # Arithmetic

    def __add__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._new(self.form.plus(form))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._new(self.form.plus(form, -1))

    def __rsub__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._new(form.plus(self.form, -1))

    def __neg__(self) -> Any:
        return self._new(self.form.times(-1))

    def __pos__(self) -> Any:
        return self

    def __invert__(self) -> Any:
        return self._new(self.form.times(-1).plus(constant(-1)))

    def __abs__(self) -> Any:
        return -self if self < 0 else self

    def __mul__(self, other: Any) -> Any:
        form = _form(other)
        if form is None:
            return NotImplemented
        if not form.terms:
            return self._new(self.form.times(form.constant))
        return self._operation("*", self.form, form)

    __rmul__ = __mul__

    def __lshift__(self, other: Any) -> Any:
        return self * (1 << int(other))

    def __rlshift__(self, other: Any) -> Any:
        return other << int(self)

    def __rshift__(self, other: Any) -> Any:
        return self._new(self.asker.numbers.shifted(self.form, int(other)))

    def __rrshift__(self, other: Any) -> Any:
        return other >> int(self)

    def __and__(self, other: Any) -> Any:
        form = _form(other)
        if form is None:
            return NotImplemented
        modulus = form.constant + 1
        if form.terms or modulus < 1 or modulus & (modulus - 1):
            return self._operation("&", self.form, form)
        is_known = self.asker.is_known
        wrapped = self.asker.numbers.remainder(self.form, modulus)
        # Nothing wraps either if what is known on this path keeps it within.
        if (
            any(atom.is_remainder for atom, _ in wrapped.terms)
            and is_known(_not(below(self.form)))
            and is_known(below(self.form.plus(constant(-modulus))))
        ):
            return self
        return self._new(wrapped)

    __rand__ = __and__

    def _operation(self, sign: str, left: Linear, right: Linear) -> Any:
        return self._new(self.asker.numbers.operation(sign, left, right))

    # Looking at it

    def __bool__(self) -> bool:
        return not self.asker.holds(zero(self.form))

    def _compare(self, other: Any, factor: int, offset: int) -> Any:
        """Whether `factor` times (this - other) plus an offset is below 0."""
        form = _form(other)
        if form is None:
            return NotImplemented
        difference = self.form.plus(form, -1).times(factor)
        return self.asker.holds(below(difference.plus(constant(offset))))

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, 1, 0)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, 1, -1)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, -1, 0)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, -1, -1)

    def __eq__(self, other: object) -> Any:
        form = _form(other)
        if form is None:
            return False
        return self.asker.holds(zero(self.form.plus(form, -1)))

    def __ne__(self, other: object) -> Any:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.asker.exactly(self.form))

    def __index__(self) -> int:
        return self.asker.exactly(self.form)

    __int__ = __index__

    def __repr__(self) -> str:
        return self.label


def _other(sign: str, *, is_reflected: bool = False) -> Any:
    """The method of an operation about whose result little is known."""

    def method(self: Term, other: Any) -> Any:
        form = _form(other)
        if form is None:
            return NotImplemented
        sides = (form, self.form) if is_reflected else (self.form, form)
        return self._operation(sign, *sides)

    return method


for _name, _sign in {"or": "|", "xor": "^", "floordiv": "//", "mod": "%"}.items():
    setattr(Term, f"__{_name}__", _other(_sign))
    setattr(Term, f"__r{_name}__", _other(_sign, is_reflected=True))


def _not(verdict: Verdict) -> Verdict:
    return not verdict if isinstance(verdict, bool) else (verdict[0], not verdict[1])


class OpenList:
    """A list of which not even the length is known: stands for a tuple.

    `masks[i]` has the mask of the input's values that end before place i, and of those with each
    kind of item there; `items[i]` the item of each kind. What is at a place is one question.
    """

    __slots__ = ("_asker", "_items", "_masks", "key")

    def __init__(
        self, asker: Asker, key: str, masks: Sequence[tuple[int, ...]], items: list[list[Any]]
    ) -> None:
        self._asker = asker
        self.key = key
        self._masks = masks
        self._items = items

    def has(self, place: int) -> bool:
        """Whether there is an item at a place (from 0); asks that alone."""
        if place >= len(self._items):
            return False
        ended, *kinds = self._masks[place]
        return bool(self._asker.choose(self.key, (ended, sum(kinds))))

    def item(self, place: int) -> Any:
        """The item at a place. Raises IndexError where there is none."""
        if place < len(self._items):
            kind = self._asker.choose(self.key, self._masks[place])
            if kind:
                return self._items[place][kind - 1]
        raise IndexError(place)

    def __iter__(self) -> Iterator[Any]:
        return OpenIterator(self)

    def __bool__(self) -> bool:
        return self.has(0)

    def __len__(self) -> int:
        place = 0
        while self.has(place):
            place += 1
        return place

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, int) and place >= 0:
            return self.item(place)
        return tuple(self)[place]

    def __reversed__(self) -> Iterator[Any]:
        return iter(tuple(self)[::-1])


class OpenIterator:
    """Goes through an open list, item by item; `place` tells where it is."""

    __slots__ = ("items", "place")

    def __init__(self, items: OpenList) -> None:
        self.items = items
        self.place = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            item = self.items.item(self.place)
        except IndexError:
            raise StopIteration from None
        self.place += 1
        return item
