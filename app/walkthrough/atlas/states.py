# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The state of a run between two operations: what it holds, and what of it is looked at.

Two runs that stand at the same operation with the same state go on alike. Most of the state is
compared as a whole (the `core`); variables and members of structs are *cells*, and of them only
those count that the rest of the run reads before it writes them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from app.kernel.host import World
from app.kernel.socket import Door
from app.machine.trace import Recorder
from app.machine.values import UNSET, Deferred, Function, Record
from app.walkthrough.atlas.unknowns import OpenIterator, OpenList, OpenSegment, Term, Word

Cell = tuple[Any, Any]
"""A place and a name or number in it."""

#: Attributes that are the same in every run.
_SAME: Final = frozenset({"__dict__", "_door", "_recorder", "label", "type"})
_ATOMIC: Final = frozenset({int, str, bool, type(None), float, bytes})


class Accesses:
    """Which cells were read before they were written, and which were written."""

    __slots__ = ("read", "written")

    def __init__(self) -> None:
        self.read: set[Cell] = set()
        self.written: set[Cell] = set()

    def clear(self) -> None:
        """Begin anew; sets that somebody keeps stay as they are."""
        self.read, self.written = set(), set()


class Watched(dict[str, Any]):
    """The members of a record; each access is noted."""

    __slots__ = ("accesses", "place")

    def __init__(self, members: Mapping[str, Any], place: Any, accesses: Accesses) -> None:
        super().__init__(members)
        self.place = place
        self.accesses = accesses

    def __getitem__(self, name: str) -> Any:
        cell = (self.place, name)
        if cell not in self.accesses.written:
            self.accesses.read.add(cell)
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.accesses.written.add((self.place, name))
        super().__setitem__(name, value)


class WatchedSlots(list[Any]):
    """The variables of a function; each access is noted."""

    __slots__ = ("accesses",)

    def __init__(self, values: list[Any], accesses: Accesses) -> None:
        super().__init__(values)
        self.accesses = accesses

    def __getitem__(self, slot: Any) -> Any:
        cell = ("slot", slot)
        if cell not in self.accesses.written:
            self.accesses.read.add(cell)
        return super().__getitem__(slot)

    def __setitem__(self, slot: Any, value: Any) -> None:
        self.accesses.written.add(("slot", slot))
        super().__setitem__(slot, value)


class Snapshot:
    """A state: `core` as one value, `cells` each with its own."""

    __slots__ = ("_kept", "_places", "_waiting", "cells", "core")

    def __init__(self, slots: list[Any], world: World) -> None:
        self.cells: dict[Cell, Any] = {}
        self._places: dict[int, int] = {}
        self._waiting: deque[Any] = deque()
        self._kept: list[Any] = []
        core: list[Any] = []
        for slot, value in enumerate(list.__iter__(slots)):
            self.cells["slot", slot] = self._value(value)
        core.append(self._value(world))
        while self._waiting:
            core.append(self._inside(self._waiting.popleft()))
        self.core = tuple(core)

    def _inside(self, item: Any) -> Any:
        """What an object holds, as a value; watched members are cells."""
        value = self._value
        parts: list[Any] = [self._places[id(item)], type(item)]
        for name in _names(item):
            held = getattr(item, name, None)
            if type(held) is Watched:
                for member, inner in held.items():
                    self.cells[held.place, member] = value(inner)
            else:
                parts.append(value(held))
        return tuple(parts)

    def _value(self, value: Any) -> Any:
        type_: Any = type(value)
        if type_ in _ATOMIC:
            return value
        read = _READ.get(type_)
        if read is not None:
            return read(self._value, value)
        if not _is_ours(type_):
            # Nobody can say whether two of them are alike: such states never are.
            self._kept.append(value)
            return object()
        place = self._places.get(id(value))
        if place is None:
            place = self._places[id(value)] = len(self._places)
            self._waiting.append(value)
        return "object", place


def _each(value: Callable[[Any], Any], items: Iterable[Any]) -> Any:
    return tuple([value(item) for item in items])


def _any_order(value: Callable[[Any], Any], items: Iterable[Any]) -> Any:
    return frozenset(value(item) for item in items)


def _by_key(value: Callable[[Any], Any], items: Mapping[Any, Any]) -> Any:
    return frozenset((key, value(item)) for key, item in items.items())


#: Types whose values are compared by something simpler than what they hold.
_READ: Final[Mapping[type, Callable[[Callable[[Any], Any], Any], Any]]] = {
    Term: lambda value, term: term.form,
    Word: lambda value, word: (word.key, tuple(word.masks.values())),
    tuple: _each,
    list: _each,
    set: _any_order,
    frozenset: _any_order,
    dict: _by_key,
    Counter: _by_key,
    Deferred: lambda value, deferred: ("deferred", value(deferred.peek())),
    OpenIterator: lambda value, iterator: (iterator.key, iterator.place),
    Function: lambda value, function: id(function),
    type(UNSET): lambda value, unset: "unset",
    Door: lambda value, door: "door",
    Recorder: lambda value, recorder: "recorder",
    OpenList: lambda value, items: ("list", items.key),
}


@cache
def _names_of(type_: Any) -> tuple[str, ...]:
    names = (name for base in type_.__mro__ for name in getattr(base, "__slots__", ()))
    return tuple(name for name in names if name not in _SAME)


def _names(item: Any) -> Iterable[str]:
    """The attributes of an object."""
    names = _names_of(item.__class__)
    return (*names, *item.__dict__) if hasattr(item, "__dict__") else names


@cache
def _is_ours(type_: Any) -> bool:
    return bool(type_.__module__.startswith("app.") and type_ is not OpenSegment)


def watch(world: World, accesses: Accesses) -> None:
    """Watch the records of a world that exist at its start."""
    seen: set[int] = set()
    waiting: list[Any] = [world]
    while waiting:
        item = waiting.pop()
        type_: Any = type(item)
        if type_ in _ATOMIC or type_ in _READ or id(item) in seen or not _is_ours(type_):
            continue
        seen.add(id(item))
        if isinstance(item, Record):
            waiting.extend(item.members.values())
            item.members = Watched(item.members, len(seen), accesses)
        waiting.extend(getattr(item, name, None) for name in _names(item))
