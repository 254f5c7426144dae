# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Log of the events of rooms: a small interface, with two implementations.

`sqlite_log` keeps them in a file, `redis_log` in Redis Streams. Both promise the same:

- What was accepted (a method returned) is there after the process was killed.
- An entry has the number after the last one, or is refused: of two processes that append at the
  same time one is told that it was outrun.
- A vote is counted only while its question is on the ballot, decided in one step with the log's
  own order, so that a tally taken after a question was closed is final.
- Asking again does no harm: a vote replaces the voter's former one, an entry that was accepted
  is not accepted twice, since its number is taken.

Whatever the database throws comes out as StoreFailure; it is not known then whether the call
had an effect.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

#: What `Log.check` writes: as much as the largest event.
TRIAL_BYTES: Final = 8192
#: Entries of a room that are read at a time.
PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is kept; `number` counts from 1 in each room, `body` is not interpreted."""

    number: int
    at_ms: int
    body: bytes


class Vote(Enum):
    """What became of a vote: `FULL` means that as many voters as allowed have voted."""

    COUNTED = "counted"
    CLOSED = "closed"
    FULL = "full"


class Log(ABC):
    """The rooms' entries and votes. Times are milliseconds since 1970, by the caller's clock.

    A room's age is counted from its last entry, or from when it was last said to be in use.
    """

    @abstractmethod
    async def create(self, code: str, entry: Entry) -> bool:
        """Begin a room with its first entry; False where the code is in use."""

    @abstractmethod
    async def append(self, code: str, entry: Entry, ballot: int) -> bool:
        """Add an entry; False where its number is not the next one, or there is no such room.

        `ballot` is the number of the question that takes votes from now on, 0 for none.
        """

    @abstractmethod
    async def read(
        self, after: Mapping[str, int], most: int = PAGE
    ) -> Mapping[str, Sequence[Entry] | None]:
        """Of each room at most so many entries behind a number, ascending.

        None where there is no room; one of which the store itself has lost a part is none.
        """

    @abstractmethod
    async def changed(self) -> Collection[str] | None:
        """Wait until rooms may have news from another process; None means any of them.

        The first call returns at once, and so does the one after a lost connection. To be
        awaited by one task at a time.
        """

    @abstractmethod
    async def vote(self, code: str, question: int, voter: str, option: str, most: int) -> Vote:
        """Count a vote, or change it; `most` is the number of voters allowed."""

    @abstractmethod
    async def vote_of(self, code: str, question: int, voter: str) -> str | None:
        """What a voter has voted, None for nothing."""

    @abstractmethod
    async def voted(self, code: str, question: int) -> int:
        """How many have voted."""

    @abstractmethod
    async def tally(self, code: str, question: int) -> Mapping[str, int]:
        """The votes for each option that has any."""

    @abstractmethod
    async def check(self) -> str | None:
        """Write as much as an event would, and read; returns once that is kept, as an event is.

        Gives what is not as it should be though all of it works, None for nothing.
        """

    @abstractmethod
    async def count(self) -> int:
        """How many rooms there are."""

    @abstractmethod
    async def keep(self, codes: Collection[str], at_ms: int) -> None:
        """Say that rooms are in use at that time."""

    @abstractmethod
    async def older(self, before_ms: int) -> Mapping[str, int]:
        """Rooms that were in use before that time only: the last time of each."""

    @abstractmethod
    async def delete(self, rooms: Mapping[str, int]) -> Collection[str]:
        """Delete rooms with their votes, if that still is the last time of each; gives which."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of files and connections. The log can't be used afterwards."""
