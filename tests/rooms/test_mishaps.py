# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Mishaps of stores and clocks: what is lost is told, and the rest goes on."""

import asyncio
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import StoreFailure
from app.rooms.classroom import Classroom
from app.rooms.clock import BELIEVED_S, SteadyClock
from app.rooms.commands import Black
from app.rooms.hub import GRACE_S, KEEP_MS, SWEEP_S
from app.rooms.log import Entry, Log
from app.rooms.redis_log import RedisLog
from app.rooms.room import open_room
from app.rooms.sqlite_log import FILE, MAX_DAMAGED, SqliteLog
from tests.rooms.asking import Clock, House, house
from tests.rooms.conftest import MakeLog, RedisServer, closing

_BLACK = Black(do="black", on=True)
DAY_S = KEEP_MS / 1000
NEWER = {
    "a kind": b'{"kind":"cheered","command":"x","data":{}}',
    "a key": b'{"kind":"shown","command":"x","data":{"zoom":2}}',
    "a question": b'{"kind":"asked","command":"x","data":{"kind":"essay","id":"x","text":{}}}',
    "no event": b"\xff\x00",
}


# An event that this version does not know


@pytest.mark.parametrize("body", NEWER.values(), ids=NEWER)
@pytest.mark.parametrize("is_in_use", [True, False])
async def test_a_room_that_cannot_be_read_is_set_aside_and_others_go_on(
    make_log: MakeLog,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    is_in_use: bool,
) -> None:
    newer = make_log()
    async with closing(newer), house(tmp_path, log=make_log()) as here:
        hub, strange = here.classroom.hub, here.code
        await hub.hear()
        lost = await here.follow()
        await here.start()
        stream = await here.follow()
        if not is_in_use:
            hub.forget(strange)
        assert await newer.append(strange, Entry(2, 0, body), 0)
        assert await newer.append(here.code, _black(2), 0)
        await hub.refresh()
        assert (await stream.until(2))[1]["data"]["kind"] == "black"
        page = await here.ask("GET", f"/live/{strange}", accept="text/html")
        assert (page.status, page.headers["retry-after"]) == (503, "60")
        assert "goes on in another version of the program" in page.body.decode()
        refused = await here.ask("GET", f"/live/{strange}/state")
        assert (refused.status, refused.codes) == (503, ["unreadable"])
        assert lost.task is not None
        await lost.task
        assert (await here.do("black", on=False)).status == 200
        health = await here.ask("GET", "/healthz")
        assert (health.status, health.json["checks"]["rooms"]["unreadable"]) == (200, 1)
        [told] = [r for r in caplog.records if r.levelno == logging.ERROR]
        assert told.getMessage().startswith("a room cannot be read here: event 2: ")
        assert strange not in told.getMessage()


def _black(number: int) -> Entry:
    return Entry(number, 0, b'{"kind":"black","command":"y","data":{"is_black":true}}')


