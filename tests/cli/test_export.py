# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough export`: bad targets are named, and an interrupted run leaves no half site."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import main
from tests.conftest import REPOSITORY


def export(*words: str | Path) -> Result:
    """The command, run in-process."""
    return CliRunner().invoke(main, ["export", *map(str, words)])


def begin(*words: str | Path, limit: int | None = None) -> subprocess.Popen[str]:
    """The command in a process of its own; `limit` is the most bytes that a file may have."""
    code = "import resource, sys; from app.cli import main; limit = int(sys.argv.pop(1) or -1)\n"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)); main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, str(limit or ""), "export", *map(str, words)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine")
    result = export(tmp_path / "site")
    assert result.exit_code == 1
    assert f"{tmp_path / 'site'} is a file" in result.stderr
    assert (tmp_path / "site").read_text() == "mine"


def test_a_folder_with_other_content_is_named_and_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    assert "is not empty" in export(tmp_path).stderr
    result = export(tmp_path, "--force")
    assert result.exit_code == 1
    assert "was not written by walkthrough export" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_what_cannot_be_written_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    """A limit on the size of a file is met where a full disk would be."""
    run = begin(tmp_path / "site", limit=20_000)
    _, errors = run.communicate(timeout=100)
    assert run.returncode == 1
    assert f"Can't write {tmp_path / 'site'}: " in errors
    assert "Nothing was changed there." in errors
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == []


def test_an_interrupted_run_leaves_no_half_site(tmp_path: Path) -> None:
    run = begin(tmp_path / "site")
    deadline = time.monotonic() + 90
    while not any(tmp_path.glob(".site.part-*/static")) and time.monotonic() < deadline:
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(signal.SIGTERM)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert f"Interrupted; {tmp_path / 'site'} is as it was." in errors
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == []
