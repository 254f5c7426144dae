# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What it takes to run the presets on another kernel, and to see a TIME_WAIT to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from app.cli.lab import FAILED
from benchmarks.figures import Budget, Figure

PART = "guests"
#: Series of Debian's kernels; one that was never downloaded is left out.
_KERNELS = ("debian:6.1", "debian:6.12")
#: The peer's FIN came while ours was on its way, and the socket waits for 60 s.
_LIFE = ("--to-the-end", "lingering-to-time-wait")


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Seconds of processor time, the emulator's included, and how long it took; none without it."""
    found = []
    for kernel in _KERNELS[:1] if is_quick else _KERNELS:
        presets = _run(kernel, *(["unread-reset"] if is_quick else []))
        life = _run(kernel, *_LIFE)
        if presets is None or life is None:
            print(f"{kernel}: left out, the emulator or the kernel is not there", file=sys.stderr)
            continue
        what = "one preset" if is_quick else "all presets"
        found += [
            Figure(PART, f"{kernel}, {what}, processor", presets[0], "s", Budget(45)),
            Figure(PART, f"{kernel}, {what}, elapsed", presets[1], "s"),
            Figure(PART, f"{kernel}, a TIME_WAIT to its end, processor", life[0], "s", Budget(10)),
        ]
    return found


def _run(kernel: str, *words: str) -> tuple[float, float] | None:
    """Processor and elapsed seconds; None where the lab itself could not work."""
    command = [sys.executable, "-m", "app", "lab", "--kernel", kernel, *words]
    before, started = os.times(), time.perf_counter()
    # Nobody answers whether a kernel may be downloaded, so that none is.
    quiet = subprocess.DEVNULL
    done = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, check=False)
    after = os.times()
    if done.returncode == FAILED:
        return None
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command)
    used = after.children_user + after.children_system - before.children_user
    return used - before.children_system, time.perf_counter() - started
