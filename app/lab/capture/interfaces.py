# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Interfaces of a pcapng file that are not of one kind: libpcap reads only those of the first's.

Source: draft-ietf-opsawg-pcapng, sections 4.1 to 4.4. Left out: packet blocks of before 2009.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_SIMPLE: Final = 3
_ENHANCED: Final = 6
_ORDERS: Final = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_RESOLUTION: Final = 9
_OFFSET: Final = 14
#: No block, and no list of interfaces, is larger.
_MOST_BYTES: Final = 1 << 24
_MOST_INTERFACES: Final = 10_000


class Captured(NamedTuple):
    """A packet: its interface's link type, time in seconds, bytes, and their number on the wire."""

    link: int
    at: float
    packet: bytes
    length: int


class CutError(ValueError):
    """The file ends within a block, or a block is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interface:
    link: int
    snaplen: int
    #: Units of a second.
    units: int = 1_000_000
    offset: int = 0


def packets_of(path: Path) -> Iterator[Captured]:
    """Every packet, in the file's order. Raises CutError, OSError."""
    with path.open("rb") as file:
        order, interfaces = "<", list[_Interface]()
        while head := file.read(8):
            if struct.unpack(order + "I", head[:4].ljust(4))[0] == _SECTION:
                magic = _exactly(file, 4)
                order, interfaces = _ORDERS.get(magic, ""), []
                if not order:
                    raise CutError("a section without a byte order")
                file.seek(-4, 1)
            if len(head) < 8:
                raise CutError("truncated block")
            kind, size = struct.unpack(order + "II", head)
            if not 12 <= size <= _MOST_BYTES or size % 4:
                raise CutError(f"a block of {size} bytes")
            body = _exactly(file, size - 8)[:-4]
            if kind == _INTERFACE:
                interfaces.append(_interface(body, order))
                if len(interfaces) > _MOST_INTERFACES:
                    raise CutError(f"more than {_MOST_INTERFACES} interfaces")
            elif kind in {_ENHANCED, _SIMPLE}:
                yield _packet(body, order, interfaces, is_simple=kind == _SIMPLE)


def _exactly(file: BinaryIO, size: int) -> bytes:
    found = file.read(size)
    if len(found) < size:
        raise CutError("truncated block")
    return found


def _interface(body: bytes, order: str) -> _Interface:
    if len(body) < 8:
        raise CutError("truncated interface")
    link, snaplen = struct.unpack_from(order + "HxxI", body)
    units, offset = 1_000_000, 0
    at = 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + size]
        if code == _RESOLUTION and size == 1:
            units = 2 ** (value[0] & 127) if value[0] & 128 else 10 ** value[0]
        elif code == _OFFSET and len(value) == 8:
            offset = struct.unpack(order + "q", value)[0]
        at += 4 + size + -size % 4
    return _Interface(link=link, snaplen=snaplen, units=units, offset=offset)


def _packet(body: bytes, order: str, interfaces: list[_Interface], *, is_simple: bool) -> Captured:
    try:
        if is_simple:
            number, high, low, (length,) = 0, 0, 0, struct.unpack_from(order + "I", body)
            start, size = 4, min(length, interfaces[0].snaplen or length)
        else:
            number, high, low, size, length = struct.unpack_from(order + "5I", body)
            start = 20
        of = interfaces[number]
    except (struct.error, IndexError):
        raise CutError("a packet of no interface") from None
    packet = body[start : start + size]
    if len(packet) < size:
        raise CutError("truncated packet")
    return Captured(of.link, (high << 32 | low) / of.units + of.offset, packet, length)
