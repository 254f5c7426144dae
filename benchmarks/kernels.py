# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a kernel's text costs beside the own one, and beside a debugger that steps through it.

The kernels are those that were imported on this machine; without one, or without gdb and gcc, what
needs them is left out, and that is said.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from app.editions.store import with_kernels
from app.kernel.model import run
from app.kernel.scenario import Scenario
from app.machine.program import Program
from app.paths import CONTENT
from app.walkthrough.atlas.both import parting
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.load import load_walkthrough
from benchmarks.figures import Budget, Figure

PART = "kernels"
_STUBS = Path(__file__).resolve().parent.parent / "tests" / "differential"
#: Steps into everything from the first line of the function until it has returned.
_STEPPING = """
import gdb, time
gdb.execute("set pagination off")
gdb.execute("break tcp_close", to_string=True)
gdb.execute("run < /dev/stdin > /dev/null", to_string=True)
started, steps = time.perf_counter(), 0
while gdb.selected_frame().name() != "main":
    gdb.execute("step", to_string=True)
    steps += 1
print("stepped", steps, time.perf_counter() - started)
"""


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Milliseconds of a trace with callees, atlases against the own one's, and gdb."""
    walkthrough = with_kernels(load_walkthrough(CONTENT / "tcp_close"))
    own, rounds = walkthrough.edition.program, 3 if is_quick else 9
    scenarios = [preset.scenario for preset in walkthrough.presets]
    traced = _seconds(partial(_all, own, scenarios), rounds) / len(scenarios)
    figures = [Figure(PART, "own text: a trace", traced * 1000, "ms")]
    if not walkthrough.kernels:
        print("no kernel was imported here: they are left out", file=sys.stderr)
    for label in walkthrough.kernels:
        program = walkthrough.kernels[label].program
        one = _seconds(partial(_all, program, scenarios), rounds)
        atlas, whole = float("inf"), float("inf")
        for _ in range(1 if is_quick else 4):
            # In turns: a machine that is busy for a while is so for both.
            atlas = min(atlas, _seconds(partial(make_atlas, own), 1))
            whole = min(whole, _seconds(partial(make_atlas, program), 1))
        both = _seconds(partial(_both, own, program), 1)
        figures += [
            Figure(PART, f"{label}: a trace", one / len(scenarios) * 1000, "ms", Budget(1.5)),
            Figure(PART, f"{label}: atlas", whole, "s"),
            Figure(PART, f"{label}: the own text's atlas", atlas, "s"),
            Figure(PART, f"{label}: atlas, of the own one", whole / atlas, "", Budget(2.5, aim=2)),
            Figure(PART, f"{label}: all that tells it from the own", both, "s", Budget(10)),
        ]
    return figures + _gdb(rounds, traced)


def _all(program: Program, scenarios: Sequence[Scenario]) -> None:
    for scenario in scenarios:
        run(program, scenario)


def _both(one: Program, other: Program) -> None:
    for _ in parting(one, other):
        pass


def _seconds(work: Callable[[], object], rounds: int) -> float:
    """The fastest of some rounds, in processor time."""
    found = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def _gdb(rounds: int, traced: float) -> list[Figure]:
    """The own text, compiled against the tests' stubs, stepped through in the default scenario."""
    if not (shutil.which("gdb") and shutil.which("gcc")):
        print("no gdb and gcc here: stepping in a debugger is left out", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder:
        program, script = Path(folder, "tcp_close"), Path(folder, "step.py")
        subject = f'-DSUBJECT="{CONTENT / "tcp_close" / "tcp_close.c"}"'
        files = sorted(map(str, _STUBS.glob("*.c")))
        gcc = ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O0", "-g", "-w", subject]
        subprocess.run([*gcc, "-o", str(program), *files], check=True)
        script.write_text(_STEPPING)
        times = []
        for _ in range(rounds):
            command = ["gdb", "-batch", "-nx", "-x", str(script), str(program)]
            done = subprocess.run(command, input="\n", capture_output=True, text=True, check=True)
            line = next(line for line in done.stdout.splitlines() if line.startswith("stepped"))
            times.append(float(line.split()[2]))
    stepped = statistics.median(times)
    return [
        Figure(PART, "gdb: the same text, compiled, step by step", stepped * 1000, "ms"),
        Figure(PART, "gdb: as many traces in that time", stepped / traced, ""),
    ]
