# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Prediction of a close: the model's answer in the terms of what a kernel shows from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

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


#: Whether close() sleeps, and what ends that.
Sleep = Literal["none", "woken", "whole-time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the model says that a kernel will show: the fields of an observation.

    `timer` and `timer_ms` are None where no timer is modelled; a kernel may well have one, to
    send a FIN again.
    """

    segments: tuple[Literal["FIN", "RST"], ...]
    counters: Mapping[str, int]
    left: str | None
    timer: str | None
    timer_ms: int | None
    transitions: tuple[tuple[str, str], ...]
    sleep: Sleep


def predict(trace: Trace) -> Prediction:
    """What is expected of a kernel in a trace's scenario."""
    outcome = trace.outcome
    timer: str | None = None
    if outcome.timewait is not None:
        timer, timer_ms = "timewait", outcome.timewait_ms
    else:
        timer_ms = outcome.keepalive_ms
        timer = "keepalive" if timer_ms is not None else None
    segments = outcome.segments
    if trace.scenario["pending"] and left_state(trace) is None:
        # The FIN is queued behind data that cannot be sent, and goes with the socket.
        segments = tuple(segment for segment in segments if segment != "FIN")
    return Prediction(
        segments=segments,
        counters={name: outcome.counters[name] for name in COUNTERS if outcome.counters.get(name)},
        left=left_state(trace),
        timer=timer,
        timer_ms=timer_ms,
        transitions=tuple(
            (str(effect.before), str(effect.after))
            for step in trace.steps
            for effect in step.effects
            if effect.kind == "state"
        ),
        sleep=_sleep(trace),
    )


def _sleep(trace: Trace) -> Sleep:
    if not sleeps(trace):
        return "none"
    return "woken" if sleep_of(trace) is None else "whole-time"
