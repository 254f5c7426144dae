# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How long an atlas takes, and how time and memory grow with the bounds."""

from __future__ import annotations

import json
import subprocess
import sys

from app.paths import CONTENT
from benchmarks.figures import Budget, Figure

PART = "atlas"

#: Measured in a process of its own: the most memory that it ever had, and its processor time.
_PROGRAM = """
import json, resource, sys
from app.walkthrough.atlas.records import Bounds
from app.walkthrough.atlas.store import make_here
from app.csource.source import Source
text, segments, events = json.loads(sys.stdin.read())
atlas = make_here(Source("tcp_close.c", text), "tcp_close", Bounds(segments, events))
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, len(atlas.paths)]))
"""


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Seconds of one core, imports included, megabytes and paths, for some bounds."""
    text = (CONTENT / "tcp_close" / "tcp_close.c").read_text(encoding="utf-8")
    figures = []
    for segments, events in [(2, 2)] if is_quick else [(1, 1), (2, 2), (2, 3), (3, 3), (2, 4)]:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            input=json.dumps([text, segments, events]),
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, megabytes, paths = json.loads(done.stdout)
        name = f"{segments} segments, {events} events"
        is_default = (segments, events) == (2, 2)
        figures += [
            Figure(PART, f"{name}: time", seconds, "s", Budget(2.0) if is_default else None),
            Figure(PART, f"{name}: memory", megabytes, "MB", Budget(300) if is_default else None),
            Figure(PART, f"{name}: paths", paths, ""),
        ]
    return figures
