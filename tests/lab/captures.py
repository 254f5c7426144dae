# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Packet files: made by hand, and of every preset that the lab can bring a real socket into.

As a program, `python -m tests.lab.captures FOLDER`, it makes the latter; so that its namespaces are
not those of the tests.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from app.lab.bystanders import limits_of
from app.lab.experiment import LabCase, plan_at
from app.lab.namespace import enter, set_sysctls
from app.lab.place import here
from app.lab.plan import Plan
from app.lab.stage import Stage
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough

#: (seconds, bytes)
Packet = tuple[float, bytes]
RAW: Final = 101
_OUTGOING: Final = 4
_SO_TIMESTAMPNS: Final = 35


def pcap(packets: Iterable[Packet], *, link: int = RAW, snaplen: int = 65535) -> bytes:
    """A pcap file with microseconds."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, link)]
    for at, packet in packets:
        seconds, micros = divmod(round(at * 1_000_000), 1_000_000)
        kept = packet[:snaplen]
        parts += [struct.pack("<IIII", seconds, micros, len(kept), len(packet)), kept]
    return b"".join(parts)


def _perform(plan: Plan, is_user: bool, file: Path) -> int:
    """In a process of its own: the port of the program's socket; the file has all packets."""
    with limits_of(plan) as limits:
        enter(as_user=is_user)
        set_sysctls(plan.sysctls)
        stage = Stage(plan, is_own=True, tracepoints=None, limits=limits)
        _listen(stage, file)
    return stage._port


def _listen(stage: Stage, file: Path) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        listening.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        listening.bind(("lo", 3))
        listening.setblocking(False)
        try:
            stage.perform()
            time.sleep(0.1)
        finally:
            file.write_bytes(pcap(_received(listening)))


def _received(listening: socket.socket) -> Iterator[Packet]:
    """All that has gone out."""
    while True:
        try:
            packet, told, _, address = listening.recvmsg(1 << 17, 64)
        except BlockingIOError:
            return
        if address[2] == _OUTGOING:
            seconds, nanos = struct.unpack("@ll", told[0][2])
            yield seconds + nanos / 1e9, packet


def main(folder: Path) -> None:
    """A file for each preset; `presets.json` has the port of the program's socket in each."""
    walkthrough = load_walkthrough(CONTENT / "tcp_close")
    place = here()
    ports: dict[str, int] = {}
    for preset in walkthrough.presets:
        plan = plan_at(LabCase(id=preset.id, trace=walkthrough.trace(preset.scenario)), place)
        if not isinstance(plan, Plan):
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            port = 0
            try:
                port = _perform(plan, place.namespace == "user", folder / f"{preset.id}.pcap")
            finally:
                os.write(writing, str(port).encode())
                os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        port = int(os.read(reading, 16) or b"0")
        os.close(reading)
        if port:
            ports[preset.id] = port
    (folder / "presets.json").write_text(json.dumps(ports))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
