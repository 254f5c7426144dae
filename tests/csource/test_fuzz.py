# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Whatever the text is, the parser gives a tree or one of its two errors."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.csource import nodes
from app.csource.decisions import decisions_of, labels_of, walk
from app.csource.parse import parse_function
from app.csource.source import Source
from app.errors import CSyntaxError, UnsupportedConstruct
from app.paths import CONTENT

TCP_CLOSE = (CONTENT / "tcp_close" / "tcp_close.c").read_text()

#: Words of C and of other worlds, one blank between two.
WORDS = (
    "if while do for switch case default break continue goto return else int u32 const struct "
    "static void sizeof a b f out sk-> . , ; ; ; ( ) ( ) { } { } [ ] : ? = == += ++ -- && || ! ~ "
    "& * + - / % << >> < 0 1 -1 -0x1F 08 1.5 'a' \"s\" /* */ // # \\ @ é 关"
)
PIECES = [*WORDS.split(), "\n", "\t", "\0", "\r"]


def parse(text: str) -> nodes.Function | None:
    """The function f, or None where the text was refused."""
    try:
        return parse_function(Source("test.c", text), "f")
    except (CSyntaxError, UnsupportedConstruct) as error:
        refused = error
    assert refused.file == "test.c"
    assert 1 <= refused.line <= text.count("\n") + 1
    assert str(refused).startswith(f"test.c:{refused.line}: ")
    return None


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    parse(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40))
@example(["return", "1"])
def test_any_heap_of_c_in_a_function_is_read_or_refused(pieces: list[str]) -> None:
    found = parse(f"void f(struct sock *sk)\n{{\n{' '.join(pieces)}\n}}\n")
    if found is None:
        return
    # What was read can be walked, and all of it lies inside of the function.
    for statement in walk(found.body):
        assert found.span.line <= statement.span.line <= statement.span.end_line
        assert statement.span.end_line <= found.span.end_line
    assert len(decisions_of(found)) <= len(list(walk(found.body)))
    assert len(labels_of(found)) <= len(pieces)


@given(
    st.integers(0, len(TCP_CLOSE)), st.integers(0, 30), st.sampled_from(["", *PIECES]) | st.text()
)
def test_tcp_close_with_a_random_edit_is_read_or_refused(start: int, length: int, put: str) -> None:
    text = TCP_CLOSE[:start] + put + TCP_CLOSE[start + length :]
    parse(text.replace("tcp_close(struct", "f(struct"))


@pytest.mark.parametrize("name", ["", "f g", "(", "关"])
def test_any_name_can_be_asked_for(name: str) -> None:
    with pytest.raises(CSyntaxError):
        parse_function(Source("test.c", "void f(void) { }"), name)
