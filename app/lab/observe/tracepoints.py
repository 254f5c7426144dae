# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""State transitions and the reasons of RSTs, by the kernel's tracepoints and perf_event_open.

Nothing is switched on in tracefs: a perf event belongs to the process that opened it, and goes with
it however it ends. tracefs is read only for the numbers and the layout of the records.

Source: linux/perf_event.h (the ring: a page of `data_head` and `data_tail`, then the records).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.kernel.states import STATE_NAMES

_PERF_EVENT_OPEN: Final = {"x86_64": 298, "aarch64": 241}
_TYPE_TRACEPOINT: Final = 2
_SAMPLE_TIME: Final = 1 << 2
_SAMPLE_RAW: Final = 1 << 10
_DISABLED: Final = 1
_FLAG_CLOEXEC: Final = 8
#: Times by a clock that programs can read too, and not by the scheduler's.
_USE_CLOCKID: Final = 1 << 25
_CLOCK_MONOTONIC: Final = 1
_ENABLE: Final = 0x2400
_RECORD_LOST: Final = 2
_RECORD_SAMPLE: Final = 9
_PAGES: Final = 16
_HEAD: Final = 1024
#: More processors than this are not listened to; then transitions are not compared.
_MAX_CPUS: Final = 256

_EVENTS: Final = ("sock/inet_sock_set_state", "tcp/tcp_send_reset")
_FIELD: Final = re.compile(r"field:.*?(\w+)(?:\[\d+\])?;\s*offset:(\d+);\s*size:(\d+);")
_REASON: Final = re.compile(r"\{ (?:SK_RST_REASON_)?(\d+), \"(\w+)\" \}")

_libc: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class _Event:
    """A tracepoint: its number, the place of each field, names of reasons."""

    name: str
    number: int
    fields: dict[str, tuple[int, int]]
    reasons: dict[int, str]


@dataclass(slots=True)
class _Ring:
    event: _Event
    fd: int
    memory: mmap.mmap


class Tracepoints:
    """Listens to two tracepoints on every processor, from `start` to `stop`."""

    def __init__(self, rings: list[_Ring]) -> None:
        self._rings = rings
        self._port = 0
        self._is_listener = False
        #: When each transition that `stop` gives was made: nanoseconds of the monotonic clock.
        self.times_ns: tuple[int, ...] = ()

    @classmethod
    def open(cls, folder: Path | None) -> Tracepoints | None:
        """Ready to start; None where tracefs or perf events are not to be had."""
        number = _PERF_EVENT_OPEN.get(os.uname().machine)
        if folder is None or number is None:
            return None
        rings: list[_Ring] = []
        try:
            cpus = _online()
            if len(cpus) > _MAX_CPUS:
                return None
            for name in _EVENTS:
                event = _read_event(folder, name)
                # A kernel without the second still shows the transitions.
                if event is None:
                    if name == _EVENTS[0]:
                        raise OSError(2, "no such tracepoint")
                    continue
                rings.extend(_open(number, event, cpu) for cpu in cpus)
        except OSError:
            for ring in rings:
                os.close(ring.fd)
            return None
        return cls(rings)

    def start(self, port: int, *, is_listener: bool) -> None:
        """Listen from now on, for a socket with this port of its own: a listener or another."""
        self._port = port
        self._is_listener = is_listener
        for ring in self._rings:
            fcntl.ioctl(ring.fd, _ENABLE, 0)

    def take(self) -> tuple[tuple[tuple[str, str], ...] | None, tuple[str, ...] | None]:
        """Transitions and reasons of RSTs since the last time, in order; None if some were lost.

        Reasons are None too where this kernel's tracepoint does not tell them (before 6.10).
        """
        self.times_ns = ()
        found: list[tuple[int, _Event, bytes]] = []
        for ring in self._rings:
            for kind, when, raw in _records(ring.memory):
                if kind == _RECORD_LOST:
                    return None, None
                found.append((when, ring.event, raw))
        transitions: list[tuple[str, str]] = []
        times: list[int] = []
        reasons: list[str] = []
        for when, event, raw in sorted(found, key=lambda item: item[0]):
            if event.name == _EVENTS[0]:
                # A listener and its connections have the port in common.
                fits = (self._number(event, raw, "dport") == 0) == self._is_listener
                if fits and self._number(event, raw, "sport") == self._port:
                    old, new = (self._number(event, raw, key) for key in ("oldstate", "newstate"))
                    times.append(when)
                    transitions.append(
                        (STATE_NAMES.get(old, str(old)), STATE_NAMES.get(new, str(new)))
                    )
            elif "reason" in event.fields and self._sends_from_port(event, raw):
                reason = self._number(event, raw, "reason")
                reasons.append(event.reasons.get(reason, str(reason)))
        self.times_ns = tuple(times)
        tells_reasons = any("reason" in ring.event.fields for ring in self._rings)
        return tuple(transitions), tuple(reasons) if tells_reasons else None

    def _number(self, event: _Event, raw: bytes, field: str) -> int:
        offset, size = event.fields[field]
        return int.from_bytes(raw[offset : offset + size], "little")

    def _sends_from_port(self, event: _Event, raw: bytes) -> bool:
        # A struct sockaddr_in: the port is its second half-word. Without a full socket the two
        # addresses are those of the segment that is answered, so either may be ours.
        return any(
            int.from_bytes(raw[offset + 2 : offset + 4], "big") == self._port
            for offset, _ in (event.fields["saddr"], event.fields["daddr"])
        )


