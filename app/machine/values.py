# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Values while C runs: integers are Python's, NULL is None, the rest is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from app.machine.types import StructType, Type


class _Unset:
    """What a local variable holds before its first assignment."""

    def __repr__(self) -> str:
        return "unset"


UNSET: Final = _Unset()


class Record:
    """A struct in memory; a pointer to it is the object itself.

    A member that nobody wrote yet is asked of `first`, once: that is how a modelled struct reads
    an input only when the C does. `label` is how messages name this object.
    """

    __slots__ = ("label", "members", "type")

    def __init__(self, type_: StructType, label: str, **members: Any) -> None:
        self.type = type_
        self.label = label
        self.members: dict[str, Any] = members

    def load(self, name: str) -> Any:
        """The member's value."""
        try:
            return self.members[name]
        except KeyError:
            value = self.members[name] = self.first(name)
            return value

    def store(self, name: str, value: Any) -> None:
        """Give the member a value, already converted to the member's type."""
        self.members[name] = value

    def first(self, name: str) -> Any:
        """The value of a member before anything was written; a plain struct is zeroed."""
        return None if not hasattr(self.type.members[name], "bits") else 0

    def peek(self, name: str) -> Any:
        """The member's value for show: UNSET where nobody read or wrote it, so no input is read."""
        return self.members.get(name, UNSET)

    def copy(self) -> Record:
        """Another struct with the same values; reads every member."""
        values = {name: self.load(name) for name in self.type.members}
        return Record(
            self.type,
            self.label,
            **{n: v.copy() if self.holds_struct(n) else v for n, v in values.items()},
        )

    def replace(self, other: Record) -> None:
        """Take over the values of a struct of the same type, member by member."""
        for name in self.type.members:
            if self.holds_struct(name):
                self.load(name).replace(other.load(name))
            else:
                self.store(name, other.load(name))

    def holds_struct(self, name: str) -> bool:
        """Whether the member is a struct inside of this one."""
        return isinstance(self.type.members[name], StructType)

    def __repr__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class MemberReference:
    """The address of an integer or pointer member."""

    record: Record
    name: str

    @property
    def type(self) -> Type:
        """The type of what it points at."""
        return self.record.type.members[self.name]

    @property
    def label(self) -> str:
        """How messages name it: as C writes it."""
        return f"&{self.record.label}->{self.name}"

    def load(self) -> Any:
        """What the address holds."""
        return self.record.load(self.name)

    def peek(self) -> Any:
        """What it holds, for show: see `Record.peek`."""
        return self.record.peek(self.name)

    def store(self, value: Any) -> None:
        """Write through the pointer."""
        self.record.store(self.name, value)


@dataclass(frozen=True, slots=True, eq=False)
class VariableReference:
    """The address of a local variable: a slot of one run."""

    slots: list[Any]
    slot: int
    name: str
    type: Type

    @property
    def label(self) -> str:
        """How messages name it: as C writes it."""
        return f"&{self.name}"

    def load(self) -> Any:
        """What the variable holds; UNSET before its first value."""
        value = self.slots[self.slot]
        if type(value) is Deferred:
            value = self.slots[self.slot] = value.value()
        return value

    def peek(self) -> Any:
        """What it holds, for show: UNSET where that is not worked out yet."""
        value = self.slots[self.slot]
        return value.peek() if type(value) is Deferred else value

    def store(self, value: Any) -> None:
        """Write through the pointer."""
        self.slots[self.slot] = value

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, VariableReference)
            and self.slots is other.slots
            and self.slot == other.slot
        )

    def __hash__(self) -> int:
        return hash((id(self.slots), self.slot))


class Deferred:
    """An argument of the function whose value is worked out when the C first needs it.

    So an argument that no path looks at reads no input. `compute` is given the `arguments`: what
    hid in a closure could not be copied with the run.
    """

    __slots__ = ("_arguments", "_compute", "_value")

    def __init__(self, compute: Callable[..., Any], *arguments: Any) -> None:
        self._compute = compute
        self._arguments = arguments
        self._value: Any = UNSET

    def value(self) -> Any:
        """The value, computed once."""
        if self._value is UNSET:
            self._value = self._compute(*self._arguments)
        return self._value

    def peek(self) -> Any:
        """The value if it was computed, else UNSET."""
        return self._value

    def __repr__(self) -> str:
        return "deferred"


class RuleBroken(Exception):
    """Raised by a modelled function that is used against the kernel's rules.

    The machine turns it into `KernelRuleBroken`, with the place in the source.
    """


class Body(Protocol):
    """What a modelled function does: the world it works on, then the arguments of the call."""

    def __call__(self, world: Any, /, *arguments: Any) -> Any:
        """Returns the value of the call, None for void."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that C can call.

    `parameters` are the types that arguments are converted to; `deferred` holds the positions
    of arguments that the body takes as `Deferred` if C passes a parameter on unread; `is_macro`
    marks accessors that leave no trace of their own in a compiled kernel; `is_transparent` one
    that only passes its argument on (`unlikely`), so that a condition is that of the argument.
    """

    name: str
    returns: Type
    parameters: Sequence[Type]
    body: Body
    deferred: frozenset[int] = frozenset()
    is_macro: bool = False
    is_transparent: bool = False

    def __repr__(self) -> str:
        return self.name
