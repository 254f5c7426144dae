# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The programs that are measured, each in a process of its own on a free port of this machine."""

from __future__ import annotations

import http.client
import os
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).resolve().parent.parent
PROGRAM = ("-m", "app", "serve", "--port", "0")


@dataclass(frozen=True, slots=True)
class Program:
    """A checkout, and the interpreter that has its packages."""

    root: Path
    python: Path


HERE = Program(root=REPOSITORY, python=Path(sys.executable))

#: What every request of the benchmarks says; a browser says more, to both programs alike.
REQUEST_HEADERS: Mapping[str, str] = {
    "Accept": "text/html,*/*",
    "Accept-Encoding": "gzip",
    "Accept-Language": "en",
    "User-Agent": "benchmarks",
}
_DEADLINE_S = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `body` as it travelled, still compressed, header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """A running program."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str) -> Answer:
        """One GET on a connection of its own. Raises RuntimeError unless the answer is 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_DEADLINE_S)
        try:
            connection.request("GET", path, headers=dict(REQUEST_HEADERS))
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"GET {path} is answered with {response.status}")
        return Answer({name.lower(): value for name, value in response.getheaders()}, body)

    def memory_kb(self) -> int:
        """Memory that the process has in use; 0 where /proc does not say."""
        try:
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)

    def processor_seconds(self) -> float | None:
        """Processor time used so far, in steps of 10 ms; None where /proc does not say."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment(program: Program, **others: str) -> dict[str, str]:
    """What a program's process has for its surroundings, whatever the shell's are.

    As where it is installed, its modules are compiled once.
    """
    kept = os.environ | {"PYTHONPATH": str(program.root)} | others
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


@contextmanager
def running(*arguments: str, program: Program = HERE) -> Iterator[Server]:
    """A checkout's Python with these arguments, once it has printed the address that it listens on.

    It logs as it does for everybody, a line for each request; the lines go nowhere. What it has to
    remember, rooms and kernels, it begins without.
    """
    with tempfile.TemporaryFile("w+") as log, tempfile.TemporaryDirectory() as state:
        yield from _running(program, arguments, log, state)


def _running(
    program: Program, arguments: Sequence[str], log: IO[str], state: str
) -> Iterator[Server]:
    process = subprocess.Popen(
        [program.python, "-P", *arguments],
        cwd=program.root,
        env=environment(program, XDG_STATE_HOME=state),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        yield Server(process, _port(process, log))
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _port(process: subprocess.Popen[str], log: IO[str]) -> int:
    assert process.stdout is not None
    until = time.monotonic() + _DEADLINE_S
    # Not select(), which knows no more than 1,024 files.
    ready = select.poll()
    ready.register(process.stdout, select.POLLIN | select.POLLHUP)
    while ready.poll(max(until - time.monotonic(), 0) * 1000):
        line = process.stdout.readline()
        if not line:
            break
        if found := re.search(r":(\d+)/", line):
            return int(found[1])
    log.seek(0)
    raise RuntimeError(f"{process.args!r} did not say where it listens:\n{log.read()[-2000:]}")
