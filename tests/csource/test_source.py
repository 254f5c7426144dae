# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A source text has 1-based lines; a span names a stretch of it."""

import pytest

from app.csource.source import Source, Span, fold
from tests.csource.shapes import function


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ("",)),
        ("a", ("a",)),
        ("a\n", ("a",)),
        ("a\nb", ("a", "b")),
        ("a\n\nb\n", ("a", "", "b")),
        ("a\n\n", ("a", "")),
    ],
)
def test_a_last_line_end_makes_no_further_line(text: str, lines: tuple[str, ...]) -> None:
    assert Source("test.c", text).lines == lines


def test_lines_are_counted_from_one_and_empty_outside() -> None:
    source = Source("test.c", "first\nsecond\n")
    assert source.line(1) == "first"
    assert source.line(2) == "second"
    assert source.line(0) == source.line(3) == source.line(-1) == ""


def test_fold_makes_one_blank_of_white_space_and_trims() -> None:
    assert fold("  if\t(a\n\t   == b)  ") == "if (a == b)"


def test_a_span_prints_as_line_and_column() -> None:
    assert str(Span(12, 3, 14, 5)) == "12:3"


def test_a_span_reaches_to_the_end_of_another() -> None:
    assert Span(1, 2, 3, 4).to(Span(5, 6, 7, 8)) == Span(1, 2, 7, 8)


def test_columns_count_the_bytes_of_utf_8() -> None:
    """Compilers do so: behind a comment of two three-byte signs the statement is at column 12."""
    [only] = function("/* 关闭 */ x = 1;").body.body
    assert only.span == Span(3, 14, 3, 19)
