# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Expressions, construct by construct."""

import pytest

from app.csource import nodes
from app.csource.source import Span
from app.errors import UnsupportedConstruct
from tests.csource.shapes import expression, shape


@pytest.mark.parametrize(
    ("code", "tree"),
    [
        # constants
        ("0", "0"),
        ("42", "42"),
        ("42u", "42u"),
        ("42UL", "42ul"),
        ("42LL", "42ll"),
        ("42llu", "42llu"),
        ("0x1F", "31"),
        ("0xffUL", "255ul"),
        ("017", "15"),
        ("0b101", "5"),
        ("1'000", "1000"),
        ("18446744073709551615u", "18446744073709551615u"),
        ("'a'", "97"),
        (r"'\n'", "10"),
        (r"'\0'", "0"),
        (r"'\\'", "92"),
        (r"'\''", "39"),
        # names
        ("skb", "skb"),
        ("NULL", "NULL"),
        ("true", "true"),
        ("false", "false"),
        # access
        ("sk->sk_state", "(-> sk sk_state)"),
        ("net.ipv4", "(. net ipv4)"),
        ("sk->sk_prot->orphan_count", "(-> (-> sk sk_prot) orphan_count)"),
        ("net->ipv4.timeout", "(. (-> net ipv4) timeout)"),
        ("&sk->queue", "(address (-> sk queue))"),
        ("*p", "(value-at p)"),
        ("**p", "(value-at (value-at p))"),
        ("(*p).x", "(. (value-at p) x)"),
        # calls
        ("f()", "(call f)"),
        ("f(a)", "(call f a)"),
        ("f(a, b + 1)", "(call f a (+ b 1))"),
        ("f(a)->x", "(-> (call f a) x)"),
        ("sk->ops->close(sk, 0)", "(call (-> (-> sk ops) close) sk 0)"),
        ("(*p)(1)", "(call (value-at p) 1)"),
        # unary
        ("-x", "(- x)"),
        ("+x", "(+ x)"),
        ("~x", "(~ x)"),
        ("!x", "(! x)"),
        ("!!x", "(! (! x))"),
        ("- -x", "(- (- x))"),
        # updates
        ("++x", "(++-before x)"),
        ("--x", "(---before x)"),
        ("x++", "(++-after x)"),
        ("x--", "(---after x)"),
        ("sk->count++", "(++-after (-> sk count))"),
        # binary
        ("a + b", "(+ a b)"),
        ("a - b", "(- a b)"),
        ("a * 2", "(* a 2)"),
        ("a / b", "(/ a b)"),
        ("a % b", "(% a b)"),
        ("a & 1", "(& a 1)"),
        ("a | b", "(| a b)"),
        ("a ^ b", "(^ a b)"),
        ("a << b", "(<< a b)"),
        ("a >> b", "(>> a b)"),
        ("a == b", "(== a b)"),
        ("a != b", "(!= a b)"),
        ("a < b", "(< a b)"),
        ("a > b", "(> a b)"),
        ("a <= b", "(<= a b)"),
        ("a >= b", "(>= a b)"),
        ("a && b", "(&& a b)"),
        ("a || b", "(|| a b)"),
        # precedence and grouping
        ("a + b * c", "(+ a (* b c))"),
        ("(a + b) * c", "(* (+ a b) c)"),
        ("a - b - c", "(- (- a b) c)"),
        ("a && b || c && d", "(|| (&& a b) (&& c d))"),
        ("a & b == c", "(& a (== b c))"),
        ("a << 1 + b", "(<< a (+ 1 b))"),
        ("!a == b", "(== (! a) b)"),
        ("-a->b", "(- (-> a b))"),
        ("((a))", "a"),
        # assignment
        ("a = b", "(= a b)"),
        ("a = b = c", "(= a (= b c))"),
        ("a += b", "(+= a b)"),
        ("a -= b", "(-= a b)"),
        ("a *= b", "(*= a b)"),
        ("a /= b", "(/= a b)"),
        ("a %= b", "(%= a b)"),
        ("a &= b", "(&= a b)"),
        ("a |= b", "(|= a b)"),
        ("a ^= b", "(^= a b)"),
        ("a <<= b", "(<<= a b)"),
        ("a >>= b", "(>>= a b)"),
        ("(a = f()) != NULL", "(!= (= a (call f)) NULL)"),
        # conditional, comma, cast
        ("a ? b : c", "(? a b c)"),
        ("a ?: c", "(? a - c)"),
        ("a ? b : c ? d : e", "(? a b (? c d e))"),
        ("a, b", "(, a b)"),
        ("f((a, b))", "(call f (, a b))"),
        ("(int)a", "(cast int a)"),
        ("(unsigned long)a + b", "(+ (cast unsigned long a) b)"),
        ("(struct sock *)p", "(cast struct sock * p)"),
        ("(struct sock **)p", "(cast struct sock ** p)"),
        ("(const int)a", "(cast const int a)"),
        ("(void)f()", "(cast void (call f))"),
    ],
)
def test_expression_has_this_shape(code: str, tree: str) -> None:
    assert shape(expression(code)) == tree


@pytest.mark.parametrize(
    ("code", "tree"), [("-1", "(- 1)"), ("-1u", "(- 1u)"), ("-010", "(- 8)"), ("-0x10", "(- 16)")]
)
def test_a_sign_is_an_operator_and_no_part_of_a_number(code: str, tree: str) -> None:
    """C has no negative constants: -1u is 4294967295, and -010 is -8."""
    assert shape(expression(code)) == tree


@pytest.mark.parametrize(
    ("code", "tree"),
    [
        ("(u32)(x)", "(cast u32 x)"),
        ("(u32)(x) + 1", "(+ (cast u32 x) 1)"),
        ("(u32)(x)->y", "(cast u32 (-> x y))"),
        ("(u32)-1", "(cast u32 (- 1))"),
        ("(u32)- 1 * 5", "(* (cast u32 (- 1)) 5)"),
        ("a + (u32)-1", "(+ a (cast u32 (- 1)))"),
        ("a * (u32)-x", "(* a (cast u32 (- x)))"),
        ("(u32)*p", "(cast u32 (value-at p))"),
        ("(u32)&x == y", "(== (cast u32 (address x)) y)"),
        ("(_Bool)(x)", "(cast _Bool x)"),
        ("( u8 )(gfp_t)-x", "(cast u8 (cast gfp_t (- x)))"),
        ("-(u16)-x", "(- (cast u16 (- x)))"),
        ("(u32)(a, b)", "(cast u32 (, a b))"),
        ("(other)(x)", "(call other x)"),
        ("f((u32)(x))", "(call f (cast u32 x))"),
    ],
)
def test_a_kernel_type_in_parentheses_is_a_cast_whatever_follows(code: str, tree: str) -> None:
    """The grammar does not know typedefs; a cast has to bind like one all the same."""
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
