#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: after shutdown(SHUT_RDWR) the peer's next data is answered with a RST and counted as TCPAbortOnData, while the
# program still holds the descriptor; its own recv() then fails with ECONNRESET, although the peer has reset nothing.
# shutdown(2) says that receptions are disallowed, which reads as if recv() returned 0. After SHUT_RD alone the same data
# is acknowledged, queued, and can be read.
# Seen (Linux 6.18, loopback): SHUT_RDWR: 1 and ECONNRESET; SHUT_RD: 0 and the data.
# Needs: unshare (util-linux), ip (iproute2), python3. Fails if the kernel does otherwise.
set -euo pipefail
uname -sr
unshare -rn python3 - <<'PY'
import socket
import subprocess
import time

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def aborted() -> int:
    with open("/proc/net/netstat", encoding="ascii") as file:
        names, values = (line.split() for line in file.readlines()[:2])
    return int(values[names.index("TCPAbortOnData")])


def after(how: int) -> tuple[int, str]:
    listener = socket.create_server(("127.0.0.1", 0))
    peer = socket.create_connection(listener.getsockname())
    program, _ = listener.accept()
    before = aborted()
    program.shutdown(how)
    time.sleep(0.1)
    peer.send(b"hello")
    time.sleep(0.1)
    try:
        got = repr(program.recv(10))
    except ConnectionResetError:
        got = "ECONNRESET"
    return aborted() - before, got


seen = {"SHUT_RDWR": after(socket.SHUT_RDWR), "SHUT_RD": after(socket.SHUT_RD)}
print(seen)
assert seen == {"SHUT_RDWR": (1, "ECONNRESET"), "SHUT_RD": (0, "b'hello'")}
PY
