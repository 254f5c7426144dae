# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough new`: a folder that the check accepts once its sentences are written."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import main
from app.errors import ContentError
from app.kernel.scenario import DEFAULT
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from tests.conftest import REPOSITORY
from tests.walkthrough.building import write_sentences

TINY = REPOSITORY / "tests/second/tiny_shutdown/tiny_shutdown.c"


def new(folder: Path, file: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["new", "own", str(file), "--into", str(folder), *words])


@pytest.mark.parametrize(
    ("file", "languages", "blocks"),
    [
        (TINY, ["en", "zh"], ["start", "if-state-close", "set-state", "dequeue", "set-state-2"]),
        (CONTENT / "tcp_close/tcp_close.c", ["zh"], ["start", "set-state", "dequeue"]),
    ],
    ids=["both-languages", "one-language"],
)
def test_its_sentences_are_all_that_is_missing(
    tmp_path: Path, file: Path, languages: list[str], blocks: list[str]
) -> None:
    result = new(tmp_path, file, *(f"--language={code}" for code in languages))
    assert result.exit_code == 0, result.output
    folder = tmp_path / "own"
    with pytest.raises(ContentError) as raised:
        load_walkthrough(folder)
    assert {p.message.partition(":")[0] for p in raised.value.problems} == {"still to be written"}
    write_sentences(folder)
    checked = CliRunner().invoke(main, ["check", str(folder)])
    assert checked.exit_code == 0, checked.output
    found = load_walkthrough(folder)
    assert list(found.languages) == languages
    assert [block.id for block in found.blocks][: len(blocks)] == blocks
    assert found.edition.source.text == file.read_text()
    dequeue = found.helpers["__skb_dequeue"]
    assert "NULL" in dequeue.does[languages[0]], "what another walkthrough explains is taken"
    assert all(p.scenario.changed() for p in found.presets[1:])


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    result = new(tmp_path, TINY)
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert list((tmp_path / "own").iterdir()) == []


SECOND = """
    static int is_last(const struct sock *sk)
    {
        return sk->sk_state == TCP_CLOSE;
    }

    void own(struct sock *sk)
    {
        lock_sock(sk);
        if (!is_last(sk))
            tcp_set_state(sk, TCP_CLOSE);

        release_sock(sk);
    }
"""


def test_a_function_is_taken_out_of_a_tree_with_what_it_calls(tmp_path: Path) -> None:
    tree = tmp_path / "linux/net/ipv4/tcp.c"
    tree.parent.mkdir(parents=True)
    head = "// SPDX-License-Identifier: GPL-2.0-or-later\nDEFINE_X(y) garbage ((\n"
    other = "\nint other(void)\n{\n\treturn 2;\n}\n"
    tree.write_text(head + dedent(SECOND) + other + "/* */\n" * 30_000)
    made = new(tmp_path, Path("own"), "--from", str(tree))
    assert made.exit_code == 0, made.output
    write_sentences(tmp_path / "own")
    checked = CliRunner().invoke(main, ["check", str(tmp_path / "own")])
    assert checked.exit_code == 0, checked.output
    found = load_walkthrough(tmp_path / "own")
    assert "other" not in found.edition.source.text
    assert found.provenance.licence == "GPL-2.0-or-later"
    assert found.helpers.keys() == {"lock_sock", "tcp_set_state", "release_sock"}
    place = found.edition.first_lines["is_last"]
    assert found.edition.source.line(place) == found.edition.callees["is_last"].line(1)
    frames = [frame for step in found.trace(DEFAULT).steps for frame in step.frames]
    assert [frame.function for frame in frames] == ["is_last"]
    assert [step.site.span.line for step in frames[0].steps] == [3]
    assert {preset.scenario.query() for preset in found.presets} == {"", "state=CLOSE"}
    lost = new(tmp_path / "linux", Path("nothing"), "--from", str(tree))
    assert lost.exit_code == 1
    assert "no function nothing" in lost.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("void own(struct sock *sk)\n{\n\ttcp_send_fim(sk);\n}\n", "(nearest: tcp_send_fin)"),
        ("void own(struct socket *s)\n{\n}\n", "the parameters have to be (struct sock *)"),
        ("int x;\n", "no function"),
        ("void own(struct sock *sk\n", "not C"),
        (
            dedent(SECOND).replace("sk->sk_state ==", "is_lost(sk) +"),
            "own.c:4: function is_lost is",
        ),
        ("void own(struct sock *sk)\n{\n\t/* \x1b[2J */\n}\n", "nobody sees: \\x1b"),
        ("void own(struct sock *sk)\n{\n\trelease_sock(sk);\n}\n", "own.c:3: release_sock on a"),
        ("/* x */" * 20_000, "larger than 131072 bytes"),
    ],
)
def test_what_cannot_be_run_is_said_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "own.c"
    file.write_text(text)
    result = new(tmp_path, file)
    assert result.exit_code == 1
    assert "own.c" in result.stderr
    assert message in result.stderr
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_source_is_a_file(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "own.c")
    result = new(tmp_path, tmp_path / "own.c")
    assert result.exit_code == 1
    assert "not a regular file" in result.stderr


LINES = st.sampled_from(
    (
        "tcp_set_state(sk, TCP_CLOSE);",
        "",
        "/* A comment\n\t * of two lines. */",
        "if (sk->sk_state == TCP_LISTEN)\n\t\tgoto out;",
        "if (tcp_close_state(sk)) {\n\t\ttcp_send_fin(sk);\n\t}",
        "if (sk->sk_state == TCP_CLOSE) tcp_done(sk); else if (n > 1) n = 0;",
        "while ((skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL)\n\t\t__kfree_skb(skb);",
        "for (n = 0; n < 2; n++) if (n) n += 1;",
        "if (0)\n\t\tn = 3;",
        "n = 1; if (n) { n = 2; }",
    )
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(LINES, max_size=8), st.booleans(), st.sampled_from(("", "\n/* The end. */\n", "\n\n"))
)
def test_so_it_is_for_any_function(
    make_folder: Callable[[], Path], lines: list[str], has_label: bool, after: str
) -> None:
    """A branch that nothing takes is all that may be left, and was told."""
    folder = make_folder()
    if any("goto out" in line for line in lines) or has_label:
        lines = [*lines, "out:\n\trelease_sock(sk);"]
    body = "\n".join(f"\t{line}" if line else "" for line in lines)
    file = folder / "own.c"
    head = "void own(struct sock *sk)\n{\n\tstruct sk_buff *skb;\n\tint n = 0;\n\tlock_sock(sk);\n"
    file.write_text(f"{head}{body}\n}}\n{after}")
    result = new(folder, file, "--language=en")
    assert result.exit_code == 0, result.output
    write_sentences(folder / "own")
    unreached = set(re.findall(r"^Nothing takes (\S+):", result.stderr, re.MULTILINE))
    said = CliRunner().invoke(main, ["check", str(folder / "own")]).stderr.splitlines()[:-1]
    found = {line.partition("no preset takes the branch ")[2].split(" ")[0] for line in said}
    assert found == unreached, said


@pytest.fixture(scope="module")
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    return lambda: tmp_path_factory.mktemp("new")
