# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The three kinds of place that C can write to: a variable, a member, what a pointer points at."""

from __future__ import annotations

from typing import Any

from app.errors import ExecutionError
from app.machine.compiled import Getter, Place, Run
from app.machine.scope import Variable
from app.machine.types import StructType, Type
from app.machine.values import (
    UNSET,
    Deferred,
    Function,
    MemberReference,
    Record,
    VariableReference,
)


def variable_place(variable: Variable, unset: ExecutionError) -> Place:
    """A variable; `unset` is raised where it is read before its first value."""
    slot, name, type_ = variable.slot, variable.name, variable.type

    def locate(run: Run) -> Any:
        return run.slots

    def load(slots: list[Any]) -> Any:
        value = slots[slot]
        if value is UNSET:
            raise unset
        if type(value) is Deferred:
            value = slots[slot] = value.value()
        return value

    def peek(slots: list[Any]) -> Any:
        value = slots[slot]
        return value.peek() if type(value) is Deferred else value

    def store(slots: list[Any], value: Any) -> None:
        slots[slot] = value

    def store_struct(slots: list[Any], value: Record) -> None:
        if slots[slot] is UNSET:
            slots[slot] = value
        else:
            slots[slot].replace(value)

    def address(slots: list[Any]) -> Any:
        return VariableReference(slots, slot, name, type_)

    if isinstance(type_, StructType):
        return Place(locate, load, peek, store_struct, load, is_const=variable.is_const)
    return Place(locate, load, peek, store, address, is_const=variable.is_const)


def member_place(
    owner: Getter, name: str, type_: Type, null: ExecutionError, *, is_const: bool
) -> Place:
    """A member of the struct that `owner` gives; `null` is raised where that is NULL."""

    def locate(run: Run) -> Any:
        record = owner(run)
        if record is None:
            raise null
        return record

    def load(record: Record) -> Any:
        return record.load(name)

    def peek(record: Record) -> Any:
        return record.peek(name)

    def store(record: Record, value: Any) -> None:
        record.store(name, value)

    def store_struct(record: Record, value: Record) -> None:
        record.load(name).replace(value)

    def address(record: Record) -> Any:
        return MemberReference(record, name)

    if isinstance(type_, StructType):
        return Place(locate, load, peek, store_struct, load, is_const=is_const)
    return Place(locate, load, peek, store, address, is_const=is_const)


def pointed_place(
    pointer: Getter, null: ExecutionError, unset: ExecutionError, *, is_const: bool
) -> Place:
    """What a pointer points at. A pointer to a struct or function is the object itself."""

    def locate(run: Run) -> Any:
        address = pointer(run)
        if address is None:
            raise null
        return address

    def load(address: Any) -> Any:
        if isinstance(address, Record | Function):
            return address
        value = address.load()
        if value is UNSET:
            raise unset
        return value

    def peek(address: Any) -> Any:
        return address if isinstance(address, Record | Function) else address.peek()

    def store(address: Any, value: Any) -> None:
        if isinstance(address, Record):
            address.replace(value)
        else:
            address.store(value)

    return Place(locate, load, peek, store, lambda address: address, is_const=is_const)
