# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is not C, and what is C but unknown here, is refused with file, line and text."""

import pytest

from app.csource.parse import MAX_DEPTH, parse_function
from app.csource.source import Source
from app.errors import CSyntaxError, SourceError, UnsupportedConstruct
from tests.conftest import table
from tests.csource.shapes import function

UNSUPPORTED = dict(table(__file__, "unsupported.yaml"))


@pytest.mark.parametrize(("code", "text"), UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_unsupported_c_is_refused_with_file_line_and_text(code: str, text: str) -> None:
    with pytest.raises(UnsupportedConstruct) as caught:
        function(f"a = 0;\n{code}")
    refused = caught.value
    assert (refused.file, refused.line) == ("test.c", 4)
    assert text in refused.text
    assert str(refused).startswith("test.c:4: this C is not supported: ")


@pytest.mark.parametrize(
    "code",
    [
        "a = ;",
        "a + ;",
        "if (a;",
        "case 1 ... 9: a;",
        "goto *p;",
        "a = 1 <=> 2;",
        "int x __attribute__((unused)) = 1;",
        "a = 0x;",
        "a @ b;",
        "while () a;",
    ],
)
def test_what_is_not_c_is_refused_with_file_and_line(code: str) -> None:
    with pytest.raises(CSyntaxError) as caught:
        function(f"a = 0;\nswitch (a) {{ {code} }}")
    assert caught.value.file == "test.c"
    assert caught.value.line == 4
    assert caught.value.text


def test_a_missing_semicolon_is_named() -> None:
    with pytest.raises(CSyntaxError, match=r"^test.c:3: missing ;: int a = 1$"):
        function("int a = 1")


@pytest.mark.parametrize(
    "head",
    [
        "void f(int)",
        "void f(int a, ...)",
        "void f(int a[])",
        "void f(int (*p)(void))",
        "void f(union u a)",
    ],
)
def test_a_parameter_that_is_unknown_here_is_refused(head: str) -> None:
    with pytest.raises(UnsupportedConstruct, match=r"^test.c:1: "):
        function("", head=head)


def test_a_function_that_is_not_there_is_named() -> None:
    with pytest.raises(CSyntaxError, match=r"^test.c:1: no function tcp_close: int x;$") as caught:
        parse_function(Source("test.c", "int x;\nvoid f(void) { }\n"), "tcp_close")
    assert caught.value.line == 1


def test_an_empty_file_has_no_function() -> None:
    with pytest.raises(CSyntaxError, match="no function f"):
        parse_function(Source("empty.c", ""), "f")


def test_a_mistake_elsewhere_in_the_file_is_refused_too() -> None:
    """Half a file that parses proves nothing about the other half."""
    with pytest.raises(CSyntaxError, match=r"^test.c:2: "):
        parse_function(Source("test.c", "void f(void) { }\nvoid g(void) { a = ; }\n"), "f")


def test_what_is_unsupported_in_another_function_does_not_matter() -> None:
    text = "int table[3];\nvoid g(void) { a[1] = sizeof(int); }\nvoid f(void) { }\n"
    assert parse_function(Source("test.c", text), "f").name == "f"


@pytest.mark.parametrize(
    "code",
    [
        f"a = {'(' * 2 * MAX_DEPTH}1{')' * 2 * MAX_DEPTH};",
        f"a = {'!' * 2 * MAX_DEPTH}1;",
        "{" * 2 * MAX_DEPTH + "}" * 2 * MAX_DEPTH,
        f"a = 1{' + 1' * 2 * MAX_DEPTH};",
        f"a = f{'()' * 2 * MAX_DEPTH};",
        "if (a) ;" + " else if (b) ;" * 2 * MAX_DEPTH,
    ],
    ids=["parentheses", "not", "blocks", "sum", "calls", "else-if"],
)
def test_nesting_beyond_the_limit_is_refused(code: str) -> None:
    with pytest.raises(UnsupportedConstruct, match=f"nesting deeper than {MAX_DEPTH}"):
        function(code)


def test_nesting_below_the_limit_is_fine() -> None:
    depth = MAX_DEPTH - 10
    function(f"a = {'(' * depth}1{')' * depth};")


def test_a_mistake_deep_inside_is_refused() -> None:
    with pytest.raises(CSyntaxError):
        function("{" * 1500 + "int x" + "}" * 1500)


def test_a_text_that_utf_8_cannot_write_is_refused() -> None:
    with pytest.raises(SourceError):
        function("a = 1; // \udcff")


def test_a_pointer_that_is_const_itself_is_kept_or_refused() -> None:
    """Either the machine knows that p can't be changed, or it says that it does not know."""
    with pytest.raises(UnsupportedConstruct):
        function("int * const p = 0;")


@pytest.mark.parametrize("code", ["int * const *p = 0;", "a = (int * const)b;"])
def test_const_behind_a_star_is_refused_wherever_it_stands(code: str) -> None:
    with pytest.raises(UnsupportedConstruct, match="a pointer that is const itself"):
        function(code)


def test_a_parameter_that_is_a_const_pointer_is_refused() -> None:
    with pytest.raises(UnsupportedConstruct, match="a pointer that is const itself"):
        function("", head="void f(int *const a)")


@pytest.mark.parametrize("code", ["a = (u32);", "a = (u32)(x;", "a = sizeof(u32);"])
def test_a_type_name_that_casts_nothing_is_refused(code: str) -> None:
    with pytest.raises(SourceError) as caught:
        function(code)
    assert "!" not in caught.value.text


def test_the_first_mistake_of_a_file_is_named() -> None:
    with pytest.raises(CSyntaxError) as caught:
        function("a = 1;\nb = ;\nc = ;")
    assert caught.value.line == 4
