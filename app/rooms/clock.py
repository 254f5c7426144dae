# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Clocks of rooms: one that is never set, and the time of day that goes on by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

#: The time of day may be corrected by so much at a time, in milliseconds.
_CORRECTED_MS: Final = 2_000
#: A jump of the time of day is believed once it has held for so long.
BELIEVED_S: Final = 600.0


def wall_clock_ms() -> int:
    """Milliseconds since 1970, as the machine has it at this moment."""
    return time.time_ns() // 1_000_000


def seconds_since_boot() -> float:
    """Seconds that only go forward; where the system counts them, also while it sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SteadyClock:
    """Milliseconds since 1970, which do not follow a jump of the machine's time of day.

    Small corrections are followed at once, others when they have held for `BELIEVED_S`: a clock
    that is wrong for a moment neither ends a room nor dates an event.
    """

    def __init__(
        self,
        wall_ms: Callable[[], int] = wall_clock_ms,
        clock: Callable[[], float] = seconds_since_boot,
    ) -> None:
        self._wall_ms = wall_ms
        self._clock = clock
        self._offset = wall_ms() - clock() * 1000
        #: By how much the time of day is off, and since when.
        self._jump: tuple[float, float] | None = None

    def __call__(self) -> int:
        now = self._clock()
        offset = self._wall_ms() - now * 1000
        if abs(offset - self._offset) <= _CORRECTED_MS:
            self._offset, self._jump = offset, None
        elif self._jump is None or abs(offset - self._jump[0]) > _CORRECTED_MS:
            self._jump = (offset, now)
        elif now - self._jump[1] >= BELIEVED_S:
            self._offset, self._jump = offset, None
        return int(now * 1000 + self._offset)
