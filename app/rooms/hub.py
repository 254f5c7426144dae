# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Followers of the rooms in this process, and the news that reaches them.

Each room in use is held once: its state, and the frames that were published last. A follower is
a position among these frames and a future to be woken by; it has no queue of its own, so that a
thousand of them weigh little and none holds up another. One that falls behind the frames that are
kept, or has not taken what was there two heartbeats ago, is dropped: it connects again and
resumes from the log. What it missed comes in pages, each of which is read and encoded once, beside
the event loop, and is sent as soon as the one before has been taken.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Hashable, Sequence
from typing import Any, Final, TypeVar

from cachetools import LRUCache, TTLCache

from app.background import Background
from app.errors import (
    InputProblem,
    NotFound,
    OutsideFailure,
    StoreFailure,
    TooBusy,
    TooMany,
    Unreadable,
)
from app.rooms.limits import Limits, Origins
from app.rooms.log import PAGE, Entry, Log
from app.rooms.room import UNREADABLE_S, Room, RoomReport, fold_entries, read_entry
from app.rooms.stream import HEARTBEAT, Page, event_frame, frame, page_of

#: A room that nobody follows is deleted so long after its last event …
KEEP_MS: Final = 24 * 3600 * 1000
#: … and not before it has been seen untouched for so long, by a clock that is never set.
GRACE_S: Final = 3600.0
#: Published frames that are kept for those who lag or resume.
WINDOW: Final = 512
#: Events on a page of a room's past, and how much of these pages is kept, in bytes.
HISTORY_PAGE: Final = 32
HISTORY_BYTES: Final = 16 * 1024 * 1024
TICK_S: Final = 0.5
HEARTBEAT_S: Final = 15.0
#: A room that nobody follows is put down after so long.
IDLE_S: Final = 60.0
SWEEP_S: Final = 60.0
#: The store is looked at so often, whether or not anybody asks it for something.
LOOK_S: Final = 60.0
#: The end waits so long for what is being read from the log.
_END_S: Final = 1.0
#: A log line of the same kind is written once in so many seconds.
_TOLD_S: Final = 60.0

_T = TypeVar("_T")

_LOGGER: Final = logging.getLogger("walkthrough.rooms")


