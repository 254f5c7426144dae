# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How soon after its start the program answers, and where the time for imports goes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections import Counter

from benchmarks.figures import Budget, Figure
from benchmarks.servers import HERE, PROGRAM, REPOSITORY, environment, running

PART = "start"
#: What `walkthrough serve` imports before it listens.
_IMPORTS = "import uvicorn, app.cli.serve, app.web.app, uvloop, httptools"


def measure(*, is_quick: bool = False, with_imports: bool = False) -> list[Figure]:
    """Seconds from exec to the first answer."""
    starts = [_first_answer() for _ in range(1 if is_quick else 5)]
    wall, busy = zip(*starts, strict=True)
    figures = [
        Figure(PART, "exec to first /tcp_close, median", statistics.median(wall), "s", Budget(1.5)),
        Figure(PART, "exec to first /tcp_close, fastest", min(wall), "s"),
    ]
    if used := [seconds for seconds in busy if seconds is not None]:
        figures.append(Figure(PART, "processor time of that", statistics.median(used), "s"))
    return figures + (_imports() if with_imports else [])


def _first_answer() -> tuple[float, float | None]:
    """Seconds on the wall clock, and of processor time."""
    start = time.perf_counter()
    with running(*PROGRAM) as program:
        program.get("/tcp_close")
        return time.perf_counter() - start, program.processor_seconds()


def _imports() -> list[Figure]:
    """The five distributions whose modules take longest to import, each without the others."""
    run = subprocess.run(
        [sys.executable, "-P", "-X", "importtime", "-c", _IMPORTS],
        cwd=REPOSITORY,
        env=environment(HERE),
        capture_output=True,
        text=True,
        check=True,
    )
    spent = import_times(run.stderr)
    figures = [Figure(PART, "imports, all", sum(spent.values()) / 1000, "ms")]
    return figures + [
        Figure(PART, f"imports, {name}", microseconds / 1000, "ms")
        for name, microseconds in spent.most_common(5)
    ]


def import_times(report: str) -> Counter[str]:
    """Microseconds by top-level package, from what `-X importtime` prints; the library is one."""
    spent: Counter[str] = Counter()
    for line in report.splitlines():
        times, _, module = line.removeprefix("import time:").rpartition("|")
        own = times.partition("|")[0].strip()
        if own.isdecimal():
            top = module.strip().partition(".")[0]
            spent["the standard library" if top in sys.stdlib_module_names else top] += int(own)
    return spent
