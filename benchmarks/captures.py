# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How fast `walkthrough capture` reads a file, and how much memory it takes."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Budget, Figure

PART = "captures"
_PACKETS = 1_000_000
_SERVER = bytes((10, 0, 0, 1))
_SYN, _FIN, _RST, _ACK = 2, 1, 4, 16


def measure(*, is_quick: bool = False) -> list[Figure]:
    """A million packets of a hundred thousand connections, every third of which is reset."""
    packets = _PACKETS // 50 if is_quick else _PACKETS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.pcap")
        with file.open("wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for number, frame in enumerate(_frames(packets // 10)):
                at = number // 10_000, number % 10_000 * 100
                out.write(struct.pack("<IIII", *at, len(frame), len(frame)) + frame)
        command = [sys.executable, "-m", "app", "capture", str(file)]
        started = time.perf_counter()
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - started
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    name = f"{packets:,} packets, {packets // 10:,} connections"
    return [
        Figure(PART, name, seconds, "s", Budget(30)),
        Figure(PART, "packets a second of processor time", packets / usage.ru_utime, ""),
        Figure(PART, "memory at most", usage.ru_maxrss / 1024, "MB", Budget(300)),
    ]


def _frames(connections: int) -> Iterator[bytes]:
    """Ten frames of each: handshake, a request, an answer, and the end."""
    for n in range(connections):
        client, port = bytes((10, 1, n >> 8 & 255, n & 255)), 1024 + n % 60_000
        there, back = (client, port, _SERVER, 80), (_SERVER, 80, client, port)
        x, y = n * 1000, n * 777
        yield _frame(*there, x, 0, _SYN)
        yield _frame(*back, y, x + 1, _SYN | _ACK)
        yield _frame(*there, x + 1, y + 1, _ACK)
        yield _frame(*there, x + 1, y + 1, _ACK, 100)
        yield _frame(*back, y + 1, x + 101, _ACK, 100)
        yield _frame(*there, x + 101, y + 101, _ACK)
        if n % 3:
            yield _frame(*back, y + 101, x + 101, _FIN | _ACK)
            yield _frame(*there, x + 101, y + 102, _FIN | _ACK)
            yield _frame(*back, y + 102, x + 102, _ACK)
            yield _frame(*there, x + 102, y + 102, _ACK)
        else:
            yield _frame(*there, x + 101, y + 101, _ACK, 50)
            yield _frame(*back, y + 101, x + 151, _RST | _ACK)
            yield _frame(*there, x + 151, y + 101, _ACK)
            yield _frame(*back, y + 101, 0, _RST)


def _frame(*of: bytes | int) -> bytes:
    """An Ethernet frame: source and port, target and port, seq, ack, flags, bytes of data."""
    source, port, target, target_port, seq, ack, flags, *rest = of
    size = int(rest[0]) if rest else 0
    head = (port, target_port, int(seq) % (1 << 32), int(ack) % (1 << 32), 0x50, flags, 65535, 0, 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + size, 0, 0, 64, 6, 0, source, target)
    return bytes(12) + b"\x08\x00" + ip + struct.pack("!HHIIBBHHH", *head) + bytes(size)
