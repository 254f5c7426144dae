# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Background work of a process, under one supervisor: none of it ends unseen, and health can ask.

What is done again and again is a task here; a thread that somebody else runs is watched. A work
that raises something unexpected is told in the log, once until it is well again, and goes on after
a pause that grows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from app.errors import OutsideFailure

#: The pause after a failure, in seconds: the first one, and the longest.
_PAUSE_S: Final = (0.1, 5.0)
#: A round that takes longer hangs.
STUCK_S: Final = 60.0

_LOGGER: Final = logging.getLogger("walkthrough.background")


@contextlib.contextmanager
def starting_processes(*signals: signal.Signals) -> Iterator[None]:
    """Who interrupts waits until processes have begun: one half begun would print a trace.

    They begin with these signals held back, and let them in when they know what to do.
    """
    # Few commands start any.
    from multiprocessing import resource_tracker

    # It is started with the first of them, and would let the signals in again.
    resource_tracker.ensure_running()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


class Background:
    """The tasks of one event loop; `heard` is told of an outside failure, which is no mistake."""

    def __init__(
        self,
        heard: Callable[[OutsideFailure], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._heard = heard
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._threads: dict[str, Callable[[], bool]] = {}
        self._failing: set[str] = set()
        #: When the present round of a task that does not just wait has begun.
        self._begun: dict[str, float] = {}

    def every(
        self, name: str, seconds: float, work: Callable[[], Awaitable[Any]], *, waits: bool = False
    ) -> None:
        """Do a work at once and again, with so many seconds between, until `close`.

        `waits` is for a work that waits for something, for however long. A task of the same name
        that was begun already goes on.
        """
        if name not in self._tasks:
            task = self._again(name, seconds, work, waits)
            self._tasks[name] = asyncio.create_task(task, name=name)

    def watch(self, name: str, is_alive: Callable[[], bool]) -> None:
        """Let `problems` know of a thread that should be alive."""
        self._threads[name] = is_alive

    def problems(self) -> list[str]:
        """Names of the works that fail, hang, or have ended though they never should."""
        now = self._clock()
        return sorted(
            {
                *self._failing,
                *(name for name, task in self._tasks.items() if task.done()),
                *(name for name, is_alive in self._threads.items() if not is_alive()),
                *(name for name, begun in self._begun.items() if now - begun > STUCK_S),
            }
        )

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._threads.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(
        self, name: str, seconds: float, work: Callable[[], Awaitable[Any]], waits: bool
    ) -> None:
        wait = _PAUSE_S[0]
        while True:
            if not waits:
                self._begun[name] = self._clock()
            pause = seconds
            try:
                await work()
            except Exception as error:
                if isinstance(error, OutsideFailure):
                    self._heard(error)
                elif name not in self._failing:
                    self._failing.add(name)
                    _LOGGER.exception("the task “%s” has failed, and is begun again", name)
                # All processes lose a store at the same moment: they need not come back together.
                pause = max(seconds, wait * random.uniform(0.5, 1.0))
                wait = min(2 * wait, _PAUSE_S[1])
            else:
                if name in self._failing:
                    self._failing.remove(name)
                    _LOGGER.warning("the task “%s” is well again", name)
                wait = _PAUSE_S[0]
            self._begun.pop(name, None)
            await asyncio.sleep(pause)
