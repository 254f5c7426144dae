# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The segments on this namespace's loopback, by a packet socket, and which of them count."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Iterable
from typing import Final

from app.errors import LabError
from app.lab.segments import ACK, FIN, PSH, RST, SYN, Wire, read

_ETH_P_ALL: Final = 0x0003
_PACKET_OUTGOING: Final = 4
#: asm-generic/socket.h: SO_TIMESTAMPNS, and the type of the message that brings the time.
_SO_TIMESTAMPNS: Final = 35
_TIMESPEC: Final = struct.Struct("@ll")


class Capture:
    """Everything that has been sent over loopback since this was made, in order."""

    def __init__(self) -> None:
        try:
            self._socket = socket.socket(
                socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL)
            )
            self._socket.bind(("lo", _ETH_P_ALL))
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        except OSError as error:
            raise LabError("packet-socket", f"packet socket: {error.strerror}") from None
        self._socket.setblocking(False)
        self.seen: list[Wire] = []
        #: When each of them was sent: nanoseconds of the system's clock.
        self.times_ns: list[int] = []

    def pump(self, timeout_s: float = 0) -> bool:
        """Read what is there; wait for it up to the time given. False where nothing came."""
        if not select.select([self._socket], [], [], timeout_s)[0]:
            return False
        while True:
            try:
                packet, told, _, (_, _, way, *_) = self._socket.recvmsg(
                    1 << 17, socket.CMSG_SPACE(_TIMESPEC.size)
                )
            except BlockingIOError:
                return True
            # On loopback all that goes out comes in, and is seen twice. Going out it has the time
            # and the order in which it was sent; coming in, TCP may have answered it already.
            wire = read(packet) if way == _PACKET_OUTGOING else None
            if wire is not None:
                self.seen.append(wire)
                self.times_ns.append(_time_ns(told))

    def wait_for(self, wanted: Callable[[Wire], bool], timeout_s: float) -> Wire | None:
        """The first segment of all that fits; None where none came in time."""
        deadline = time.monotonic() + timeout_s
        looked = 0
        while True:
            for wire in self.seen[looked:]:
                if wanted(wire):
                    return wire
            looked = len(self.seen)
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self.pump(left)


def _time_ns(told: list[tuple[int, int, bytes]]) -> int:
    """The kernel's time of a packet; now, where it did not say."""
    for level, kind, value in told:
        if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS) and len(value) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            return int(seconds * 1_000_000_000 + nanoseconds)
    return time.time_ns()


def notation(wires: Iterable[Wire], our_port: int) -> list[str]:
    """Segments as packetdrill writes them: `< P. 1:301(300) ack 1 win 65535`, numbers from 0.

    `<` comes to us, `>` is sent by us. One text for each segment, also where it is sent again.
    """
    first: dict[tuple[int, int], int] = {}
    found: list[str] = []
    for wire in wires:
        way, back = (wire.source_port, wire.target_port), (wire.target_port, wire.source_port)
        if wire.flags & SYN:
            first.setdefault(way, wire.seq)
        start = (wire.seq - first.get(way, wire.seq)) % (1 << 32)
        letters = "".join(c for c, bit in _LETTERS if wire.flags & bit)
        text = f"{'>' if wire.source_port == our_port else '<'} {letters or '-'} "
        text += f"{start}:{start + wire.size}({wire.size})"
        if wire.flags & ACK:
            text += f" ack {(wire.ack - first.get(back, wire.ack)) % (1 << 32)}"
        if wire.source_port != our_port:
            text += f" win {wire.window}"
        found.append(text)
    return found


_LETTERS: Final = (("S", SYN), ("F", FIN), ("R", RST), ("P", PSH), (".", ACK))


def ends(wires: Iterable[Wire]) -> list[str]:
    """FIN and RST in the order in which they were sent; a retransmission does not count again."""
    found: list[str] = []
    known: set[tuple[int, int, int, str]] = set()
    for wire in wires:
        kind = "RST" if wire.flags & RST else "FIN" if wire.flags & FIN else None
        if kind is None:
            continue
        # A FIN that is sent again may have data before it now: it is told by where it ends.
        place = wire.end if kind == "FIN" else wire.seq
        key = (wire.source_port, wire.target_port, place, kind)
        if key not in known:
            known.add(key)
            found.append(kind)
    return found
