# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Expressions, construct by construct."""

import pytest

from app.csource import nodes
from app.csource.source import Span
from app.errors import UnsupportedConstruct
from tests.conftest import table
from tests.csource.shapes import expression, shape


@pytest.mark.parametrize(("code", "tree"), table(__file__, "expressions.yaml"))
def test_expression_has_this_shape(code: str, tree: str) -> None:
    assert shape(expression(code)) == tree


def test_a_cast_keeps_the_text_as_it_was_written() -> None:
    assert expression("a + (u32)(x)").text == "a + (u32)(x)"


def test_comments_leave_no_trace() -> None:
    assert shape(expression("f(/* first */ a, // second\n b /* third */)")) == "(call f a b)"


def test_octal_and_hexadecimal_are_not_decimal() -> None:
    """C gives them other types: 0xFFFFFFFF is unsigned, 4294967295 is a long."""
    numbers = {code: expression(code) for code in ("10", "0x10", "010", "0b10")}
    assert {
        code: number.is_decimal
        for code, number in numbers.items()
        if isinstance(number, nodes.Number)
    } == {"10": True, "0x10": False, "010": False, "0b10": False}


def test_each_expression_knows_its_place_and_its_text() -> None:
    """Line and column are 1-based and both ends are inclusive."""
    found = expression("  a +\n    b")
    assert isinstance(found, nodes.Binary)
    assert found.span == Span(3, 3, 4, 5)
    assert found.text == "a +\n    b"
    assert found.right.span == Span(4, 5, 4, 5)


def test_parentheses_are_not_part_of_the_expression() -> None:
    found = expression("(a + b) * c")
    assert isinstance(found, nodes.Binary)
    assert found.left.text == "a + b"


@pytest.mark.parametrize(
    "code", ["1.5", "1e3", "08", "0x1.8p3", "18446744073709551616", "1lul", "9" * 5000]
)
def test_a_constant_that_is_no_integer_of_64_bits_is_refused(code: str) -> None:
    with pytest.raises(UnsupportedConstruct, match=r"^test.c:3: .*number"):
        expression(code)


@pytest.mark.parametrize("code", ["'ab'", r"'\x41'", r"'\101'", "L'a'", "u8'a'", "'é'"])
def test_a_character_that_is_not_plain_is_refused(code: str) -> None:
    with pytest.raises(UnsupportedConstruct, match="char"):
        expression(code)
