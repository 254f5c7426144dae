# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""However a content folder is broken, it loads or is refused with a list of problems."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import ContentError
from app.i18n import language
from app.walkthrough.records import Walkthrough
from app.walkthrough.report import report_walkthrough
from app.walkthrough.wording import Wording
from tests.walkthrough import building
from tests.walkthrough.building import Folder

CHARACTERS = st.sampled_from("{}[]:,&*!|>'\"%@`#-?~ \t\n\r\0\x7f\ufeff\u2028\U0001f600aZ9\\/().")
PIECES = st.one_of(
    st.text(CHARACTERS, max_size=8),
    st.text(max_size=8),
    st.sampled_from(
        ("nth", "en", "zh", "off", "null", "{}", "{before}", "true", "## ", "](", "goto out;", "}")
    ),
)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, float, int, int, str]:
    """What to do to a line: how, which (0 to 1 of the file), where in it, how much, what with."""
    how = draw(st.sampled_from(("delete", "double", "swap", "insert", "cut", "indent")))
    return (
        how,
        draw(st.floats(0, 1)),
        draw(st.integers(0, 80)),
        draw(st.integers(1, 20)),
        draw(PIECES),
    )


def mutated(text: str, mutation: tuple[str, float, int, int, str]) -> str:
    """The text with one line changed."""
    how, which, at, much, piece = mutation
    lines = text.split("\n")
    index = min(int(which * len(lines)), len(lines) - 1)
    line = lines[index]
    match how:
        case "delete":
            del lines[index]
        case "double":
            lines.insert(index, line)
        case "swap":
            lines[index], lines[index - 1] = lines[index - 1], lines[index]
        case "insert":
            lines[index] = line[:at] + piece + line[at:]
        case "cut":
            lines[index] = line[:at] + line[at + much :]
        case _:
            lines[index] = " " * much + line
    return "\n".join(lines)


def check(folder: Folder) -> None:
    """Loads, or is refused with problems that name a file; what loads can be shown."""
    try:
        is_whole(folder.load())
    except ContentError as refusal:
        problems = refusal.problems
    else:
        return
    assert problems
    for problem in problems:
        assert problem.file.startswith(f"{folder.path.name}/")
        assert problem.message
        assert problem.line is None or problem.line >= 1
        assert str(problem)


def is_whole(walkthrough: Walkthrough) -> None:
    """What the check promises of a walkthrough that loads."""
    lines = [n for block in walkthrough.blocks for n in range(block.start, block.end + 1)]
    assert lines == list(range(1, len(walkthrough.edition.source.lines) + 1))
    traces = [
        walkthrough.trace(walkthrough.witness_of_branch(decision, taken).scenario)
        for decision in walkthrough.decisions
        for taken in (True, False)
    ]
    for code in walkthrough.languages:
        report_walkthrough(walkthrough, language(code))
        wording = Wording(walkthrough, language(code))
        for trace in traces:
            assert all(wording.reason(step, walkthrough.edition) for step in trace.steps)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A copy of the real walkthrough, shared by the examples: each puts back what it changed."""
    return building.copy_of_tcp_close(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A tiny walkthrough, shared by the examples in the same way."""
    return building.tiny(tmp_path_factory.mktemp("tiny"))


def break_once(folder: Folder, file: str, mutation: tuple[str, float, int, int, str]) -> None:
    """Changes a file, checks the folder, and puts the file back."""
    text = folder.text(file)
    try:
        # In bytes: a lone surrogate or a carriage return goes to the disk as it is.
        changed = mutated(text, mutation).encode("utf-8", "surrogatepass")
        (folder.path / file).write_bytes(changed)
        check(folder)
    finally:
        folder.write(file, text)


FILES = ("walkthrough.yaml", "helpers.yaml", "variants.yaml")
TINY_FILES = (*FILES, "tiny.c", "blocks/fin.en.md", "blocks/exit.zh.md")


@settings(max_examples=40)
@given(data=st.data(), mutation=mutations())
def test_a_broken_line_of_the_real_walkthrough_is_no_surprise(
    broken: Folder, data: st.DataObject, mutation: tuple[str, float, int, int, str]
) -> None:
    names = sorted(path.name for path in (broken.path / "blocks").iterdir())
    commentary = st.sampled_from(names).map("blocks/{}".format)
    file = data.draw(st.one_of(st.sampled_from(FILES), commentary, st.just("tcp_close.c")))
    break_once(broken, file, mutation)


@settings(max_examples=200)
@given(file=st.sampled_from(TINY_FILES), mutation=mutations())
def test_a_broken_line_of_a_tiny_walkthrough_is_no_surprise(
    small: Folder, file: str, mutation: tuple[str, float, int, int, str]
) -> None:
    break_once(small, file, mutation)


@settings(max_examples=60)
@given(file=st.sampled_from(TINY_FILES), content=st.binary(max_size=200))
def test_bytes_in_place_of_a_file_are_no_surprise(small: Folder, file: str, content: bytes) -> None:
    text = small.text(file)
    try:
        (small.path / file).write_bytes(content)
        check(small)
    finally:
        small.write(file, text)
