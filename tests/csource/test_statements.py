# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Statements, construct by construct."""

import pytest

from app.csource import nodes
from app.csource.source import Span
from tests.conftest import table
from tests.csource.shapes import function, shape, statement, statements


@pytest.mark.parametrize(("code", "tree"), table(__file__, "statements.yaml"))
def test_statement_has_this_shape(code: str, tree: str) -> None:
    assert shape(statement(code)) == tree


def test_comments_between_statements_leave_no_trace() -> None:
    assert [shape(s) for s in statements("a; /* one */ // two\nb;")] == ["(do a)", "(do b)"]


def test_a_label_may_stand_before_a_closing_brace() -> None:
    """C23 allows it, and compilers did before."""
    assert [shape(s) for s in statements("a; out: ;")] == ["(do a)", "(label out (empty))"]


def test_a_function_has_a_name_a_type_and_parameters() -> None:
    found = function("return 0;", head="static struct sock *f(const struct sock *sk, long timeout)")
    assert found.name == "f"
    assert shape(found.returns) == "struct sock *"
    assert [(p.name, shape(p.type)) for p in found.parameters] == [
        ("sk", "const struct sock *"),
        ("timeout", "long"),
    ]
    assert found.source.file == "test.c"


@pytest.mark.parametrize("head", ["void f(void)", "void f()"])
def test_a_function_may_have_no_parameters(head: str) -> None:
    assert function("", head=head).parameters == ()


def test_a_function_that_returns_a_pointer_to_a_pointer_is_found() -> None:
    assert shape(function("", head="int **f(void)").returns) == "int **"


def test_the_body_spans_brace_to_brace() -> None:
    assert function("a;\nb;").body.span == Span(2, 1, 5, 1)


def test_the_header_of_an_if_ends_at_its_parenthesis() -> None:
    found = statement("\tif (a &&\n\t    b) {\n\t\tc;\n\t}")
    assert isinstance(found, nodes.If)
    assert found.header == Span(3, 2, 4, 7)
    assert found.span == Span(3, 2, 6, 2)


def test_the_header_of_an_else_if_starts_at_its_own_if() -> None:
    found = statement("if (a) {\n} else if (b) {\n}")
    assert isinstance(found, nodes.If)
    assert isinstance(found.otherwise, nodes.If)
    assert found.otherwise.header == Span(4, 8, 4, 13)


def test_the_header_of_a_do_is_the_while_at_its_end() -> None:
    found = statement("do {\n\ta;\n} while (b);")
    assert isinstance(found, nodes.DoWhile)
    assert found.header == Span(5, 3, 5, 11)


def test_the_header_of_a_for_spans_its_parentheses() -> None:
    found = statement("for (a = f(); b; c())\n\td();")
    assert isinstance(found, nodes.For)
    assert found.header == Span(3, 1, 3, 21)


def test_the_header_of_a_switch_ends_at_its_parenthesis() -> None:
    found = statement("switch (f(a)) {\n}")
    assert isinstance(found, nodes.Switch)
    assert found.header == Span(3, 1, 3, 13)


def test_the_span_of_a_label_covers_the_name_and_the_colon() -> None:
    found = statement("adjudge:\n\ta;")
    assert isinstance(found, nodes.Label)
    assert found.label_span == Span(3, 1, 3, 8)
    assert found.span == Span(3, 1, 4, 3)


def test_the_text_of_a_statement_is_as_written() -> None:
    assert statement("a  =\t1;").text == "a  =\t1;"