async def test_work_in_the_background_goes_on_after_a_mistake_and_health_knows(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as here:
        background = here.classroom.hub.background
        is_broken, rounds = True, asyncio.Event()

        async def work() -> None:
            rounds.set()
            if is_broken:
                raise KeyError("a mistake")

        async def health() -> tuple[int, str]:
            rounds.clear()
            await rounds.wait()
            found = await here.ask("GET", "/healthz")
            return found.status, found.json["checks"]["process"].get("reason", "")

        background.every("sums", 0, work)
        assert await health() == (503, "not well: sums")
        assert await health() == (503, "not well: sums")
        is_broken = False
        assert await health() == (200, "")
        hangs = asyncio.Event()
        background.every("hanging", 0, hangs.wait)
        background.watch("thread", lambda: False)
        await asyncio.sleep(0)
        here.clock.seconds += 61
        assert background.problems() == ["hanging", "thread"]


# Clocks


class Machine:
    """A machine's two clocks: of one that is set, only the time of day changes."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.set_by_s = 0.0

    def wall_ms(self) -> int:
        return self.clock.now_ms() + int(self.set_by_s * 1000)

    def classroom(self, log: Log) -> Classroom:
        """As of a process that begins now."""
        clock = SteadyClock(self.wall_ms, self.clock)
        return Classroom(log, now_ms=clock, clock=self.clock, by_hand=True)

    async def run_on(self, seconds: float, *classrooms: Classroom) -> None:
        """Let time go by, in which each process sweeps as it does by itself, if not as often."""
        until = self.clock.seconds + seconds
        while self.clock.seconds < until:
            self.clock.seconds = min(self.clock.seconds + 10 * SWEEP_S, until)
            for classroom in classrooms:
                await classroom.hub.sweep()


async def test_a_room_is_deleted_a_day_after_its_last_event_by_a_process_that_uses_none(
    make_log: MakeLog,
) -> None:
    machine = Machine()
    one, other = machine.classroom(make_log()), machine.classroom(make_log())
    async with closing(one.log, other.log):
        started = await one.start("tcp_close", "10.0.0.1")
        await machine.run_on(DAY_S - SWEEP_S, other)
        assert (await other.log.read({started.code: 0}))[started.code]
        await machine.run_on(3 * SWEEP_S, other)
        assert await one.log.read({started.code: 0}) == {started.code: None}
        assert started.code not in await one.log.older(machine.wall_ms())


@pytest.mark.parametrize("by_s", [DAY_S + 1, -DAY_S - 1])
@pytest.mark.parametrize("is_restarted", [True, False])
async def test_a_clock_that_jumps_for_a_moment_deletes_nothing_and_dates_nothing(
    make_log: MakeLog, by_s: float, is_restarted: bool
) -> None:
    machine = Machine()
    classroom = machine.classroom(make_log())
    async with closing(classroom.log):
        started = await classroom.start("tcp_close", "10.0.0.1")
        live = await classroom.find(started.code, "10.0.0.1")
        machine.set_by_s = by_s
        if is_restarted:
            classroom = machine.classroom(classroom.log)
        await machine.run_on(BELIEVED_S - SWEEP_S, classroom)
        event = live.room.decide(_BLACK, 1, classroom._now_ms(), "black")
        assert event.at_ms >= live.room.at_ms
        if not is_restarted:
            assert abs(event.at_ms - machine.clock.now_ms()) < 1000
        machine.set_by_s = 0
        await machine.run_on(GRACE_S, classroom)
        assert (await classroom.log.read({started.code: 0}))[started.code]


def test_a_clock_that_was_set_for_good_is_believed_after_a_while() -> None:
    machine = Machine()
    clock = SteadyClock(machine.wall_ms, machine.clock)
    for by_s in (1.5, 1e5, -1e5):
        machine.set_by_s = by_s
        before = clock()
        is_small = abs(by_s) < 2
        assert (before == machine.wall_ms()) == is_small
        machine.clock.seconds += BELIEVED_S
        assert clock() == machine.wall_ms()


async def test_a_room_that_somebody_follows_is_never_deleted(make_log: MakeLog) -> None:
    machine = Machine()
    one, other = machine.classroom(make_log()), machine.classroom(make_log())
    async with closing(one.log, other.log):
        started = await one.start("tcp_close", "10.0.0.1")
        follower = one.hub.follow(await one.find(started.code, "10.0.0.1"), "ann")
        await machine.run_on(DAY_S, one, other)
        # The other process's machine believes that it is a day later.
        machine.set_by_s = DAY_S
        await machine.run_on(2 * GRACE_S, one, machine.classroom(other.log), other)
        assert not follower.is_over
        assert (await other.log.read({started.code: 0}))[started.code]
        follower.leave()
        machine.set_by_s = 0
        await machine.run_on(DAY_S - SWEEP_S, one)
        assert (await one.find(started.code, "10.0.0.1")).room.last == 1


# The file


def room(code: str, log: Log) -> "asyncio.Task[bool]":
    first = open_room("tcp_close", "key", 1, "opened")
    return asyncio.ensure_future(log.create(code, first.entry()))


def _overwrite(file: Path) -> None:
    file.write_bytes(b"no database" * 1000)


def _break_a_page(file: Path) -> None:
    """A page of the events, as a failing disk does it; the file's own first page stays good."""
    with closing_database(file) as db:
        [root] = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").fetchone()
        [size] = db.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * size)
        opened.write(b"\xff" * size)


class closing_database:  # noqa: N801
    """A connection of its own, which leaves no log of changes behind."""

    def __init__(self, file: Path) -> None:
        self.db = sqlite3.connect(file)

    def __enter__(self) -> sqlite3.Connection:
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.db

    def __exit__(self, *_: object) -> None:
        self.db.close()


