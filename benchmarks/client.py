# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A client that costs little: it keeps connections open, counts bytes, and reads no header.

It can do so because every answer of a round is the same: its length is known beforehand.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import cast

import uvloop

from benchmarks.servers import REQUEST_HEADERS

_DEADLINE_S = 60
_STATUS = b"HTTP/1.1 200 "


@dataclass(frozen=True, slots=True)
class Round:
    """What a round took: wall-clock seconds, and the share of them that the client computed."""

    requests: int
    seconds: float
    client_share: float

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds


def request_bytes(path: str, port: int) -> bytes:
    """A GET as it travels."""
    headers = {"Host": f"127.0.0.1:{port}", **REQUEST_HEADERS}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def ask(port: int, path: str, *, requests: int, connections: int) -> Round:
    """Ask for the same page again and again. Raises RuntimeError if an answer differs in size."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_ask(port, request_bytes(path, port), requests, connections))


async def _ask(port: int, request: bytes, requests: int, connections: int) -> Round:
    async with asyncio.timeout(_DEADLINE_S):
        length = await _answer_length(port, request)
        loop = asyncio.get_running_loop()
        crowd = _Crowd(request, length, requests, loop.create_future())
        opened = [
            await loop.create_connection(lambda: _Connection(crowd), "127.0.0.1", port)
            for _ in range(min(connections, requests))
        ]
        wall, busy = time.perf_counter(), time.process_time()
        for _, connection in opened:
            connection.ask()
        await crowd.done
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        for transport, _ in opened:
            transport.close()
        return Round(requests, wall, busy / wall)


async def _answer_length(port: int, request: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    body = next(
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    )
    await reader.readexactly(body)
    writer.close()
    return len(head) + body


@dataclass(slots=True)
class _Crowd:
    """What the connections of a round share."""

    request: bytes
    length: int
    unasked: int
    done: asyncio.Future[None]
    waiting: int = 0

    def fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(why))


class _Connection(asyncio.Protocol):
    def __init__(self, crowd: _Crowd) -> None:
        self.crowd = crowd
        self.received = 0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports inherit nothing of asyncio's.
        self.transport = cast(asyncio.Transport, transport)

    def ask(self) -> None:
        """The next request, if one is left; the last answer ends the round."""
        crowd = self.crowd
        if crowd.unasked:
            crowd.unasked -= 1
            crowd.waiting += 1
            assert self.transport is not None
            self.transport.write(crowd.request)
        elif not crowd.waiting and not crowd.done.done():
            crowd.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        crowd = self.crowd
        if not self.received and not data.startswith(_STATUS):
            crowd.fail(f"answered with {data[:40]!r}")
        self.received += len(data)
        if self.received > crowd.length:
            crowd.fail("an answer is longer than the first one")
        elif self.received == crowd.length:
            self.received = 0
            crowd.waiting -= 1
            self.ask()

    def connection_lost(self, problem: Exception | None) -> None:
        self.crowd.fail(f"the server closed the connection: {problem}")
