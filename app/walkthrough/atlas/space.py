# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What every input could be, within bounds: the space in which paths are looked for.

A word, a list or "off" is one of finitely many *shapes*, and a set of shapes is a mask of bits; a
number is an atom. A list's shapes are all lists up to the bound, of which a segment is data, a
FIN, or both; its bytes are atoms again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from app.kernel.scenario import DEFAULT, Scenario
from app.walkthrough.atlas.numbers import Atom, Linear, Numbers
from app.walkthrough.atlas.unknowns import Asker, OpenList, OpenSegment, Term, Word

#: The bytes that a witness gives to a segment where any number would do.
TYPICAL_BYTES: Final = 300

#: What a segment may be, in the order of preference: with data, with the FIN.
_SEGMENT_KINDS: Final = ("data", "fin", "data+fin")
#: The shape of a number where the input could also be off.
NUMBER: Final = "number"

Shape = Any
"""A word; None for off, NUMBER for what is not; a tuple of the kinds of its items."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far is looked.

    `segments` in a queue, `events` in a list; of a number that has to be known exactly, such as
    how often something is done, `repeats` values, and one that stands for all beyond.
    """

    segments: int = 2
    events: int = 3
    repeats: int = 2


@dataclass(frozen=True)
class Dimension:
    """One input: its shapes (one only where it is just a number), and its atoms by item."""

    item: Input
    shapes: tuple[Shape, ...]
    atoms: tuple[Atom, ...] = ()

    @property
    def full(self) -> int:
        """The mask of all shapes."""
        return (1 << len(self.shapes)) - 1

    @cached_property
    def default(self) -> int:
        """The mask of the default's shape."""
        return 1 << self.shapes.index(self.item.default) if len(self.shapes) > 1 else 1

    @cached_property
    def places(self) -> Mapping[Shape, int]:
        """The mask of each shape."""
        return {shape: 1 << place for place, shape in enumerate(self.shapes)}

    # Masks that the open values ask for, each worked out once

    @cached_property
    def words(self) -> dict[str, int]:
        """Of a choice: the mask of each word."""
        return dict(self.places)

    @cached_property
    def longer(self) -> list[int]:
        """Of a list: for each place the mask of the lists that go on there."""
        longest = len(self.shapes[-1])
        return [self.mask(lambda shape, n=n: len(shape) > n) for n in range(longest)]

    @cached_property
    def events(self) -> list[dict[str, int]]:
        """Of a list of events: for each place the masks of the lists with this event there."""
        return [
            {event: self.mask(_item_is(place, (event,))) for event in EVENTS}
            for place in range(len(self.longer))
        ]

    @cached_property
    def segments(self) -> list[tuple[int, int]]:
        """Of a queue: for each place the masks of those with data, and with a FIN there."""
        return [
            (
                self.mask(_item_is(place, ("data", "data+fin"))),
                self.mask(_item_is(place, ("fin", "data+fin"))),
            )
            for place in range(len(self.longer))
        ]

    def mask(self, wanted: Any) -> int:
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
                return Dimension(item, _lists(_SEGMENT_KINDS, count), atoms)
            case EventsInput():
                return Dimension(item, _lists(EVENTS, self.bounds.events))
        raise NotImplementedError(type(item).__name__)  # pragma: no cover - there is no other

    def open(self, key: str, asker: Asker) -> Any:
        """The input as a value that asks."""
        dimension = self.dimensions[key]
        match dimension.item:
            case ChoiceInput():
                return Word(asker, key, dimension.words)
            case NumberInput():
                return _term(asker, dimension.atoms[0])
            case LingerInput():
                # Code asks `is None`, and nobody can look into that.
                if asker.is_one_of(key, 1 << dimension.shapes.index(None)):
                    return None
                return _term(asker, dimension.atoms[0])
            case SegmentsInput():
                segments = [
                    OpenSegment(asker, key, has_data, has_fin, atom)
                    for (has_data, has_fin), atom in zip(
                        dimension.segments, dimension.atoms, strict=True
                    )
                ]
                return OpenList(asker, key, dimension.longer, segments)
            case _:
                words = [Word(asker, key, masks) for masks in dimension.events]
                return OpenList(asker, key, dimension.longer, words)

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


def scenario_of(changes: Mapping[str, Any]) -> Scenario:
    """The scenario with these parsed values, defaults elsewhere."""
    return DEFAULT.but(**changes)


def _lists(kinds: tuple[str, ...], longest: int) -> tuple[Shape, ...]:
    return tuple(items for length in range(longest + 1) for items in product(kinds, repeat=length))


def _item_is(place: int, kinds: tuple[str, ...]) -> Any:
    return lambda shape: len(shape) > place and shape[place] in kinds


def _kind(segment: Segment) -> str:
    if not segment.bytes:
        return "fin"
    return "data+fin" if segment.fin else "data"


def _term(asker: Asker, atom: Atom) -> Term:
    return Term(asker, Linear(((atom, 1),), 0))
