# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Both logs keep what the interface promises."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.errors import OutsideFailure, StoreFull
from app.rooms.log import Entry, Vote
from app.rooms.sqlite_log import FILE, SqliteLog
from tests.rooms.conftest import MakeLog, RedisServer, closing


def entry(number: int, at_ms: int = 0) -> Entry:
    return Entry(number, at_ms, b'{"n":%d,"text":"\xe4\xbd\xa0"}' % number)


def code_of(request: pytest.FixtureRequest) -> str:
    """A room of the test's own: the tests of a module share a Redis."""
    return f"c{abs(hash(request.node.nodeid)):x}"[:8]


async def test_entries_are_read_behind_a_number(make_log: MakeLog, request: Any) -> None:
    log, code = make_log(), code_of(request)
    async with closing(log):
        assert await log.create(code, entry(1))
        assert not await log.create(code, entry(1))
        for number in (2, 3, 4):
            assert await log.append(code, entry(number), 0)
        found = await log.read({code: 0, "unknown": 0})
        assert found == {code: [entry(n) for n in (1, 2, 3, 4)], "unknown": None}
        assert await log.read({code: 2}) == {code: [entry(3), entry(4)]}
        assert await log.read({code: 4}) == {code: []}


async def test_an_entry_that_is_not_the_next_one_is_refused(
    make_log: MakeLog, request: Any
) -> None:
    log, code = make_log(), code_of(request)
    async with closing(log):
        await log.create(code, entry(1))
        for number in (1, 3):
            assert not await log.append(code, entry(number), 0)
        assert not await log.append("unknown", entry(2), 0)
        assert await log.read({code: 0}) == {code: [entry(1)]}


async def test_of_two_who_append_at_once_one_is_refused(make_log: MakeLog, request: Any) -> None:
    one, two, code = make_log(), make_log(), code_of(request)
    async with closing(one, two):
        await one.create(code, entry(1))
        for number in range(2, 30):
            done = await asyncio.gather(
                *(log.append(code, entry(number, at), 0) for at, log in enumerate((one, two)))
            )
            assert sorted(done) == [False, True]
        found = (await one.read({code: 0}))[code] or ()
        assert [item.number for item in found] == list(range(1, 30))


async def test_a_vote_counts_once_and_only_on_the_ballot(make_log: MakeLog, request: Any) -> None:
    log, code = make_log(), code_of(request)
    async with closing(log):
        await log.create(code, entry(1))
        assert await log.vote(code, 2, "ann", "a", 9) is Vote.CLOSED
        await log.append(code, entry(2), 2)
        assert await log.vote(code, 2, "ann", "a", 9) is Vote.COUNTED
        assert await log.vote(code, 2, "ann", "b", 9) is Vote.COUNTED
        assert await log.vote(code, 2, "bob", "b", 9) is Vote.COUNTED
        assert await log.vote(code, 1, "bob", "b", 9) is Vote.CLOSED
        assert await log.vote("unknown", 2, "bob", "b", 9) is Vote.CLOSED
        assert await log.voted(code, 2) == 2
        assert await log.tally(code, 2) == {"b": 2}
        assert await log.vote_of(code, 2, "ann") == "b"
        assert await log.vote_of(code, 2, "eve") is None
        await log.append(code, entry(3), 0)
        assert await log.vote(code, 2, "bob", "a", 9) is Vote.CLOSED
        assert await log.tally(code, 2) == {"b": 2}


async def test_voters_are_bounded_and_those_who_voted_may_change(
    make_log: MakeLog, request: Any
) -> None:
    log, code = make_log(), code_of(request)
    async with closing(log):
        await log.create(code, entry(1))
        await log.append(code, entry(2), 2)
        for name in ("ann", "bob"):
            assert await log.vote(code, 2, name, "a", 2) is Vote.COUNTED
        assert await log.vote(code, 2, "eve", "a", 2) is Vote.FULL
        assert await log.vote(code, 2, "bob", "b", 2) is Vote.COUNTED
        assert await log.tally(code, 2) == {"a": 1, "b": 1}


async def test_a_thousand_votes_at_once_are_all_counted(make_log: MakeLog, request: Any) -> None:
    one, two, code = make_log(), make_log(), code_of(request)
    async with closing(one, two):
        await one.create(code, entry(1))
        await one.append(code, entry(2), 2)
        await asyncio.gather(
            *((one, two)[n % 2].vote(code, 2, f"voter-{n}", "ab"[n % 2], 2000) for n in range(1000))
        )
        assert await one.tally(code, 2) == {"a": 500, "b": 500}


