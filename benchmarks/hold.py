# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Floods of every kind, kills in the midst of writing, and a day of a class's life."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import secrets
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import uvloop

from benchmarks.fairness import watched
from benchmarks.figures import Budget, Figure
from benchmarks.followers import ONE_ADDRESS, Class, Sender
from benchmarks.servers import PROGRAM, Server, running

PART = "hold"
#: The watching presenter shows more than a person does.
_PRESENTER = ("--events-rate", "1000", "--events-burst", "100000")
_EVENTS = 5000
_MB = 1024
#: Of a day in the life of a class, how much of it passes in a second.
SPEED = 288.0

Work = Callable[[int], Coroutine[Any, Any, None]]
"""What one connection of a flood does to the server at a port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """`connections` do `work` at the same time; `before` prepares the server for it."""

    name: str
    work: Work
    connections: int = 50
    before: Work | None = None


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Milliseconds, megabytes, and what was lost or doubled."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = []
        for flood in _floods():
            figures += _flooded(runner, flood, 5 if is_quick else 100)
        figures += _distinct(runner, 600 if is_quick else 60_000)
        figures += _killed(runner, 2 if is_quick else 50)
        figures += _soaked(runner, 5.0 if is_quick else 300.0)
    return figures


# Floods


def _floods() -> Iterator[Flood]:
    long = "x" * 60_000
    keys = "&".join(f"key-{n}={n}" for n in range(90))
    numbers = itertools.count(1)
    yield Flood(name="queries of 60 kB", work=_asking(lambda: f"/robots.txt?{next(numbers)}{long}"))
    yield Flood(
        name="90 unknown keys", work=_asking(lambda: f"/tcp_close?{keys}&n={next(numbers)}")
    )
    yield Flood(name="pages not there", work=_asking(lambda: f"/nothing/{next(numbers)}"))
    yield Flood(name="guesses of codes", work=_asking(lambda: f"/live/{_code()}/state"))
    yield Flood(name="1,000 silent connections", work=_silent, connections=1000)
    room: dict[str, Any] = {}

    async def fill(port: int) -> None:
        room.update(await _full_room(port))

    async def ask(port: int) -> None:
        await _deaf(port, f"/live/{room['room']}/events?after=1")

    yield Flood(name="150 deaf readers of 5,000 events", work=ask, connections=150, before=fill)

    async def begin(port: int) -> None:
        sender = Sender([port])
        room.update(await sender.insist("/live", {"walkthrough": "tcp_close"}))
        command = {"do": "ask", "decision": "queued"}
        asked = await sender.insist(f"/live/{room['room']}/commands", command, _bearer(room))
        room["question"] = asked["number"]
        sender.close()

    async def stuff(port: int) -> None:
        body = {"question": room["question"], "option": "true"}
        await _posting(port, f"/live/{room['room']}/votes", lambda: body)

    yield Flood(name="votes of new devices", work=stuff, before=begin)

    async def join(port: int) -> None:
        path = f"/live/{room['room']}/presenters"
        await _posting(port, path, lambda: {"invitation": secrets.token_urlsafe()})

    yield Flood(name="guesses of invitations", work=join, before=begin)


def _flooded(runner: asyncio.Runner, flood: Flood, rounds: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, _server(folder) as server:
        if flood.before is not None:
            runner.run(flood.before(server.port))
        crowd = [lambda: flood.work(server.port)] * flood.connections
        return runner.run(_watched(server, flood.name, crowd, rounds))


async def _watched(server: Server, name: str, crowd: list[Any], rounds: int) -> list[Figure]:
    before, most = server.memory_kb(), 0

    async def look() -> None:
        nonlocal most
        while True:
            most = max(most, server.memory_kb())
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look())
    health, events = await watched(server.port, crowd, rounds)
    looking.cancel()
    most = max(most, server.memory_kb())
    await asyncio.sleep(1)
    figures = []
    for what, found, limit in (("/healthz/live", health, 250), ("room's event", events, 500)):
        p99 = statistics.quantiles(found, n=100, method="inclusive")[98] * 1000
        median = statistics.median(found) * 1000
        figures += [
            Figure(PART, f"{name}: {what}, p50", median, "ms"),
            Figure(PART, f"{name}: {what}, p99", p99, "ms", Budget(limit)),
        ]
    return [*figures, *_memory(name, before, most, server.memory_kb())]


def _memory(name: str, before: int, most: int, after: int) -> list[Figure]:
    return [
        Figure(PART, f"{name}: memory before", before / _MB, "MB"),
        Figure(PART, f"{name}: at most", most / _MB, "MB", Budget(200)),
        Figure(PART, f"{name}: after", after / _MB, "MB"),
    ]


def _distinct(runner: asyncio.Runner, count: int) -> list[Figure]:
    """Requests of every kind, no two of them the same; then what the process has in memory."""
    name = f"{count:,} distinct requests"
    numbers = iter(range(count))

    async def some(port: int) -> None:
        asking = _Asking(port)
        for number in numbers:
            value = number % 100_000
            paths = (
                f"/robots.txt?{number:01900}",
                f"/static/{number}/css/base.css?{number}",
                f"/manifest.webmanifest?lang=zh&{number}",
                f"/favicon.ico?{number}",
                f"/nothing/{number}",
            )
            if number % 50 == 0:
                # What costs work is kept, so a few hundred of them fill what there is.
                paths = (
                    f"/tcp_close?rto={value}",
                    f"/api/tcp_close/trace?rto={value}",
                    f"/embed/tcp_close?rto={value}",
                    f"/tcp_close/compare?a=recv:{value}&b=linger:0",
                    f"/tcp_close/unread/true?recv={value}&lang=zh",
                )
            await asking.get(paths[number // 50 % 5 if number % 50 == 0 else number % 5])
        asking.close()

    async def all_of_them(server: Server) -> list[Figure]:
        before, most = server.memory_kb(), 0
        tasks = [asyncio.create_task(some(server.port)) for _ in range(8)]
        started = time.perf_counter()
        while not all(task.done() for task in tasks):
            most = max(most, server.memory_kb())
            await asyncio.sleep(0.1)
        await asyncio.gather(*tasks)
        rate = count / (time.perf_counter() - started)
        return [
            Figure(PART, f"{name}: answered", rate, "/s"),
            *_memory(name, before, most, server.memory_kb()),
        ]

    with tempfile.TemporaryDirectory() as folder, _server(folder) as server:
        server.get("/tcp_close")
        return runner.run(all_of_them(server))


def _server(folder: str) -> contextlib.AbstractContextManager[Server]:
    return running(*PROGRAM, *_PRESENTER, "--data", folder)


class _Asking:
    """GETs on a connection that is kept, and made anew where the server closes it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> None:
        """One; whatever the answer is, it is read."""
        try:
            if self.streams is None:
                self.streams = await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self.streams
            writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
            length = next(int(x[15:]) for x in head if x.startswith(b"content-length:"))
            await reader.readexactly(length)
            if b"connection: close" in head:
                self.close()
        except (OSError, asyncio.IncompleteReadError):
            self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


