# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Segments in the packets of a capture, from the link's header on; data itself is not looked at.

Source: the link types of libpcap (pcap-linktype(7)); IEEE 802.1Q; RFC 791, 8200 and 9293. Left
out: tunnels, fragments other than the first, IPv6 jumbograms.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final, NamedTuple

#: Link types, as `Pcap.datalink()` has them.
NULL: Final = 0
ETHERNET: Final = 1
RAW: Final = 12
RAW_FILE: Final = 101
LOOP: Final = 108
LINUX_SLL: Final = 113
IPV4: Final = 228
IPV6: Final = 229
LINUX_SLL2: Final = 276

_VLAN: Final = frozenset({0x8100, 0x88A8, 0x9100})
_IP: Final = frozenset({0x0800, 0x86DD})
#: Headers of IPv6 that may stand before TCP, with 8 bytes as the unit of their length; and others.
_OPTIONS: Final = frozenset({0, 43, 60})
_FRAGMENT: Final = 44
_AUTHENTICATION: Final = 51
_TCP: Final = 6
#: As many tags or extension headers are gone through.
_MOST: Final = 8
_SEGMENT: Final = struct.Struct("!HHIIBBH")
_FIXED: Final = 20


class Segment(NamedTuple):
    """One segment: addresses as bytes, `size` the bytes of data that it had on the wire."""

    source: bytes
    target: bytes
    source_port: int
    target_port: int
    seq: int
    ack: int
    flags: int
    window: int
    size: int


Reader = Callable[[bytes, int], Segment | None]
"""Reads a packet, given how long it was on the wire; None where it has no whole TCP header."""


def reader_of(link: int) -> Reader | None:
    """What reads the packets of a link type; None where that is not known."""
    offset = {RAW: 0, RAW_FILE: 0, IPV4: 0, IPV6: 0, NULL: 4, LOOP: 4}.get(link)
    if offset is not None:
        return lambda packet, length: read_ip(packet, offset, length)
    place = {ETHERNET: (12, 14), LINUX_SLL: (14, 16), LINUX_SLL2: (0, 20)}.get(link)
    if place is None:
        return None
    return lambda packet, length: _read_tagged(packet, length, *place)


def _read_tagged(packet: bytes, length: int, place: int, start: int) -> Segment | None:
    """The protocol stands at `place`, the packet begins at `start`; tags lie between."""
    kind = int.from_bytes(packet[place : place + 2], "big")
    for _ in range(_MOST):
        if kind in _IP:
            return read_ip(packet, start, length)
        if kind not in _VLAN:
            return None
        kind = int.from_bytes(packet[start + 2 : start + 4], "big")
        start += 4
    return None


def read_ip(packet: bytes, start: int, length: int) -> Segment | None:
    """The segment in the IP packet that begins there; `length` is that of the whole frame."""
    if len(packet) < start + 2 * _FIXED - 4:
        return None
    version = packet[start] >> 4
    if version == 4:
        if packet[start + 9] != _TCP or (packet[start + 6] & 0x1F) or packet[start + 7]:
            return None
        tcp = start + (packet[start] & 15) * 4
        # What the network card cuts into packets has no length yet.
        total = packet[start + 2] << 8 | packet[start + 3]
        end = start + total if total else length
        source, target = packet[start + 12 : start + 16], packet[start + 16 : start + 20]
        if tcp < start + _FIXED:
            return None
    elif version == 6:
        total = packet[start + 4] << 8 | packet[start + 5]
        end = start + 40 + total if total else length
        source, target = packet[start + 8 : start + 24], packet[start + 24 : start + 40]
        kind, tcp = packet[start + 6], start + 40
        for _ in range(_MOST):
            if kind == _TCP or len(packet) < tcp + 8:
                break
            if kind == _FRAGMENT:
                if packet[tcp + 2] << 8 | packet[tcp + 3] & 0xF8:
                    return None
                size = 8
            elif kind in _OPTIONS:
                size = (packet[tcp + 1] + 1) * 8
            elif kind == _AUTHENTICATION:
                size = (packet[tcp + 1] + 2) * 4
            else:
                return None
            kind, tcp = packet[tcp], tcp + size
        if kind != _TCP:
            return None
    else:
        return None
    if len(packet) < tcp + 16:
        return None
    source_port, target_port, seq, ack, offset, flags, window = _SEGMENT.unpack_from(packet, tcp)
    size = end - tcp - (offset >> 4) * 4
    if offset < 0x50 or size < 0:
        return None
    return Segment(
        source=source,
        target=target,
        source_port=source_port,
        target_port=target_port,
        seq=seq,
        ack=ack,
        flags=flags,
        window=window,
        size=size,
    )
