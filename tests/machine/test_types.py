# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""C's integer types: how wide they are, how they wrap, how they meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.machine.types import (
    INT,
    INTEGER_TYPES,
    LONG,
    U8,
    U32,
    UNSIGNED,
    UNSIGNED_LONG,
    VOID,
    FunctionType,
    IntegerType,
    common,
    compatible,
    literal_type,
    named,
    pointer_to,
    promoted,
)
from tests.machine.running import type_of, value_of

SIGNED = {8: "s8", 16: "s16", 32: "s32", 64: "s64"}
NOT_SIGNED = {8: "u8", 16: "u16", 32: "u32", 64: "u64"}


@pytest.mark.parametrize(
    ("name", "bits", "signed"),
    [
        ("char", 8, True),
        ("signed char", 8, True),
        ("unsigned char", 8, False),
        ("short", 16, True),
        ("unsigned short", 16, False),
        ("short unsigned int", 16, False),
        ("int", 32, True),
        ("signed", 32, True),
        ("unsigned", 32, False),
        ("unsigned int", 32, False),
        ("int unsigned", 32, False),
        ("long", 64, True),
        ("long int", 64, True),
        ("unsigned long", 64, False),
        ("long long", 64, True),
        ("unsigned long long int", 64, False),
        ("size_t", 64, False),
        ("bool", 8, False),
        ("u8", 8, False),
        ("__u16", 16, False),
        ("s32", 32, True),
        ("uint64_t", 64, False),
        ("int8_t", 8, True),
        ("gfp_t", 32, False),
    ],
)
def test_a_type_is_as_wide_as_on_x86_64(name: str, bits: int, signed: bool) -> None:
    found = type_of(name)
    assert isinstance(found, IntegerType)
    assert (found.bits, found.signed) == (bits, signed)


INTEGERS = st.sampled_from(sorted(INTEGER_TYPES.values(), key=lambda t: t.name))


@given(INTEGERS, st.integers(-(1 << 70), 1 << 70))
def test_wrap_keeps_the_low_bits_and_stays_in_range(type_: IntegerType, number: int) -> None:
    wrapped = type_.wrap(number)
    if type_.is_bool:
        assert wrapped == type_.wrapper()(number) == (number != 0)
        return
    assert (wrapped - number) % (1 << type_.bits) == 0
    low = -(1 << (type_.bits - 1)) if type_.signed else 0
    assert low <= wrapped < low + (1 << type_.bits)
    assert type_.wrap(wrapped) == wrapped
    assert type_.wrapper()(number) == wrapped


@given(INTEGERS, INTEGERS, st.integers(-(1 << 70), 1 << 70))
def test_a_type_that_holds_another_has_nothing_to_wrap(
    wide: IntegerType, narrow: IntegerType, number: int
) -> None:
    if wide.holds(narrow):
        assert wide.wrap(narrow.wrap(number)) == narrow.wrap(number)


@given(INTEGERS, INTEGERS)
def test_the_common_type_does_not_depend_on_the_order(a: IntegerType, b: IntegerType) -> None:
    assert (common(a, b).bits, common(a, b).signed) == (common(b, a).bits, common(b, a).signed)
    assert common(a, b).bits >= 32


@pytest.mark.parametrize("name", ["char", "u8", "s8", "u16", "s16", "bool"])
def test_whatever_fits_an_int_is_promoted_to_int(name: str) -> None:
    assert promoted(INTEGER_TYPES[name]) == INT


@pytest.mark.parametrize(
    ("left", "right", "meet"),
    [
        (INT, INT, INT),
        (INT, UNSIGNED, UNSIGNED),
        (U8, UNSIGNED, UNSIGNED),
        (U8, U8, INT),
        (UNSIGNED, LONG, LONG),
        (INT, UNSIGNED_LONG, UNSIGNED_LONG),
        (LONG, UNSIGNED_LONG, UNSIGNED_LONG),
    ],
)
def test_two_types_meet_in(left: IntegerType, right: IntegerType, meet: IntegerType) -> None:
    assert common(left, right) == common(right, left) == meet


@pytest.mark.parametrize(
    ("value", "suffix", "is_decimal", "type_"),
    [
        (2**31 - 1, "", True, INT),
        (2**31, "", True, LONG),
        (2**31, "", False, UNSIGNED),
        (2**32, "", False, LONG),
        (2**63, "", False, UNSIGNED_LONG),
        (1, "u", True, UNSIGNED),
        (2**32, "u", True, UNSIGNED_LONG),
        (1, "l", True, LONG),
        (2**63, "l", False, UNSIGNED_LONG),
        (1, "ul", True, UNSIGNED_LONG),
        (1, "ll", True, LONG),
        (1, "llu", True, UNSIGNED_LONG),
    ],
)
def test_a_constant_has_the_first_type_that_holds_it(
    value: int, suffix: str, is_decimal: bool, type_: IntegerType
) -> None:
    assert literal_type(value, suffix, is_decimal=is_decimal) == type_


def test_names_take_no_part_in_comparing_types() -> None:
    assert named(INT, {1: "ONE"}) == INT


def test_a_pointer_type_is_spelled_as_in_c() -> None:
    assert str(pointer_to(pointer_to(INT))) == "int **"
    assert str(pointer_to(VOID)) == "void *"


def test_each_kernel_type_can_be_cast_to_in_front_of_anything() -> None:
    """The parser has a list of its own of the names that its grammar does not know."""
    for name in INTEGER_TYPES:
        if " " not in name:
            assert value_of(f"({name})(3) - ({name})+2") in (0, 1), name
            assert value_of(f"5 * ({name})-0 + 1") == 1, name


def test_pointers_to_the_same_width_and_sign_are_compatible() -> None:
    assert compatible(pointer_to(UNSIGNED), pointer_to(U32))
    assert not compatible(pointer_to(INT), pointer_to(U32))
    assert not compatible(INTEGER_TYPES["bool"], U8)
    assert str(pointer_to(pointer_to(INT, is_const=True))) == "const int **"


def test_functions_are_compatible_by_what_they_take_and_return() -> None:
    takes_int, takes_long = (FunctionType("f", INT, (t,)) for t in (INT, LONG))
    assert compatible(takes_int, FunctionType("g", INT, (INT,)))
    assert compatible(takes_int, FunctionType("g", INT))
    assert not compatible(takes_int, takes_long)
    assert not compatible(takes_int, FunctionType("g", LONG, (INT,)))
    assert not compatible(takes_int, FunctionType("g", INT, ()))
