# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the model says of a close, in the terms of what a kernel shows from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.kernel.model import Trace
from app.lab.recipes.closing import sleep_of, sleeps
from app.walkthrough.observables import left_state

#: The counters that are compared: those that say how a connection was ended.
COUNTERS: Final = (
    "TCPAbortOnClose",
    "TCPAbortOnData",
    "TCPAbortOnLinger",
    "TCPAbortOnMemory",
    "TCPAbortOnTimeout",
    "TCPAbortFailed",
    "EstabResets",
    "OutRsts",
)


@dataclass(frozen=True, slots=True)
class Prediction:
    """The fields of an observation, as the model has them.

    `timer` and `timer_ms` are None where no timer is modelled; a kernel may well have one, to
    send a FIN again.
    """

    segments: tuple[str, ...]
    counters: Mapping[str, int]
    left: str | None
    timer: str | None
    timer_ms: int | None
    transitions: tuple[tuple[str, str], ...]
    sleep: str


def predict(trace: Trace) -> Prediction:
    """What is expected of a kernel in a trace's scenario."""
    outcome = trace.outcome
    timer: str | None = None
    if outcome.timewait is not None:
        timer, timer_ms = "timewait", outcome.timewait_ms
    else:
        timer_ms = outcome.keepalive_ms
        timer = "keepalive" if timer_ms is not None else None
    return Prediction(
        outcome.segments,
        {name: outcome.counters[name] for name in COUNTERS if outcome.counters.get(name)},
        left_state(trace),
        timer,
        timer_ms,
        tuple(
            (str(effect.before), str(effect.after))
            for step in trace.steps
            for effect in step.effects
            if effect.kind == "state"
        ),
        _sleep(trace),
    )


def _sleep(trace: Trace) -> str:
    if not sleeps(trace):
        return "none"
    return "woken" if sleep_of(trace) is None else "whole-time"
