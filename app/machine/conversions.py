# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""From one type to another: what assignment, arguments, `return` and casts do."""

from __future__ import annotations

from typing import Any

from app.csource import nodes
from app.errors import ExecutionError
from app.machine.compiled import Getter, Run, Value
from app.machine.types import (
    FaultType,
    FunctionType,
    IntegerType,
    PointerType,
    StructType,
    Type,
    VoidType,
    compatible,
)
from app.machine.values import Function, MemberReference, Record, VariableReference


def is_null_constant(node: nodes.Expression) -> bool:
    """Whether C takes it for the null pointer: `0`, `NULL`, `(void *)0`."""
    match node:
        case nodes.Number():
            return node.value == 0
        case nodes.Identifier():
            return node.name == "NULL"
        case nodes.Cast():
            is_void_pointer = node.type.base == "void" and node.type.pointers == 1
            return is_void_pointer and is_null_constant(node.operand)
        case _:
            return False


def conversion(
    value: Value, target: Type, elsewhere: ExecutionError, *, is_cast: bool = False
) -> Getter | None:
    """The value as `target` has it; None where C has no such conversion.

    `elsewhere` is raised where a pointer was without a type (`void *`), and turns out to point
    at something else than `target` says.
    """
    get, source = value.get, value.type
    if isinstance(source, FaultType) or isinstance(target, VoidType):
        return get
    if isinstance(target, IntegerType):
        if isinstance(source, IntegerType):
            if target.holds(source):
                return get
            wrap = target.wrapper()
            return lambda run: wrap(get(run))
        if target.is_bool and isinstance(source, PointerType | FunctionType):
            return lambda run: 0 if get(run) is None else 1
        return None
    if isinstance(target, PointerType):
        return _pointer(value, target, elsewhere, is_cast=is_cast)
    if isinstance(target, StructType) and compatible(source, target):
        return lambda run: get(run).copy()
    return None


def _pointer(
    value: Value, target: PointerType, elsewhere: ExecutionError, *, is_cast: bool
) -> Getter | None:
    if is_null_constant(value.node):
        return lambda run: None
    get, source = value.get, value.type
    if isinstance(source, FunctionType):
        return get if compatible(source, target.target) else None
    if not isinstance(source, PointerType):
        return None
    if source.is_to_const and not target.is_to_const and not is_cast:
        return None
    if isinstance(target.target, VoidType) or compatible(source.target, target.target):
        return get
    if not is_cast and not isinstance(source.target, VoidType):
        return None

    def checked(run: Run) -> Any:
        address = get(run)
        if address is not None and not _points_at(address, target.target):
            raise elsewhere
        return address

    return checked


def _points_at(address: Any, target: Type) -> bool:
    """Whether what is there is what the pointer's type says."""
    if isinstance(address, Record | MemberReference | VariableReference):
        return compatible(address.type, target)
    return isinstance(address, Function) and isinstance(target, FunctionType)


def is_scalar(type_: Type) -> bool:
    """Whether it can be a condition: an integer or a pointer."""
    return isinstance(type_, IntegerType | PointerType | FunctionType | FaultType)


def comparable(left: Value, right: Value) -> bool:
    """Whether two values, at least one of them a pointer, can be compared with `==`."""
    for one, other in ((left, right), (right, left)):
        if is_null_constant(one.node) and isinstance(other.type, PointerType | FunctionType):
            return True
    if not (isinstance(left.type, PointerType) and isinstance(right.type, PointerType)):
        return False
    first, second = left.type.target, right.type.target
    return isinstance(first, VoidType) or isinstance(second, VoidType) or compatible(first, second)


def joined(left: Value, right: Value) -> Type | None:
    """The type of `c ? left : right` where not both are integers; None where there is none."""
    if isinstance(left.type, FaultType) or is_null_constant(left.node):
        return right.type
    if isinstance(right.type, FaultType) or is_null_constant(right.node):
        return left.type
    if isinstance(left.type, PointerType) and isinstance(right.type, PointerType):
        if not comparable(left, right):
            return None
        return max(
            (left.type, right.type), key=lambda t: (isinstance(t.target, VoidType), t.is_to_const)
        )
    return left.type if compatible(left.type, right.type) else None
