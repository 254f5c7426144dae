# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Health checks and a live room, while one client asks for the heaviest distinct pages."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import uvloop

from benchmarks.client import request_bytes
from benchmarks.figures import Budget, Figure
from benchmarks.followers import Class, Sender
from benchmarks.servers import PROGRAM, running

PART = "fairness"
_CONNECTIONS = 50
_FOLLOWERS = 100
_PAUSE_S = 0.05
_SEGMENTS = "-".join(["300", "200fin", "fin", "1000"] * 16)
_EVENTS = "-".join(["ack", "data", "fin", "rst"] * 16)
#: The heaviest page that a query can ask for; a number ends it.
HEAVIEST = f"/tcp_close?recv={_SEGMENTS}&wait={_EVENTS}&backlog={_EVENTS}&lang=zh&linger="


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Milliseconds until a health check, and an event at its last follower, are there."""
    with running(*PROGRAM) as program, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        program.get("/tcp_close")
        numbers = itertools.count(1)
        crowd = [lambda: _ask(program.port, numbers)] * _CONNECTIONS
        health, events = runner.run(watched(program.port, crowd, 10 if is_quick else 200))
    figures = []
    for name, found, limit in (("/healthz/live", health, 100), ("room's event", events, 300)):
        p99 = statistics.quantiles(found, n=100, method="inclusive")[98] * 1000
        figures.append(Figure(PART, f"{name}, median", statistics.median(found) * 1000, "ms"))
        figures.append(Figure(PART, f"{name}, 99 %", p99, "ms", Budget(limit)))
    return figures


async def watched(
    port: int,
    crowd: Sequence[Callable[[], Coroutine[Any, Any, None]]],
    rounds: int,
) -> tuple[list[float], list[float]]:
    """Seconds until health checks, and events at the last follower of a room, are there.

    So many `rounds` of each; meanwhile the crowd does what it does, and is cut off in the end.
    """
    presenter = Sender([port])
    started = await presenter.insist("/live", {"walkthrough": "tcp_close"})
    key = f"Authorization: Bearer {started['key']}\r\n"
    class_ = Class(started["room"], [port])
    await class_.fill(_FOLLOWERS)
    turns = itertools.count(1)
    tasks = [asyncio.create_task(one()) for one in crowd]

    async def check() -> float:
        return await get(port, "/healthz/live")

    async def show() -> float:
        turn = next(turns)
        body = {"do": "show", "block": "drain", "query": "recv=300", "step": turn % 20 + 1}
        sent = time.perf_counter()
        path = f"/live/{class_.code}/commands"
        answer = await presenter.insist(path, body | {"id": f"command-{turn:06d}"}, key)
        await class_.all_have(int(answer["number"]), 60)
        return class_.received[int(answer["number"])][0] - sent

    found = await asyncio.gather(_again(check, rounds), _again(show, rounds))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    class_.leave()
    presenter.close()
    return found[0], found[1]


async def _again(what: Callable[[], Awaitable[float]], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        found.append(await what())
        await asyncio.sleep(_PAUSE_S)
    return found


async def _ask(port: int, numbers: itertools.count[int]) -> None:
    """One connection after the other, each for a page that nobody has asked for."""
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await get(port, f"{HEAVIEST}{next(numbers)}")


async def get(port: int, path: str) -> float:
    """Seconds that a GET takes on a connection of its own."""
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request_bytes(path, port))
        head = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        length = next(int(x[15:]) for x in head if x.startswith(b"content-length:"))
        await reader.readexactly(length)
        return time.perf_counter() - start
    finally:
        writer.close()
