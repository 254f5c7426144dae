# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A peer that goes on by itself once close() was called, as a plan's conduct says.

It is the peer by hand, given the habits of Linux's TCP: it answers each segment a round trip after
that was sent, and does one thing of its own accord. Its own segments are never repeated: on
loopback none gets lost.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable
from typing import Final

from app.errors import LabError
from app.lab.plan import Conduct
from app.lab.raw_peer import RawPeer
from app.lab.segments import FIN, RST, Wire

#: Linux acknowledges a FIN so much later, unless something of its own goes out before
#: (include/net/tcp.h, TCP_DELACK_MIN; net/ipv4/tcp_input.c, tcp_fin).
DELAYED_ACK_S: Final = 0.04
#: It may do what it does so much later than said.
LATE_S: Final = 0.03
#: What is outside of its window and without data it answers no more often
#: (net/ipv4/tcp_input.c, tcp_oow_rate_limited).
RATE_LIMIT_S: Final = 0.5
#: include/net/tcp.h, TCP_KEEPALIVE_INTVL.
_PROBES_EVERY_S: Final = 75.0
#: What comes to it in the moment in which it acts comes before.
_TOGETHER_S: Final = 0.001
#: A program that goes on sending sends so many bytes at a time.
_SENDS_BYTES: Final = 100


class Conducted:
    """One peer with its conduct. Times are seconds of the monotonic clock, as seen at our end."""

    def __init__(self, peer: RawPeer, conduct: Conduct, returned: float) -> None:
        self._peer = peer
        self._conduct = conduct
        self._rtt_s = conduct.rtt_ms / 1000
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        #: Whether one of the two has reset the connection.
        self._is_gone = False
        #: What is to come next, the last that came, and the last that need not be acknowledged.
        self._next = peer.expected
        self._last: tuple[Wire, float] | None = None
        self._acknowledged: Wire | None = None
        self._limited: float | None = None
        self._heard = returned
        half_s = self._rtt_s / 2
        self._acts = returned + conduct.after_ms / 1000 + half_s + _TOGETHER_S
        if conduct.answers == "all" and not peer.window:
            peer.window = 65535
            self._at(returned + half_s, peer.acknowledge)
        match conduct.then:
            case "data" if not peer.has_fin:
                self._at(self._acts, self._send_data)
            case "rst":
                self._at(self._acts, self._reset)
            case "fin" if peer.has_ours or not conduct.waits:
                self._at(self._acts, self._close)
        if conduct.keepalive_ms:
            self._at(returned + conduct.keepalive_ms / 1000 + half_s, self._keep_alive)

    @property
    def next(self) -> float | None:
        """When it will do something, None where only a segment of ours could bring it to that."""
        return self._due[0][0] if self._due else None

    def hear(self, wire: Wire, sent: float) -> None:
        """Take a segment of ours that left at some time."""
        peer, conduct = self._peer, self._conduct
        if not peer.is_ours(wire):
            return
        at = sent + self._rtt_s
        if wire.flags & RST:
            is_next = wire.seq == self._next or conduct.answers == "none"
            self._at(at, self._end if is_next else lambda: self._doubt(wire))
            return
        if wire.seq == self._next and wire.end != wire.seq:
            self._next = wire.end
            self._last = wire, at
        if conduct.then == "back":
            if at >= self._acts - _TOGETHER_S:
                self._at(at, lambda: peer.refuse(wire))
        elif conduct.then == "rst" and at > self._acts:
            self._at(at, lambda: peer.refuse(wire))
        elif conduct.answers != "none":
            is_late = wire.flags & FIN and not peer.has_fin
            if is_late and conduct.then == "fin":
                self._at(max(at, self._acts), lambda: self._close(wire))
            self._at(at + (DELAYED_ACK_S if is_late else 0), lambda: self._answer(wire, at))

    def go_on(self, now: float) -> None:
        """Do the next thing that is due: one at a time, so that each can be looked at.

        Raises LabError where it is late, as on a busy machine: then it is no such peer.
        """
        if self._due and self._due[0][0] <= now:
            if now - self._due[0][0] > LATE_S:
                raise LabError("peer-late", f"{round((now - self._due[0][0]) * 1000)} ms")
            heapq.heappop(self._due)[2]()

    def _at(self, when: float, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._due, (when, self._count, what))

    def _end(self) -> None:
        """Our RST is there: nothing of the connection is left."""
        self._due.clear()
        self._is_gone = True

    def _reset(self) -> None:
        self._take_all(self._acts)
        self._peer.reset()
        self._is_gone = True

    def _doubt(self, wire: Wire) -> None:
        """A RST that is not the next: net/ipv4/tcp_input.c, tcp_validate_incoming."""
        if self._last is not None and self._last[0].flags & FIN and wire.seq == self._next - 1:
            # tcp_reset_check: it was sent before our FIN was acknowledged.
            self._end()
        elif wire.seq == self._peer.expected:
            self._take_all(math.inf)
            self._peer.acknowledge()

    def _take_all(self, until: float) -> None:
        """What has come is acknowledged by what is sent next, and needs no ACK of its own."""
        if self._last is not None and self._last[1] <= until and self._peer.take(self._last[0]):
            self._acknowledged = self._last[0]

    def _send_data(self) -> None:
        self._take_all(self._acts)
        self._peer.send(_SENDS_BYTES, fin=False)

    def _close(self, wire: Wire | None = None) -> None:
        """Its FIN, which acknowledges ours."""
        if not self._is_gone and not self._peer.has_fin:
            if wire is not None:
                self._peer.take(wire)
                self._acknowledged = wire
            self._peer.send(0, fin=True)

    def _answer(self, wire: Wire, at: float) -> None:
        peer = self._peer
        self._heard = at
        if self._is_gone or wire is self._acknowledged:
            return
        if self._conduct.answers == "all" and peer.take(wire):
            if wire.end != wire.seq:
                peer.acknowledge()
        elif peer.is_outside(wire) and not self._is_limited(wire, at):
            peer.acknowledge()

    def _is_limited(self, wire: Wire, at: float) -> bool:
        if wire.end != wire.seq:
            return False
        is_limited = self._limited is not None and at - self._limited < RATE_LIMIT_S
        if not is_limited:
            self._limited = at
        return is_limited

    def _keep_alive(self) -> None:
        """A probe, if nothing was heard for so long."""
        now, idle_s = time.monotonic(), self._conduct.keepalive_ms / 1000
        if self._is_gone:
            return
        if now - self._heard < idle_s:
            self._at(self._heard + idle_s, self._keep_alive)
        else:
            self._peer.probe()
            self._at(now + _PROBES_EVERY_S, self._keep_alive)
