# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The log in Redis, for several processes and hosts that serve the same rooms.

::

    walkthrough:rooms                   sorted set: code, when it was last in use
    walkthrough:news                    stream: code of each room that got an entry
    walkthrough:check                   string: what was written to see whether it can be
    walkthrough:{code}:room             hash: last, ballot
    walkthrough:{code}:events           stream: number-0, at, body
    walkthrough:{code}:questions        set: numbers that were on the ballot
    walkthrough:{code}:votes:<number>   hash: voter, option

What has to be decided in one step is a script. All that waits is sent at once, on one connection,
so that a thousand votes are a few round trips. A lost connection is made anew by whoever asks
next; nothing is tried twice here, since only the caller knows whether that is right. How much a
crash of Redis itself may lose is its own setting: `appendfsync always` loses nothing. One that
evicts keys when it is full may lose half a room; what is left of it is no room then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import OutOfMemoryError, RedisError

from app.errors import StoreFailure, StoreFull
from app.rooms.log import PAGE, TRIAL_BYTES, Entry, Log, Vote

_PREFIX: Final = "walkthrough:"
_ROOMS: Final = _PREFIX + "rooms"
_NEWS: Final = _PREFIX + "news"
_CHECK: Final = _PREFIX + "check"
_BATCH: Final = 500
#: How long one question for news waits; less than a socket may be silent.
_BLOCK_MS: Final = 2000
_SILENCE_S: Final = 5.0
#: Redis forgets what nobody sweeps any more. Longer than a room is kept by a day and more: its
#: own clock may be set.
_KEEP_MS: Final = 3 * 24 * 3600 * 1000

# KEYS: room, events, rooms, news; ARGV: number, at, body, ballot, code, keep
_CREATE: Final = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
"""
_APPEND: Final = """
local last = redis.call('HGET', KEYS[1], 'last')
if not last or tonumber(last) ~= tonumber(ARGV[1]) - 1 then return 0 end
if redis.call('XLEN', KEYS[2]) ~= tonumber(last) then return 0 end
"""
_ADD: Final = """
redis.call('HSET', KEYS[1], 'last', ARGV[1], 'ballot', ARGV[4])
redis.call('XADD', KEYS[2], ARGV[1] .. '-0', 'at', ARGV[2], 'body', ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[5])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', '10000', '*', 'room', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
if ARGV[4] ~= '0' then
  redis.call('SADD', KEYS[5], ARGV[4])
  redis.call('PEXPIRE', KEYS[5], ARGV[6])
end
return 1
"""
# KEYS: room, votes; ARGV: question, voter, option, most, keep
_VOTE: Final = """
if redis.call('HGET', KEYS[1], 'ballot') ~= ARGV[1] then return 0 end
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0
  and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then return 2 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
