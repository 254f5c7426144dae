# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""C's types, as gcc has them on x86-64 Linux (LP64, two's complement, wrapping)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Type:
    """Anything that an expression can be of."""

    name: str

    @property
    def names(self) -> Mapping[int, str] | None:
        """The names of its values, where the kernel has any."""
        return None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class VoidType(Type):
    """No value."""


@dataclass(frozen=True, slots=True)
class FaultType(Type):
    """Of an expression that no compiler would accept; whatever is around it lets it through."""


@dataclass(frozen=True, slots=True)
class IntegerType(Type):
    """An integer of `bits` bits; `bool` stores 0 or 1.

    `names` gives values a name where the kernel does (`sk_state` 1 is ESTABLISHED); it takes no
    part in comparing types.
    """

    bits: int
    signed: bool
    names: Mapping[int, str] | None = field(default=None, compare=False, repr=False)

    @property
    def is_bool(self) -> bool:
        """Whether everything but 0 is stored as 1."""
        return self.name == "bool"

    def wrap(self, value: int) -> int:
        """The value as this type stores it."""
        return self.wrapper()(value)

    def wrapper(self) -> Callable[[int], int]:
        """`wrap` as a plain function, for code that runs often."""
        mask = (1 << self.bits) - 1
        if self.is_bool:
            return lambda value: 1 if value else 0
        if not self.signed:
            return lambda value: value & mask
        half = 1 << (self.bits - 1)
        return lambda value: ((value + half) & mask) - half

    def holds(self, other: IntegerType) -> bool:
        """Whether each value of `other` is one of this type, so that nothing has to wrap."""
        if self.is_bool:
            return other.is_bool
        if self.signed == other.signed:
            return self.bits >= other.bits
        return self.signed and self.bits > other.bits


@dataclass(frozen=True, slots=True, eq=False)
class StructType(Type):
    """A struct with the members that are modelled, by name."""

    members: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class FunctionType(Type):
    """A function that returns `returns`; `parameters` is None where the declaration names none."""

    returns: Type
    parameters: Sequence[Type] | None = None


@dataclass(frozen=True, slots=True)
class PointerType(Type):
    """A pointer to `target`; through a pointer to const nothing can be written."""

    target: Type
    is_to_const: bool = False


def pointer_to(target: Type, *, is_const: bool = False) -> PointerType:
    """The pointer type with C's spelling; `is_const` is about the target."""
    star = "*" if target.name[-1] == "*" else " *"
    const = "const " if is_const else ""
    return PointerType(f"{const}{target.name}{star}", target, is_const)


def compatible(left: Type, right: Type) -> bool:
    """Whether a pointer to the one may stand for a pointer to the other, as far as C is asked.

    Names of integer types are typedefs: what counts is width and sign. Qualifiers are not
    looked at.
    """
    match left, right:
        case PointerType(), PointerType():
            return compatible(left.target, right.target)
        case IntegerType(), IntegerType():
            return (left.bits, left.signed, left.is_bool) == (
                right.bits,
                right.signed,
                right.is_bool,
            )
        case StructType(), StructType():
            return left.name == right.name
        case FunctionType(), FunctionType():
            if not compatible(left.returns, right.returns):
                return False
            if left.parameters is None or right.parameters is None:
                return True
            return len(left.parameters) == len(right.parameters) and all(
                map(compatible, left.parameters, right.parameters)
            )
        case _:
            return isinstance(left, VoidType) and isinstance(right, VoidType)


def named(base: IntegerType, names: Mapping[int, str]) -> IntegerType:
    """The same type whose values have names."""
    return IntegerType(base.name, base.bits, base.signed, names)


VOID: Final = VoidType("void")
FAULT: Final = FaultType("an error")
INT: Final = IntegerType("int", 32, True)
UNSIGNED: Final = IntegerType("unsigned int", 32, False)
LONG: Final = IntegerType("long", 64, True)
UNSIGNED_LONG: Final = IntegerType("unsigned long", 64, False)
U8: Final = IntegerType("u8", 8, False)
U16: Final = IntegerType("u16", 16, False)
U32: Final = IntegerType("u32", 32, False)
U64: Final = IntegerType("u64", 64, False)
NULL_TYPE: Final = pointer_to(VOID)

_INTEGERS: Final[Mapping[IntegerType, Sequence[str]]] = {
    IntegerType("char", 8, True): ("char",),
    IntegerType("signed char", 8, True): ("char signed",),
    IntegerType("unsigned char", 8, False): ("char unsigned",),
    IntegerType("short", 16, True): ("short", "int short"),
    IntegerType("unsigned short", 16, False): ("short unsigned", "int short unsigned"),
    INT: ("int", "signed", "int signed"),
    UNSIGNED: ("unsigned", "int unsigned"),
    LONG: ("long", "int long", "long signed"),
    UNSIGNED_LONG: ("long unsigned", "int long unsigned"),
    IntegerType("long long", 64, True): ("long long", "int long long"),
    IntegerType("unsigned long long", 64, False): ("long long unsigned", "int long long unsigned"),
    IntegerType("bool", 8, False): ("bool", "_Bool"),
    IntegerType("size_t", 64, False): ("size_t",),
    IntegerType("gfp_t", 32, False): ("gfp_t",),
    **{u: (u.name, f"__{u.name}", f"uint{u.bits}_t") for u in (U8, U16, U32, U64)},
    **{
        IntegerType(name, bits, True): (name,)
        for bits in (8, 16, 32, 64)
        for name in (f"s{bits}", f"int{bits}_t")
    },
}
#: The names of C and of the kernel for the integer types, words in any order sorted.
INTEGER_TYPES: Final[Mapping[str, IntegerType]] = {
    name: type_ for type_, names in _INTEGERS.items() for name in names
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
