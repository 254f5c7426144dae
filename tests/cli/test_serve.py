# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough serve`, as a process of its own: it prints its address, answers, and ends."""

import gc
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx2
import pytest
from click.testing import CliRunner

from app.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
#: It may be run from any folder; the checkout is found by the path of the package.
START = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from app.__main__ import run; run()"

#: A request in the log.
LINE = r"[-0-9]+T[:.0-9]+Z {} [.0-9]+ ms \d+ B\n"


@contextmanager
def serving(
    folder: Path,
    *words: str,
    stderr: IO[str] | int = subprocess.PIPE,
    before: Sequence[str] = (),
    program: str = START,
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the line that it prints when it is ready.

    `before` is a command that becomes the process, `program` what Python runs in it.
    """
    process = subprocess.Popen(
        [*before, sys.executable, "-c", program, "serve", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate(timeout=300)


def test_it_prints_its_address_and_answers_there(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as (_, line):
        match = re.fullmatch(r"Serving on (http://127\.0\.0\.1:(\d+)/) .*\n", line)
        assert match, line
        assert int(match[2]) > 0
        response = httpx2.get(match[1] + "tcp_close?recv=300", timeout=300, trust_env=False)
        assert response.status_code == 200
        assert "data_was_unread" in response.text
        assert "server" not in response.headers
        static = re.search(r'href="(/static/[^"]+\.css)"', response.text)
        assert static
        sheet = httpx2.get(match[1].rstrip("/") + static[1], timeout=300, trust_env=False)
        assert sheet.status_code == 200
        # Raw bytes that no client library would send are answered too.
        with socket.create_connection(("127.0.0.1", int(match[2])), timeout=300) as raw:
            raw.sendall(
                b"GET /tcp_close?\xff\xfe=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            answer = raw.recv(100)
        assert re.match(rb"HTTP/1\.1 4\d\d ", answer)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_a_fuss(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, "--port", "0") as (process, line):
        address = line.split()[2]
        assert httpx2.get(address, timeout=300, trust_env=False).status_code == 200
        process.send_signal(number)
        status = process.wait(timeout=300)
        assert process.stderr is not None
        assert re.fullmatch(LINE.format("GET / 200"), process.stderr.read())
    assert status == 0


def test_a_port_that_is_taken_is_told_and_has_status_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(tmp_path, "--port", str(port)) as (process, line):
            assert process.wait(timeout=300) == 1
            assert line == ""
            assert process.stderr is not None
            message = process.stderr.read()
    assert message.startswith(f"Can't listen on 127.0.0.1 port {port}: ")
    assert "Traceback" not in message
    assert len(message.splitlines()) == 1


@pytest.fixture
def _collector() -> Iterator[None]:
    """The garbage collector as it was: the program may switch it off while it starts."""
    yield
    gc.enable()


@pytest.mark.usefixtures("_collector")
@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.1.1.1", "192.0.2.1"])
def test_a_host_that_is_not_ours_is_told_and_has_status_1(host: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--host", host, "--port", "0"])
    assert result.exit_code == 1
    assert f"Can't listen on {host} port 0" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http", "8000.5", ""])
def test_what_is_no_port_is_refused(port: str) -> None:
    result = CliRunner().invoke(main, ["serve", f"--port={port}"])
    assert result.exit_code == 2
    assert "--port" in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "", "no-such-name.invalid"])
def test_a_lab_is_refused_on_any_address_but_loopback(host: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--lab", "--host", host])
    assert result.exit_code == 2
    assert "loopback address only" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--kernel", "x"], "it takes --lab"),
        (["--lab", "--kernel", "/nonexistent"], "/nonexistent"),
    ],
)
def test_a_kernel_that_cannot_be_booted_is_told_before_anything_is_served(
    words: list[str], says: str
) -> None:
    result = CliRunner().invoke(main, ["serve", "--port", "0", *words])
    assert result.exit_code == 2
    assert says in result.output


@pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")
def test_a_lab_ends_at_once_though_a_page_still_listens(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--lab") as (process, line):
        assert re.match(r"The lab runs on Linux [\d.]+, ", line)
        assert process.stdout is not None
        address = process.stdout.readline().split()[2]
        with httpx2.stream(
            "GET", f"{address}tcp_close/watch/stream", timeout=300, trust_env=False
        ) as response:
            assert response.status_code == 200
            parts = response.iter_text()
            assert "retry" in next(parts)
            process.send_signal(signal.SIGINT)
            list(parts)
        assert process.wait(timeout=300) == 0
        assert process.stderr is not None
        watched = LINE.format(re.escape("GET /{walkthrough}/watch/stream 200"))
        assert re.fullmatch(watched, process.stderr.read())
