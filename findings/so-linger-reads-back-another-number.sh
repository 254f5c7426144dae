#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: a negative l_linger is taken without an error, and getsockopt() gives back a number that nobody set and that
# depends on how the kernel was built: the kernel keeps the longest wait there is, in ticks, and divides it by HZ, of
# which the 32 bits of l_linger hold the lower half. On one kernel -1 becomes 2061584302 (HZ=100), on another
# -1752346657 (HZ=250). So l_linger cannot be saved and restored to tell whether it was changed. Zero and all positive
# numbers come back as they were.
# Seen (Linux 6.18, HZ=250): -1 and -2147483648 come back as -1752346657; 0, 1, 100000 and 2147483647 as they are.
# Needs: python3, a 64-bit kernel from 6.6 on, or a stable one that has the same change (6.1 from 6.1.55 on).
set -euo pipefail
uname -sr
python3 - <<'PY'
import ctypes
import socket
import struct


def read_back(seconds: int) -> int:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, seconds))
        return struct.unpack("ii", one.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))[1]


longest = (1 << 63) - 1
by_hz = {ctypes.c_int(longest // hz).value: hz for hz in (100, 250, 300, 1000)}
kept = {seconds: read_back(seconds) for seconds in (0, 1, 100_000, 2**31 - 1)}
changed = {seconds: read_back(seconds) for seconds in (-1, -(2**31))}
print(kept, changed, "HZ:", by_hz.get(changed[-1]))
assert all(seconds == number for seconds, number in kept.items())
assert len(set(changed.values())) == 1
assert changed[-1] in by_hz
PY
