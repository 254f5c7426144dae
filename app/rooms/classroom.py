# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Operations on rooms: start one, find it, act in it as a presenter, vote in it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, NotRequired, Protocol

from typing_extensions import TypedDict

from app.errors import InputProblem, OutsideFailure, ReaderError, TooMany
from app.rooms.clock import SteadyClock
from app.rooms.codes import canonical, digest, fits, new_code, new_key
from app.rooms.commands import Command, Join, Plain
from app.rooms.hub import Hub, LiveRoom, unknown_room
from app.rooms.limits import Addresses, Limits, Rate
from app.rooms.log import Log, Vote
from app.rooms.room import (
    Event,
    Given,
    Question,
    Room,
    View,
    fold,
    open_room,
    refused,
    wrong_invitation,
)

#: How often a command is decided anew because another process was faster.
_TRIES: Final = 8

#: A command as a room in its present state takes it, and what it needs besides; may read the log.
Plan = Callable[[Room], Awaitable[tuple[Command | Join, Given]]]


class Content(Protocol):
    """What is presented in a room."""

    def prepare(self, command: Command, view: View) -> tuple[Command, Given]:
        """A command with the content's own ids, and what it needs besides. Raises ReaderError."""

    def solve(self, question: Question) -> tuple[str | None, dict[str, str] | None]:
        """The right answer and why, by language, where there is one."""


class Done(TypedDict):
    """The number of the event that a command has caused; `invitation` after `invite` only."""

    number: int
    invitation: NotRequired[str]


