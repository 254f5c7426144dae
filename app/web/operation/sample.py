# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a process has at a moment, for the metrics; this module knows no library for them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from app.errors import OutsideFailure
from app.rooms.classroom import Classroom
from app.web.http.requests import Observer

#: What is not counted when it happens is looked at so often.
SAMPLE_S: Final = 5.0
_TIMEOUT_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Sample:
    """`rooms` is how many the store has, None where it does not answer.

    `votes` and `cards` are since the start of the process; `atlases` counts them by state.
    """

    rooms: int | None
    rooms_in_use: int
    followers: int
    votes: int
    cards: int
    atlases: Mapping[str, int]


@dataclass(slots=True)
class Drawn:
    """How many cards were drawn since the start; who draws counts."""

    count: int = 0


class Meter(Observer, Protocol):
    """Who counts requests, and looks at the rest now and then."""

    def take(self, sample: Sample) -> None:
        """Take over what was looked at."""


async def sample_of(classroom: Classroom, cards: int, atlases: Mapping[str, int]) -> Sample:
    """The present state."""
    rooms: int | None = None
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            rooms = await classroom.log.count()
    except OutsideFailure as failure:
        classroom.hub.tell(failure)
    except TimeoutError:
        pass
    in_use = classroom.hub.rooms.values()
    return Sample(
        rooms=rooms,
        rooms_in_use=len(in_use),
        followers=sum(len(live.followers) for live in in_use),
        votes=classroom.votes_counted,
        cards=cards,
        atlases=atlases,
    )
