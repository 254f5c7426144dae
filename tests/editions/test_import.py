# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough import`: whatever form a kernel comes in, and what of it is refused."""

import io
import json
import lzma
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.editions import trees
from tests.editions import making


def run(folder: Path, *words: str) -> Result:
    """The command, its store in a folder of its own."""
    environment = {"WALKTHROUGH_EDITIONS": ""}  # taken back afterwards, whatever the option says
    return CliRunner().invoke(main, ["--editions", str(folder / "store"), *words], env=environment)


def taken(folder: Path, *words: str) -> list[dict[str, Any]]:
    """What the command says that it took in."""
    result = run(folder, "import", *words, "--json")
    assert result.exit_code == 0, result.output
    imported: list[dict[str, Any]] = json.loads(result.stdout)["imported"]
    return imported


def packed(folder: Path, tree: Path, name: str = "linux-9.8.7.tar.xz") -> Path:
    """The tree as a tarball."""
    path = folder / name
    with tarfile.open(path, "w:xz") as tar:
        tar.add(tree, arcname="linux-9.8.7")
    return path


def test_a_tree_a_tarball_and_a_file_are_the_same_text(tmp_path: Path) -> None:
    # A name of bytes that are no UTF-8.
    outer = tmp_path / "outer\udcff"
    tree = making.tree(outer / "linux", making.OWN, before="int f(void) { garbage ((")
    file = tree / "net/ipv4/tcp.c"
    found = [
        taken(tmp_path, str(source))[0]
        for source in (tree, tree.parent, packed(tmp_path, tree), file)
    ]
    assert len({report["digest"] for report in found}) == 1
    assert [report["labels"][-1]["name"] for report in found[:3]] == ["9.8.7"] * 3
    assert found[3]["labels"][-1]["name"].startswith("tcp~")
    assert found[0]["licence"] == "GPL-2.0-or-later"
    assert set(found[0]["blocks"].values()) == {"same"}
    assert found[0]["presets"] == []
    assert len(list((tmp_path / "store/tcp_close").glob("*.json"))) == 1


def test_no_text_reaches_the_terminal_as_more_than_a_text(tmp_path: Path) -> None:
    hostile = making.OWN.replace(
        "== TCP_LISTEN", "== /* \x1b]0;x\x07\x1b[2J\u202e */ TCP_LISTEN", 1
    )
    tree = making.tree(tmp_path / "linux", hostile)
    taken(tmp_path, str(tree))
    said = run(tmp_path, "trace", "tcp_close", "--kernel", "9.8.7")
    assert said.exit_code == 0, said.output
    assert "\ufffd" in said.stdout
    assert [letter for letter in said.stdout if not letter.isprintable() and letter != "\n"] == []


def test_a_clone_is_read_by_revision_and_nothing_is_checked_out(tmp_path: Path) -> None:
    clone = making.tree(tmp_path / "clone")
    making.git(clone, "init", "-q")
    making.git(clone, "add", ".")
    making.git(clone, "commit", "-qm", "one")
    making.git(clone, "tag", "v9.1")
    (clone / "net/ipv4/tcp.c").write_text(making.edited(("tmo > sock_net", "tmo >= sock_net")))
    making.git(clone, "commit", "-qam", "two")
    making.git(clone, "tag", "v9.2")
    (clone / "net/ipv4/tcp.c").write_text("not this\n")
    found = taken(tmp_path, str(clone), "--rev", "v9.1", "--rev", "v9.2")
    assert [report["label"] for report in found] == ["9.1", "9.2"]
    assert found[1]["decisions"]["keeps-socket"] == "edited"
    assert (clone / "net/ipv4/tcp.c").read_text() == "not this\n"
    assert len(taken(tmp_path, str(clone), "--rev", "v9.1..v9.2")) == 1
    refused = run(tmp_path, "import", str(clone), "--rev", "--upload-pack=touch x")
    assert refused.exit_code == 2
    assert not Path("x").exists()


def test_a_wrapper_and_a_callee_are_executed_from_the_text(tmp_path: Path) -> None:
    tree = making.tree(tmp_path / "linux", making.split(), before=making.SET_STATE)
    (report,) = taken(tmp_path, str(tree))
    assert [item["name"] for item in report["functions"] if item["executed"]] == [
        "__tcp_close",
        "tcp_close",
        "tcp_set_state",
    ]
    assert {item["id"]: item["differs"] for item in report["presets"]}["passive-close"] == {
        "gauges": ["none", "CurrEstab-1"]
    }


def test_editions_are_listed_and_removed(tmp_path: Path) -> None:
    tree = making.tree(tmp_path / "linux")
    taken(tmp_path, str(tree), "--label", "7.7")
    taken(tmp_path, str(tree))
    assert "7.7" in run(tmp_path, "editions").stdout
    assert run(tmp_path, "editions", "remove", "7.7").exit_code == 0
    left = json.loads(run(tmp_path, "editions", "--json").stdout)["editions"]
    assert [label["name"] for item in left for label in item["labels"]] == ["9.8.7"]
    gone = run(tmp_path, "editions", "remove", "7.7")
    assert gone.exit_code == 2
    assert "9.8.7" in gone.stderr