def _asking(path: Callable[[], str]) -> Work:
    async def ask(port: int) -> None:
        asking = _Asking(port)
        try:
            while True:
                await asking.get(path())
        finally:
            asking.close()

    return ask


async def _posting(port: int, path: str, body: Callable[[], Any]) -> None:
    sender = Sender([port])
    try:
        while True:
            with contextlib.suppress(OSError):
                await sender.post(path, body())
    finally:
        sender.close()


async def _silent(port: int) -> None:
    """A connection on which nothing is ever asked."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                await reader.read()
            finally:
                writer.close()


async def _deaf(port: int, path: str) -> None:
    """A reader who does not read, and asks again when he is let go."""
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            transport = writer.transport
            assert isinstance(transport, asyncio.ReadTransport)
            transport.pause_reading()
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
                await asyncio.sleep(60)
            finally:
                transport.abort()


def _code() -> str:
    return "".join(random.choice("23456789bcdfghjkmnpqrstvwxyz") for _ in range(8))


def _bearer(room: dict[str, Any]) -> str:
    return f"Authorization: Bearer {room['key']}\r\n"


async def _full_room(port: int) -> dict[str, Any]:
    sender = Sender([port])
    room: dict[str, Any] = await sender.insist("/live", {"walkthrough": "tcp_close"})
    query = "recv=300&wait=" + "-".join(["ack", "data", "fin"] * 20)
    for number in range(2, _EVENTS + 1):
        body = {"do": "show", "block": "drain", "query": query, "step": number % 9 + 1}
        await sender.insist(f"/live/{room['room']}/commands", body, _bearer(room))
    sender.close()
    return room


# Kills


def _killed(runner: asyncio.Runner, kills: int) -> list[Figure]:
    """A server that is killed again and again, while commands and votes are written to SQLite."""
    options = (*_PRESENTER, *ONE_ADDRESS, "--max-events", "1000000", "--max-voters", "1000000")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        more = (*options, "--max-voters-of-address", "1000000", "--data", folder)
        server = servers.enter_context(running(*PROGRAM, *more))
        again = (*PROGRAM[:-1], str(server.port), *more)

        def kill() -> None:
            nonlocal server
            for _ in range(kills):
                time.sleep(random.uniform(0.2, 0.8))
                server.process.kill()
                server.process.wait()
                server = servers.enter_context(running(*again))

        found = runner.run(_written(server.port, kill))
    name = f"{kills} kills"
    return [
        Figure(PART, f"{name}: accepted commands", found["commands"], ""),
        Figure(PART, f"{name}: lost or doubled", found["wrong"], "", Budget(0)),
        Figure(PART, f"{name}: accepted votes", found["votes"], ""),
        Figure(PART, f"{name}: not counted once", found["miscounted"], "", Budget(0)),
    ]


async def _written(port: int, kill: Callable[[], None]) -> Counter[str]:
    sender, voters = Sender([port]), Sender([port])
    room = await sender.insist("/live", {"walkthrough": "tcp_close"})
    here, key = f"/live/{room['room']}", _bearer(room)
    asked = await sender.insist(f"{here}/commands", {"do": "ask", "decision": "queued"}, key)
    accepted: dict[str, int] = {}
    devices = 0
    is_over = False

    async def command() -> None:
        for number in itertools.count():
            if is_over:
                return
            name = f"command-{number:06d}"
            body = {"do": "black", "on": number % 2 == 0, "id": name}
            accepted[name] = (await sender.insist(f"{here}/commands", body, key))["number"]

    async def vote() -> None:
        nonlocal devices
        body = {"question": asked["number"], "option": "true"}
        while not is_over:
            cookie = f"Cookie: voter={devices:043d}\r\n"
            await voters.insist(f"{here}/votes", body, cookie)
            devices += 1

    writing = [asyncio.create_task(command()), asyncio.create_task(vote())]
    try:
        await asyncio.get_running_loop().run_in_executor(None, kill)
    except BaseException:
        # Nobody answers any more: what went wrong is why.
        for task in writing:
            task.cancel()
        raise
    is_over = True
    await asyncio.gather(*writing)
    kept = Counter(await _commands_of(port, f"{here}/events?after=0", max(accepted.values())))
    await sender.insist(f"{here}/commands", {"do": "close"}, key)
    await sender.insist(f"{here}/commands", {"do": "reveal"}, key)
    reader = Class(room["room"], [port])
    counted = (await _state(port, reader.code))["question"]["voted"]
    sender.close()
    voters.close()
    wrong = sum(kept[name] != 1 for name in accepted)
    return Counter(
        commands=len(accepted), wrong=wrong, votes=devices, miscounted=abs(devices - counted)
    )


async def _commands_of(port: int, path: str, last: int) -> list[str]:
    """The ids of the commands of all events, in order."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    found = []
    async with asyncio.timeout(60):
        while True:
            line = await reader.readline()
            if line.startswith(b'data: {"number":'):
                event = json.loads(line[6:])
                found.append(event["command"])
                if event["number"] >= last:
                    break
    writer.close()
    return found


