# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""IPv4 and TCP on the wire, as far as a peer spoken by hand needs them.

Source: RFC 791 and RFC 9293, 3.1. Left out: IP options, and on reading all options of TCP.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Final

FIN: Final = 0x01
SYN: Final = 0x02
RST: Final = 0x04
PSH: Final = 0x08
ACK: Final = 0x10

_IP: Final = struct.Struct("!BBHHHBBH4s4s")
_TCP: Final = struct.Struct("!HHIIBBHHH")
_WRAP: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class Wire:
    """One segment: addresses as text, `seq` and `ack` as numbers, `size` bytes of data."""

    source: str
    source_port: int
    target: str
    target_port: int
    seq: int
    ack: int
    flags: int
    window: int
    size: int

    @property
    def end(self) -> int:
        """The sequence number after it; SYN and FIN count one each."""
        return (self.seq + self.size + bool(self.flags & SYN) + bool(self.flags & FIN)) % _WRAP


def build(wire: Wire, *, options: bytes = b"") -> bytes:
    """The packet, data included: as many `x` as `size` says. Options are padded to 4 bytes."""
    options += b"\0" * (-len(options) % 4)
    source, target = socket.inet_aton(wire.source), socket.inet_aton(wire.target)
    head = (wire.source_port, wire.target_port, wire.seq % _WRAP, wire.ack % _WRAP)
    offset = (_TCP.size + len(options)) // 4 << 4
    body = options + b"x" * wire.size
    pseudo = source + target + struct.pack("!BBH", 0, socket.IPPROTO_TCP, _TCP.size + len(body))
    unsummed = _TCP.pack(*head, offset, wire.flags, wire.window, 0, 0)
    total = checksum(pseudo + unsummed + body)
    tcp = _TCP.pack(*head, offset, wire.flags, wire.window, total, 0) + body
    return header(wire.source, wire.target, len(tcp)) + tcp


def header(source: str, target: str, size: int) -> bytes:
    """The IPv4 header before `size` bytes of TCP.

    The kernel fills in what is 0 here: identification and checksum.
    """
    ends = socket.inet_aton(source), socket.inet_aton(target)
    return _IP.pack(0x45, 0, _IP.size + size, 0, 0, 64, socket.IPPROTO_TCP, 0, *ends)


def read(packet: bytes) -> Wire | None:
    """The segment in an IPv4 packet; None for anything else."""
    if len(packet) < _IP.size or packet[0] >> 4 != 4:
        return None
    first, _, length, _, _, _, protocol, _, source, target = _IP.unpack_from(packet)
    start = (first & 15) * 4
    if protocol != socket.IPPROTO_TCP or len(packet) < start + _TCP.size:
        return None
    from_port, to_port, seq, ack, offset, flags, window, _, _ = _TCP.unpack_from(packet, start)
    return Wire(
        source=socket.inet_ntoa(source),
        source_port=from_port,
        target=socket.inet_ntoa(target),
        target_port=to_port,
        seq=seq,
        ack=ack,
        flags=flags,
        window=window,
        size=max(length - start - (offset >> 4) * 4, 0),
    )


def checksum(data: bytes) -> int:
    """The ones' complement sum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def maximum_segment_size(size: int) -> bytes:
    """The option that the peer by hand sends with its SYN (RFC 9293, 3.7.1)."""
    return struct.pack("!BBH", 2, 4, size)


#: RFC 2018, 2: selective acknowledgements are understood.
SACK_PERMITTED: Final = b"\4\2"
