# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A class on loopback: followers that cost little, a presenter who does not give up, voters.

A follower reads numbers only: which event came, and whether it is the one after the last. It
connects again by itself, to the next of the servers, with the last number that it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

#: Options of a server whose whole class is behind one address.
ONE_ADDRESS = (
    *("--max-followers-of-address", "2000", "--follows-burst", "4000"),
    *("--max-voters-of-address", "5000", "--votes-rate", "1000", "--votes-burst", "5000"),
)

_ID = b"id: "
_AT_ONCE = 50


@dataclass(slots=True)
class Class:
    """What all followers share; numbers are those of the room's events."""

    code: str
    ports: Sequence[int]
    followers: list[Follower] = field(default_factory=list)
    #: When the last follower so far got an event, and how many got it.
    received: dict[int, tuple[float, int]] = field(default_factory=dict)
    missed: int = 0
    doubled: int = 0
    reconnected: int = 0
    is_over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def got(self, number: int) -> None:
        _, count = self.received.get(number, (0.0, 0))
        self.received[number] = (time.perf_counter(), count + 1)
        if count + 1 == len(self.followers):
            self.news.set()

    async def all_have(self, number: int, deadline_s: float) -> None:
        """Wait until every follower has an event. Raises TimeoutError."""
        async with asyncio.timeout(deadline_s):
            while self.received.get(number, (0.0, 0))[1] < len(self.followers):
                self.news.clear()
                await self.news.wait()

    async def fill(self, count: int) -> None:
        """Let `count` followers in, some at a time."""
        self.followers = [Follower(self, n) for n in range(count)]
        for start in range(0, count, _AT_ONCE):
            batch = self.followers[start : start + _AT_ONCE]
            await asyncio.gather(*(follower.connect() for follower in batch))
        # Each begins with a snapshot, which has the number of the only event so far.
        await self.all_have(1, 60)

    def leave(self) -> None:
        """Everybody goes home."""
        self.is_over = True
        for follower in self.followers:
            if follower.transport is not None:
                follower.transport.abort()


class Follower(asyncio.Protocol):
    """One phone."""

    __slots__ = ("buffer", "class_", "last", "number", "transport", "tries")

    def __init__(self, class_: Class, number: int) -> None:
        self.class_ = class_
        self.number = number
        self.last = 0
        self.tries = 0
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    async def connect(self) -> None:
        """Connect, again and again with jitter if need be."""
        loop = asyncio.get_running_loop()
        ports = self.class_.ports
        for wait in range(60):
            if self.class_.is_over:
                return
            port = ports[(self.number + self.tries) % len(ports)]
            try:
                await loop.create_connection(lambda: self, "127.0.0.1", port)
            except OSError:
                self.tries += 1
                await asyncio.sleep(random.uniform(0.1, 0.5) * min(wait + 1, 4))
            else:
                return
        raise RuntimeError(f"no server lets a follower in, of {ports}")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports inherit nothing of asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        self.buffer = b""
        resume = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        head = f"GET /live/{self.class_.code}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        self.transport.write(f"{head}{resume}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data
        start = 0
        while (place := data.find(_ID, start)) >= 0:
            end = data.find(b"\n", place)
            if end < 0:
                break
            start = end
            self.got(int(data[place + len(_ID) : end]))
        self.buffer = data[max(start, len(data) - 16) :]

    def got(self, number: int) -> None:
        class_ = self.class_
        if self.last and number <= self.last:
            class_.doubled += 1
            return
        if self.last:
            class_.missed += number - self.last - 1
        self.last = number
        class_.got(number)

    def connection_lost(self, problem: Exception | None) -> None:
        self.transport = None
        if not self.class_.is_over:
            self.class_.reconnected += 1
            self.tries += 1
            asyncio.get_running_loop().create_task(self.again())

    async def again(self) -> None:
        await asyncio.sleep(random.uniform(0.05, 0.5))
        await self.connect()


@dataclass(slots=True)
class Sender:
    """Posts JSON on a connection that is kept; makes it anew where it is lost."""

    ports: Sequence[int]
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    used: int = 0

    async def post(self, path: str, body: Any, headers: str = "") -> tuple[int, Any]:
        """One post: status and answer. Raises OSError where the connection is lost."""
        if self.streams is None:
            port = self.ports[self.used % len(self.ports)]
            self.streams = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = self.streams
        text = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\n{headers}\r\n"
        )
        try:
            writer.write(head.encode() + text)
            answer = await reader.readuntil(b"\r\n\r\n")
            lines = answer.lower().split(b"\r\n")
            length = next(int(x[15:]) for x in lines if x.startswith(b"content-length:"))
            return int(answer[9:12]), json.loads(await reader.readexactly(length))
        except (OSError, asyncio.IncompleteReadError) as problem:
            self.close()
            self.used += 1
            # It keeps the problem too, and complains where nobody asks for it.
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            raise ConnectionError(str(problem)) from problem

    async def insist(self, path: str, body: Any, headers: str = "") -> Any:
        """Post until it is accepted, however often the server goes away meanwhile."""
        async with asyncio.timeout(60):
            while True:
                try:
                    status, answer = await self.post(path, body, headers)
                except OSError:
                    self.close()
                    self.used += 1
                    await asyncio.sleep(random.uniform(0.05, 0.2))
                    continue
                if status < 300:
                    return answer
                if status not in {429, 503}:
                    raise RuntimeError(f"{path} is answered with {status}: {answer}")
                await asyncio.sleep(random.uniform(0.2, 0.5))

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def vote(class_: Class, question: int, count: int, seconds: float, senders: int) -> float:
    """`count` devices vote, spread over `seconds`; gives how long it took."""
    path, started = f"/live/{class_.code}/votes", time.perf_counter()
    body = {"question": question}

    async def some(number: int) -> None:
        sender = Sender(class_.ports, used=number)
        for turn, device in enumerate(range(number, count, senders)):
            due = started + turn * seconds * senders / count
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            # The same device whenever it tries again: its cookie came before its vote.
            cookie = f"Cookie: voter={device:043d}\r\n"
            await sender.insist(path, body | {"option": ("true", "false")[device % 2]}, cookie)
        sender.close()

    await asyncio.gather(*(some(number) for number in range(senders)))
    return time.perf_counter() - started
