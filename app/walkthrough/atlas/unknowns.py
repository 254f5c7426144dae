# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Values that are not known yet, and ask when the code looks at them.

They stand where a scenario's values would: a `Word` for one of a few words, a `Term` for a
number, an `OpenList` of `Word`s or of `OpenSegment`s for a queue. Handing one on, storing it,
adding to it asks nothing; a comparison, a truth value, a look-up in a table does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from app.walkthrough.atlas.numbers import (
    Atom,
    Linear,
    Numbers,
    Verdict,
    below,
    constant,
    zero,
)


class Asker(Protocol):
    """Who answers: see `app.walkthrough.atlas.choices`."""

    numbers: Numbers

    def is_one_of(self, key: str, mask: int) -> bool:
        """Whether the value of an input is among some, given as a mask of its values."""

    def holds(self, verdict: Verdict) -> bool:
        """Whether a comparison is true."""

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

    def __or__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._operation("|", self.form, form)

    __ror__ = __or__

    def __xor__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._operation("^", self.form, form)

    __rxor__ = __xor__

    def __floordiv__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._operation("//", self.form, form)

    def __rfloordiv__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._operation("//", form, self.form)

    def __mod__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._operation("%", self.form, form)

    def __rmod__(self, other: Any) -> Any:
        form = _form(other)
        return NotImplemented if form is None else self._operation("%", form, self.form)

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


def _not(verdict: Verdict) -> Verdict:
    return not verdict if isinstance(verdict, bool) else (verdict[0], not verdict[1])


class Word:
    """One of the words of an input, or one item of a list of words: stands for a str.

    `masks` has for each word the mask of the input's values in which it stands here.
    """

    __slots__ = ("asker", "key", "masks")
    label = "open"

    def __init__(self, asker: Asker, key: str, masks: dict[str, int]) -> None:
        self.asker = asker
        self.key = key
        self.masks = masks

    def word(self) -> str:
        """The word itself: asks until only one is left."""
        words = list(self.masks)
        for word in words[:-1]:
            if self.asker.is_one_of(self.key, self.masks[word]):
                return word
        return words[-1]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Word):
            return self.word() == other.word()
        mask = self.masks.get(other) if isinstance(other, str) else None
        return False if mask is None else self.asker.is_one_of(self.key, mask)

    def __hash__(self) -> int:
        return hash(self.word())

    def __str__(self) -> str:
        return self.word()

    def __repr__(self) -> str:
        return self.label


class OpenSegment:
    """A segment of which neither the bytes nor the FIN are known: stands for a `Segment`.

    `has_data` and `has_fin` are masks of the values of the input.
    """

    __slots__ = ("_asker", "_atom", "_has_data", "_has_fin", "_key")

    def __init__(self, asker: Asker, key: str, has_data: int, has_fin: int, atom: Atom) -> None:
        self._asker = asker
        self._key = key
        self._has_data = has_data
        self._has_fin = has_fin
        self._atom = atom

    @property
    def bytes(self) -> Any:
        """Its bytes of data; asks whether there are any."""
        if self._asker.is_one_of(self._key, self._has_data):
            return Term(self._asker, Linear(((self._atom, 1),), 0))
        return 0

    @property
    def fin(self) -> bool:
        """Whether it carries the FIN; asks."""
        return self._asker.is_one_of(self._key, self._has_fin)

    def __str__(self) -> str:
        # Only a label.
        return "open"


class OpenList:
    """A list of which not even the length is known: stands for a tuple.

    `longer[i]` is the mask of the input's values with more than `i` items; `items[i]` the item,
    if there is one.
    """

    __slots__ = ("_asker", "_items", "_longer", "key")

    def __init__(self, asker: Asker, key: str, longer: list[int], items: list[Any]) -> None:
        self._asker = asker
        self.key = key
        self._longer = longer
        self._items = items

    def has(self, place: int) -> bool:
        """Whether there is an item at a place (from 0); asks."""
        return place < len(self._longer) and self._asker.is_one_of(self.key, self._longer[place])

    def item(self, place: int) -> Any:
        """The item at a place where there is one."""
        return self._items[place]

    def __iter__(self) -> Iterator[Any]:
        return OpenIterator(self, self.key)

    def __bool__(self) -> bool:
        return self.has(0)

    def __len__(self) -> int:
        place = 0
        while self.has(place):
            place += 1
        return place

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, int) and place >= 0:
            if not self.has(place):
                raise IndexError(place)
            return self._items[place]
        return tuple(self)[place]

    def __reversed__(self) -> Iterator[Any]:
        return iter(tuple(self)[::-1])


class OpenIterator:
    """Goes through an open list, item by item; `key` and `place` tell where it is."""

    __slots__ = ("_list", "key", "place")

    def __init__(self, items: OpenList, key: str) -> None:
        self._list = items
        self.key = key
        self.place = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if not self._list.has(self.place):
            raise StopIteration
        self.place += 1
        return self._list.item(self.place - 1)
