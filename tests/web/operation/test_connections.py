# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A connection keeps its bounds, whoever is at the other end of it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.web.connections import MAX_HEAD, BoundedConnection
from app.web.http.headers import SECURITY_HEADERS
from app.web.server import config_of
from app.web.settings import Settings

START = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
READ = 64 * 1024


class Wire(asyncio.Transport):
    """The other end: what was written to it, and whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_closed = False
        self.news = asyncio.Event()

    async def answered(self, times: int = 1) -> None:
        """Wait for so many good answers."""
        while self.written.count(b"HTTP/1.1 200 ") < times:
            self.news.clear()
            await self.news.wait()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)
        self.news.set()

    def close(self) -> None:
        self.is_closed = True
        self.news.set()

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        """A body is read when it is wanted."""

    def resume_reading(self) -> None:
        """As above."""


async def refusal(scope: Scope, receive: Receive, send: Send) -> None:
    """Does not want the body."""
    head = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b""})


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how long the body was."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = str(size).encode()
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


def on_a_wire(
    test: Callable[[BoundedConnection, Wire], Coroutine[Any, Any, None]],
    seconds: float = 20,
    app: ASGIApp = answer,
) -> Wire:
    """Run a test of one connection."""

    async def whole() -> Wire:
        config = Config(app, log_config=None, lifespan="off")
        connection, wire = BoundedConnection(config, ServerState(), {}), Wire()
        connection.head_seconds = seconds
        connection.connection_made(wire)
        async with asyncio.timeout(300):
            await test(connection, wire)
        was_closed = wire.is_closed
        connection.connection_lost(None)
        wire.is_closed = was_closed
        return wire

    return asyncio.run(whole())


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /", b"a"),
        (START + b"X: ", b"a"),
        (START, b"a: b\r\n"),
        (POST + b"0\r\n", b"a: b\r\n"),
        (POST + b"0\r\nX: ", b"a"),
        (POST, b"1\r\na\r\n"),
        (POST + b"1;", b"a"),
    ],
    ids="url header headers trailers trailer crumbs extension".split(),
)
def test_what_is_no_body_is_bounded(start: bytes, piece: bytes) -> None:
    async def endless(connection: BoundedConnection, wire: Wire) -> None:
        connection.data_received(start)
        pieces = piece * (READ // len(piece) // 4)
        for _ in range(4 * 3):
            if wire.is_closed:
                break
            assert not wire.written
            connection.data_received(pieces)

    wire = on_a_wire(endless)
    assert wire.is_closed
    assert wire.written.startswith(b"HTTP/1.1 431 ") or start.startswith(b"POST")


def test_headers_and_a_body_of_any_size_pass() -> None:
    async def large(connection: BoundedConnection, wire: Wire) -> None:
        for _ in range(3):
            headers = b"Cookie: " + b"a" * (MAX_HEAD - 1000) + b"\r\n"
            connection.data_received(START + headers + b"\r\n")
            size = 5 * MAX_HEAD
            connection.data_received(
                b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % size
            )
            for _ in range(5):
                connection.data_received(b"a" * MAX_HEAD)
        await wire.answered(6)
        assert not wire.is_closed

    assert on_a_wire(large).written.count(b"327680") == 3


@pytest.mark.parametrize(
    "sent", [b"", START, START + b"\r\n" + START], ids="nothing first second".split()
)
def test_a_request_that_never_comes_whole_is_not_waited_for(sent: bytes) -> None:
    async def slow(connection: BoundedConnection, wire: Wire) -> None:
        if sent:
            connection.data_received(sent)
        if b"\r\n\r\n" in sent:
            await wire.answered()
        while not wire.is_closed:
            wire.news.clear()
            await wire.news.wait()

    assert on_a_wire(slow, seconds=0.05).written.count(b"HTTP/1.1 ") == sent.count(b"\r\n\r\n")


def test_a_whole_request_is_waited_for() -> None:
    """The time is for what the client has to send, not for the answer."""

    async def whole(connection: BoundedConnection, wire: Wire) -> None:
        connection.data_received(START + b"Content-Length: 1\r\n\r\n")
        await asyncio.sleep(0.1)
        assert not wire.is_closed
        connection.data_received(b"a")
        await wire.answered()

    assert on_a_wire(whole, seconds=0.05).written.startswith(b"HTTP/1.1 200 ")


def test_a_body_that_nobody_wanted_is_not_waited_for() -> None:
    async def drip(connection: BoundedConnection, wire: Wire) -> None:
        connection.data_received(START + b"Content-Length: 100000\r\n\r\n")
        await wire.answered()
        for _ in range(500):
            if wire.is_closed:
                break
            connection.data_received(b"a")
            await asyncio.sleep(0.01)

    assert on_a_wire(drip, seconds=0.05, app=refusal).is_closed


def test_who_asks_for_a_web_socket_gets_the_page_and_writes_nothing_into_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def upgrade(connection: BoundedConnection, wire: Wire) -> None:
        connection.data_received(START + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        await wire.answered()

    assert on_a_wire(upgrade).written.startswith(b"HTTP/1.1 200 ")
    assert not caplog.records


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (START + b"X: " + b"a" * 2 * MAX_HEAD, 431),
        (POST + b"zz\r\n", 400),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_headers_of_all_answers(
    sent: bytes, status: int
) -> None:
    async def refused(connection: BoundedConnection, wire: Wire) -> None:
        connection.data_received(sent)
        assert wire.is_closed

    head, _, body = on_a_wire(refused).written.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    found = dict(line.split(": ", 1) for line in lines[1:])
    assert found.items() >= {name.lower(): value for name, value in SECURITY_HEADERS}.items()
    assert found["content-length"] == str(len(body))


def test_nothing_is_put_into_an_answer_that_is_on_its_way() -> None:
    async def waits(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await asyncio.Event().wait()

    async def pipelined(connection: BoundedConnection, wire: Wire) -> None:
        connection.data_received(START + b"\r\n")
        await wire.answered()
        connection.data_received(b"no HTTP\r\n\r\n")
        assert wire.is_closed

    assert on_a_wire(pipelined, app=waits).written.count(b"HTTP/1.1 ") == 1


def test_the_server_has_such_connections() -> None:
    config = config_of(Settings(), answer)
    assert config.http is BoundedConnection
    assert config.ws == "none"