def test_an_ifdef_is_a_text_for_each_choice_or_one_by_the_config(tmp_path: Path) -> None:
    text = making.edited(
        (
            "\tsock_orphan(sk);\n",
            "\tsock_orphan(sk);\n#ifdef CONFIG_VENDOR\n\tsock_hold(sk);\n#endif\n",
        )
    )
    tree = making.tree(tmp_path / "linux", text)
    both = taken(tmp_path, str(tree))
    assert [report["label"] for report in both] == ["9.8.7", "9.8.7~CONFIG_VENDOR"]
    assert all(report["undecided"] == ["CONFIG_VENDOR"] for report in both)
    assert both[0]["presets"] == []
    assert both[1]["presets"]
    config = tmp_path / "config"
    config.write_text("CONFIG_VENDOR=y\n")
    (one,) = taken(tmp_path / "two", str(tree), "--config", str(config))
    assert one["chosen"] == ["CONFIG_VENDOR"]
    assert one["undecided"] == []


@pytest.mark.parametrize(("count", "texts"), [(2, 4), (3, 8), (5, 2)])
def test_each_choice_of_several_ifdefs_is_a_text_as_far_as_they_are_few(
    tmp_path: Path, count: int, texts: int
) -> None:
    names = [f"CONFIG_VENDOR_AND_ITS_{'LONG_' * 3}NAME_{place}" for place in range(count)]
    code = "".join(
        f"#ifdef {name}\n\tif (sk->sk_state == {place + 20})\n\t\treturn;\n#endif\n"
        for place, name in enumerate(names)
    )
    orphan = "\tsock_orphan(sk);\n"
    tree = making.tree(tmp_path / "linux", making.edited((orphan, orphan + code)))
    result = run(tmp_path, "import", str(tree))
    assert result.exit_code == 0, result.output
    labels = [line.split()[-1] for line in result.stdout.splitlines() if "read it" in line]
    assert len(set(labels)) == texts
    assert all(len(label.partition("=")[2]) <= 48 for label in labels)
    assert result.stdout.count("--config decides") == texts
    assert ("of these 32 choices only none and all" in result.stdout) is (count == 5)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("missing", "no such file"),
        ("empty", "no net/ipv4/tcp.c"),
        ("other", "no function tcp_close"),
        ("another", "another function"),
        ("older", "another function"),
        ("link", "leads out of the tree"),
        ("device", "not a plain file"),
        ("big", "more than"),
        ("text", "no tarball"),
        ("cut", "cut off"),
        ("not-c", "this is not C"),
        ("bomb", "unpacks to more than"),
        ("crowd", "more than"),
        ("packed-link", "not a plain file"),
        ("fifo", "neither"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_a_sentence(
    tmp_path: Path, form: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _hostile(tmp_path, form, monkeypatch)
    result = run(tmp_path, "import", str(source))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == 1


def _hostile(folder: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source that must not be taken."""
    path = folder / "linux"
    file = path / "net/ipv4/tcp.c"
    if form == "missing":
        return path
    if form == "fifo":
        os.mkfifo(path)
        return path
    making.tree(path)
    if form == "empty":
        file.unlink()
    elif form == "other":
        file.write_text("int ocfs2(void)\n{\n\treturn 0;\n}\n")
    elif form == "another":
        file.write_text("void tcp_close(struct sock *sk, long timeout)\n{\n\tlock_sock(sk);\n}\n")
    elif form == "older":
        wait = "\tstruct wait_queue wait = { current, NULL };\n"
        file.write_text(f"void tcp_close(struct sock *sk, long timeout)\n{{\n{wait}}}\n")
    elif form == "not-c":
        file.write_text(making.edited(("if (req)", "if req))")))
    elif form in {"link", "device"}:
        file.unlink()
        file.symlink_to("/etc/passwd")
        if form == "device":
            file.unlink()
            os.mkfifo(file)
    elif form == "big":
        file.write_text("/* */\n" * 1_000_000)
    elif form == "text":
        path = folder / "linux.tar.xz"
        path.write_text("nothing")
    elif form == "cut":
        whole = packed(folder, path)
        whole.write_bytes(whole.read_bytes()[:-200])
        return whole
    elif form == "bomb":
        monkeypatch.setattr(trees, "UNPACKED_BYTES", 10_000_000)
        path = folder / "linux.tar.xz"
        path.write_bytes(lzma.compress(_member("linux/zeros", 20_000_000) + bytes(20_000_000)))
    elif form == "crowd":
        monkeypatch.setattr(trees, "MEMBERS", 1000)
        path = folder / "linux.tar"
        path.write_bytes(b"".join(_member(f"linux/{n}", 0) for n in range(2000)))
    elif form == "packed-link":
        path = folder / "linux.tar"
        with tarfile.open(path, "w") as tar:
            link = tarfile.TarInfo("linux/net/ipv4/tcp.c")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link, io.BytesIO())
    return path


def _member(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf()