async def _state(port: int, code: str) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /live/{code}/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    return json.loads(answer.partition(b"\r\n\r\n")[2])


# A day


def _soaked(runner: asyncio.Runner, seconds: float) -> list[Figure]:
    """Lessons one after the other, by a clock that is faster, on a server like any other."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running("-m", "benchmarks.soak", folder) as server,
    ):
        return runner.run(_lessons(server, seconds))


async def _lessons(server: Server, seconds: float) -> list[Figure]:
    started, count, before = time.monotonic(), 0, 0
    most = 0
    sender = Sender([server.port])
    while time.monotonic() - started < seconds:
        room = await sender.insist("/live", {"walkthrough": "tcp_close"})
        here, key = f"/live/{room['room']}", _bearer(room)
        class_ = Class(room["room"], [server.port])
        await class_.fill(20)
        for step in range(1, 6):
            await sender.insist(f"{here}/commands", {"do": "show", "step": step}, key)
        body = {"do": "ask", "decision": "queued"}
        await sender.insist(f"{here}/commands", {"do": "show"}, key)
        asked = (await sender.insist(f"{here}/commands", body, key))["number"]
        for device in range(20):
            vote = {"question": asked, "option": ("true", "false")[device % 2]}
            await sender.insist(f"{here}/votes", vote, f"Cookie: voter={device:043d}\r\n")
        await sender.insist(f"{here}/commands", {"do": "reveal"}, key)
        last = (await sender.insist(f"{here}/commands", {"do": "end"}, key))["number"]
        await class_.all_have(last, 60)
        class_.leave()
        count += 1
        if count == 20:
            # What is made once is there.
            before = server.memory_kb()
        most = max(most, server.memory_kb())
    sender.close()
    hours = seconds * SPEED / 3600
    name = f"{hours:.1f} hours of lessons"
    return [
        Figure(PART, f"{name}: rooms that came and went", count, ""),
        Figure(PART, f"{name}: memory after 20", before / _MB, "MB"),
        Figure(PART, f"{name}: at most", most / _MB, "MB", Budget(200)),
        Figure(PART, f"{name}: at the end", server.memory_kb() / _MB, "MB"),
    ]
