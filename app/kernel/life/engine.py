# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The clock of a life: what happens when, at which end, until nothing happens any more."""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final, Literal

from app.kernel.life.beginning import begin
from app.kernel.life.conditions import USUAL, Conditions
from app.kernel.life.end import MS, End, Segment, Slot
from app.kernel.life.records import (
    MAX_EVENTS,
    EndName,
    Event,
    Life,
    Sent,
    Snapshot,
    TimerChange,
    TimerName,
)

if TYPE_CHECKING:
    from app.kernel.model import Trace

#: After so many steps nothing new comes: what is left goes on for ever.
_MAX_STEPS: Final = 450
#: What a program of the peer still sends a second after it has sent something.
_SENDS_BYTES: Final = 100
_SENDS_EVERY: Final = 1_000_000

Act = Literal["closes", "sends", "resets", "reads", "off", "back", "namespace-ends"]
_Happening = Slot | Act | tuple[Segment, Sent]


class Clock:
    """The time in microseconds, what is to come, and what has been."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.now = 0
        self.states: list[str] = []
        self.events: list[Event] = []
        self.is_cut = False
        self.notes: list[str] = []
        self.this: End
        self.peer: End
        #: Until when nothing reaches the peer, and nothing leaves it; None for ever.
        self.off_until: int | None = 0
        if conditions["peer"] in ("silent", "shut-window-gone"):
            self.off_until = None
        elif conditions["peer"] == "reboots":
            self.off_until = conditions["after"] * MS
        self.is_namespace_ending = False
        self.is_unheld = False  # this end's socket is the kernel's own, and holds no namespace
        self.ended: dict[EndName, tuple[int, str]] = {}
        self.seen: dict[EndName, Snapshot] = {}  # what there was at each end last
        self._trip = conditions["rtt"] * MS // 2
        self._agenda: list[tuple[int, int, End, _Happening]] = []
        self._number = 0
        self._sent: list[Sent] = []
        self._timers: list[TimerChange] = []
        self._counters: Counter[str] = Counter()

    # What the ends tell

    def wake(self, end: End, what: _Happening, at: int) -> int:
        """Have something happen at an end; gives its number."""
        self._number += 1
        heappush(self._agenda, (at, self._number, end, what))
        return self._number

    def timer(
        self, name: TimerName, what: Literal["armed", "fired", "cancelled"], due: int | None = None
    ) -> None:
        """A timer of `ss` has changed."""
        if len(self.events) < MAX_EVENTS:
            self._timers.append(TimerChange(name=name, what=what, due_us=due))

    def count(self, name: str) -> None:
        """A counter of the end whose turn it is has risen."""
        self._counters[name] += 1

    def send(self, end: End, segment: Segment, again: bool) -> None:
        """A segment leaves an end, and may arrive at the other."""
        other = self.peer if end is self.this else self.this
        arrives: int | None = self.now + self._trip
        if end.is_silent or self.off_until is None or self.now + self._trip < self.off_until:
            arrives = None
        sent = Sent(flags=_flags(segment), bytes=segment.length, arrives_us=arrives, is_again=again)
        self._sent.append(sent)
        if arrives is not None:
            self.wake(other, (segment, sent), arrives)

    def synack(self) -> None:
        """The answer to a SYN again; it changes nothing where the SYN came from."""
        self._sent.append(Sent(flags="SYN ACK", is_again=True))

    # Going on

    def tell(self, end: End, rule: str, received: Sent | None = None) -> None:
        """An event is over."""
        for one in (self.this, self.peer):
            if one.holds == "nothing" and one.name not in self.ended:
                self.ended[one.name] = (self.now, rule)
        if len(self.events) < MAX_EVENTS:
            # What happens at one end leaves the other as it was.
            self.seen[end.name] = end.snapshot()
            self.events.append(
                Event(
                    at_us=self.now,
                    end=end.name,
                    rule=rule,
                    received=received,
                    sent=tuple(self._sent),
                    states=tuple(self.states),
                    timers=tuple(self._timers),
                    counters=dict(self._counters),
                    this=self.seen["this"],
                    peer=self.seen["peer"],
                )
            )
        else:
            self.is_cut = True
        self.forget()

    def forget(self) -> None:
        """What has happened since the last event is not to be told."""
        self._sent.clear()
        self.states.clear()
        self._timers.clear()
        self._counters.clear()

    def run(self) -> bool:
        """Let happen what is to come; False where that does not end."""
        for _ in range(_MAX_STEPS):
            if not self._agenda:
                return True
            self.now, number, end, what = heappop(self._agenda)
            if isinstance(what, tuple):
                segment, sent = what
                rule = end.receive(segment)
                self._react(end)
                self.tell(end, rule, sent)
            elif what in ("xmit", "keepalive", "timewait", "ack"):
                if (timer := end.timers.get(what)) and timer[1] == number:
                    self.tell(end, end.fire(what))
            else:
                self._act(end, what)
            self._namespace()
        return False

    def _react(self, end: End) -> None:
        """What a peer's program does as soon as it has read something."""
        if end is not self.peer or end.holds != "process":
            return
        if self.conditions["peer"] == "closes" and end.state == "CLOSE_WAIT":
            end.unread = 0
            self.wake(end, "closes", max(self.now, self.conditions["after"] * MS))

    def _act(self, end: End, what: str) -> None:
        match what:
            case "closes" if end.state in ("ESTABLISHED", "CLOSE_WAIT") and end.holds == "process":
                self.tell(end, end.close())
            case "resets" if end.is_full and end.holds == "process":
                end.is_kept = False
                self.tell(end, end.abort())
            case "sends" if end.state in ("ESTABLISHED", "CLOSE_WAIT") and end.holds == "process":
                end.write_seq += _SENDS_BYTES
                end.output()
                self.wake(end, "sends", self.now + _SENDS_EVERY)
                self.tell(end, "program-sends")
            case "reads" if end.is_full:
                end.is_open = True
                end.send(Segment(seq=end.snd_nxt, ack=end.rcv_nxt))
                self.tell(end, "program-reads")
            case "off":
                end.is_kept, end.holds = False, "nothing"
                end.vanish()
                self.tell(end, "machine-off")
            case "back":
                self.tell(end, "machine-back")
            case "namespace-ends":
                self.is_namespace_ending = True

    def _namespace(self) -> None:
        """A namespace goes as soon as no socket of a program holds it, mini-sockets with it."""
        this = self.this
        if not self.is_namespace_ending or this.is_silent or (this.is_full and not self.is_unheld):
            return
        this.is_silent = True
        if not this.is_full:
            this.vanish()
        self.tell(this, "namespace-ends")


def _flags(segment: Segment) -> str:
    words = [
        word
        for word, is_there in (
            ("FIN", segment.fin),
            ("RST", segment.rst),
            ("PSH", segment.length > 0),
            ("ACK", segment.ack is not None),
        )
        if is_there
    ]
    return " ".join(words)


def live(trace: Trace, conditions: Conditions = USUAL) -> Life:
    """What becomes of the socket of a trace, and of its peer.

    At most `MAX_EVENTS` events; conditions that do not fit are taken as the notes say.
    """
    clock = Clock(conditions)
    start = begin(clock, trace)
    is_over = clock.run()
    this, peer = clock.ended.get("this"), clock.ended.get("peer")
    if this is not None:
        ended_by = this[1]
    elif trace.error is not None:
        ended_by = "stopped"
    else:
        ended_by = "held-by-program" if is_over else "goes-on"
    return Life(
        scenario=trace.scenario,
        conditions=conditions,
        this=start["this"],
        peer=start["peer"],
        events=tuple(clock.events),
        is_cut=clock.is_cut,
        ends_us=None if this is None else this[0],
        ended_by=ended_by,
        peer_ends_us=None if peer is None else peer[0],
        notes=tuple(clock.notes),
    )
