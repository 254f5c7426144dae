# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A peer spoken by hand: it sends what it is told, over a raw socket, and never anything else.

A listening socket with a filter that lets nothing through stands at its address: without one the
kernel would answer for it, with a RST.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import time
from dataclasses import replace
from typing import Final

from app.errors import LabError
from app.lab.namespace import OURS, PEERS
from app.lab.observe.segments import Capture
from app.lab.segments import ACK, FIN, PSH, RST, SYN, Wire, build, header, maximum_segment_size

_SO_ATTACH_FILTER: Final = 26
_BPF_RET: Final = 0x06
#: linux/bpf_common.h: A = 2**30, and A / 1.
_BPF_LD: Final = 0x00
_BPF_DIV: Final = 0x34
#: Instructions of a filter that takes its time: what a socket may spend on options allows it.
_DAWDLE: Final = 2000
#: So many filters together take a segment a millisecond.
_DAWDLERS: Final = 160
_FIRST_SEQ: Final = 1000
_MSS: Final = 1460
#: How long our kernel may take for an answer that it owes.
PATIENCE_S: Final = 3.0


def deafen(one: socket.socket) -> None:
    """Attach a filter that drops every segment before TCP sees it."""
    _attach(one, [(_BPF_RET, 0)])


def _attach(one: socket.socket, lines: list[tuple[int, int]]) -> None:
    text = b"".join(struct.pack("HBBI", code, 0, 0, value) for code, value in lines)
    program = ctypes.create_string_buffer(text)
    one.setsockopt(
        socket.SOL_SOCKET,
        _SO_ATTACH_FILTER,
        struct.pack("HxxxxxxP", len(lines), ctypes.addressof(program)),
    )


