# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The evaluator's answer in the shape of gcc_side: the one place that knows the program's API."""

from pathlib import Path
from typing import Any

from app.csource.decisions import decisions_of
from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel import model
from app.kernel.scenario import parse_scenario
from app.machine.program import Program

#: The counters that both sides have; CurrEstab, a gauge, is the evaluator's alone.
COUNTERS = frozenset(
    {
        "AttemptFails",
        "EstabResets",
        "OutRsts",
        "TCPAbortOnClose",
        "TCPAbortOnData",
        "TCPAbortOnLinger",
        "TCPAbortOnMemory",
    }
)

#: A hint to the compiler, which is no call once it is compiled.
ANNOTATIONS = frozenset({"unlikely"})


def load(path: Path) -> tuple[Program, dict[int, int]]:
    """The tcp_close of a file, ready to run, and the line of each decision by its number."""
    function = parse_function(Source(path.name, path.read_text()), "tcp_close")
    lines = {decision.number: decision.line for decision in decisions_of(function)}
    return model.compile_function(function), lines


def traced(loaded: tuple[Program, dict[int, int]], query: str) -> model.Trace:
    """The trace of a query. Raises the error that stopped the run, if one did."""
    pairs = [tuple(word.split("=", 1)) for word in query.split("&") if word]
    trace = model.run(loaded[0], parse_scenario((key, value) for key, value in pairs))
    if trace.error is not None:
        raise trace.error
    return trace


def python_side(loaded: tuple[Program, dict[int, int]], query: str) -> dict[str, Any]:
    """What the evaluator makes of a query.

    Shape: as Program.run of gcc_side, less `sk_err`, `freed` and `misuse`. Raises the error that
    stopped the run, if one did.
    """
    lines = loaded[1]
    trace = traced(loaded, query)
    outcome = trace.outcome
    return {
        "decisions": [
            [lines[step.site.number], step.taken]
            for step in trace.steps
            if step.site.number is not None
        ],
        "state": outcome.state,
        "destroyed": outcome.destroyed,
        "timewait": outcome.timewait,
        "segments": list(outcome.segments),
        "counters": {
            name: count for name, count in outcome.counters.items() if name in COUNTERS and count
        },
        "keepalive_ms": outcome.keepalive_ms,
        "timewait_ms": outcome.timewait_ms,
        "orphans": outcome.orphans,
        "refs": outcome.refs,
        "locks_balanced": outcome.locks_balanced,
        "calls": [name for name in trace.calls if name not in ANNOTATIONS],
    }