"""
# KEYS: rooms, room, events, questions; ARGV: code, time, start of the votes' keys, keep
_USE: Final = """
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not at or tonumber(at) > tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
for _, question in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  redis.call('PEXPIRE', ARGV[3] .. question, ARGV[4])
end
for place = 2, 4 do redis.call('PEXPIRE', KEYS[place], ARGV[4]) end
return 1
"""
_DELETE: Final = """
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not at or tonumber(at) ~= tonumber(ARGV[2]) then return 0 end
for _, question in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  redis.call('DEL', ARGV[3] .. question)
end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
redis.call('ZREM', KEYS[1], ARGV[1])
return 1
"""
_VOTES: Final = (Vote.CLOSED, Vote.COUNTED, Vote.FULL)

_Word = str | int | bytes


class RedisLog(Log):
    """A Redis server by its address: `redis://host:6379/0`, `rediss://…`, `unix://…`."""

    def __init__(self, url: str) -> None:
        # Any, because what it answers depends on the command.
        self._client: Any = Redis.from_url(
            url,
            protocol=2,
            socket_timeout=_SILENCE_S,
            socket_connect_timeout=_SILENCE_S,
            retry=Retry(NoBackoff(), 0),
        )
        self._outbox: deque[tuple[tuple[_Word, ...], asyncio.Future[Any]]] = deque()
        self._sender: asyncio.Task[None] | None = None
        self._position: bytes | None = None

    # The interface

    async def create(self, code: str, entry: Entry) -> bool:
        return await self._add(_CREATE + _ADD, code, entry, 0)

    async def append(self, code: str, entry: Entry, ballot: int) -> bool:
        return await self._add(_APPEND + _ADD, code, entry, ballot)

    async def _add(self, script: str, code: str, entry: Entry, ballot: int) -> bool:
        keys = (_key(code, "room"), _key(code, "events"), _ROOMS, _NEWS, _key(code, "questions"))
        words = (entry.number, entry.at_ms, entry.body, ballot, code, _KEEP_MS)
        return bool(await self._run(script, keys, words))

    async def read(
        self, after: Mapping[str, int], most: int = PAGE
    ) -> Mapping[str, Sequence[Entry] | None]:
        asked = [
            future
            for code, number in after.items()
            for future in (
                self._do("HGET", _key(code, "room"), "last"),
                self._do("XLEN", _key(code, "events")),
                self._do("XRANGE", _key(code, "events"), f"({number}-0", "+", "COUNT", most),
            )
        ]
        answers = iter(await _all(asked))
        found: dict[str, Sequence[Entry] | None] = {}
        for code, (last, length, items) in zip(
            after, zip(answers, answers, answers, strict=True), strict=True
        ):
            # Asked in this order, so that an entry that comes meanwhile is none that is missed.
            is_whole = last is not None and length >= int(last)
            found[code] = [_entry(item) for item in items] if is_whole else None
        return found

    async def changed(self) -> Collection[str] | None:
        try:
            if self._position is None:
                newest = await self._client.execute_command(
                    "XREVRANGE", _NEWS, "+", "-", "COUNT", 1
                )
                self._position = newest[0][0] if newest else b"0-0"
                return None
            while True:
                answer = await self._client.execute_command(
                    *("XREAD", "COUNT", 1000, "BLOCK", _BLOCK_MS, "STREAMS", _NEWS, self._position)
                )
                if answer:
                    news = answer[0][1]
                    self._position = news[-1][0]
                    return {fields[b"room"].decode() for _, fields in news}
        except (RedisError, OSError) as error:
            self._position = None
            raise _failure(error) from error

    async def vote(self, code: str, question: int, voter: str, option: str, most: int) -> Vote:
        keys = (_key(code, "room"), _key(code, f"votes:{question}"))
        answer = await self._run(_VOTE, keys, (question, voter, option, most, _KEEP_MS))
        return _VOTES[answer]

    async def vote_of(self, code: str, question: int, voter: str) -> str | None:
        answer = await self._do("HGET", _key(code, f"votes:{question}"), voter)
        return None if answer is None else str(answer, "utf-8")

    async def voted(self, code: str, question: int) -> int:
        return int(await self._do("HLEN", _key(code, f"votes:{question}")))

    async def tally(self, code: str, question: int) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for option in await self._do("HVALS", _key(code, f"votes:{question}")):
            name = str(option, "utf-8")
            counts[name] = counts.get(name, 0) + 1
        return counts

    async def check(self) -> str | None:
        _, length, _, found = await _all(
            [
                self._do("SET", _CHECK, bytes(TRIAL_BYTES), "PX", _KEEP_MS),
                self._do("STRLEN", _CHECK),
                self._do("ZCARD", _ROOMS),
                self._do("INFO", "memory"),
            ]
        )
        if length < TRIAL_BYTES:
            raise StoreFailure("Redis", "what was written is not there")
        # Not CONFIG, which is often not allowed.
        policy = found.get("maxmemory_policy", "noeviction")
        if policy == "noeviction":
            return None
        return (
            f"Redis may delete rooms that are in use when its memory is full: its "
            f"maxmemory-policy is {policy}, and should be noeviction"
        )

    async def count(self) -> int:
        return int(await self._do("ZCARD", _ROOMS))

    async def keep(self, codes: Collection[str], at_ms: int) -> None:
        await _all([self._run_for(_USE, code, at_ms) for code in codes])

    async def older(self, before_ms: int) -> Mapping[str, int]:
        words = ("ZRANGEBYSCORE", _ROOMS, "-inf", f"({before_ms}", "WITHSCORES")
        found = iter(await self._do(*words))
        return {str(code, "utf-8"): int(float(at)) for code, at in zip(found, found, strict=True)}

    async def delete(self, rooms: Mapping[str, int]) -> Collection[str]:
        gone = await _all([self._run_for(_DELETE, code, at) for code, at in rooms.items()])
        return [code for code, is_gone in zip(rooms, gone, strict=True) if is_gone]

    async def close(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
        await self._client.aclose()

    # The connection

    def _run_for(self, script: str, code: str, at_ms: int) -> asyncio.Future[Any]:
        keys = (_ROOMS, *(_key(code, what) for what in ("room", "events", "questions")))
        return self._run(script, keys, (code, at_ms, _key(code, "votes:"), _KEEP_MS))

    def _run(self, script: str, keys: Sequence[str], words: Sequence[_Word]) -> asyncio.Future[Any]:
        # With its text each time: a Redis that was started anew knows no script by its hash.
        return self._do("EVAL", script, len(keys), *keys, *words)

    def _do(self, *words: _Word) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._outbox.append((words, future))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send(), name="rooms log")
        return future

    async def _send(self) -> None:
        while self._outbox:
            batch = [self._outbox.popleft() for _ in range(min(_BATCH, len(self._outbox)))]
            answers: Sequence[Any]
            try:
                pipeline = self._client.pipeline(transaction=False)
                for words, _ in batch:
                    pipeline.execute_command(*words)
                answers = await pipeline.execute(raise_on_error=False)
            except Exception as error:
                # Whatever it is, the next batch is sent, and whoever waits is told.
                answers = [error] * len(batch)
            for (_, future), answer in zip(batch, answers, strict=True):
                if future.done():  # whoever waited was cancelled
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(_failure(answer))
                else:
                    future.set_result(answer)


async def _all(futures: Sequence[asyncio.Future[Any]]) -> list[Any]:
    return await asyncio.gather(*futures)


def _failure(error: Exception) -> StoreFailure:
    kind = StoreFull if isinstance(error, OutOfMemoryError) else StoreFailure
    # The text may name the host, never the password.
    return kind("Redis", f"{type(error).__name__}: {error}")


def _key(code: str, what: str) -> str:
    return f"{_PREFIX}{{{code}}}:{what}"


def _entry(item: Any) -> Entry:
    number, fields = item
    return Entry(int(number.partition(b"-")[0]), int(fields[b"at"]), fields[b"body"])