class Follower:
    """Somebody who reads a room; made by `Hub.follow`."""

    def __init__(
        self, live: LiveRoom, task: asyncio.Task[Any] | None, on_leaving: Callable[[], None]
    ) -> None:
        self.live = live
        self.position = live.end
        self.is_over = False
        self.is_dropped = False
        #: Whether it ends because the process does.
        self.is_leaving = False
        self._task = task
        self._on_leaving = on_leaving
        self._waiter: asyncio.Future[None] | None = None

    async def next(self) -> bytes | None:
        """What was published since the last call, waiting for it; None at the end."""
        while not self.is_over:
            if self.position < self.live.end:
                frames = self.live.since(self.position)
                self.position = self.live.end
                return frames
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return None

    def wake(self) -> None:
        """Let `next` look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def leave(self) -> None:
        """End `next`; what was published before is still sent by nobody."""
        if not self.is_over:
            self.is_over = True
            self.live.followers.discard(self)
            self._on_leaving()
            self.wake()

    def drop(self) -> None:
        """End whatever the follower is doing, such as sending to somebody who does not read."""
        self.is_dropped = True
        self.leave()
        if self._task is not None:
            self._task.cancel()


class LiveRoom:
    """A room in use in this process."""

    def __init__(self, code: str, room: Room, voted: int, now: float) -> None:
        self.code = code
        self.room = room
        #: How many have voted on the question that was asked last.
        self.voted = voted
        self.origins = Origins()
        self.is_gone = False
        self.followers: set[Follower] = set()
        #: Commands of this process one after the other, so that they don't outrun each other.
        self.lock = asyncio.Lock()
        #: How many followers they were told of last.
        self.told = 0
        self.used = now
        self.beat = now
        #: Frames `start` to `end`, exclusive, with the events' numbers, 0 for the other frames.
        self.frames: list[tuple[int, bytes]] = []
        self.start = 0
        self._seen_at_beat = 0

    @property
    def end(self) -> int:
        """The position behind the last frame."""
        return self.start + len(self.frames)

    def since(self, position: int) -> bytes:
        """The frames from a position on."""
        frames = self.frames[position - self.start :]
        return frames[0][1] if len(frames) == 1 else b"".join(bytes_ for _, bytes_ in frames)

    def publish(self, number: int, frame_: bytes) -> None:
        """Give a frame to all followers; drops those who are too far behind."""
        self.frames.append((number, frame_))
        if len(self.frames) >= 2 * WINDOW:
            del self.frames[:WINDOW]
            self.start += WINDOW
            for follower in [f for f in self.followers if f.position < self.start]:
                follower.drop()
        for follower in self.followers:
            follower.wake()

    def heartbeat(self, now: float) -> None:
        """A comment to all; drops those who did not take what the last but one came after."""
        for follower in [f for f in self.followers if f.position < self._seen_at_beat]:
            follower.drop()
        self._seen_at_beat = self.end
        self.beat = now
        self.publish(0, HEARTBEAT)

    def kept(self, after: int, last: int) -> bytes | None:
        """The frames of the events behind a number, to the last; None where not all are kept."""
        events = [frame_ for number, frame_ in self.frames if after < number <= last]
        return b"".join(events) if len(events) == last - after else None

    def snapshot(self) -> RoomReport:
        """What everybody may know, as JSON."""
        return self.room.report(self.code, self.voted, self.origins.report())

    def voters(self, question: int) -> bytes:
        """How many have voted on the question, as a frame."""
        body = {"question": question, "voted": self.voted, "origins": self.origins.report()}
        return frame("voters", body)

    def leave_all(self) -> None:
        for follower in list(self.followers):
            follower.leave()


class Hub:
    """The rooms in use in this process.

    `now_ms` is the wall clock that events are stamped with, `clock` gives seconds that only go
    forward; the process has files for `capacity` streams (None: for any number). With `by_hand`
    nothing runs by itself: `tick` and `hear` are called by a test.
    """

    def __init__(
        self,
        log: Log,
        limits: Limits,
        now_ms: Callable[[], int],
        clock: Callable[[], float],
        *,
        capacity: int | None = None,
        by_hand: bool = False,
    ) -> None:
        self.log = log
        self.limits = limits
        self.capacity = capacity
        self.rooms: dict[str, LiveRoom] = {}
        #: How many streams each address has.
        self.following: Counter[Hashable] = Counter()
        self.is_stopping = False
        #: Whether the store could not be read or written the last time.
        self.is_failing = False
        #: What is not as it should be with the store, though it works.
        self.warning: str | None = None
        self.background = Background(self.tell, clock)
        #: Codes of rooms that were set aside.
        self.unreadable: TTLCache[str, str] = TTLCache(10_000, UNREADABLE_S, timer=clock)
        self._now_ms = now_ms
        self._clock = clock
        self._by_hand = by_hand
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._pages: LRUCache[tuple[str, int, int], Page] = LRUCache(
            HISTORY_BYTES, lambda page: len(page.body)
        )
        self._told_full = -_TOLD_S
        self._turn = 0
        #: Rooms that may be over soon: the last time of each, and since when it is that.
        self._marked: dict[str, tuple[int, float]] = {}
        self._looked = clock()

    # Rooms

    async def live(self, code: str) -> LiveRoom | None:
        """The room of a code, read from the log when it is first asked for; None for none.

        Raises Unreadable.
        """
        live = self.rooms.get(code)
        if live is None:
            self._check_readable(code)
            live = await self._once(code, lambda: self._load(code))
        if live is not None:
            live.used = self._clock()
        return live

    async def _once(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """What the work gives, which is done once for all who ask at the same time."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(work(), name="read a room")
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # Of several who wait for it, one that goes away must not take it from the others.
        found: _T = await asyncio.shield(task)
        return found

    async def _load(self, code: str) -> LiveRoom | None:
        turn = self._turn
        room = Room()
        while True:
            entries = (await self.log.read({code: room.last}))[code]
            if entries is None:
                return None
            try:
                room = await asyncio.to_thread(fold_entries, entries, room)
            except Unreadable as failure:
                self._set_aside(code, failure)
                raise
            if len(entries) < PAGE:
                break
        if not room.last:
            return None
        voted = await self.log.voted(code, room.question.number) if room.question else 0
        live = self.rooms[code] = LiveRoom(code, room, voted, self._clock())
        self._run()
        if turn != self._turn:
            # There was news while it was read, and it was not among the rooms that were looked at.
            await self.refresh([code])
        return live

    async def refresh(self, codes: Collection[str] | None = None) -> None:
        """Read what the log has of rooms in use, of all where none is named, and publish it."""
        rooms = (
            self.rooms if codes is None else {c: self.rooms[c] for c in codes if c in self.rooms}
        )
        asked = {code: live.room.last for code, live in rooms.items()}
        while asked:
            found, asked = await self.log.read(asked), {}
            for code, entries in found.items():
                live = self.rooms.get(code)
                if live is None:
                    continue
                if entries is None:
                    self.forget(code)
                else:
                    self.publish(live, entries)
                    if len(entries) == PAGE:
                        asked[code] = live.room.last

    async def catch_up(self, live: LiveRoom) -> None:
        """Read what the log has of a room in use. Raises NotFound, Unreadable if it is no more."""
        await self.refresh([live.code])
        if live.is_gone:
            self._check_readable(live.code)
            raise unknown_room(live.code)

    def publish(self, live: LiveRoom, entries: Sequence[Entry]) -> None:
        """Take entries of the log over, and give them to the followers; old ones are ignored."""
        for entry in entries:
            if entry.number == live.room.last + 1:
                try:
                    live.room, event = read_entry(live.room, entry)
                except Unreadable as failure:
                    self._set_aside(live.code, failure)
                    return
                if event.kind == "asked":
                    live.voted = 0
                    live.origins = Origins()
                elif event.kind == "revealed":
                    live.voted = sum(event.data["counts"].values())
                live.publish(event.number, event_frame(event))
                live.used = self._clock()

    def publish_voters(self, live: LiveRoom, question: int, voted: int) -> None:
        """Tell the followers how many have voted, if that has changed."""
        room = live.room
        if room.question is not None and room.question.number == question and live.voted != voted:
            live.voted = voted
            live.publish(0, live.voters(question))

    def publish_followers(self, live: LiveRoom) -> None:
        """Tell the followers how many they are in this process, if that has changed."""
        if live.told != len(live.followers):
            live.told = len(live.followers)
            live.publish(0, frame("followers", {"followers": live.told}))

    def forget(self, code: str) -> None:
        """Put a room down that is no longer in the log, or that nobody uses."""
        live = self.rooms.pop(code, None)
        if live is not None:
            live.is_gone = True
            live.leave_all()
            for key in [key for key in self._pages if key[0] == code]:
                del self._pages[key]

    def _set_aside(self, code: str, failure: Unreadable) -> None:
        """Let a room alone that cannot be read; who is in it connects again, and is told why."""
        if code not in self.unreadable:
            _LOGGER.error("%s; it is set aside, and others go on", failure)
            self.unreadable[code] = failure.why
        self.forget(code)

    def _check_readable(self, code: str) -> None:
        why = self.unreadable.get(code)
        if why is not None:
            raise Unreadable("a room", why, UNREADABLE_S)

    # Followers

    def follow(
        self, live: LiveRoom, who: Hashable, task: asyncio.Task[Any] | None = None
    ) -> Follower:
        """A new follower, who gets what is published from now on. Raises TooMany, OutsideFailure.

        `who` stands for the address; `task` is cancelled where the follower has to be dropped.
        """
        if self.is_stopping:
            raise OutsideFailure("this process", "it is shutting down")
        in_all = self.following.total()
        if self.capacity is not None and in_all >= self.capacity:
            self._tell_full(in_all)
            raise TooBusy("this server", "it has as many followers as it may have open files")
        limits = self.limits
        for what, count, most in (
            ("followers from one address", self.following[who], limits.max_followers_of_address),
            ("followers of a room", len(live.followers), limits.max_followers),
            ("followers", in_all, limits.max_followers_in_all),
        ):
            if count >= most:
                raise TooMany([InputProblem("too-many-now", what, None, str(most))], 30)

        def left() -> None:
            self.following[who] -= 1
            if not self.following[who]:
                del self.following[who]

        follower = Follower(live, task, left)
        live.followers.add(follower)
        self.following[who] += 1
        return follower

    def _tell_full(self, count: int) -> None:
        now = self._clock()
        if now - self._told_full >= _TOLD_S:
            self._told_full = now
            _LOGGER.warning(
                "%d followers, and no more: the limit of open files leaves the rest to pages", count
            )

    async def beginning(self, follower: Follower, after: int | None) -> AsyncGenerator[bytes]:
        """What a new follower gets first: the events behind `after` in pieces, or a snapshot.

        Events that come while this reads are the follower's next frames: none is missed, and
        none is given twice. Raises StoreFailure.
        """
        live = follower.live
        last = live.room.last
        if after is None or not 0 <= after <= last:
            yield frame("snapshot", live.snapshot(), last)
            return
        while after < last:
            kept = live.kept(after, last) if last - after < 2 * WINDOW else None
            if kept is not None:
                yield kept
                break
            number, count = divmod(after, HISTORY_PAGE)
            page = await self._page(live, number, min(last - number * HISTORY_PAGE, HISTORY_PAGE))
            if len(page.ends) <= count:
                # The room has gone meanwhile.
                follower.leave()
                break
            yield page.behind(count)
            after += len(page.ends) - count
        question = live.room.question
        if question is not None and question.counts is None:
            yield live.voters(question.number)
        else:
            yield b""

    async def _page(self, live: LiveRoom, number: int, count: int) -> Page:
        """The first `count` events of a page, which are counted from 0."""
        key = (live.code, number, count)

        async def read() -> Page:
            after = {live.code: number * HISTORY_PAGE}
            entries = (await self.log.read(after, count))[live.code] or ()
            page = await asyncio.to_thread(page_of, entries)
            if not live.is_gone and page.body:
                self._pages[key] = page
            return page

        page = self._pages.get(key)
        return await self._once(key, read) if page is None else page

    # What runs by itself

    def begin(self, *, looks: bool) -> None:
        """Begin with what a process does that has no room in use.

        With `looks` the store is looked at, now and then: another host may not be there, or not
        be the right one.
        """
        if not self._by_hand:
            self.background.every("expiry of rooms", SWEEP_S, self.sweep)
            if looks:
                self.background.every("look at the store", LOOK_S, self.look)

    def _run(self) -> None:
        if not self._by_hand and not self.is_stopping:
            self.background.every("news of rooms", 0, self.hear, waits=True)
            self.background.every("ticks of rooms", TICK_S, self.tick)

    async def hear(self) -> None:
        """Wait for news of other processes, and publish it."""
        codes = await self.log.changed()
        self._turn += 1
        await self.refresh(codes)

    async def look(self) -> None:
        """See whether the store takes what is written, and tell it. Raises StoreFailure.

        Only this finds out that it is well again: to be read it needs no space.
        """
        try:
            warning = await self.log.check()
        except StoreFailure as failure:
            self.tell(failure)
            raise
        if warning is not None and warning != self.warning:
            _LOGGER.warning("%s", warning)
        self.warning = warning
        if self.is_failing:
            _LOGGER.warning("the log of the rooms answers again")
        self.is_failing = False

    def tell(self, failure: OutsideFailure) -> None:
        """Log that the store does not answer, not the same thing twice; and look when it does."""
        if not self.is_failing:
            _LOGGER.error("%s", failure)
        self.is_failing = True
        self._run()

    async def tick(self) -> None:
        """What has to be done now and then: heartbeats, numbers of voters, tidying up."""
        now = self._clock()
        for code, live in list(self.rooms.items()):
            if now - live.beat >= HEARTBEAT_S:
                live.heartbeat(now)
            self.publish_followers(live)
            if not live.followers and now - live.used >= IDLE_S and not live.lock.locked():
                self.forget(code)
        voting = [
            (live, live.room.question.number)
            for live in self.rooms.values()
            if live.room.question is not None and live.room.question.counts is None
        ]
        counts = await asyncio.gather(*(self.log.voted(live.code, n) for live, n in voting))
        for (live, number), voted in zip(voting, counts, strict=True):
            self.publish_voters(live, number, voted)
        if now - self._looked >= HEARTBEAT_S:
            # Whatever went wrong with the news: nobody is behind for longer than this.
            self._looked = now
            await self.refresh()
        if self.is_failing:
            await self.look()

    async def sweep(self) -> None:
        """Delete the rooms whose time is over, and keep those that somebody follows.

        A room is marked some time before, and is deleted if nothing has touched it since the
        mark. So neither a clock that was set nor one that is wrong deletes what is in use
        anywhere: whoever has followers touches their rooms more often.
        """
        at_ms, now = self._now_ms(), self._clock()
        await self.log.keep(self._in_use(), at_ms)
        # Marked early enough that the day is not longer for it.
        old = await self.log.older(at_ms - KEEP_MS + int(2 * GRACE_S * 1000))
        before = self._marked
        self._marked = {
            code: known if (known := before.get(code, (0, now)))[0] == last else (last, now)
            for code, last in old.items()
        }
        over = {
            code: last
            for code, (last, since) in self._marked.items()
            if last < at_ms - KEEP_MS and now - since >= GRACE_S
        }
        for code in self._in_use():
            over.pop(code, None)
        if over:
            for code in await self.log.delete(over):
                self.forget(code)

    def _in_use(self) -> list[str]:
        return [code for code, live in self.rooms.items() if live.followers or live.lock.locked()]

    # The end

    def stop(self) -> None:
        """End all streams, and let nobody in: the process is about to end."""
        self.is_stopping = True
        for live in self.rooms.values():
            for follower in live.followers:
                follower.is_leaving = True
            live.leave_all()

    async def close(self) -> None:
        """Let go of everything."""
        self.stop()
        if self._under_way:
            # What is being read is wanted by somebody who still has to be told of the end.
            await asyncio.wait(list(self._under_way.values()), timeout=_END_S)
        await self.background.close()
        reading = list(self._under_way.values())
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        await self.log.close()


def unknown_room(text: str) -> NotFound:
    """The answer to who asks for a room that is not there."""
    return NotFound([InputProblem("unknown-room", "room", text, "the code of a room")])
