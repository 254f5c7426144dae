# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Anchors are code: commentary follows its lines wherever an edit moves them."""

import pytest

from app.walkthrough.content.anchors import AnchorMissed, locate
from app.walkthrough.content.schema import NumberedAnchor
from app.walkthrough.records import Walkthrough
from tests.walkthrough.building import Folder

SOURCE = "tcp_close.c"


def places(walkthrough: Walkthrough) -> dict[str, tuple[int, int]]:
    """First and last line of each block and decision."""
    return {item.id: (item.start, item.end) for item in walkthrough.blocks} | {
        item.id: (item.line, item.end_line) for item in walkthrough.decisions
    }


def test_a_line_above_everything_moves_everything_by_one(
    tcp_close: Walkthrough, copied: Folder
) -> None:
    text = copied.text(SOURCE)
    brace = text.index("{\n") + 2
    copied.write(SOURCE, text[:brace] + "\t/* A remark. */\n" + text[brace:])
    moved = places(copied.load())
    for name, (start, end) in places(tcp_close).items():
        assert moved[name] == (start + (name != "entry"), end + 1), name


def test_an_include_above_the_function_leaves_its_lines_to_be_explained(copied: Folder) -> None:
    copied.write(SOURCE, "#include <net/tcp.h>\n" + copied.text(SOURCE))
    problem = copied.problem()
    assert "in no block (before entry): #include <net/tcp.h>" in problem.message


def test_a_line_inside_of_a_block_makes_that_block_longer(
    tcp_close: Walkthrough, copied: Folder
) -> None:
    copied.edit(SOURCE, "\tsock_orphan(sk);\n", "\t/* A remark. */\n\tsock_orphan(sk);\n")
    moved, before = places(copied.load()), places(tcp_close)
    assert moved["linger-wait"] == before["linger-wait"]
    assert moved["orphan"] == (before["orphan"][0], before["orphan"][1] + 1)
    assert moved["backlog"] == (before["backlog"][0] + 1, before["backlog"][1] + 1)
    assert moved["gone"] == (105, 105)


def test_the_same_text_stands_beside_a_block_wherever_it_is(
    tcp_close: Walkthrough, copied: Folder
) -> None:
    copied.edit(SOURCE, "\tlock_sock(sk);\n", "\t/* A remark. */\n\n\n\n\tlock_sock(sk);\n")
    moved = copied.load()
    for old, new in zip(tcp_close.blocks, moved.blocks, strict=True):
        assert (old.id, old.title) == (new.id, new.title)
        assert tcp_close.edition.source.line(old.start) == moved.edition.source.line(new.start)
    for before, after in zip(tcp_close.decisions, moved.decisions, strict=True):
        assert (before.id, before.condition) == (after.id, after.condition)
        assert after.line == before.line + 4


def test_a_line_that_was_reworded_is_reported_and_not_guessed(copied: Folder) -> None:
    copied.edit(SOURCE, "\tsock_orphan(sk);\n", "\tsock_orphan(sk); /* now */\n")
    problems = [p for p in copied.problems() if "fits no line" in p.message]
    (problem,) = problems
    assert problem.file == "tcp_close/walkthrough.yaml"
    assert "sock_orphan(sk);" in problem.message
    assert problem.nearest == "line 94: sock_orphan(sk); /* now */"


# One anchor

LINES = ("if (a) {", "\tb();", "}", "", "if  (a)\t{", "}")


def test_white_space_is_folded_on_both_sides() -> None:
    assert locate("  b();\t", LINES) == 1
    assert locate("if\t(a)   {", LINES[:4]) == 0


@pytest.mark.parametrize(("nth", "index"), [(1, 0), (2, 4)])
def test_nth_counts_equal_lines_from_the_top(nth: int, index: int) -> None:
    assert locate(NumberedAnchor(code="if (a) {", nth=nth), LINES) == index


def test_a_line_has_to_fit_whole() -> None:
    with pytest.raises(AnchorMissed, match=r"fits no line: b\(\)"):
        locate("b()", LINES)


def test_two_lines_that_fit_are_both_named() -> None:
    with pytest.raises(AnchorMissed, match=r"fits 2 times \(lines 3, 6\), give nth: }"):
        locate("}", LINES)


def test_an_occurrence_too_many_is_refused() -> None:
    with pytest.raises(AnchorMissed, match="wants occurrence 3 of 2"):
        locate(NumberedAnchor(code="}", nth=3), LINES)


def test_the_nearest_line_is_named_with_its_number() -> None:
    with pytest.raises(AnchorMissed) as caught:
        locate("bb();", LINES)
    assert caught.value.nearest == "line 2: b();"
