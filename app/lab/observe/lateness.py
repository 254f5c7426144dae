# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The lateness of this machine: how much longer than asked for a process sleeps, on each processor.

What is late by so much, a kernel's timer among it, may be so because others had the processor (or
the host of this virtual machine did), and says nothing of the kernel.
"""

from __future__ import annotations

import mmap
import os
import signal
import threading
import time
from typing import Final, NoReturn

from app.lab.namespace import die_with_parent

_SLEEP_S: Final = 0.01


class Lateness:
    """A process that sleeps again and again on each processor that it may have, until `end`."""

    def __init__(self) -> None:
        cpus = sorted(os.sched_getaffinity(0))
        #: Shared: for each processor how late it was, at most, since that was last taken; seconds.
        self._late = memoryview(mmap.mmap(-1, 8 * len(cpus))).cast("d")
        # A process of its own: who has threads should not fork, and the worker does.
        self._pid = os.fork()
        if self._pid == 0:
            self._watch(cpus)

    def take(self) -> float:
        """How late this machine was, at most, since this was last asked; seconds."""
        late = max(self._late)
        for index in range(len(self._late)):
            self._late[index] = 0.0
        return late

    def end(self) -> None:
        """Watch no longer."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def _watch(self, cpus: list[int]) -> NoReturn:
        try:
            die_with_parent()
            for index, cpu in enumerate(cpus):
                threading.Thread(target=self._sleep, args=(index, cpu), daemon=True).start()
            signal.pause()
        finally:
            os._exit(0)

    def _sleep(self, index: int, cpu: int) -> None:
        os.sched_setaffinity(0, {cpu})
        while True:
            due = time.monotonic() + _SLEEP_S
            time.sleep(_SLEEP_S)
            self._late[index] = max(self._late[index], time.monotonic() - due)