@pytest.mark.parametrize("damage", [_overwrite, _break_a_page])
async def test_a_damaged_file_is_kept_under_another_name_and_a_new_one_begun(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    file = tmp_path / FILE
    log = SqliteLog(tmp_path)
    async with closing(log):
        await room("bcdf2345", log)
    damage(file)
    before = file.read_bytes()
    # Two processes find it at the same time.
    one, other = SqliteLog(tmp_path), SqliteLog(tmp_path)
    async with closing(one, other):
        # Health finds it, though nobody asks for the room.
        await asyncio.gather(one.check(), other.check())
        assert await one.read({"bcdf2345": 0}) == {"bcdf2345": None}
        assert await room("bcdf2345", other)
        assert (await one.read({"bcdf2345": 0}))["bcdf2345"]
    assert (tmp_path / f"{FILE}.damaged-1").read_bytes() == before
    assert not (tmp_path / f"{FILE}.damaged-2").exists()
    [told] = [r.getMessage() for r in caplog.records]
    assert f"kept as {tmp_path / FILE}.damaged-1, and a new one is begun" in told


async def test_a_disk_that_damages_everything_does_not_fill_up(tmp_path: Path) -> None:
    for number in range(1, MAX_DAMAGED + 1):
        (tmp_path / f"{FILE}.damaged-{number}").touch()
    _overwrite(tmp_path / FILE)
    log = SqliteLog(tmp_path)
    async with closing(log):
        with pytest.raises(StoreFailure):
            await log.check()


@pytest.mark.parametrize("is_replaced", [True, False])
async def test_a_folder_that_is_deleted_underneath_is_noticed_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_replaced: bool
) -> None:
    folder = tmp_path / "rooms"
    async with house(folder) as here:
        stream = await here.follow()
        shutil.rmtree(folder)
        if is_replaced:
            other = SqliteLog(folder)
            async with closing(other):
                await room("bcdf2345", other)
        await here.classroom.hub.hear()
        assert stream.task is not None
        await stream.task
        gone = await here.ask("GET", f"/live/{here.code}/state")
        assert (gone.status, gone.codes) == (404, ["unknown-room"])
        assert (await here.ask("GET", "/healthz")).status == 200
        if is_replaced:
            assert (await here.ask("GET", "/live/bcdf2345/state")).status == 200
        await here.start()
        assert (folder / FILE).stat().st_mode & 0o077 == 0
        [told] = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
        assert "was deleted or replaced while it was in use" in told


# Redis


async def _fill(log: RedisLog, key: str) -> None:
    """Let Redis evict a key: of those with an end it takes the one that ends first."""
    # Not the other half too: these are next.
    for number in range(50):
        await log._do("SET", f"next:{number}", os.urandom(10_000), "PX", 2 * 3_600_000)
    used = (await log._do("INFO", "memory"))["used_memory"]
    await log._do("CONFIG", "SET", "maxmemory-samples", 64)
    await log._do("CONFIG", "SET", "maxmemory-policy", "volatile-ttl")
    await log._do("PEXPIRE", key, 3_600_000)
    await log._do("CONFIG", "SET", "maxmemory", used + 100_000)
    number = 0
    while await log._do("EXISTS", key):
        number += 1
        await log._do("SET", f"filling:{number}", os.urandom(10_000))
    await log._do("CONFIG", "SET", "maxmemory", 0)
    for gone in range(1, number + 1):
        await log._do("DEL", f"filling:{gone}")


@pytest.mark.parametrize("half", ["room", "events"])
@pytest.mark.parametrize("is_in_use", [True, False])
async def test_of_a_room_that_redis_evicted_half_of_it_is_said_that_it_is_gone(
    tmp_path: Path, redis_server: RedisServer, half: str, is_in_use: bool
) -> None:
    log = RedisLog(redis_server.url)
    async with house(tmp_path, log=log) as here:
        try:
            await _ask_and_evict(here, log, half, is_in_use)
        finally:
            await log._do("CONFIG", "SET", "maxmemory", 0)
            await log._do("CONFIG", "SET", "maxmemory-policy", "noeviction")


async def _ask_and_evict(here: House, log: RedisLog, half: str, is_in_use: bool) -> None:
    await here.classroom.hub.look()
    assert here.classroom.hub.warning is None
    question = (await here.do("ask", question="who-waits")).json["number"]
    await _fill(log, f"walkthrough:{{{here.code}}}:{half}")
    await here.classroom.hub.look()
    health = await here.ask("GET", "/healthz")
    assert health.status == 200
    assert "maxmemory-policy is volatile-ttl" in health.json["checks"]["rooms"]["warning"]
    if is_in_use:
        for _ in range(2):
            gone = await here.do("close")
            assert (gone.status, gone.codes) == (404, ["unknown-room"])
    here.classroom.hub.forget(here.code)
    for path in ("state", "events"):
        gone = await here.ask("GET", f"/live/{here.code}/{path}")
        assert (gone.status, gone.codes) == (404, ["unknown-room"])
    assert (await here.vote(question, "first", "ann")).status == 404
    page = await here.ask("GET", f"/live/{here.code}", accept="text/html")
    assert page.status == 404
    assert "There is no room" in page.body.decode()
    # The next one is as good as ever.
    await here.start()
    assert (await here.do("black", on=True)).status == 200
