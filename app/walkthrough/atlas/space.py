# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What every input could be, within bounds: the space in which paths are looked for.

A word, a list or "off" is one of finitely many *shapes*, and a set of shapes is a mask of bits; a
number is an atom. A list's shapes are all lists up to the bound, of which a segment is data, a
FIN, or both; its bytes are atoms again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Final

from app.kernel.inputs import (
    EVENTS,
    INPUTS,
    MAX_SEGMENT_BYTES,
    ChoiceInput,
    EventsInput,
    Input,
    LingerInput,
    NumberInput,
    Segment,
    SegmentsInput,
)
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.numbers import Atom, Linear, Numbers
from app.walkthrough.atlas.records import Bounds
from app.walkthrough.atlas.unknowns import Asker, OpenList, Term

#: The bytes that a witness gives to a segment where any number would do.
TYPICAL_BYTES: Final = 300

#: What a segment may be, in the order of preference: with data, with the FIN.
_SEGMENT_KINDS: Final = ("data", "fin", "data+fin")
#: The shape of a number where the input could also be off.
NUMBER: Final = "number"

Shape = Any
"""A word; None for off, NUMBER for what is not; a tuple of the kinds of its items."""


@dataclass(frozen=True)
class Dimension:
    """One input: its shapes (one only where it is just a number), and its atoms by item.

    `kinds` are what the items of a list may be; empty where it is no list.
    """

    item: Input
    shapes: tuple[Shape, ...]
    atoms: tuple[Atom, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def full(self) -> int:
        """The mask of all shapes."""
        return (1 << len(self.shapes)) - 1

    @cached_property
    def places(self) -> Mapping[Shape, int]:
        """The mask of each shape."""
        return {shape: 1 << place for place, shape in enumerate(self.shapes)}

    @cached_property
    def items(self) -> Sequence[tuple[int, ...]]:
        """Of a list, for each place: the masks of those that have ended, and have each kind there.

        The last place is the first that no list has.
        """
        return [
            (
                self.mask(lambda shape, n=place: len(shape) <= n),
                *(
                    self.mask(lambda shape, n=place, k=kind: shape[n : n + 1] == (k,))
                    for kind in self.kinds
                ),
            )
            for place in range(len(self.shapes[-1]) + 1)
        ]

    def mask(self, wanted: Callable[..., bool]) -> int:
        """The mask of the shapes for which `wanted` is true."""
        return sum(1 << n for n, shape in enumerate(self.shapes) if wanted(shape))

    def shapes_in(self, mask: int) -> Iterator[Shape]:
        """The shapes of a mask."""
        return (shape for n, shape in enumerate(self.shapes) if mask >> n & 1)


@dataclass(frozen=True)
class Space:
    """All inputs, within bounds."""

    bounds: Bounds
    numbers: Numbers = field(default_factory=Numbers)

    @cached_property
    def dimensions(self) -> Mapping[str, Dimension]:
        """By key, in the order of `INPUTS`."""
        return {key: self._dimension(item) for key, item in INPUTS.items()}

    def _dimension(self, item: Input) -> Dimension:
        match item:
            case ChoiceInput():
                return Dimension(item, item.choices)
            case NumberInput():
                atom = self.numbers.input(item.key, item.key, item.low, item.high, item.default)
                return Dimension(item, (NUMBER,), (atom,))
            case LingerInput():
                atom = self.numbers.input(item.key, item.key, item.low, item.high, 0)
                return Dimension(item, (None, NUMBER), (atom,))
            case SegmentsInput():
                count = self.bounds.segments
                atoms = tuple(
                    self.numbers.input(
                        f"{item.key}.{place}.bytes", item.key, 1, MAX_SEGMENT_BYTES, TYPICAL_BYTES
                    )
                    for place in range(count)
                )
                shapes = _lists(_SEGMENT_KINDS, count)
                return Dimension(item, shapes, atoms, _SEGMENT_KINDS)
            case EventsInput():
                return Dimension(item, _lists(EVENTS, self.bounds.events), kinds=EVENTS)
        raise NotImplementedError(type(item).__name__)  # pragma: no cover - there is no other

    def open(self, key: str, asker: Asker) -> Any:
        """The input as code may look at it: what it is is asked as late as can be."""
        dimension = self.dimensions[key]
        if dimension.kinds:
            return OpenList(asker, key, dimension.items, self._items(dimension, asker))
        # Words, and whether there is a number: Python cannot be asked to wait with these.
        shape = dimension.shapes[asker.choose(key, tuple(dimension.places.values()))]
        return _term(asker, dimension.atoms[0]) if shape == NUMBER else shape

    def _items(self, dimension: Dimension, asker: Asker) -> list[list[Any]]:
        """For each place of a list what an item of each kind is."""
        if not dimension.atoms:
            return [list(dimension.kinds)] * self.bounds.events
        return [
            [
                Segment(_term(asker, atom) if kind != "fin" else 0, kind != "data")
                for kind in dimension.kinds
            ]
            for atom in dimension.atoms
        ]

    def value(self, key: str, shape: Shape, values: Mapping[Atom, int]) -> Any:
        """The parsed value of an input: of this shape, with these numbers in it."""
        dimension = self.dimensions[key]
        match dimension.item:
            case SegmentsInput():
                return tuple(
                    Segment(values.get(atom, atom.default) if kind != "fin" else 0, kind != "data")
                    for kind, atom in zip(shape, dimension.atoms, strict=False)
                )
            case NumberInput() | LingerInput() if shape == NUMBER:
                atom = dimension.atoms[0]
                return values.get(atom, atom.default)
        return shape

    def located(self, scenario: Scenario) -> tuple[dict[str, int], dict[Atom, int]] | None:
        """Where a scenario is in the space: masks of one shape each, and its numbers.

        None for one that is beyond the bounds.
        """
        masks: dict[str, int] = {}
        values: dict[Atom, int] = {}
        for key, dimension in self.dimensions.items():
            value = scenario[key]
            shape: Shape = value
            if isinstance(dimension.item, SegmentsInput):
                shape = tuple(_kind(segment) for segment in value)
                values |= {
                    atom: segment.bytes
                    for atom, segment in zip(dimension.atoms, value, strict=False)
                    if segment.bytes
                }
            elif dimension.atoms and value is not None:
                shape = NUMBER
                values[dimension.atoms[0]] = value
            place = dimension.places.get(shape)
            if place is None:
                return None
            masks[key] = place
        return masks, values


def _lists(kinds: tuple[str, ...], longest: int) -> tuple[Shape, ...]:
    return tuple(items for length in range(longest + 1) for items in product(kinds, repeat=length))


def _kind(segment: Segment) -> str:
    if not segment.bytes:
        return "fin"
    return "data+fin" if segment.fin else "data"


def _term(asker: Asker, atom: Atom) -> Any:
    return Term(asker, Linear(((atom, 1),), 0))
