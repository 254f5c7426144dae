# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How long a trace takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from app.kernel.model import run
from app.kernel.scenario import DEFAULT, Scenario
from app.machine.program import Program
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from benchmarks.figures import Budget, Figure

PART = "traces"


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Milliseconds for the default scenario, traces per second over all presets."""
    walkthrough = load_walkthrough(CONTENT / "tcp_close")
    program = walkthrough.edition.program
    presets = [preset.scenario for preset in walkthrough.presets]
    rounds, traces = (3, 200) if is_quick else (25, 200)
    default = [_seconds(program, [DEFAULT] * traces) / traces for _ in range(rounds)]
    repeated = presets * (1 if is_quick else 5)
    over_presets = [len(repeated) / _seconds(program, repeated) for _ in range(rounds)]
    return [
        Figure(
            PART,
            "default scenario, median",
            statistics.median(default) * 1000,
            "ms",
            Budget(0.4, aim=0.2),
        ),
        Figure(PART, "default scenario, fastest round", min(default) * 1000, "ms"),
        Figure(
            PART,
            f"over the {len(presets)} presets, median",
            round(statistics.median(over_presets)),
            "traces/s",
        ),
    ]


def _seconds(program: Program, scenarios: Sequence[Scenario]) -> float:
    start = time.process_time()
    for scenario in scenarios:
        run(program, scenario)
    return time.process_time() - start