async def test_expired_rooms_go_with_their_votes(make_log: MakeLog, request: Any) -> None:
    log, old, new = make_log(), code_of(request), code_of(request)[:7] + "y"
    async with closing(log):
        before = await log.count()
        for code, at_ms in ((old, 1000), (new, 5000)):
            await log.create(code, entry(1, at_ms))
            await log.append(code, entry(2, at_ms), 2)
            await log.vote(code, 2, "ann", "a", 9)
        assert await log.count() == before + 2
        assert old not in await log.older(1000)
        found = await log.older(1001)
        assert found[old] == 1000
        assert new not in found
        await log.keep([old], 2000)
        # Whoever found it old before must not delete it any more.
        assert not await log.delete({old: 1000, "unknown": 1000})
        assert await log.delete({old: 2000}) == [old]
        assert await log.read({old: 0}) == {old: None}
        assert await log.voted(old, 2) == 0
        assert await log.voted(new, 2) == 1
        assert (await log.older(10_000))[new] == 5000
        await log.delete({new: 5000})


async def test_news_of_another_process_is_heard(make_log: MakeLog, request: Any) -> None:
    here, there, code = make_log(), make_log(), code_of(request)
    async with closing(here, there):
        await here.create(code, entry(1))
        await here.changed()
        waiting = asyncio.create_task(here.changed())
        await there.append(code, entry(2), 0)
        news = await waiting
        assert news is None or code in news
        assert await here.read({code: 1}) == {code: [entry(2)]}


async def test_what_was_accepted_is_there_for_the_next_process(
    make_log: MakeLog, request: Any
) -> None:
    log, code = make_log(), code_of(request)
    await log.create(code, entry(1))
    await log.append(code, entry(2), 2)
    await log.vote(code, 2, "ann", "a", 9)
    await log.close()
    again = make_log()
    async with closing(again):
        assert await again.read({code: 0}) == {code: [entry(1), entry(2)]}
        assert await again.vote_of(code, 2, "ann") == "a"


# What only one of them has


async def test_a_folder_that_cannot_be_used_is_an_outside_failure_and_may_get_better(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    log = SqliteLog(tmp_path / "file")
    async with closing(log):
        with pytest.raises(OutsideFailure):
            await log.create("bcdf2345", entry(1))
        (tmp_path / "file").unlink()
        assert await log.create("bcdf2345", entry(1))


async def test_a_file_that_cannot_grow_is_full_and_may_get_better(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    async with closing(log):
        await log.create("bcdf2345", entry(1))
        await log._do(lambda db: db.execute("PRAGMA max_page_count = 1").fetchone())
        # To be read it needs no space.
        assert await log.count() == 1
        with pytest.raises(StoreFull):
            await log.check()
        # Opened anew it has no such limit.
        await log.check()
        assert await log.read({"bcdf2345": 0}) == {"bcdf2345": [entry(1)]}


async def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "rooms")
    async with closing(log):
        await log.create("bcdf2345", entry(1))
    assert (tmp_path / "rooms").stat().st_mode & 0o077 == 0
    assert (tmp_path / "rooms" / FILE).stat().st_mode & 0o077 == 0


async def test_a_lost_redis_is_an_outside_failure_and_loses_nothing(
    redis_server: RedisServer,
) -> None:
    from app.rooms.redis_log import RedisLog

    log = RedisLog(redis_server.url)
    async with closing(log):
        await log.create("bcdf2345", entry(1))
        await log.append("bcdf2345", entry(2), 2)
        await log.vote("bcdf2345", 2, "ann", "a", 9)
        await log.changed()
        waiting = asyncio.create_task(log.changed())
        await asyncio.sleep(0)
        redis_server.kill()
        with pytest.raises(OutsideFailure):
            await log.append("bcdf2345", entry(3), 0)
        with pytest.raises(OutsideFailure):
            await waiting
        redis_server.start()
        # After a lost connection everything may have changed.
        assert await log.changed() is None
        assert await log.read({"bcdf2345": 0}) == {"bcdf2345": [entry(1), entry(2)]}
        assert await log.tally("bcdf2345", 2) == {"a": 1}
        assert await log.append("bcdf2345", entry(3), 0)


async def test_a_redis_without_memory_is_full_and_may_get_better(redis_server: RedisServer) -> None:
    from app.rooms.redis_log import RedisLog

    log = RedisLog(redis_server.url)
    async with closing(log):
        await log.check()
        await log._do("CONFIG", "SET", "maxmemory", 1)
        try:
            await log.count()
            with pytest.raises(StoreFull):
                await log.check()
        finally:
            await log._do("CONFIG", "SET", "maxmemory", 0)
        await log.check()
