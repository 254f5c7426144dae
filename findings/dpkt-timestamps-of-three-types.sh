#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: the type of a timestamp that dpkt 1.9.8 gives depends on the file: float for a pcap with microseconds, Decimal
# for one with nanoseconds, float again for pcapng. Differences between two captures then raise TypeError, and pcapng
# loses nanoseconds. Valid input: one packet at 1700000000.123456789 s in each of the three formats.
# Seen (dpkt 1.9.8): float, Decimal, float. Needs: python3 with venv. Fails if the types are others.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check dpkt==1.9.8
"$folder/venv/bin/python" - <<'PY'
import io
import struct

import dpkt

packet, seconds, nanoseconds = b"\x00" * 60, 1_700_000_000, 123_456_789


def pcap(magic: int, fraction: int) -> bytes:
    head = struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    return head + struct.pack("<IIII", seconds, fraction, len(packet), len(packet)) + packet


def block(kind: int, body: bytes) -> bytes:
    body += b"\x00" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng() -> bytes:
    resolution = struct.pack("<HHB3x", 9, 1, 9) + struct.pack("<HH", 0, 0)  # if_tsresol: 10^-9
    at = seconds * 10**9 + nanoseconds
    return (
        block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        + block(1, struct.pack("<HHI", 1, 0, 65535) + resolution)
        + block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(packet), len(packet)) + packet)
    )


files = {
    "pcap, microseconds": (dpkt.pcap.Reader, pcap(0xA1B2C3D4, nanoseconds // 1000)),
    "pcap, nanoseconds": (dpkt.pcap.Reader, pcap(0xA1B23C4D, nanoseconds)),
    "pcapng, nanoseconds": (dpkt.pcapng.Reader, pcapng()),
}
seen = {}
for name, (reader, content) in files.items():
    ((at, _),) = reader(io.BytesIO(content))
    seen[name] = type(at).__name__
    print(f"{name}: {at!r}")
print("dpkt", dpkt.__version__, seen)
assert list(seen.values()) == ["float", "Decimal", "float"]
PY
