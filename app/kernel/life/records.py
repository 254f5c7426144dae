# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Records of a life: events on one clock, with what there is at both ends after each.

Times are whole microseconds since close() returned. They are those that timers are set to: the
kernel's timer wheel fires up to an eighth of a timer's time later, never earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.kernel.life.conditions import Conditions
from app.kernel.scenario import Scenario

EndName = Literal["this", "peer"]
#: More events than these are not told.
MAX_EVENTS: Final = 200
#: What there is at an end: a socket that a program holds, one that nobody holds, a mini-socket.
Holds = Literal["process", "orphan", "mini", "nothing"]
#: As `ss -o` spells them. A loss probe's is `on`, too.
TimerName = Literal["on", "persist", "keepalive", "timewait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What there is at one end at a moment, with the words and numbers of `ss -tano`."""

    holds: Holds
    #: `FIN_WAIT1`, as the kernel spells it; of a mini-socket its sub-state; None for nothing.
    state: str | None = None
    #: The timer that `ss` shows, when it is due on the life's clock, and the number after it.
    timer: TimerName | None = None
    due_us: int | None = None
    retransmits: int = 0
    #: Bytes that nobody has read, and bytes that are not acknowledged; a FIN counts as one.
    recv_q: int = 0
    send_q: int = 0

    @property
    def is_orphan(self) -> bool:
        """Whether tcp_max_orphans counts it."""
        return self.holds == "orphan"

    @property
    def bind(self) -> Literal["free", "reuse", "taken"]:
        """Whether another socket may bind the port, and then listen.

        `reuse`: only if SO_REUSEADDR is on at both, the old socket and the new one; `taken`: not
        while a listener is there. Source: net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict.
        """
        if self.state in (None, "CLOSE"):
            return "free"
        return "taken" if self.state == "LISTEN" else "reuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A segment. `flags` in words: `FIN ACK`, `ACK`, `PSH ACK`, `RST`, `RST ACK`.

    `arrives_us` is when it is at the other end, None where it never is.
    """

    flags: str
    bytes: int = 0
    arrives_us: int | None = None
    #: Whether it was sent before.
    is_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerChange:
    """A timer that was armed (`due_us` says until when), has fired, or was cancelled."""

    name: TimerName
    what: Literal["armed", "fired", "cancelled"]
    due_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happens at one end at one moment.

    `rule` is an id of the content's `life.yaml`: what the kernel does there, by which function,
    and what is left out. What is counted rises at the event's end alone.
    """

    at_us: int
    end: EndName
    rule: str
    received: Sent | None = None
    sent: tuple[Sent, ...] = ()
    #: What the event's end goes through, as the tracepoint inet_sock_set_state has it: CLOSE where
    #: the whole socket goes, also to a mini-socket.
    states: tuple[str, ...] = ()
    timers: tuple[TimerChange, ...] = ()
    counters: Mapping[str, int]
    this: Snapshot
    peer: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What becomes of a socket, and of its peer, after the function has returned.

    `this` and `peer` are what there is at time 0; `events` at most `MAX_EVENTS`, in the order of
    time; `is_cut` says that more would follow ("and so on"). `ends_us` is when nothing is left at
    this end, None where nothing ends it; `ended_by` the rule that ended it, or that says why
    nothing does. `peer_ends_us` is the same of the other end. `notes` are codes of conditions that
    do not fit the scenario, and how they were taken: `notes` of `life.yaml`.
    """

    scenario: Scenario
    conditions: Conditions
    this: Snapshot
    peer: Snapshot
    events: tuple[Event, ...]
    is_cut: bool
    ends_us: int | None
    ended_by: str
    peer_ends_us: int | None
    notes: tuple[str, ...]

    def lasted_us(self, what: str) -> int | None:
        """How long this end was what `what` says; None where that has no end.

        `what` is a state (`FIN_WAIT2`), what it holds (`orphan`, `mini`), or `life` for anything.
        """
        total, since = 0, 0
        one = self.this
        ends = self.ends_us if self.is_cut else None
        times = [(event.at_us, event.this) for event in self.events]
        if ends is not None:
            times.append((ends, Snapshot(holds="nothing")))
        for at, following in times:
            if _is(one, what):
                total += at - since
            since, one = at, following
        return None if _is(one, what) else total


def _is(one: Snapshot, what: str) -> bool:
    return what in (one.holds, one.state) or (what == "life" and one.holds != "nothing")