class SlowHost:
    """A host that takes its time for each segment that comes to it.

    Many sockets want to see it, each with a filter that computes for long and then says no. On
    loopback the sender waits for all of that: close(), with the socket locked, for its FIN.
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        lines = [(_BPF_LD, 1 << 30), *[(_BPF_DIV, 1)] * (_DAWDLE - 2), (_BPF_RET, 0)]
        try:
            for _ in range(_DAWDLERS):
                one = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
                self._sockets.append(one)
                one.bind((PEERS, 0))
                _attach(one, lines)
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        except OSError as error:
            raise LabError("raw-socket", f"raw socket: {error.strerror}") from None
        with raw:
            #: The least that a segment takes, in seconds.
            self.way_s = min(self._send(raw) for _ in range(5))

    @staticmethod
    def _send(raw: socket.socket) -> float:
        """How long something that is no segment, having no header, takes to get there."""
        started = time.monotonic()
        raw.sendto(header(OURS, PEERS, 0), (PEERS, 0))
        return time.monotonic() - started


class RawPeer:
    """One connection's other end. `port` is its own, `our_port` that of the program."""

    def __init__(self, capture: Capture, port: int, our_port: int) -> None:
        self._capture = capture
        self.port = port
        self.our_port = our_port
        self._seq = _FIRST_SEQ
        self._ack = 0
        #: Whether it has sent its FIN.
        self.has_fin = False
        #: What it offers, in bytes.
        self.window = 65535
        #: How long its part of a handshake takes, in seconds: the round trip that is measured.
        self.rtt_s = 0.0
        self.options = maximum_segment_size(_MSS)
        try:
            self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            self._place = socket.socket()
            deafen(self._place)
            self._place.bind((PEERS, port))
            self._place.listen(1)
        except OSError as error:
            raise LabError("raw-socket", f"raw socket: {error.strerror}") from None

    def handshake(self, window: int) -> None:
        """SYN, their SYN and ACK, ACK."""
        self._syn(0)
        self.window = window
        self._take_syn(ACK)
        time.sleep(self.rtt_s)
        self._send(ACK)

    def fast_open(self, size: int, window: int) -> None:
        """A SYN with data; the SYN and ACK for it is awaited and not answered."""
        self.window = window
        self._syn(size)
        self._take_syn(ACK)

    def crossing_syn(self) -> None:
        """A SYN without an ACK, to a socket whose own SYN is on its way."""
        self._take_syn(0)
        self._syn(0)
        # Their SYN again, now with an ACK, says that they have seen it.
        self._take_syn(ACK)

    def send(self, size: int, *, fin: bool, again: bool = False) -> None:
        """A segment with data (the last `again`), with a FIN, or both; it acknowledges no more."""
        if again:
            self._seq -= size
        self._send(ACK | (PSH if size else 0) | (FIN if fin else 0), size)
        self.has_fin = self.has_fin or fin

    def acknowledge_fin(self) -> None:
        """Wait for our FIN, then acknowledge it and everything before it."""
        fin = self._wait(lambda wire: bool(wire.flags & FIN), "a FIN")
        self._ack = fin.end
        self._send(ACK)

    def reset(self) -> None:
        self._send(RST | ACK)

    @property
    def expected(self) -> int:
        """The sequence number that it acknowledges."""
        return self._ack

    @property
    def has_ours(self) -> bool:
        """Whether it has acknowledged our FIN."""
        return any(self._is_fin(wire) and wire.end == self._ack for wire in self._capture.seen)

    def unanswered(self) -> list[Wire]:
        """Our FIN, if it was not acknowledged, and our ACK of a FIN of the peer that came later."""
        ours = [wire for wire in self._capture.seen if self.is_ours(wire)]
        fins = [wire for wire in ours if wire.flags & FIN]
        if not fins:
            return []
        acks = [wire for wire in ours[ours.index(fins[-1]) :] if wire.end == wire.seq]
        is_new = fins[-1].end != self._ack
        return [*(fins[-1:] if is_new else []), *(acks[-1:] if self.has_fin else [])]

    def is_outside(self, wire: Wire) -> bool:
        """Whether a segment is none that can be taken next."""
        return wire.seq != self._ack or wire.end != wire.seq

    def take(self, wire: Wire) -> bool:
        """Have a segment, if it follows what was acknowledged; False where it does not."""
        if wire.seq != self._ack:
            return False
        self._ack = wire.end
        return True

    def acknowledge(self) -> None:
        """An ACK of all that was taken."""
        self._send(ACK)

    def probe(self) -> None:
        """A keepalive probe: an ACK from before what comes next."""
        self._seq -= 1
        self._send(ACK)
        self._seq += 1

    def refuse(self, wire: Wire) -> None:
        """The RST of a machine that knows of no such connection."""
        self._seq = wire.ack
        self._send(RST)

    def open_window(self) -> None:
        """Acknowledge all that came and take more, until the FIN has come."""
        self.window = 65535
        self._send(ACK)
        for _ in range(50):
            if self._capture.wait_for(self._is_fin, 0.05) is not None:
                return
            ends = [wire.end for wire in self._capture.seen if self.is_ours(wire)]
            self._ack = max(ends, key=lambda end: (end - self._ack + (1 << 31)) % (1 << 32))
            self._send(ACK)

    def is_ours(self, wire: Wire) -> bool:
        """Whether a segment was sent to this peer."""
        ends = (wire.source, wire.source_port, wire.target_port)
        return ends == (OURS, self.our_port, self.port)

    def _is_fin(self, wire: Wire) -> bool:
        return self.is_ours(wire) and bool(wire.flags & FIN)

    def _syn(self, size: int) -> None:
        wire = self._wire(SYN, size)
        wire = replace(wire, ack=0, window=self.window if size else 65535)
        self._raw.sendto(build(wire, options=self.options), (OURS, 0))
        self._seq += 1 + size

    def _take_syn(self, ack: int) -> None:
        syn = self._wait(
            lambda wire: bool(wire.flags & SYN) and wire.flags & ACK == ack, "a SYN of ours"
        )
        self._ack = syn.end

    def _wait(self, wanted: object, what: str) -> Wire:
        assert callable(wanted)
        found = self._capture.wait_for(lambda wire: self.is_ours(wire) and wanted(wire), PATIENCE_S)
        if found is None:
            raise LabError("peer", f"the peer has waited for {what} in vain")
        return found

    def _send(self, flags: int, size: int = 0) -> None:
        self._raw.sendto(build(self._wire(flags, size)), (OURS, 0))
        self._seq += size + bool(flags & FIN)

    def _wire(self, flags: int, size: int) -> Wire:
        return Wire(
            *(PEERS, self.port, OURS, self.our_port),
            *(self._seq, self._ack, flags, self.window, size),
        )
