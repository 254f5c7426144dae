# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The segments on this namespace's loopback, by a packet socket, and which of them count."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterable
from typing import Final

from app.errors import LabError
from app.lab.segments import ACK, FIN, PSH, RST, SYN, Wire, read

_ETH_P_IP: Final = 0x0800


class Capture:
    """Everything that has been sent over loopback since this was made, in order."""

    def __init__(self) -> None:
        try:
            self._socket = socket.socket(
                socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP)
            )
            self._socket.bind(("lo", _ETH_P_IP))
        except OSError as error:
            raise LabError("packet-socket", f"packet socket: {error.strerror}") from None
        self._socket.setblocking(False)
        self.seen: list[Wire] = []

    def pump(self, timeout_s: float = 0) -> bool:
        """Read what is there; wait for it up to the time given. False where nothing came."""
        if not select.select([self._socket], [], [], timeout_s)[0]:
            return False
        while True:
            try:
                # A socket for one protocol sees what comes in, and on loopback that is everything.
                packet = self._socket.recv(1 << 17)
            except BlockingIOError:
                return True
            wire = read(packet)
            if wire is not None:
                self.seen.append(wire)

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


def notation(wires: Iterable[Wire], our_port: int) -> list[str]:
    """Segments as packetdrill writes them: `< P. 1:301(300) ack 1 win 65535`, numbers from 0.

    `<` comes to us, `>` is sent by us. A segment that is sent again is written once.
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
        if text not in found:
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
