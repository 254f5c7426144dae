# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Every kind of mistake in a content folder is reported: file, line, what is wrong, nearest match.

Each case breaks the tiny walkthrough in one place.
"""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from app.errors import ContentError, ContentProblem
from app.walkthrough.load import load_walkthrough
from tests.walkthrough import building
from tests.walkthrough.building import Folder

MAIN = "walkthrough.yaml"
LINK = "(branch:needs-fin/true)"
ENTRY_TITLE = 'title: {en: "Lock", zh: "加锁"}'
KERNEL = 'kernel: "4.19"'
#: As tests/walkthrough/mistakes.yaml says.
MISTAKES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["name"])
def test_is_reported_with_file_line_and_nearest_match(
    tiny: Folder, mistake: dict[str, str | None]
) -> None:
    name, old, new, says = (str(mistake[key]) for key in ("file", "old", "new", "says"))
    if name == "symptoms.yaml":
        tiny.write(name, building.SYMPTOMS)
    tiny.edit(name, old, new)
    file = str(mistake.get("where", name))
    problems = tiny.problems()
    found = [p for p in problems if p.file == f"tiny/{file}" and says in p.message]
    assert len(found) == 1, f"{says!r} was not reported once: {list(map(str, problems))}"
    (problem,) = found
    at = mistake.get("at", new)
    if at is None:
        assert problem.line is None
    else:
        before, _, after = tiny.text(file).partition(at)
        lines = {before.count("\n") + 1}
        if at in after:  # The second of two is the one to blame.
            lines = {(before + at + after.partition(at)[0]).count("\n") + 1}
        assert {problem.line} == lines
    assert problem.nearest == mistake.get("nearest")


def test_the_tiny_walkthrough_has_no_mistakes(tiny: Folder) -> None:
    assert tiny.problems() == ()


# Files


@pytest.mark.parametrize("file", [MAIN, "helpers.yaml", "tiny.c"])
def test_a_missing_file_is_reported(tiny: Folder, file: str) -> None:
    (tiny.path / file).unlink()
    assert ContentProblem(f"tiny/{file}", None, "file is missing") in tiny.problems()


def test_a_walkthrough_may_have_nothing_but_what_it_explains(tiny: Folder) -> None:
    """Variants, pairs, symptoms and the like are there where an author wants them."""
    for file in ("variants.yaml", "pairs.yaml", "glossary.yaml"):
        (tiny.path / file).unlink(missing_ok=True)
    assert not tiny.problems()


def test_a_missing_commentary_is_reported_with_the_nearest_file(tiny: Folder) -> None:
    (tiny.path / "blocks/fin.zh.md").rename(tiny.path / "blocks/fin.zn.md")
    assert tiny.problems() == (
        ContentProblem("tiny/blocks/fin.zh.md", None, "file is missing", "fin.zn.md"),
        ContentProblem("tiny/blocks/fin.zn.md", None, "belongs to no block", "fin.zh.md"),
    )


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"nothing/walkthrough\.yaml: file is missing"):
        load_walkthrough(tmp_path / "nothing")


def test_a_commentary_that_belongs_to_no_block_is_reported(tiny: Folder) -> None:
    tiny.write("blocks/fim.en.md", building.COMMENTARY)
    problem = tiny.problem()
    assert problem.file == "tiny/blocks/fim.en.md"
    assert problem.message == "belongs to no block"
    assert problem.nearest == "fin.en.md"


@pytest.mark.parametrize(
    "file", [MAIN, "helpers.yaml", "variants.yaml", "tiny.c", "blocks/fin.zh.md"]
)
def test_bytes_that_are_no_utf_8_are_reported_with_their_place(tiny: Folder, file: str) -> None:
    (tiny.path / file).write_bytes(b"abc\xff")
    assert ContentProblem(f"tiny/{file}", None, "not UTF-8 at byte 3") in tiny.problems()


@pytest.mark.parametrize("file", [MAIN, "helpers.yaml", "variants.yaml"])
def test_an_empty_yaml_file_is_reported(tiny: Folder, file: str) -> None:
    tiny.write(file, "")
    assert any(p.file == f"tiny/{file}" and p.line == 1 for p in tiny.problems())


def test_an_empty_commentary_lacks_everything(tiny: Folder) -> None:
    tiny.write("blocks/fin.zh.md", "")
    assert {p.message for p in tiny.problems()} == {
        "no lead before the first section",
        "section why is missing",
        "section here is missing",
        "section seen is missing",
    }


def test_a_second_yaml_document_is_reported(tiny: Folder) -> None:
    tiny.write(MAIN, building.WALKTHROUGH + "---\na: b\n")
    assert "not YAML" in tiny.problem().message


# What the words mean


def test_off_and_on_are_words_in_yaml(tiny: Folder) -> None:
    walkthrough = tiny.load()
    assert walkthrough.presets_by_id["finished"].scenario["linger"] is None


def test_crlf_and_a_byte_order_mark_do_no_harm(tiny: Folder) -> None:
    (tiny.path / MAIN).write_bytes(("\ufeff" + building.WALKTHROUGH).encode())
    (tiny.path / "tiny.c").write_bytes(building.SOURCE.replace("\n", "\r\n").encode())
    assert tiny.problems() == ()


# Yaml that Python would rather not have


@pytest.mark.parametrize(
    "value",
    [
        "2001-02-30",
        "!!int abc",
        "!!timestamp abc",
        "0b_",
        "=",
        "!foo 4.19",
        "!!python/object/apply:os.system [true]",
        "!!set {a, b}",
        "!!binary ü",
        "&a [*a]",
        "*nobody",
        "." * 5000,
        "{<<: 1}",
        "[" * 3000 + "]" * 3000,
        "{? [a, b] : c}",
        '"\\0"',
        "~",
        ".nan",
        "9" * 5000,
    ],
    ids=lambda value: value[:20],
)
@pytest.mark.parametrize("file", [MAIN, "helpers.yaml"])
def test_strange_values_are_a_content_error(tiny: Folder, file: str, value: str) -> None:
    if file == MAIN:
        tiny.edit(file, KERNEL, f"kernel: {value}")
    else:
        tiny.edit(file, "- name: lock_sock", f"- name: {value}")
    problems = tiny.problems()
    # A long word or a NUL is a fine name of a kernel, and a function may be of none.
    if file != MAIN or value not in {"." * 5000, '"\\0"', "~"}:
        assert {p.file for p in problems} >= {f"tiny/{file}"}
        assert all(p.line for p in problems if p.file == f"tiny/{file}")


@pytest.mark.parametrize(
    "name",
    [
        '"tiny\\0.c"',
        '"."',
        '""',
        '"' + "x" * 300 + '"',
        "/proc/self/mem",
        "/etc",
    ],
)
def test_a_source_that_no_file_can_be_is_a_content_error(tiny: Folder, name: str) -> None:
    tiny.edit(MAIN, "file: tiny.c", f"file: {name}")
    assert tiny.problems()


# All at once


def test_mistakes_of_every_file_are_reported_at_once(tiny: Folder) -> None:
    edits = (
        (MAIN, 'to: "tcp_send_fin(sk);"', 'to: "tcp_send_fim(sk);"'),
        (MAIN, 'zh: "要 FIN 吗？"', 'fr: "FIN ?"'),
        (MAIN, "{state: LISTEN}", "{stat: LISTEN}"),
        ("helpers.yaml", "name: lock_sock", "name: lock_sok"),
        ("variants.yaml", "tcp_send_fin", "tcp_send_fim"),
    )
    wanted = {f"{file}:{tiny.edit(file, old, new)}" for file, old, new in edits}
    found = {f"{p.file.removeprefix('tiny/')}:{p.line}" for p in tiny.problems()}
    assert wanted <= found


def test_mistakes_of_every_commentary_are_reported_at_once(tiny: Folder) -> None:
    for block in building.BLOCKS:
        tiny.edit(f"blocks/{block}.en.md", LINK, "(block:nowhere)")
        tiny.edit(f"blocks/{block}.zh.md", "## why", "## reason")
    problems = tiny.problems()
    assert len([p for p in problems if "dead link" in p.message]) == len(building.BLOCKS)
    assert len([p for p in problems if "is unknown" in p.message]) == len(building.BLOCKS)


def test_problems_come_in_the_order_of_files_and_lines(tiny: Folder) -> None:
    tiny.edit("blocks/fin.en.md", "(preset:listener)", "(preset:nobody)")
    tiny.edit("blocks/fin.en.md", LINK, "(block:nowhere)")
    tiny.edit("blocks/entry.zh.md", LINK, "(block:nowhere)")
    assert [(p.file, p.line) for p in tiny.problems()] == [
        ("tiny/blocks/entry.zh.md", 1),
        ("tiny/blocks/fin.en.md", 1),
        ("tiny/blocks/fin.en.md", 7),
    ]


def test_each_problem_is_a_line_that_an_editor_understands(tiny: Folder) -> None:
    tiny.edit("blocks/fin.en.md", "(preset:listener)", "(preset:lisener)")
    with pytest.raises(ContentError) as caught:
        tiny.load()
    assert str(caught.value) == (
        "tiny/blocks/fin.en.md:7: dead link preset:lisener (nearest: listener)"
    )


def test_an_unknown_key_does_not_hide_the_other_mistakes(tiny: Folder) -> None:
    tiny.edit(MAIN, "function: tiny_close", "function: tiny_close\nfuncton: x")
    tiny.edit(MAIN, 'to: "tcp_send_fin(sk);"', 'to: "tcp_send_fim(sk);"')
    messages = [p.message for p in tiny.problems()]
    assert any("functon" in message for message in messages)
    assert any("anchor fits no line" in message for message in messages)


def test_an_unknown_key_is_reported_with_the_nearest_one(tiny: Folder) -> None:
    tiny.edit(MAIN, "function: tiny_close", "function: tiny_close\nfuncton: x")
    assert tiny.problem().nearest == "function"


def test_a_missed_anchor_does_not_hide_the_commentarys_mistakes(tiny: Folder) -> None:
    tiny.edit(MAIN, 'to: "tcp_send_fin(sk);"', 'to: "tcp_send_fim(sk);"')
    (tiny.path / "blocks/exit.zh.md").unlink()
    tiny.edit("blocks/entry.en.md", "## why", "## reason")
    messages = [f"{p.file}: {p.message}" for p in tiny.problems()]
    assert any("fits no line" in message for message in messages)
    assert "tiny/blocks/exit.zh.md: file is missing" in messages
    assert any("section reason is unknown" in message for message in messages)


# One mistake, one message


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (MAIN, 'to: "tcp_send_fin(sk);"', 'to: "tcp_send_fim(sk);"'),
        (MAIN, 'code: "if (tcp_close_state(sk))"', 'code: "if (tcp_close_stat(sk))"'),
        (MAIN, "{state: LISTEN}", "{state: LISTEN, rto: 0}"),
        ("helpers.yaml", "- name: lock_sock", "- - :"),
        (
            "helpers.yaml",
            "file: net/ipv4/tcp_output.c\n  kind: function",
            "file: net/ipv4/tcp_output.c\n  kind: fun",
        ),
    ],
    ids=["anchor", "decision", "input", "yaml", "schema"],
)
def test_a_mistake_does_not_drag_unbroken_files_along(
    tiny: Folder, file: str, old: str, new: str
) -> None:
    tiny.edit(file, old, new)
    assert {p.file for p in tiny.problems()} == {f"tiny/{file}"}


def test_an_entry_that_fits_nowhere_is_the_only_mistake_it_makes(tiny: Folder) -> None:
    """Neither its lines, nor its commentary, nor links to it are mistakes of their own."""
    tiny.edit(MAIN, 'to: "tcp_send_fin(sk);"', 'to: "tcp_send_fim(sk);"')
    tiny.edit("blocks/exit.en.md", LINK, "(block:fin)")
    assert "fits no line" in tiny.problem().message


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (MAIN, 'code: "if (tcp_close_state(sk))"', 'code: "if (tcp_close_stat(sk))"'),
        (MAIN, "{state: LISTEN}", "{stat: LISTEN}"),
        (MAIN, "id: needs-fin\n", "id: needs-fin\n    colour: red\n"),
        (MAIN, KERNEL, "kernel: 4.19"),
        (MAIN, "nth: 2}", "nth: 0}"),
        (MAIN, ENTRY_TITLE, "title: Lock"),
        (MAIN, "languages: [en, zh]", "languages: [en, zn]"),
        ("helpers.yaml", "- name: lock_sock", "- name: lock_sock\n  knd: x"),
        ("variants.yaml", "- id: deaf", "- id: Deaf"),
    ],
)
def test_one_mistake_is_one_message(tiny: Folder, file: str, old: str, new: str) -> None:
    line = tiny.edit(file, old, new)
    problem = tiny.problem()
    assert problem.file == f"tiny/{file}"
    assert problem.line is not None
    assert line <= problem.line <= line + 1


def test_a_gap_is_reported_beside_an_anchor_that_fits_nowhere(tiny: Folder) -> None:
    tiny.edit(MAIN, 'to: "tcp_send_fin(sk);"', 'to: "tcp_send_fim(sk);"')
    tiny.edit(MAIN, '"void tiny_close(struct sock *sk, long timeout)"', '"lock_sock(sk);"')
    messages = [p.message for p in tiny.problems()]
    assert any("fits no line" in message for message in messages)
    assert any("lines 1 to 2 are in no block" in message for message in messages)


def test_a_single_line_in_no_block_is_called_a_line(tiny: Folder) -> None:
    tiny.edit(MAIN, '"/* Somebody is at the other end. */"', '"if (tcp_close_state(sk))"')
    assert tiny.problem().message.startswith("line 10 is in no block (before fin): ")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("&a [*a]", "stands inside of itself"),
        ("{x: &a {y: [*a]}}", "stands inside of itself"),
        ("[" * 41 + "]" * 41, "nested more than 40 deep"),
        (
            "[&a [1,1,1,1,1,1,1,1,1,1], "
            + ", ".join(f"&{b} [{','.join([f'*{a}'] * 10)}]" for a, b in pairwise("abcdef"))
            + "]",
            "more than 50000 values",
        ),
    ],
)
def test_yaml_without_an_end_is_reported_in_its_line(
    tiny: Folder, value: str, message: str
) -> None:
    line = tiny.edit(MAIN, KERNEL, f"kernel: {value}")
    problem = tiny.problem()
    assert (problem.line, message in problem.message) == (line, True), str(problem)


def test_a_source_outside_of_the_folder_is_not_read(tiny: Folder) -> None:
    line = tiny.edit(MAIN, "file: tiny.c", "file: ../tiny/tiny.c")
    assert [(p.file, p.line) for p in tiny.problems()] == [(f"tiny/{MAIN}", line)]


# What would break a page later


def test_a_text_in_unknown_languages_only_is_a_missing_translation(tiny: Folder) -> None:
    tiny.edit(MAIN, ENTRY_TITLE, 'title: {fr: "Verrou"}')
    assert {p.message for p in tiny.problems()} >= {
        "blocks.0.title: no text in en",
        "blocks.0.title: no text in zh",
    }


def test_a_text_in_no_language_is_a_missing_translation(tiny: Folder) -> None:
    tiny.edit(MAIN, ENTRY_TITLE, "title: {}")
    assert tiny.problems()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"{before} becomes {after}"', '"{befor} becomes {after}"'),
        ('"{before} becomes {after}"', '"{before becomes {after}"'),
        ('"{before} becomes {after}"', '"{} becomes {after}"'),
        ('"{before} becomes {after}"', '"{before.x} becomes {after}"'),
    ],
    ids=["misspelt", "unclosed", "unnamed", "member"],
)
def test_a_reason_with_a_placeholder_that_nothing_fills_is_reported(
    tiny: Folder, old: str, new: str
) -> None:
    line = tiny.edit("helpers.yaml", old, new)
    problem = tiny.problem()
    assert (problem.file, problem.line) == ("tiny/helpers.yaml", line)


def test_a_reason_that_the_model_never_gives_is_reported(tiny: Folder) -> None:
    line = tiny.edit("helpers.yaml", "already-sent:", "already-snt:")
    problems = tiny.problems()
    assert [(p.file, p.line) for p in problems] == [("tiny/helpers.yaml", line)]
    assert problems[0].nearest == "already-sent"


def test_a_variant_that_stands_twice_is_reported(tiny: Folder) -> None:
    tiny.write("variants.yaml", building.VARIANTS * 2)
    problem = tiny.problem()
    assert problem.file == "tiny/variants.yaml"
    assert problem.line == building.VARIANTS.count("\n") + 1


def test_a_language_that_stands_twice_is_reported(tiny: Folder) -> None:
    line = tiny.edit(MAIN, "languages: [en, zh]", "languages: [en, zh, en]")
    assert tiny.problem().line == line


@pytest.mark.parametrize(
    "parameters", ["void", "struct sock *sk, int how", "long timeout", "struct sk_buff *skb"]
)
def test_what_no_input_says_cannot_be_a_parameter(tiny: Folder, parameters: str) -> None:
    """Nothing is guessed: a third argument would have to come from somewhere."""
    tiny.edit("tiny.c", "(struct sock *sk, long timeout)", f"({parameters})")
    (problem, *_) = [p for p in tiny.problems() if p.file == "tiny/tiny.c"]
    assert problem.line == 1
    assert "the parameters have to be (struct sock *)" in problem.message
