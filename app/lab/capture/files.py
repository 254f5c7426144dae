# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Packet files, read by libpcap: pcap and pcapng, in either byte order, to the nanosecond."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import LabError
from app.lab.capture.interfaces import CutError, packets_of
from app.lab.capture.packets import Reader, Segment, reader_of

if TYPE_CHECKING:
    import cypcap


@dataclass(slots=True)
class Counted:
    """What was read so far; `cut` is why the file ended before its end, None where it did not."""

    packets: int = 0
    #: Packets that are not TCP, or of which the header was not captured.
    others: int = 0
    cut: str | None = None


def segments_of(path: Path, counted: Counted) -> Iterator[tuple[float, Segment]]:
    """Each segment with its time in seconds. Raises LabError where the file is no capture.

    A file that is cut ends there: `counted` says so. It is opened at once, and not when it is read.
    """
    try:
        import cypcap
    except ImportError:
        raise LabError(
            "no-libpcap",
            "captures are read by cypcap, which is not installed: pip install cypcap\n"
            "On Alpine and on Linux on ARM that compiles it, for which it needs a compiler and "
            "libpcap’s headers: apk add build-base python3-dev libpcap-dev, or "
            "apt-get install build-essential python3-dev libpcap-dev",
        ) from None
    try:
        file = cypcap.open_offline(str(path))
    except (cypcap.Error, OSError) as error:
        if _has_several_kinds(error):
            return _read_several(path, counted)
        raise LabError(
            "no-capture",
            f"{path}: {_reason(error)}; what tcpdump, tshark and dumpcap write is read (pcap, "
            "pcapng), unpacked",
        ) from None
    link = int(file.datalink())
    read = reader_of(link)
    if read is None:
        file.close()
        raise LabError(
            "link-type",
            f"{path}: link type {link} is not read; those of Ethernet, Linux “any”, raw IP and "
            "loopback are",
        )
    return _read(path, file, read, counted)


def _read(
    path: Path, file: cypcap.Pcap, read: Reader, counted: Counted
) -> Iterator[tuple[float, Segment]]:
    import cypcap

    with file:
        try:
            for header, packet in file:
                counted.packets += 1
                segment = read(packet, header.len)
                if segment is None:
                    counted.others += 1
                else:
                    yield header.ts, segment
            return
        except cypcap.Error as error:
            if not _has_several_kinds(error):
                counted.cut = _reason(error)
                return
    # An interface of another kind was described behind packets of the first.
    yield from _read_several(path, counted)


def _read_several(path: Path, counted: Counted) -> Iterator[tuple[float, Segment]]:
    """What libpcap has not read, of a file whose interfaces are of several kinds."""
    readers: dict[int, Reader | None] = {}
    try:
        for one in islice(packets_of(path), counted.packets, None):
            counted.packets += 1
            if one.link not in readers:
                readers[one.link] = reader_of(one.link)
            read = readers[one.link]
            segment = None if read is None else read(one.packet, one.length)
            if segment is None:
                counted.others += 1
            else:
                yield one.at, segment
    except (CutError, OSError) as error:
        counted.cut = _reason(error)


def _has_several_kinds(error: Exception) -> bool:
    """Whether libpcap stopped at an interface whose link type, or snapshot length, is another."""
    return "different from the" in _reason(error)


def _reason(error: Exception) -> str:
    """What libpcap says: its errors have a number and a text."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error.args[-1]) if error.args else str(error)
