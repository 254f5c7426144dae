# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What surrounds a function: the constants, structs and functions that its C may name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.csource.nodes import Call, Expression, TypeName
from app.machine.types import (
    INT,
    INTEGER_TYPES,
    NULL_TYPE,
    VOID,
    IntegerType,
    StructType,
    Type,
    pointer_to,
)
from app.machine.values import Function


@dataclass(frozen=True, slots=True)
class Constant:
    """A name with a fixed value: a macro or an enumerator."""

    value: int | None
    type: Type


@dataclass(frozen=True)
class Environment:
    """Everything that is declared outside of the function.

    `macros` say what a call stands for, of a member as `->name`, None for nothing at all; `tables`
    are constant arrays of numbers; `globals` are variables, by the function without arguments that
    gives their value; `silent` are functions that may be called and do nothing that is modelled.
    Where `is_lenient`, a text need not be known to its last word: a call whose value nobody wants,
    and an assignment to a member that is not modelled, become steps that say so and do nothing.
    """

    constants: Mapping[str, Constant] = field(default_factory=dict)
    structs: Mapping[str, StructType] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    macros: Mapping[str, Callable[[Call], Expression | None]] = field(default_factory=dict)
    tables: Mapping[str, Sequence[int]] = field(default_factory=dict)
    globals: Mapping[str, str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    is_lenient: bool = False

    def names(self) -> Iterable[str]:
        """Every constant and function, for the nearest match of a misspelling."""
        return (*self.constants, *self.functions)

    def resolve(self, name: TypeName) -> Type | None:
        """The type that a declaration names; None for a word that nobody declared.

        A struct that is not modelled may be pointed at, but has no members.
        """
        type_: Type | None
        if name.base == "void":
            type_ = VOID
        elif name.base.startswith("struct "):
            tag = name.base.removeprefix("struct ")
            type_ = self.structs.get(tag) or StructType(name.base, {})
        else:
            words = " ".join(sorted(name.base.split()))
            type_ = INTEGER_TYPES.get(words)
        if type_ is None:
            return None
        for depth in range(name.pointers):
            type_ = pointer_to(type_, is_const=name.is_const and depth == 0)
        return type_


def integer(value: int, type_: IntegerType = INT) -> Constant:
    """A constant of an integer type."""
    return Constant(type_.wrap(value), type_)


#: What every C text may use without declaring it.
STANDARD: Mapping[str, Constant] = {
    "NULL": Constant(None, NULL_TYPE),
    "true": integer(1, INTEGER_TYPES["bool"]),
    "false": integer(0, INTEGER_TYPES["bool"]),
}
