# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough diff` and `walkthrough history`: what a socket sees of a change of the kernel."""

import difflib
import json
import subprocess
from pathlib import Path

import pytest

from app.editions.trees import MAIN
from app.walkthrough.records import Walkthrough
from tests.editions import making
from tests.editions.test_import import run

STRICT = ("tmo > sock_net", "tmo >= sock_net")
BROKEN = difflib.unified_diff(
    making.OWN.splitlines(keepends=True),
    making.edited(("if (req)", "if req))")).splitlines(keepends=True),
    f"a/{MAIN}",
    f"b/{MAIN}",
)
ESTABLISHED = "before == TCP_ESTABLISHED || before == TCP_CLOSE_WAIT"


def test_diff_says_for_which_sockets_a_patch_changes_the_end(tmp_path: Path) -> None:
    before = making.tree(tmp_path / "before")
    cosmetic = making.tree(tmp_path / "cosmetic", making.without_comments(making.OWN))
    changed = making.tree(tmp_path / "changed", making.edited(STRICT))
    same = run(tmp_path, "diff", str(before), str(cosmetic))
    assert same.exit_code == 0, same.output
    assert "No socket sees a difference" in same.stdout
    found = run(tmp_path, "diff", "own", str(changed), "--json")
    assert found.exit_code == 1
    classes = json.loads(found.stdout)["classes"]
    assert classes[0]["differs"]["fate"] == ["timewait", "orphan"]
    assert all(item["decision"] == "keeps-socket" for item in classes)
    assert classes[0]["paths"]
    assert run(tmp_path, "diff", "own", str(tmp_path / "nothing")).exit_code == 2
    assert run(tmp_path, "diff", "own").exit_code == 2

    made = subprocess.run(
        ["diff", "-ru", "before", "changed"], cwd=tmp_path, capture_output=True, check=False
    ).stdout
    assert run(tmp_path, "import", str(before)).exit_code == 0
    mailed = b"From: a\n\nBecause.\n---\n" + made
    for text, patch in {"9.8.7": made, "own": mailed}.items():
        (tmp_path / "fix.patch").write_bytes(patch)
        said = run(tmp_path, "diff", text, "--patch", str(tmp_path / "fix.patch"), "--json")
        assert said.exit_code == 1, said.output
        assert json.loads(said.stdout)["classes"] == classes


@pytest.mark.parametrize(
    ("patch", "said", "status"),
    [
        ("@@ -7 +7 @@\n-\ttmo = 1;\n+\ttmo = 2;\n", "does not apply: net/ipv4/tcp.c:7", 3),
        ("".join(BROKEN), "this is not C", 3),
        ("@@ -7 +7 @@\n-\tlock_sock(sk);\n", "corrupt patch at line", 3),
        ("nothing\n", "No valid patches", 3),
        ("--- a/../x.c\n+++ b/../x.c\n@@ -1 +1 @@\n-1\n+2\n", "changes no file", 0),
        ("--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-1\n+2\n", "changes no file", 0),
    ],
)
def test_a_patch_that_does_not_apply_says_where(
    tmp_path: Path, patch: str, said: str, status: int
) -> None:
    tree = making.tree(tmp_path / "linux")
    file = tmp_path / "fix.patch"
    named = f"--- a/{MAIN}\n+++ b/{MAIN}\n" if patch.startswith("@") else ""
    file.write_text(named + patch)
    found = run(tmp_path, "diff", str(tree), "--patch", str(file))
    assert found.exit_code == status, found.output
    assert said in found.stderr
    assert "fix.patch" in found.stderr
    assert str(tmp_path / "linux/net") not in found.stderr
    assert making.OWN in (tree / "net/ipv4/tcp.c").read_text()


def test_history_finds_the_three_of_ten_commits_that_a_socket_can_see(
    tcp_close: Walkthrough, tmp_path: Path
) -> None:
    clone = making.tree(tmp_path / "linux")
    file = clone / "net/ipv4/tcp.c"
    making.git(clone, "init", "-q")
    narrow = making.SET_STATE.replace(ESTABLISHED, "before == TCP_ESTABLISHED")
    once = ("sk->sk_shutdown = SHUTDOWN_MASK;", "WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);")
    rare = ("tp->linger2 < 0", "tp->linger2 < 0 || tp->linger2 == 7000")
    own, text = making.OWN, making.edited
    commits = {
        "begins": narrow + own,
        "a comment": narrow + text(("/* Special case. */", "/* A special case. */")),
        "another function": f"int f(void)\n{{\n\treturn 0;\n}}\n{narrow}{own}",
        "a version": None,
        "counts CLOSE_WAIT": making.SET_STATE + own,
        "once": making.SET_STATE + text(once),
        "a rare one": making.SET_STATE + text(once, rare),
        "white space": making.SET_STATE + text(once, rare).replace("\t\t", "\t        "),
        "not strict": making.SET_STATE + text(once, rare, STRICT),
        "broken": making.SET_STATE + text(once, rare, STRICT, ("if (req)", "if req))")),
    }
    for subject, content in commits.items():
        if content is None:
            (clone / "Makefile").write_text(making.MAKEFILE.replace("7", "8"))
        else:
            file.write_text(content)
        making.git(clone, "add", ".")
        making.git(clone, "commit", "-qm", f"{subject} \x1b[2J")
    said = run(tmp_path, "history", str(clone), "--json")
    assert said.exit_code == 0, said.output
    report = json.loads(said.stdout)
    steps = {step["subject"].rpartition(" ")[0]: step for step in report["steps"]}
    assert {subject: step["standing"] for subject, step in steps.items()} == {
        "begins": "begins",
        "once": "none",
        "counts CLOSE_WAIT": "preset",
        "a rare one": "socket",
        "not strict": "preset",
        "broken": "not-taken",
    }
    assert report["commits"] == 9
    assert report["unread"] is None
    assert steps["counts CLOSE_WAIT"]["functions"] == ["tcp_set_state"]
    assert "passive-close" in steps["counts CLOSE_WAIT"]["presets"]
    assert "linger2=7" in steps["a rare one"]["scenario"]
    assert steps["not strict"]["decision"] == "keeps-socket"

    short = run(tmp_path, "history", str(clone), "--since", "HEAD~2", "--until", "HEAD~1")
    assert "?preset=" not in short.stdout
    scenarios = {preset.id: preset.scenario for preset in tcp_close.presets}
    for name in steps["not strict"]["presets"]:
        assert f"{name}  /tcp_close?{scenarios[name].query()}" in short.stdout
    assert "\x1b" not in short.stdout
    assert "1 commits touched" in short.stdout
    assert run(tmp_path, "history", str(clone), "--since", "--output=x").exit_code == 2
    assert run(tmp_path, "history", str(tmp_path)).exit_code == 2