def _online() -> list[int]:
    cpus: list[int] = []
    for part in Path("/sys/devices/system/cpu/online").read_text().strip().split(","):
        first, _, last = part.partition("-")
        cpus.extend(range(int(first), int(last or first) + 1))
    return cpus


def _read_event(folder: Path, name: str) -> _Event | None:
    try:
        number = int((folder / "events" / name / "id").read_text())
        layout = (folder / "events" / name / "format").read_text()
    except OSError:
        return None
    fields = {key: (int(offset), int(size)) for key, offset, size in _FIELD.findall(layout)}
    return _Event(name, number, fields, {int(n): text for n, text in _REASON.findall(layout)})


def _open(number: int, event: _Event, cpu: int) -> _Ring:
    # struct perf_event_attr: type, size, config, period, sample_type, read_format, flags; clockid.
    attributes = struct.pack(
        "=IIQQQQQ44xi",
        *(_TYPE_TRACEPOINT, 96, event.number, 1, _SAMPLE_TIME | _SAMPLE_RAW, 0),
        *(_DISABLED | _USE_CLOCKID, _CLOCK_MONOTONIC),
    )
    memory = ctypes.create_string_buffer(attributes)
    fd = _libc.syscall(number, memory, -1, cpu, -1, _FLAG_CLOEXEC)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "perf_event_open")
    try:
        ring = mmap.mmap(fd, (1 + _PAGES) * mmap.PAGESIZE)
    except OSError:
        with contextlib.suppress(OSError):
            os.close(fd)
        raise
    return _Ring(event, fd, ring)


def _records(ring: mmap.mmap) -> Iterator[tuple[int, int, bytes]]:
    """The records of a ring: kind, time in ns, the tracepoint's own bytes."""
    head, tail = struct.unpack_from("=QQ", ring, _HEAD)
    size = _PAGES * mmap.PAGESIZE
    # Twice in a row, because a record may go over the end of the ring.
    data = ring[mmap.PAGESIZE :] * 2
    position = tail
    while position < head:
        place = position % size
        kind, _, length = struct.unpack_from("=IHH", data, place)
        record = data[place : place + length]
        if kind == _RECORD_SAMPLE:
            when, count = struct.unpack_from("=QI", record, 8)
            yield kind, when, record[20 : 20 + count]
        elif kind == _RECORD_LOST:
            yield kind, 0, b""
        position += length
    struct.pack_into("=Q", ring, _HEAD + 8, head)
