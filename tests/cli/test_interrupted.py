# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Ctrl+C, as a terminal sends it: to a command and all that it has started, at any moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.cli.common import INTERRUPTED
from tests.conftest import REPOSITORY

#: Says that it has begun: what Python itself does before that is not the program's.
START = (
    f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from app.__main__ import run; "
    "sys.stdout.write('begun\\n'); sys.stdout.flush(); run()"
)
COMMANDS = {
    "atlas": [],
    "check": [],
    "compare": ["recv=300", "recv=fin"],
    "export": ["site"],
    "lab": ["lingering-in-vain"],
    "schema": ["walkthrough.yaml"],
    "serve": ["--port", "0", "--data", "rooms"],
    "settings": [],
    "trace": ["tcp_close", "recv=300"],
    "watch": [],
    "witness": ["unread/true"],
}
#: Status 0 where Ctrl+C is how the command is ended, and the signal where nothing is cleaned up.
ENDED = {0, INTERRUPTED, -signal.SIGINT}


def interrupted(folder: Path, *words: str, after_s: float, children: int = 0) -> tuple[int, str]:
    """The status of a command that was interrupted, and all that it and its children said.

    That is so long after it has begun, and has started so many processes.
    """
    with (folder / "said").open("w+") as said:
        running = subprocess.Popen(
            [sys.executable, "-c", START, *words],
            cwd=folder,
            env={**os.environ, "XDG_CACHE_HOME": str(folder)},
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
        assert running.stdout is not None
        assert running.stdout.readline() == b"begun\n"
        deadline = time.monotonic() + 300
        while len(_children(running.pid)) < children and running.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)  # another process's doing has nothing to wait on
        time.sleep(after_s)  # it is to be interrupted wherever it is at that moment
        os.killpg(running.pid, signal.SIGINT)
        try:
            running.communicate(timeout=300)
        finally:
            running.kill()
        said.seek(0)
        return running.returncode, said.read()


def _children(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_ends_without_a_trace_however_early_it_is_interrupted(
    tmp_path: Path, command: str
) -> None:
    for after_s in (0.0, 0.1, 0.2, 0.35, 0.5):
        status, said = interrupted(tmp_path, command, *COMMANDS[command], after_s=after_s)
        assert "Traceback" not in said
        assert "KeyboardInterrupt" not in said
        # Some are done by then.
        assert status in ENDED, said


def test_workers_that_are_starting_end_without_a_trace(tmp_path: Path) -> None:
    words = ("serve", "--port", "0", "--data", str(tmp_path / "rooms"), "--workers", "2")
    for children, after_s in ((1, 0), (3, 0.3)):
        # The first one is Python's own, which looks after what they share.
        status, said = interrupted(tmp_path, *words, after_s=after_s, children=children)
        assert "Traceback" not in said
        assert status in {0, INTERRUPTED}


def test_a_lab_that_is_interrupted_says_nothing_about_the_kernel(tmp_path: Path) -> None:
    """1 would say that the kernel contradicts the model. What is run sleeps in close()."""
    words = ("lab", "--json", *["lingering-in-vain"] * 20)
    status, said = interrupted(tmp_path, *words, after_s=0.1, children=1)
    assert (status, said) == (INTERRUPTED, "Interrupted.\n")
