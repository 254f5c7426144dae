# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough export`: bad targets are named, and an interrupted run leaves no half site."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.web.export.folder import complete_folder
from tests.conftest import REPOSITORY, leave_out


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
    run = begin(tmp_path / "site", limit=3_000)
    _, errors = run.communicate(timeout=300)
    assert run.returncode == 1
    assert f"Can't write {tmp_path / 'site'}: " in errors
    assert "Nothing was changed there." in errors
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == []


def on_a_small_disk(disk: Path, command: str) -> subprocess.CompletedProcess[str]:
    """What a shell does in a namespace with a file system of 500 kB, which only it has."""
    unshare = shutil.which("unshare") or leave_out("no unshare here, so no disk was full")
    spaces = ["--mount"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--mount"]
    disk.mkdir()
    run = subprocess.run(
        [
            *(unshare, *spaces, "sh", "-c"),
            f"mount -t tmpfs -o size=500k tmpfs {disk} || exit 77; {command}",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if run.returncode in {1, 77}:
        leave_out("no namespace with a disk of its own here, so no disk was full")
    return run


def test_a_full_disk_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    command = f"{sys.executable} -m app export {disk}/site; echo $? >&2; ls -A {disk}"
    run = on_a_small_disk(disk, command)
    assert f"Can't write {disk}/site: the disk is full" in run.stderr
    assert run.stderr.endswith("Nothing was changed there.\n1\n")
    assert run.stdout == ""


@pytest.mark.parametrize("bound", ["", "mkdir {0}/site && mount --bind {0}/site {0}/site && "])
def test_a_mount_point_is_refused_before_anything_is_rendered(tmp_path: Path, bound: str) -> None:
    """A bind mount is of the same file system as its parent: no device number tells."""
    disk = tmp_path / "disk"
    site = disk / "site" if bound else disk
    run = on_a_small_disk(
        disk,
        f"{bound.format(disk)}{sys.executable} -m app export {site}; echo $? >&2; ls -A {site}",
    )
    assert f"{site} is a mount point." in run.stderr
    assert "pages" not in run.stderr
    assert run.stderr.endswith("1\n")
    assert run.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["disk"]


def begun(tmp_path: Path) -> subprocess.Popen[str]:
    """A run that has begun to write."""
    run = begin(tmp_path / "site")
    deadline = time.monotonic() + 300
    while not any(tmp_path.glob(".site.part-*/static")) and time.monotonic() < deadline:
        assert run.poll() is None
        time.sleep(0.05)
    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_half_site(tmp_path: Path, number: signal.Signals) -> None:
    run = begun(tmp_path)
    run.send_signal(number)
    # Who is impatient interrupts nothing but the waiting.
    run.send_signal(number)
    _, errors = run.communicate(timeout=300)
    assert run.returncode == 130
    assert f"Interrupted; {tmp_path / 'site'} is as it was." in errors
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == []


def test_a_killed_run_leaves_no_site_and_no_process(tmp_path: Path) -> None:
    """What it was writing is hidden, and the next run takes it away."""
    run = begun(tmp_path)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    deadline = time.monotonic() + 300
    while not (helpers := children.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.05)
    run.kill()
    run.communicate(timeout=300)
    assert not (tmp_path / "site").exists()
    assert all(path.name.startswith(".site.part-") for path in tmp_path.iterdir())
    while any(Path(f"/proc/{pid}/environ").exists() for pid in helpers):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with complete_folder(tmp_path / "site") as folder:
        folder.write("index.html", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