def test_each_choice_of_an_ifdef_is_compared_with_its_like(tmp_path: Path) -> None:
    choice = "\tsock_orphan(sk);\n#ifdef CONFIG_VENDOR\n\t{}\n#endif\n"

    def text(inner: str, *edits: tuple[str, str]) -> str:
        return making.edited(("\tsock_orphan(sk);\n", choice.format(inner)), *edits)

    tree = making.tree(tmp_path / "linux", text("state = sk->sk_state;"))
    making.git(tree, "init", "-q")
    commits = {
        "begins": None,
        # Only where the vendor's own is compiled in.
        "within": text("state = TCP_CLOSE;"),
        "everywhere": text("state = TCP_CLOSE;", STRICT),
        "unknown": text("if (vendor_value)\n\t\tstate = TCP_CLOSE;", STRICT),
    }
    for subject, content in commits.items():
        if content is not None:
            (tree / MAIN).write_text(content)
        making.git(tree, "add", ".")
        making.git(tree, "commit", "-qm", subject)
    said = json.loads(run(tmp_path, "history", str(tree), "--json").stdout)
    found = {(step["subject"], step["standing"]): step["choices"] for step in said["steps"]}
    assert found[("within", "preset")] == [["CONFIG_VENDOR"]]
    assert found[("everywhere", "preset")] == []
    # A run that stops at what nobody knows is nothing that a socket sees.
    assert found[("unknown", "not-taken")] == [["CONFIG_VENDOR"]]
    assert "vendor_value" in said["steps"][-1]["why"]
    assert "with CONFIG_VENDOR" in run(tmp_path, "history", str(tree)).stdout
    config = tmp_path / "config"
    config.write_text("# CONFIG_VENDOR is not set\n")
    said = json.loads(run(tmp_path, "history", str(tree), "--config", str(config), "--json").stdout)
    assert [(step["subject"], step["choices"]) for step in said["steps"]][1:] == [
        ("everywhere", [])
    ]

    before = making.tree(tmp_path / "before", text("state = sk->sk_state;"))
    after = making.tree(tmp_path / "after", text("state = TCP_CLOSE;"))
    differs = run(tmp_path, "diff", str(before), str(after), "--json")
    assert differs.exit_code == 1, differs.output
    classes = json.loads(differs.stdout)["classes"]
    assert {tuple(item["chosen"]) for item in classes} == {("CONFIG_VENDOR",)}
    shown = run(tmp_path, "diff", str(before), str(after)).stdout
    assert shown.index("with none of them") < shown.index("No socket sees")
    assert shown.index("No socket sees") < shown.index("with CONFIG_VENDOR")
    off = run(tmp_path, "diff", str(before), str(after), "--config", str(config))
    assert off.exit_code == 0, off.output


def test_history_tells_of_a_merge_that_changes_the_function_itself(tmp_path: Path) -> None:
    clone = making.tree(tmp_path / "linux")
    file = clone / "net/ipv4/tcp.c"
    once = ("sk->sk_shutdown = SHUTDOWN_MASK;", "WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);")

    def commit(subject: str, *edits: tuple[str, str], callee: str = making.SET_STATE) -> None:
        file.write_text(callee + making.edited(*edits))
        making.git(clone, "add", ".")
        making.git(clone, "commit", "-qm", subject)

    def merge(subject: str, *edits: tuple[str, str], callee: str = making.SET_STATE) -> None:
        """Two sides, one with other tokens and one with another callee, and their merge."""
        making.git(clone, "checkout", "-qb", f"side of {subject}".replace(" ", "-"))
        commit(f"one side of {subject}", *edits[:1])
        making.git(clone, "checkout", "-q", "-")
        commit(f"other side of {subject}", callee=callee)
        making.git(clone, "merge", "-q", "--no-commit", "-s", "ours", "@{-1}")
        commit(subject, *edits, callee=callee)

    making.git(clone, "init", "-q")
    commit("begins")
    narrow = making.SET_STATE.replace(ESTABLISHED, "before == TCP_ESTABLISHED")
    merge("clean", once, callee=narrow)
    commit("back")
    merge("evil", once, STRICT, callee=narrow)
    said = run(tmp_path, "history", str(clone), "--json")
    assert said.exit_code == 0, said.output
    steps = {step["subject"]: step for step in json.loads(said.stdout)["steps"]}
    assert "clean" not in steps
    assert {"one side of clean", "other side of clean", "one side of evil"} <= steps.keys()
    assert steps["evil"]["functions"] == ["tcp_close"]
    assert steps["evil"]["standing"] == "preset"
    assert steps["evil"]["decision"] == "keeps-socket"
