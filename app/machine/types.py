# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""C's types, as gcc has them on x86-64 Linux (LP64, two's complement, wrapping)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Type:
    """Anything that an expression can be of."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class VoidType(Type):
    """No value."""


@dataclass(frozen=True, slots=True)
class IntegerType(Type):
    """An integer of `bits` bits.

    `names` gives values a name where the kernel does (`sk_state` 1 is ESTABLISHED); it takes no
    part in comparing types.
    """

    bits: int
    signed: bool
    names: Mapping[int, str] | None = field(default=None, compare=False, repr=False)

    def wrap(self, value: int) -> int:
        """The value as this type stores it."""
        value &= (1 << self.bits) - 1
        if self.signed and value >> (self.bits - 1):
            value -= 1 << self.bits
        return value

    def wrapper(self) -> Callable[[int], int]:
        """`wrap` as a plain function, for code that runs often."""
        mask = (1 << self.bits) - 1
        if not self.signed:
            return lambda value: value & mask
        half = 1 << (self.bits - 1)
        return lambda value: ((value + half) & mask) - half

    def holds(self, other: IntegerType) -> bool:
        """Whether each value of `other` is one of this type, so that nothing has to wrap."""
        if self.signed == other.signed:
            return self.bits >= other.bits
        return self.signed and self.bits > other.bits


@dataclass(frozen=True, slots=True, eq=False)
class StructType(Type):
    """A struct with the members that are modelled, by name."""

    members: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class FunctionType(Type):
    """A function that returns `returns`."""

    returns: Type


@dataclass(frozen=True, slots=True)
class PointerType(Type):
    """A pointer to `target`."""

    target: Type


def pointer_to(target: Type) -> PointerType:
    """The pointer type with C's spelling."""
    return PointerType(f"{target.name} *" if target.name[-1] != "*" else f"{target.name}*", target)


def named(base: IntegerType, names: Mapping[int, str]) -> IntegerType:
    """The same type whose values have names."""
    return IntegerType(base.name, base.bits, base.signed, names)


VOID: Final = VoidType("void")
INT: Final = IntegerType("int", 32, True)
UNSIGNED: Final = IntegerType("unsigned int", 32, False)
LONG: Final = IntegerType("long", 64, True)
UNSIGNED_LONG: Final = IntegerType("unsigned long", 64, False)
U8: Final = IntegerType("u8", 8, False)
U16: Final = IntegerType("u16", 16, False)
U32: Final = IntegerType("u32", 32, False)
U64: Final = IntegerType("u64", 64, False)
NULL_TYPE: Final = pointer_to(VOID)

#: The names of C and of the kernel for the integer types, words in any order sorted.
INTEGER_TYPES: Final[Mapping[str, IntegerType]] = {
    "char": IntegerType("char", 8, True),
    "char signed": IntegerType("signed char", 8, True),
    "char unsigned": IntegerType("unsigned char", 8, False),
    "short": IntegerType("short", 16, True),
    "int short": IntegerType("short", 16, True),
    "short unsigned": IntegerType("unsigned short", 16, False),
    "int short unsigned": IntegerType("unsigned short", 16, False),
    "int": INT,
    "signed": INT,
    "int signed": INT,
    "unsigned": UNSIGNED,
    "int unsigned": UNSIGNED,
    "long": LONG,
    "int long": LONG,
    "long signed": LONG,
    "long unsigned": UNSIGNED_LONG,
    "int long unsigned": UNSIGNED_LONG,
    "long long": IntegerType("long long", 64, True),
    "int long long": IntegerType("long long", 64, True),
    "long long unsigned": IntegerType("unsigned long long", 64, False),
    "int long long unsigned": IntegerType("unsigned long long", 64, False),
    "bool": IntegerType("bool", 8, False),
    "_Bool": IntegerType("bool", 8, False),
    "size_t": IntegerType("size_t", 64, False),
    "s8": IntegerType("s8", 8, True),
    "s16": IntegerType("s16", 16, True),
    "s32": IntegerType("s32", 32, True),
    "s64": IntegerType("s64", 64, True),
    "__u8": U8,
    "__u16": U16,
    "__u32": U32,
    "__u64": U64,
    "u8": U8,
    "u16": U16,
    "u32": U32,
    "u64": U64,
    "uint8_t": U8,
    "uint16_t": U16,
    "uint32_t": U32,
    "uint64_t": U64,
    "int8_t": IntegerType("int8_t", 8, True),
    "int16_t": IntegerType("int16_t", 16, True),
    "int32_t": IntegerType("int32_t", 32, True),
    "int64_t": IntegerType("int64_t", 64, True),
    "gfp_t": IntegerType("gfp_t", 32, False),
}


def promoted(type_: IntegerType) -> IntegerType:
    """Integer promotion: whatever fits an int becomes one."""
    return INT if type_.bits < INT.bits else type_


def common(left: IntegerType, right: IntegerType) -> IntegerType:
    """The usual arithmetic conversions: the type in which two operands meet."""
    left, right = promoted(left), promoted(right)
    if left.bits == right.bits:
        return right if left.signed and not right.signed else left
    return left if left.bits > right.bits else right


def literal_type(value: int, suffix: str, *, is_decimal: bool) -> IntegerType:
    """The first type of C's list that holds the constant (C11, 6.4.4.1)."""
    candidates = [INT, UNSIGNED, LONG, UNSIGNED_LONG]
    if "l" in suffix:
        candidates = [LONG, UNSIGNED_LONG]
    if "u" in suffix:
        candidates = [c for c in candidates if not c.signed]
    elif is_decimal:
        candidates = [c for c in candidates if c.signed] or candidates
    for candidate in candidates:
        if candidate.wrap(value) == value:
            return candidate
    return UNSIGNED_LONG
