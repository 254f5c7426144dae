# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Parts that all families share: the socket options before close(), its sleep, the sysctls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.kernel.inputs import INPUTS
from app.kernel.model import Trace
from app.kernel.scenario import DEFAULT, Scenario
from app.lab.known import is_sent_again
from app.lab.plan import Act, PeerSends, Read, RouteMetric, SetOption, Write

#: States in which close() is what sends the FIN.
SENDS_FIN: Final = frozenset({"ESTABLISHED", "SYN_RECV", "CLOSE_WAIT"})
_UNSENT: Final = 1000
#: More than a send buffer is always allowed, so that it counts when memory is short.
_MUCH: Final = 20_000
#: So too, and no more than the first window of congestion lets out at once.
_UNACKED: Final = 10_000
#: The lab waits no longer than this for close().
LONGEST_S: Final = 10
#: A timer that runs for less than this is over before it has been looked at.
SHORTEST_MS: Final = 100


def received(scenario: Scenario) -> list[Act]:
    """What the peer has sent and is in the receive queue, and what was read of it.

    A segment that was read to its end stays only where it came once more, with the peer's FIN.
    """
    copied = scenario["copied"]
    acts: list[Act] = [PeerSends(segment.bytes, segment.fin) for segment in scenario["recv"]]
    if not copied:
        return acts
    if is_sent_again(scenario):
        return [PeerSends(copied), Read(copied), PeerSends(copied, fin=True, again=True)]
    return [*acts, Read(copied)]


def written(scenario: Scenario) -> Iterator[Act]:
    """What the program has written: nothing that is still unsent, or not acknowledged, else."""
    if scenario["pending"] or scenario["memory"]:
        size = _UNSENT if not scenario["memory"] else _MUCH if scenario["pending"] else _UNACKED
        yield Write(size)


def options(scenario: Scenario) -> Iterator[Act]:
    """The socket options, in the order in which a program would set them; TCP_REPAIR is last."""
    if scenario["linger2"]:
        yield SetOption("TCP_LINGER2", scenario["linger2"])
    if scenario["linger"] is not None:
        yield SetOption("SO_LINGER", scenario["linger"])
    if scenario["repair"]:
        yield SetOption("TCP_REPAIR", 1)


def sysctls(scenario: Scenario) -> dict[str, int]:
    """The sysctls that differ from their default, by name."""
    return {
        item.sysctl.name: scenario[key] * item.sysctl.factor
        for key, item in INPUTS.items()
        if item.sysctl is not None and scenario[key] != item.default
    }


def route(scenario: Scenario) -> Iterator[Act]:
    """The metrics that differ from their default, of the route that a connection takes."""
    if scenario["rto"] != DEFAULT["rto"]:
        yield RouteMetric("rto_min", scenario["rto"])


def sleeps(trace: Trace) -> bool:
    """Whether close() goes to sleep for SO_LINGER."""
    return any(effect.kind == "sleep" for step in trace.steps for effect in step.effects)


def sleep_of(trace: Trace) -> int | None:
    """The seconds that close() sleeps to the end of its time; None where something ends it."""
    codes = {note.code for step in trace.steps for note in step.notes}
    if not sleeps(trace) or "timed-out" not in codes:
        return None
    seconds: int = trace.scenario["linger"]
    return seconds if seconds >= 0 else 1 << 31
