# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough watch`, on the counters of this machine."""

import json
import re
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from app.cli.watch_screen import in_figures
from app.lab.machine import best_namespace
from app.lab.observe.counters import read_counters
from tests.lab.conftest import left_out_here

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")


def abort(times: int) -> None:
    """close() with unread data, over loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(times):
            peer = socket.create_connection(listener.getsockname())
            one, _ = listener.accept()
            peer.send(b"never read")
            one.recv(1, socket.MSG_PEEK)
            one.close()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()


def counted(look: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in look["counters"] if one["counter"] == name)
    return found


@pytest.fixture
def watching() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "watch", "--json", "--every", "0.1"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate(timeout=300)


def test_a_close_with_unread_data_is_counted_at_its_line(watching: subprocess.Popen[str]) -> None:
    assert watching.stdout is not None
    assert watching.stderr is not None
    first = json.loads(watching.stdout.readline())
    assert counted(first, "TcpExtTCPAbortOnClose")["per_second"] is None
    abort(5)
    looks = (counted(json.loads(line), "TcpExtTCPAbortOnClose") for line in watching.stdout)
    found = next(look for look in looks if look["since_start"] >= 5)
    assert found["lines"] == [49]
    watching.send_signal(signal.SIGINT)
    assert watching.wait(timeout=300) == 0
    assert watching.stderr.read() == ""


def test_the_screen_has_the_lines_and_what_else_counts() -> None:
    result = CliRunner().invoke(main, ["watch", "--count", "1"], env={"COLUMNS": "150"})
    assert result.exit_code == 0
    assert "if (data_was_unread) {" in result.stdout
    assert "LINUX_MIB_TCPABORTONCLOSE" in result.stdout
    assert "All resets of this network namespace" in result.stdout
    assert re.search(r"^TcpOutRsts +[1-9]", result.stdout, re.MULTILINE), "what there is, at once"
    assert re.search(r"^sockets: [\d,]+ in use", result.stdout, re.MULTILINE)


def test_a_narrow_screen_keeps_the_numbers() -> None:
    result = CliRunner().invoke(main, ["watch", "--count", "1"], env={"COLUMNS": "80"})
    assert "TcpExtTCPAbortOnClose" in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_the_namespace_of_another_process_is_read() -> None:
    way = best_namespace()
    if way == "none":
        left_out_here("no network namespace can be made here")
    code = f"""
import sys
from app.lab.namespace import enter
from tests.cli.test_watch import abort
enter(as_user={way == "user"})
abort(3)
print("ready", flush=True)
sys.stdin.read()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert read_counters(child.pid)["TCPAbortOnClose"] == 3
        for option in ("--namespace", "--pid"):
            words = ["watch", "--json", "--count", "1", option, str(child.pid)]
            theirs = CliRunner().invoke(main, words)
            assert theirs.exit_code == 0, theirs.stderr
            assert counted(json.loads(theirs.stdout), "TcpExtTCPAbortOnClose")["now"] == 3
        child.communicate("", timeout=300)


@pytest.mark.parametrize("name", ["nobody-named-this", "../net", "999999999", ""])
def test_a_namespace_that_is_not_there_is_told_and_has_status_3(name: str) -> None:
    result = CliRunner().invoke(main, ["watch", "--count", "1", "--namespace", name])
    assert result.exit_code == 3
    assert result.stderr.startswith("The counters cannot be read: ")


def test_a_text_is_read_as_on_the_page() -> None:
    """What is not in it is not zero; two readings say what rose."""
    once = "TcpExtTCPAbortOnClose           7                  0.0\n"
    result = CliRunner().invoke(main, ["watch", "-"], input=once)
    assert result.exit_code == 0, result.stderr
    assert "TcpExtTCPAbortOnClose" in result.stdout
    assert "TCPAbortOnData" not in result.stdout
    assert "LINUX_MIB_TCPABORTONCLOSE" in result.stdout
    twice = f"{once}\n{once.replace('7 ', '9 ')}"
    (found,) = json.loads(CliRunner().invoke(main, ["watch", "--json", "-"], input=twice).stdout)[
        "counters"
    ]
    assert (found["now"], found["since_start"], found["lines"]) == (9, 2, [49])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("12 ESTAB\n3 FIN-WAIT-1\n", "12 ESTABLISHED, 3 FIN_WAIT1"),
        ("TCP: inuse 9 orphan 4 tw 2 alloc 11 mem 3\n", "4 orphans, 2 in TIME_WAIT"),
        ("State Recv-Q Send-Q Local Address:Port Peer Address:Port\n", "none"),
    ],
)
def test_a_text_without_counters_has_its_sockets(text: str, says: str) -> None:
    result = CliRunner().invoke(main, ["watch", "-"], input=text)
    assert (result.exit_code, result.stdout) == (0, f"sockets: {says}\n")
    shown = json.loads(CliRunner().invoke(main, ["watch", "--json", "-"], input=text).stdout)
    assert shown["counters"] == []


def test_what_goes_on_coming_is_read_at_each_pause() -> None:
    """The second text rises above the first, and what it does not have is not said again."""
    command = [sys.executable, "-m", "app", "watch", "--json", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=REPOSITORY, text=True, bufsize=1, **pipes) as running:  # type: ignore[call-overload]
        looks = []
        for text in (
            "TcpExtTCPAbortOnClose 7 0.0\nTcpOutRsts 5 0.0\n",
            "TcpExtTCPAbortOnClose 9 0.0\n",
        ):
            running.stdin.write(text)
            looks.append(json.loads(running.stdout.readline()))
        running.stdin.close()
    assert running.returncode == 0
    found = [
        [(one["counter"], one["now"], one["since_start"]) for one in look["counters"]]
        for look in looks
    ]
    assert found == [
        [("TcpExtTCPAbortOnClose", 7, None), ("TcpOutRsts", 5, None)],
        [("TcpExtTCPAbortOnClose", 9, 2)],
    ]


@pytest.mark.parametrize(
    ("words", "text", "status", "says"),
    [
        (["-"], "hello\n", 3, "none of the counters"),
        (["-"], "x" * 2_000_001, 2, "longer than 2,000,000 bytes"),
        (["--pid", "1", "--namespace", "x"], "", 2, "give one"),
    ],
)
def test_what_cannot_be_read_is_said(words: list[str], text: str, status: int, says: str) -> None:
    result = CliRunner().invoke(main, ["watch", *words], input=text)
    assert result.exit_code == status
    assert says in result.stderr


def test_an_unknown_walkthrough_is_bad_input() -> None:
    result = CliRunner().invoke(main, ["watch", "--count", "1", "--walkthrough", "tcp_clos"])
    assert result.exit_code == 2
    assert "tcp_close" in result.stderr


@pytest.mark.parametrize(("rate", "text"), [(0, "0.0"), (12.34, "12.3"), (1234.5, "1,234")])
def test_a_rate_takes_a_narrow_column(rate: float, text: str) -> None:
    assert in_figures(rate) == text
