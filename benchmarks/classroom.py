# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A class in a room: how soon the last follower has an event, and whether anything gets lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.figures import Budget, Figure
from benchmarks.followers import ONE_ADDRESS, Class, Sender, vote
from benchmarks.servers import PROGRAM, Server, running

PART = "classroom"
_MOST_VOTE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    followers: int
    posts: int
    pause_s: float
    votes: int
    vote_seconds: float


FULL = Size(1000, 40, 0.15, 1000, 4.0)
QUICK = Size(30, 5, 0.02, 40, 0.2)

#: Ends a server with kill -9, and gives the ports that followers may try from then on.
Kill = Callable[[], None]


@dataclass(slots=True)
class Findings:
    """What happened in one run."""

    latencies: list[float]
    class_: Class
    counted: int
    vote_seconds: float
    rss_before: int
    rss_after: int
    recovery_s: float | None = None


def measure(*, is_quick: bool = False) -> list[Figure]:
    """One process on SQLite, two on Redis, and each with a process killed in the middle.

    The quick one has the killed ones only, which do all that the others do.
    """
    size = QUICK if is_quick else FULL
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    figures = []
    if not is_quick:
        figures += _sqlite(size, "1 process, SQLite", is_killed=False)
    figures += _sqlite(size, "1 process, killed and started again", is_killed=True)
    if not shutil.which("redis-server"):
        print("no redis-server here: rooms in Redis are left out", file=sys.stderr)
        return figures
    if not is_quick:
        figures += _redis(size, "2 processes, Redis", is_killed=False)
    figures += _redis(size, "2 processes, one killed", is_killed=True)
    return figures


def _sqlite(size: Size, name: str, *, is_killed: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        options = ("--data", folder)
        server = servers.enter_context(running(*PROGRAM, *ONE_ADDRESS, *options))

        def kill() -> None:
            server.process.kill()
            server.process.wait()
            again = (*PROGRAM[:-1], str(server.port), *ONE_ADDRESS, *options)
            servers.enter_context(running(*again))

        return _figures(name, size, _run(size, [server], kill if is_killed else None))


def _redis(size: Size, name: str, *, is_killed: bool) -> list[Figure]:
    with redis_server() as url, ExitStack() as servers:
        both = [
            servers.enter_context(running(*PROGRAM, *ONE_ADDRESS, "--redis", url)) for _ in range(2)
        ]

        def kill() -> None:
            both[0].process.kill()
            both[0].process.wait()

        return _figures(name, size, _run(size, both, kill if is_killed else None))


@contextmanager
def redis_server() -> Iterator[str]:
    """A redis-server of our own that loses nothing; its address."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        process = subprocess.Popen(
            [
                *("redis-server", "--port", "0", "--unixsocket", str(path), "--dir", folder),
                *("--save", "", "--appendonly", "yes", "--appendfsync", "always"),
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + 20
            while not path.exists() and time.monotonic() < until:
                time.sleep(0.01)
            yield f"unix://{path}"
        finally:
            process.terminate()
            process.wait()


def _run(size: Size, servers: Sequence[Server], kill: Kill | None) -> Findings:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_class(size, servers, kill))


async def _class(size: Size, servers: Sequence[Server], kill: Kill | None) -> Findings:
    ports = [server.port for server in servers]
    presenter = Sender(ports)
    started = await presenter.insist("/live", {"walkthrough": "tcp_close"})
    code, key = started["room"], f"Authorization: Bearer {started['key']}\r\n"
    commands = f"/live/{code}/commands"
    class_ = Class(code, ports)
    rss_before = sum(server.memory_kb() for server in servers)
    await class_.fill(size.followers)
    rss_after = sum(server.memory_kb() for server in servers)
    latencies: list[float] = []
    command = 0

    async def post(body: dict[str, object]) -> int:
        nonlocal command
        command += 1
        sent = time.perf_counter()
        named = body | {"id": f"command-{command:06d}"}
        number = int((await presenter.insist(commands, named, key))["number"])
        await class_.all_have(number, 60)
        latencies.append(class_.received[number][0] - sent)
        return number

    async def walk(count: int) -> None:
        for turn in range(count):
            await post({"do": "show", "block": "drain", "query": "recv=300", "step": turn % 20 + 1})
            await asyncio.sleep(size.pause_s)

    await walk(size.posts // 2)
    question = await post({"do": "ask", "decision": "closed"})
    recovery: float | None = None
    if kill is None:
        took = await vote(class_, question, size.votes, size.vote_seconds, 20)
    else:
        before = len(latencies)
        voting = asyncio.create_task(vote(class_, question, size.votes, size.vote_seconds, 20))
        await asyncio.sleep(size.vote_seconds / 2)
        killed = time.perf_counter()
        ending = asyncio.get_running_loop().run_in_executor(None, kill)
        # The presenter goes on, into the gap.
        await post({"do": "black", "on": True})
        recovery = time.perf_counter() - killed
        await ending
        took = await voting
        await post({"do": "black", "on": False})
        # What waited for the process to come back is not the latency of a running one.
        del latencies[before:]
    await post({"do": "close"})
    await post({"do": "reveal"})
    await walk(size.posts - size.posts // 2)
    counted = await _counted(ports, code)
    class_.leave()
    presenter.close()
    return Findings(latencies, class_, counted, took, rss_before, rss_after, recovery)


async def _counted(ports: Sequence[int], code: str) -> int:
    """The votes that the bars show."""
    for port in reversed(ports):
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"GET /live/{code}/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            writer.write(head.encode())
            answer = await reader.read()
            writer.close()
            counts = json.loads(answer.partition(b"\r\n\r\n")[2])["question"]["counts"]
            return sum(counts.values())
    raise RuntimeError("no server tells the room's state")


def _figures(name: str, size: Size, found: Findings) -> list[Figure]:
    latencies = sorted(x * 1000 for x in found.latencies)
    p99 = latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))]
    class_ = found.class_
    figures = [
        Figure(
            PART,
            f"{name}: post to last of {size.followers:,} followers, p50",
            statistics.median(latencies),
            "ms",
            Budget(100),
        ),
        Figure(PART, f"{name}: p99", p99, "ms", Budget(300)),
        Figure(
            PART, f"{name}: events missed or doubled", class_.missed + class_.doubled, "", Budget(0)
        ),
        Figure(
            PART,
            f"{name}: votes not counted once, of {size.votes:,}",
            abs(size.votes - found.counted),
            "",
            Budget(0),
        ),
        Figure(
            PART, f"{name}: the votes took", found.vote_seconds, "s", Budget(_MOST_VOTE_SECONDS)
        ),
    ]
    if found.recovery_s is None:
        figures += [
            Figure(PART, f"{name}: memory in all", found.rss_after / 1024, "MB", Budget(200)),
            Figure(
                PART,
                f"{name}: memory for each follower",
                (found.rss_after - found.rss_before) / size.followers,
                "kB",
            ),
        ]
    else:
        figures += [
            Figure(PART, f"{name}: connections made anew", class_.reconnected, ""),
            Figure(PART, f"{name}: kill to an event at the last follower", found.recovery_s, "s"),
        ]
    return figures
