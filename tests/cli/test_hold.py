# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a stranger may ask of a real process over loopback, and what it costs the others."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.cli.test_operation import Process, server

MB = 1024 * 1024


class Wire:
    """One connection, on which bytes are sent as they are."""

    def __init__(self, client: httpx2.Client) -> None:
        where = urlsplit(str(client.base_url))
        assert where.hostname is not None
        assert where.port is not None
        self.socket = socket.create_connection((where.hostname, where.port), timeout=30)
        self.file = self.socket.makefile("rb")

    def ask(self, *lines: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer to a request that consists of these lines."""
        self.socket.sendall("\r\n".join((*lines, "", "")).encode("latin-1") + body)
        status = int(self.file.readline().split()[1])
        length = 0
        while (line := self.file.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, self.file.read(length)

    def get(self, path: str) -> tuple[int, bytes]:
        return self.ask(f"GET {path} HTTP/1.1", "Host: here")

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@contextmanager
def wire(client: httpx2.Client) -> Iterator[Wire]:
    one = Wire(client)
    try:
        yield one
    finally:
        one.close()


def memory(process: Process) -> int:
    """Bytes that a process has in memory."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024


# Requests


def test_distinct_addresses_of_any_kind_are_not_kept_without_bound(tmp_path: Path) -> None:
    with server(tmp_path) as (process, client, _), wire(client) as one:
        static = client.get("tcp_close").text.partition('href="/static/')[2].partition('"')[0]
        before = memory(process)
        long = "x" * 60_000
        statuses = set()
        for number in range(600):
            for path in ("/robots.txt", f"/static/{static}", "/tcp_close", "/favicon.ico"):
                statuses.add((path[:5], one.get(f"{path}?{number}{long}")[0]))
            statuses.add(("short", one.get(f"/robots.txt?{number:01900}")[0]))
            statuses.add(("path", one.get(f"/{number}{long}")[0]))
        assert {status for kind, status in statuses if kind != "short"} == {414}
        assert ("short", 200) in statuses
        # What was sent is 180 MB.
        assert memory(process) - before < 25 * MB


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["GET /robots.txt HTTP/1.1"], 400),
        (["GET /robots.txt HTTP/1.1", "Host: a", "Host: a"], 400),
        (["GET /robots.txt HTTP/1.1", "Host: a", "host: b"], 400),
        (["GET /robots.txt HTTP/1.1", "Host: a"], 200),
        # Version 1.0 had no such header; some who look whether a server lives speak it.
        (["GET /robots.txt HTTP/1.0"], 200),
        (["POST /live HTTP/1.1", "Host: a", "Content-Type: application/json",
          "Content-Length: 28 \t "], 201),
    ],
)  # fmt: skip
def test_a_request_says_once_which_host_is_asked_and_blanks_mean_nothing(
    tmp_path: Path, lines: list[str], status: int
) -> None:
    with server(tmp_path) as (_, client, _), wire(client) as one:
        body = b'{"walkthrough": "tcp_close"}' if lines[0].startswith("POST") else b""
        assert one.ask(*lines, body=body)[0] == status


def test_of_many_unknown_keys_the_first_are_told(tmp_path: Path) -> None:
    with server(tmp_path) as (_, client, _):
        many = "&".join(f"key-{n}={n}" for n in range(90))
        sides = f"a={','.join(f'key-{n}:{n}' for n in range(90))}&b=recv:1"
        for address in (f"api/tcp_close/trace?{many}", f"api/tcp_close/compare?{sides}"):
            answer = client.get(address)
            assert (answer.status_code, len(answer.json()["problems"])) == (422, 8)
        page = client.get(f"tcp_close?{many}")
        assert (page.status_code, page.text.count("is not known.")) == (422, 8)
