# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Every kind of mistake in a content folder is reported: file, line, what is wrong, nearest match.

Each case breaks the tiny walkthrough in one place.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from app.errors import ContentError, ContentProblem
from app.walkthrough.load import load_walkthrough
from tests.walkthrough import building
from tests.walkthrough.building import Folder

MAIN = "walkthrough.yaml"
LINK = "(branch:needs-fin/true)"
ENTRY_TITLE = 'title: {en: "Lock", zh: "加锁"}'
KERNEL = 'kernel: "4.19"'
NEEDS_FIN = building.WALKTHROUGH[
    building.WALKTHROUGH.index("  - id: needs-fin") : building.WALKTHROUGH.index("presets:")
]
LOCK_SOCK = building.HELPERS[: building.HELPERS.index("- name: tcp_set_state")]


@dataclass(frozen=True)
class Mistake:
    """`old` in `file` becomes `new`; a problem that says `message` is reported where `at` stands.

    `at` is None where no line can be named; `where` is the file to blame, if that is another.
    """

    name: str
    file: str
    old: str
    new: str
    at: str | None
    message: str
    nearest: str | None = None
    where: str = ""


MISTAKES = (
    # Anchors
    Mistake(
        "an-anchor-that-fits-nowhere",
        MAIN,
        'to: "tcp_send_fin(sk);"',
        'to: "tcp_send_fim(sk);"',
        "tcp_send_fim",
        "anchor fits no line: tcp_send_fim(sk);",
        "line 12: tcp_send_fin(sk);",
    ),
    Mistake(
        "an-anchor-that-resembles-nothing",
        MAIN,
        'to: "tcp_send_fin(sk);"',
        'to: "~~~~"',
        "~~~~",
        "anchor fits no line: ~~~~",
    ),
    Mistake(
        "an-anchor-that-fits-twice",
        MAIN,
        'to: {code: "}", nth: 1}',
        'to: "}"',
        'to: "}"',
        "anchor fits 2 times (lines 8, 16)",
    ),
    Mistake(
        "an-occurrence-that-is-not-there",
        MAIN,
        'to: {code: "}", nth: 2}',
        'to: {code: "}", nth: 3}',
        "nth: 3",
        "anchor wants occurrence 3 of 2: }",
    ),
    Mistake(
        "an-occurrence-zero",
        MAIN,
        'to: {code: "}", nth: 2}',
        'to: {code: "}", nth: 0}',
        "nth: 0",
        "blocks.3.to.nth: Input should be greater than or equal to 1",
    ),
    Mistake(
        "a-decision-that-fits-nowhere",
        MAIN,
        'code: "if (tcp_close_state(sk))"',
        'code: "if (tcp_close_stat(sk))"',
        "tcp_close_stat(sk)",
        "anchor fits no decision: if (tcp_close_stat(sk))",
        "decision 2: if (tcp_close_state(sk))",
    ),
    Mistake(
        "a-decision-of-the-source-without-an-entry",
        MAIN,
        NEEDS_FIN,
        "",
        "decisions:",
        "the decision in line 11 has no entry: if (tcp_close_state(sk))",
    ),
    Mistake(
        "two-entries-for-one-decision",
        MAIN,
        'code: "if (tcp_close_state(sk))"',
        'code: "if (sk->sk_state == TCP_LISTEN)"',
        "id: needs-fin",
        "decision needs-fin is the same as listening",
    ),
    Mistake(
        "an-edit-of-a-variant-that-fits-nowhere",
        "variants.yaml",
        'code: "tcp_send_fin(sk);"',
        'code: "tcp_send_fim(sk);"',
        "tcp_send_fim",
        "anchor fits no line: tcp_send_fim(sk);",
        "line 12: tcp_send_fin(sk);",
    ),
    # Lines
    Mistake(
        "a-line-in-two-blocks",
        MAIN,
        'from: "/* Somebody is at the other end. */"',
        'from: "goto out;"',
        "id: fin\n",
        "line 7 is in two blocks, listen and fin: goto out;",
    ),
    Mistake(
        "a-line-in-no-block",
        MAIN,
        'from: "/* Somebody is at the other end. */"',
        'from: "if (tcp_close_state(sk))"',
        "id: fin\n",
        "in no block (before fin): /* Somebody is at the other end. */",
    ),
    Mistake(
        "the-first-lines-in-no-block",
        MAIN,
        'from: "void tiny_close(struct sock *sk, long timeout)"',
        'from: "lock_sock(sk);"',
        "id: entry",
        "lines 1 to 2 are in no block (before entry): void tiny_close(struct sock *sk, long",
    ),
    Mistake(
        "the-last-line-in-no-block",
        MAIN,
        'to: {code: "}", nth: 2}',
        'to: "release_sock(sk);"',
        None,
        "in no block: }",
    ),
    Mistake(
        "a-block-that-ends-before-it-starts",
        MAIN,
        'from: "out:"\n    to: {code: "}", nth: 2}',
        'from: {code: "}", nth: 2}\n    to: "out:"',
        'to: "out:"',
        "block exit ends in line 14, before it starts in 16",
    ),
    # Languages
    Mistake(
        "a-missing-translation",
        MAIN,
        ENTRY_TITLE,
        'title: {en: "Lock"}',
        'title: {en: "Lock"}',
        "blocks.0.title: no text in zh",
    ),
    Mistake(
        "an-empty-translation",
        MAIN,
        ENTRY_TITLE,
        'title: {en: "Lock", zh: ""}',
        'title: {en: "Lock"',
        "blocks.0.title.zh: String should have at least 1 character",
    ),
    Mistake(
        "a-text-in-a-language-of-its-own",
        MAIN,
        ENTRY_TITLE,
        'title: {en: "Lock", zh: "加锁", fr: "Verrou"}',
        "Verrou",
        "blocks.0.title: language fr is not one of this walkthrough's",
    ),
    Mistake(
        "a-text-for-no-language",
        MAIN,
        ENTRY_TITLE,
        "title: Lock",
        "title: Lock",
        "blocks.0.title: Input should be a valid dictionary",
    ),
    Mistake(
        "a-missing-translation-of-a-helper",
        "helpers.yaml",
        'does: {en: "Sends a FIN.", zh: "发送 FIN。"}',
        'does: {zh: "发送 FIN。"}',
        'does: {zh: "发送 FIN。"}',
        "3.does: no text in en",
    ),
    Mistake(
        "a-missing-translation-of-a-variant",
        "variants.yaml",
        'effect: {en: "No FIN.", zh: "没有 FIN。"}',
        'effect: {en: "No FIN."}',
        "effect:",
        "0.edits.0.effect: no text in zh",
    ),
    Mistake(
        "a-language-without-an-interface",
        MAIN,
        "languages: [en, zh]",
        "languages: [en, zh, fr]",
        "languages:",
        "language fr has no interface, allowed: en, zh",
    ),
    # Helpers
    Mistake(
        "a-helper-that-is-not-modelled",
        "helpers.yaml",
        "name: tcp_send_fin",
        "name: tcp_send_fim",
        "tcp_send_fim",
        "helper tcp_send_fim is not modelled",
        "tcp_send_fin",
    ),
    Mistake(
        "a-helper-that-is-not-called",
        "helpers.yaml",
        "name: tcp_send_fin",
        "name: tcp_send_fin\n  called: send_fin",
        "name: tcp_send_fin",
        "send_fin is not called in the source",
        "tcp_send_fin",
    ),
    Mistake(
        "a-helper-that-stands-twice",
        "helpers.yaml",
        "- name: tcp_set_state",
        LOCK_SOCK + "- name: tcp_set_state",
        "- name: lock_sock",
        "helper lock_sock stands twice",
    ),
    Mistake(
        "a-helper-of-an-unknown-kind",
        "helpers.yaml",
        "file: net/ipv4/tcp_output.c\n  kind: function",
        "file: net/ipv4/tcp_output.c\n  kind: fun",
        "kind: fun\n",
        "3.kind: String should match pattern",
    ),
    Mistake(
        "a-call-that-is-not-explained",
        "tiny.c",
        "lock_sock(sk);\n\n",
        "lock_sock(sk);\n\tsock_hold(sk);\n",
        "sock_hold",
        "sock_hold is called here, but helpers.yaml does not explain it",
    ),
    # The source
    Mistake(
        "an-undeclared-name",
        "tiny.c",
        "TCP_LISTEN",
        "TCP_LISTN",
        "TCP_LISTN",
        "identifier TCP_LISTN is not declared",
        "TCP_LISTEN",
    ),
    Mistake(
        "c-that-the-machine-does-not-know",
        "tiny.c",
        "lock_sock(sk);",
        'lock_sock(sk); asm("nop");',
        "asm",
        "this C is not supported",
    ),
    Mistake("no-c-at-all", "tiny.c", "out:\n", "out:: (\n", "out::", "this is not C"),
    Mistake(
        "another-function",
        MAIN,
        "function: tiny_close",
        "function: tiny_clos",
        "void tiny_close",
        "no function tiny_clos",
        where="tiny.c",
    ),
    Mistake(
        "a-variant-that-is-no-c",
        "variants.yaml",
        'becomes: ";"',
        'becomes: "((("',
        "id: deaf",
        "variant deaf: line 12: this is not C",
    ),
    Mistake(
        "an-edit-that-leaves-its-line",
        "variants.yaml",
        'becomes: ";"',
        'becomes: ";\\n;"',
        "code:",
        "an edit stays in its line",
    ),
    # Presets
    Mistake(
        "an-unknown-input",
        MAIN,
        "scenario: {state: LISTEN}",
        "scenario: {stat: LISTEN}",
        "stat: LISTEN",
        "preset listener: stat=LISTEN: unknown-key",
        "state",
    ),
    Mistake(
        "a-value-that-is-not-allowed",
        MAIN,
        "scenario: {state: LISTEN}",
        "scenario: {state: LISTN}",
        "LISTN",
        "preset listener: state=LISTN: not-allowed",
        "LISTEN",
    ),
    Mistake(
        "a-number-out-of-range",
        MAIN,
        "scenario: {state: LISTEN}",
        "scenario: {state: LISTEN, rto: 0}",
        "rto: 0",
        "preset listener: rto=0: out-of-range, allowed: 1 to 120000 ms",
    ),
    Mistake(
        "a-mini-socket",
        MAIN,
        "scenario: {state: LISTEN}",
        "scenario: {state: TIME_WAIT}",
        "TIME_WAIT",
        "preset listener: state=TIME_WAIT: mini-socket",
    ),
    Mistake(
        "a-preset-that-does-not-run",
        "tiny.c",
        "goto out;",
        "lock_sock(sk); goto out;",
        "id: listener",
        "preset listener does not run: tiny/tiny.c:7:",
        where=MAIN,
    ),
    Mistake(
        "a-branch-that-no-preset-takes",
        MAIN,
        "scenario: {state: LISTEN}",
        "scenario: {state: CLOSE_WAIT}",
        "presets:",
        "no preset takes the branch listening/true (line 5)",
    ),
    Mistake(
        "a-preset-that-stands-twice",
        MAIN,
        "id: listener\n",
        "id: plain\n",
        'id: plain\n    title: {en: "Listener"',
        "preset plain stands twice",
    ),
    # Ids
    Mistake(
        "an-id-used-twice",
        MAIN,
        "id: needs-fin",
        "id: fin",
        "id: fin\n    code:",
        "id fin is used twice (block fin)",
    ),
    Mistake(
        "an-old-id-that-is-taken",
        MAIN,
        "- id: needs-fin",
        "- id: needs-fin\n    aliases: [fin]",
        "id: needs-fin",
        "id fin is used twice (block fin)",
    ),
    Mistake(
        "a-reserved-id",
        MAIN,
        "id: needs-fin",
        "id: atlas",
        "id: atlas",
        "id atlas is the name of a page",
    ),
    Mistake(
        "a-reserved-old-id",
        MAIN,
        "- id: needs-fin",
        "- id: needs-fin\n    aliases: [symptoms]",
        "id: needs-fin",
        "id symptoms is the name of a page",
    ),
    Mistake(
        "an-id-that-no-address-can-have",
        MAIN,
        "id: needs-fin",
        "id: Needs Fin",
        "Needs Fin",
        "decisions.1.id: String should match pattern",
    ),
    Mistake(
        "an-id-that-is-not-the-folders-name",
        MAIN,
        "id: tiny\n",
        "id: tinier\n",
        "id: tinier",
        "id tinier is not the folder's name",
    ),
    # Links
    Mistake(
        "a-link-to-no-branch",
        "blocks/fin.en.md",
        LINK,
        "(branch:needs-fim/true)",
        "needs-fim",
        "dead link branch:needs-fim/true",
        "needs-fin",
    ),
    Mistake(
        "a-link-to-a-third-way",
        "blocks/fin.en.md",
        LINK,
        "(branch:needs-fin/maybe)",
        "maybe",
        "dead link branch:needs-fin/maybe: true or false",
    ),
    Mistake(
        "a-link-to-a-branch-without-a-way",
        "blocks/fin.en.md",
        LINK,
        "(branch:needs-fin)",
        "branch:needs-fin",
        "dead link branch:needs-fin: true or false",
    ),
    Mistake(
        "a-link-to-no-block",
        "blocks/fin.en.md",
        LINK,
        "(block:exid)",
        "exid",
        "dead link block:exid",
        "exit",
    ),
    Mistake(
        "a-link-to-no-decision",
        "blocks/fin.zh.md",
        LINK,
        "(decision:listen)",
        "decision:listen",
        "dead link decision:listen",
        "listening",
    ),
    Mistake(
        "a-link-to-no-preset",
        "blocks/fin.en.md",
        "(preset:listener)",
        "(preset:lisener)",
        "lisener",
        "dead link preset:lisener",
        "listener",
    ),
    Mistake(
        "a-link-to-no-helper",
        "blocks/fin.en.md",
        "(helper:tcp_send_fin)",
        "(helper:tcp_send_fim)",
        "tcp_send_fim",
        "dead link helper:tcp_send_fim",
        "tcp_send_fin",
    ),
    Mistake(
        "a-link-to-no-term",
        "blocks/fin.en.md",
        LINK,
        "(term:sk_stat)",
        "term:sk_stat",
        "dead link term:sk_stat",
    ),
    Mistake(
        "a-link-to-no-rfc",
        "blocks/fin.en.md",
        "(rfc:9293#3.6)",
        "(rfc:tcp)",
        "rfc:tcp",
        "dead link rfc:tcp: a number, or number#section",
    ),
    Mistake(
        "a-link-to-an-impossible-socket",
        "blocks/fin.en.md",
        "(scenario:state=LISTEN&accept_queue=1)",
        "(scenario:stat=LISTEN&accept_queue=1)",
        "stat=LISTEN",
        "dead link: stat=LISTEN: unknown-key",
        "state",
    ),
    Mistake(
        "a-link-to-a-web-page",
        "blocks/fin.en.md",
        LINK,
        "(https://example.org/)",
        "example.org",
        "dead link https://example.org/: use one of block, branch, decision",
    ),
    Mistake(
        "a-link-of-an-unknown-kind",
        "blocks/fin.en.md",
        LINK,
        "(blok:fin)",
        "blok:fin",
        "dead link blok:fin: use one of block, branch, decision",
        "block",
    ),
    # Commentary
    Mistake(
        "an-unknown-section",
        "blocks/fin.en.md",
        "## rfc",
        "## rfcs",
        "## rfcs",
        "section rfcs is unknown",
        "rfc",
    ),
    Mistake(
        "a-missing-section",
        "blocks/fin.en.md",
        "## why\nBecause.\n",
        "",
        None,
        "section why is missing",
    ),
    Mistake(
        "sections-out-of-order",
        "blocks/fin.en.md",
        "## rfc",
        "## here",
        "## here\n[RFC",
        "section here is unknown, or out of order",
        "here",
    ),
    Mistake(
        "no-lead",
        "blocks/fin.en.md",
        "What the lines do, with a [link](branch:needs-fin/true).\n\n",
        "",
        "## why",
        "no lead before the first section",
    ),
    # YAML
    Mistake(
        "a-duplicate-key",
        MAIN,
        ENTRY_TITLE,
        f"{ENTRY_TITLE}\n    id: again",
        "id: again",
        "key id stands twice",
    ),
    Mistake("broken-yaml", MAIN, "id: tiny\n", "id: [tiny\n", "function:", "not YAML"),
    Mistake("a-tab-in-yaml", MAIN, "- id: fin\n", "\t- id: fin\n", "\t- id: fin", "not YAML"),
    Mistake(
        "broken-yaml-elsewhere", "helpers.yaml", "- name: lock_sock", "- - :", "- - :", "not YAML"
    ),
    Mistake(
        "an-unknown-key",
        MAIN,
        "function: tiny_close\n",
        "function: tiny_close\nfuncton: x\n",
        "functon:",
        "functon: unknown key, allowed: id, function, title",
        "function",
    ),
    Mistake(
        "a-missing-key", MAIN, "function: tiny_close\n", "", "id: tiny", "function: Field required"
    ),
    Mistake(
        "a-value-of-another-kind",
        MAIN,
        KERNEL,
        "kernel: 4.19",
        "kernel: 4.19",
        "source.kernel: Input should be a valid string",
    ),
)


def reported(folder: Folder, mistake: Mistake) -> list[ContentProblem]:
    """The problems that say what the case expects."""
    file = f"tiny/{mistake.where or mistake.file}"
    found = [p for p in folder.problems() if p.file == file and mistake.message in p.message]
    assert found, f"{mistake.message!r} was not reported, but: {list(map(str, folder.problems()))}"
    return found


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_is_reported_with_file_line_and_nearest_match(tiny: Folder, mistake: Mistake) -> None:
    tiny.edit(mistake.file, mistake.old, mistake.new)
    (problem,) = reported(tiny, mistake)
    file = mistake.where or mistake.file
    if mistake.at is None:
        assert problem.line is None
    else:
        before, _, after = tiny.text(file).partition(mistake.at)
        lines = {before.count("\n") + 1}
        if mistake.at in after:  # The second of two is the one to blame.
            lines = {(before + mistake.at + after.partition(mistake.at)[0]).count("\n") + 1}
        assert {problem.line} == lines
    assert problem.nearest == mistake.nearest


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