class Joined(TypedDict):
    """A new presenter; the key is told only here."""

    presenter: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A new room; `key` is the first presenter's, and is told only here."""

    code: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A question with its votes; `counts` is None while the vote is open."""

    question: Question
    counts: dict[str, int] | None


class Classroom:
    """The rooms of this process and their limits."""

    def __init__(
        self,
        log: Log,
        limits: Limits | None = None,
        *,
        now_ms: Callable[[], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
        capacity: int | None = None,
        by_hand: bool = False,
    ) -> None:
        self.log = log
        self.limits = limits = limits or Limits()
        now_ms = now_ms or SteadyClock()
        self.hub = Hub(log, limits, now_ms, clock, capacity=capacity, by_hand=by_hand)
        self.addresses = Addresses()
        #: Since the start of this process, changed ones too.
        self.votes_counted = 0
        self._now_ms = now_ms

        def rate(what: str, per_second: float, burst: int) -> Rate:
            return Rate(what, per_second, burst, clock)

        self.starts = rate("rooms started", limits.starts_rate, limits.starts_burst)
        self.follows = rate("connections", limits.follows_rate, limits.follows_burst)
        self.votes = rate("votes", limits.votes_rate, limits.votes_burst)
        self.events = rate("events", limits.events_rate, limits.events_burst)
        self.misses = rate("unknown rooms", limits.misses_rate, limits.misses_burst)

    # Rooms

    async def start(self, walkthrough: str, address: str | None) -> Started:
        """A new room. Raises TooMany, OutsideFailure."""
        who = self.addresses.hashed(address)
        self.starts.take(who)
        if await self.log.count() >= self.limits.max_rooms:
            allowed = str(self.limits.max_rooms)
            raise TooMany([InputProblem("too-many-now", "rooms", None, allowed)], 600)
        key = new_key()
        for _ in range(_TRIES):
            code = new_code()
            first = open_room(walkthrough, digest(key), self._now_ms(), uuid.uuid4().hex)
            if await self.log.create(code, first.entry()):
                return Started(code=code, key=key)
        raise OutsideFailure("the log of the rooms", "no free code was found")

    async def find(self, text: str, address: str | None) -> LiveRoom:
        """The room of a code, however written. Raises NotFound where there is none, TooMany.

        The right code is let in, whatever others behind the same address have tried: they wait.
        """
        code = canonical(text)
        live = await self.hub.live(code) if code is not None else None
        if live is None:
            self.misses.take(self.addresses.hashed(address))
            raise unknown_room(text)
        return live

    # Presenters

    def presenter(self, room: Room, key: str) -> int:
        """Whose key it is, counted from 1. Raises ReaderError (401) for nobody's."""
        # All are compared, so that the time says nothing.
        found = [n for n, kept in enumerate(room.keys, 1) if fits(key, kept)]
        if not found:
            raise wrong_key()
        return found[0]

    async def perform(
        self, live: LiveRoom, presenter: int, command: Command, content: Content
    ) -> Done:
        """Carry a presenter's command out. Raises ReaderError where the room does not allow it."""
        invitation = new_key()

        async def plan(room: Room) -> tuple[Command, Given]:
            match command:
                case Plain(do="reveal"):
                    question = room.question
                    if question is None:
                        return command, {}  # refused, with the reason
                    answer, explanation = content.solve(question)
                    # Nothing is on the ballot any more, so this is final.
                    counts = await self.log.tally(live.code, question.number)
                    return command, {
                        "counts": counts,
                        "answer": answer,
                        "explanation": explanation,
                    }
                case Plain(do="invite"):
                    return command, {"invitation": digest(invitation)}
            return content.prepare(command, room.view)

        name, expected = command.id or uuid.uuid4().hex, command.expected
        payer = (live.code, presenter)
        if command.do == "reveal":
            # Another process may have heard that the vote was begun, or ended.
            await self.hub.catch_up(live)
            is_new = live.room.number_of(name) is None
            if is_new and live.room.ballot and presenter == live.room.lead:
                await self.act(
                    live, presenter, _close, payer=payer, name=f"{name}.close", expected=expected
                )
                expected = None
        number = await self.act(live, presenter, plan, payer=payer, name=name, expected=expected)
        return (
            {"number": number, "invitation": invitation}
            if command.do == "invite"
            else {"number": number}
        )

    async def act(
        self,
        live: LiveRoom,
        presenter: int | None,
        plan: Plan,
        *,
        payer: Hashable,
        name: str | None = None,
        expected: int | None = None,
    ) -> int:
        """Do what is planned; gives the number of the event that it has caused.

        `payer` is whose rate of commands this counts for.
        `name` is the command's id: posted again, it has no further effect, and gives the same
        number. With `expected` the room must not have any event behind that number. Raises
        ReaderError where the room does not allow it, OutsideFailure where it cannot be kept.
        """
        name = name or uuid.uuid4().hex
        if live.room.number_of(name) is None:
            self.events.take(payer)
        async with live.lock:
            for _ in range(_TRIES):
                room = live.room
                known = room.number_of(name)
                if known is not None:
                    return known
                if expected is not None and expected != room.last:
                    await self.hub.catch_up(live)
                    if live.room.number_of(name) is None and expected != live.room.last:
                        raise refused("outrun", "expected", str(expected), str(live.room.last))
                    continue
                command, given = await plan(room)
                is_end = isinstance(command, Plain) and command.do == "end"
                if room.last >= self.limits.max_events and not is_end:
                    raise refused("room-full", "do", None, "end")
                try:
                    event = room.decide(command, presenter, self._now_ms(), name, given)
                except ReaderError:
                    # Another process may know better by now.
                    await self.hub.catch_up(live)
                    if live.room.last == room.last:
                        raise
                    continue
                if await self._append(live, room, event):
                    return event.number
            raise OutsideFailure("the room", "others are always faster")

    async def _append(self, live: LiveRoom, room: Room, event: Event) -> bool:
        entry = event.entry()
        if not await self.log.append(live.code, entry, fold([event], room).ballot):
            await self.hub.catch_up(live)
            return False
        self.hub.publish(live, [entry])
        if live.room.last < event.number:
            await self.hub.catch_up(live)
        return True

    async def join(self, live: LiveRoom, request: Join, address: str | None) -> Joined:
        """Become a presenter by an invitation. Raises ReaderError."""
        key, invitation, who = new_key(), digest(request.invitation), self.addresses.hashed(address)
        if invitation != live.room.invitation and not live.room.is_ended:
            # Guesses are the guesser's own affair: no command waits for them.
            self.misses.take(who)
            await self.hub.refresh([live.code])
            if invitation != live.room.invitation:
                raise wrong_invitation()

        async def plan(_: Room) -> tuple[Join, Given]:
            return request, {"invitation": invitation, "key": digest(key)}

        await self.act(live, None, plan, payer=(live.code, who))
        return {"presenter": self.presenter(live.room, key), "key": key}

    # Votes

    def let_vote(self, live: LiveRoom, voter: str | None, address: str | None) -> None:
        """Raises TooMany where too many votes come from an address, or from one who has voted.

        Who has voted may go on, whatever others behind the same address do.
        """
        has_voted = voter in live.origins.addresses
        self.votes.take((live.code, voter) if has_voted else self.addresses.hashed(address))

    async def vote(
        self, live: LiveRoom, voter: str, question: int, option: str, *, address: str | None
    ) -> None:
        """Count a vote, or change it; `voter` is the hash of a token. Raises ReaderError."""
        if live.room.ballot != question:
            await self.hub.catch_up(live)
        asked = live.room.question
        if asked is None or live.room.ballot != question:
            raise refused("vote-closed", "question", str(question), _open_question(live.room))
        if option not in asked.options:
            allowed = ", ".join(asked.options)
            raise refused("not-allowed", "option", option, allowed, 422)
        origins, limits = live.origins, self.limits
        is_new = voter not in origins.addresses
        if not origins.add(voter, self.addresses.hashed(address), limits.max_voters_of_address):
            raise _too_many_voters("voters from one address", limits.max_voters_of_address)
        result = None
        try:
            result = await self.log.vote(live.code, question, voter, option, limits.max_voters)
        finally:
            if is_new and result is not Vote.COUNTED:
                origins.remove(voter)
        if result is Vote.CLOSED:
            await self.hub.catch_up(live)
            raise refused("vote-closed", "question", str(question), _open_question(live.room))
        if result is Vote.FULL:
            raise _too_many_voters("voters", limits.max_voters)
        self.votes_counted += 1

    async def results(self, live: LiveRoom) -> Sequence[Result]:
        """All questions, in the order in which they were asked."""

        async def result(question: Question) -> Result:
            if question.is_open:
                return Result(question=question, counts=None)
            counts = question.counts or await self.log.tally(live.code, question.number)
            return Result(question=question, counts=dict(counts))

        return await asyncio.gather(*map(result, live.room.asked))

    async def close(self) -> None:
        """End everything in this process."""
        await self.hub.close()


async def _close(_: Room) -> tuple[Command, Given]:
    return Plain(do="close"), {}


def _too_many_voters(what: str, most: int) -> TooMany:
    return TooMany([InputProblem("too-many-now", what, None, str(most))], 60)


def wrong_key() -> ReaderError:
    """The answer to somebody who is no presenter of a room."""
    return refused("wrong-key", "Authorization", None, "Bearer and a presenter's key", 401)


def _open_question(room: Room) -> str:
    return str(room.ballot) if room.ballot else "none is open"
