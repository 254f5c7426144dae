# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The state of a run between two operations: copied, to go on from there again, and compared.

Two runs that stand at the same operation with the same state go on alike. Most of the state is
compared as a whole (the `core`); variables and members of structs are *cells*, and of them only
those count that the rest of the run reads before it writes them. So a copy's variables and
members are kept in a list and in dicts that note each access.

All of a run has to be in its variables and its world: what hides in a closure or a generator can
be neither copied nor compared.
"""

from __future__ import annotations

import copy
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import FunctionType
from typing import Any, Final

from app.kernel.socket import Door
from app.machine.compiled import Run
from app.machine.environment import Environment
from app.machine.trace import Recorder
from app.machine.types import Type
from app.machine.values import UNSET, Deferred, Function, Record
from app.walkthrough.atlas.unknowns import OpenIterator, OpenList, Term

Cell = tuple[Any, Any]
"""A place and a name or number in it."""

_ATOMIC: Final = frozenset({int, str, bool, type(None), float, bytes})
#: Types of objects that runs share: they never change, or somebody else takes them back.
_SHARED: Final = (Door, Environment, Function, OpenList, Recorder, Term, Type, type(UNSET))
#: Attributes that are the same in every run.
_SAME: Final = frozenset({"_door", "_recorder", "label", "type"})
_set: Final = object.__setattr__


class Accesses:
    """Which cells were read before they were written, and which were written."""

    __slots__ = ("read", "written")

    def __init__(self) -> None:
        self.read: set[Cell] = set()
        self.written: set[Cell] = set()

    def clear(self) -> None:
        """Begin anew; sets that somebody keeps stay as they are."""
        self.read, self.written = set(), set()


class Members(dict[str, Any]):
    """The members of a record; each access is noted. `place` tells the record from others."""

    __slots__ = ("accesses", "place")

    def __init__(self, members: Mapping[str, Any], place: int, accesses: Accesses) -> None:
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


class Slots(list[Any]):
    """The variables of a function; each access is noted."""

    __slots__ = ("accesses",)

    def __init__(self, values: Iterable[Any], accesses: Accesses) -> None:
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


def watched(run: Run, accesses: Accesses) -> Run:
    """The same run, whose variables and members note each access from now on."""
    for place, item in enumerate(_objects(run.world)):
        if isinstance(item, Record):
            item.members = Members(item.members, place, accesses)
    run.slots = Slots(run.slots, accesses)
    return run


def _objects(root: Any) -> Iterator[Any]:
    """The objects of our own that a world consists of, each once."""
    seen: set[int] = set()
    waiting: deque[Any] = deque([root])
    while waiting:
        item = waiting.popleft()
        type_: Any = type(item)
        if not _is_ours(type_) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        if isinstance(item, Record):
            waiting.extend(item.members.values())
        waiting.extend(getattr(item, name, None) for name in _names(item))


def copied(run: Run) -> Run:
    """A run that goes on from here apart from this one."""
    new: Run = _copy(run, {})
    return new


def _copy(item: Any, known: dict[int, Any]) -> Any:
    """A copy of a value; `known` has those of the objects that were met before, by identity."""
    type_: Any = type(item)
    if _is_shared(type_):
        return item
    found = known.get(id(item))
    if found is not None:
        return found
    if _is_ours(type_) and type_ not in (Members, Slots):
        found = known[id(item)] = object.__new__(type_)
        for name in _names(item):
            held = getattr(item, name)
            # Not `setattr`: a frozen object is filled in as well.
            _set(found, name, _copy(held, known))
    elif type_ is Members:
        found = Members(
            {name: _copy(held, known) for name, held in item.items()}, item.place, item.accesses
        )
    elif type_ is Slots:
        found = known[id(item)] = Slots((), item.accesses)
        found.extend([_copy(held, known) for held in list.__iter__(item)])
    elif type_ in (list, set, frozenset, tuple):
        found = known[id(item)] = type_([_copy(held, known) for held in item])
    elif type_ in (dict, Counter):
        found = known[id(item)] = type_({key: _copy(held, known) for key, held in item.items()})
    elif isinstance(item, FunctionType) and item.__closure__:
        raise TypeError(f"{item.__qualname__} has a closure and cannot be copied")
    else:
        # An iterator of Python's own, say. Python refuses what it cannot copy.
        found = known[id(item)] = copy.copy(item)
    return found


class Snapshot:
    """A state as values: `core` as one, `cells` each with its own."""

    __slots__ = ("_kept", "_places", "_waiting", "cells", "core")

    def __init__(self, run: Run) -> None:
        self.cells: dict[Cell, Any] = {}
        self._places: dict[int, int] = {}
        self._waiting: deque[Any] = deque()
        self._kept: list[Any] = []
        core: list[Any] = []
        for slot, value in enumerate(list.__iter__(run.slots)):
            self.cells["slot", slot] = self._value(value)
        core.append(self._value(run.world))
        while self._waiting:
            core.append(self._inside(self._waiting.popleft()))
        self.core = tuple(core)

    def _inside(self, item: Any) -> Any:
        """What an object holds, as a value; watched members are cells."""
        value = self._value
        parts: list[Any] = [self._places[id(item)], type(item)]
        for name in _names(item):
            if name in _SAME:
                continue
            held = getattr(item, name)
            if type(held) is Members:
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
        if _is_shared(type_) or type_ is FunctionType:
            return "shared", id(value)
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
    return frozenset([value(item) for item in items])


def _by_key(value: Callable[[Any], Any], items: Mapping[Any, Any]) -> Any:
    return frozenset([(key, value(item)) for key, item in items.items()])


#: Types whose values are compared by something simpler than what they hold.
_READ: Final[Mapping[type, Callable[[Callable[[Any], Any], Any], Any]]] = {
    Term: lambda value, term: term.form,
    OpenList: lambda value, items: ("list", items.key),
    OpenIterator: lambda value, iterator: ("at", iterator.items.key, iterator.place),
    Deferred: lambda value, deferred: ("deferred", value(deferred.peek())),
    tuple: _each,
    list: _each,
    set: _any_order,
    frozenset: _any_order,
    dict: _by_key,
    Counter: _by_key,
}


@cache
def _names_of(type_: Any) -> tuple[str, ...]:
    return tuple(name for base in type_.__mro__ for name in getattr(base, "__slots__", ()))


def _names(item: Any) -> Iterable[str]:
    """The attributes of an object."""
    names = _names_of(item.__class__)
    return (*names, *item.__dict__) if hasattr(item, "__dict__") else names


@cache
def _is_shared(type_: Any) -> bool:
    return type_ in _ATOMIC or issubclass(type_, _SHARED)


@cache
def _is_ours(type_: Any) -> bool:
    return bool(type_.__module__.startswith("app.")) and not _is_shared(type_)
