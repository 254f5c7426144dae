#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: a server that has read everything can still send a reset, from inside of its own close(), and its client does
# not see it. The client writes twice, little each time, without TCP_NODELAY: the second write stays with it (Nagle) while
# the first is not acknowledged. The server reads the first, which is not acknowledged at once (delayed ACK), and closes: its
# FIN carries the ACK, the ACK releases the second write, and that meets an orphan: RST, TCPAbortOnData. The second write is
# lost; the client's recv() says end of file all the same, since the FIN came before the RST. With TCP_NODELAY the
# second write is there before and unread: RST alone, TCPAbortOnClose, and recv() fails with ECONNRESET.
# Seen (Linux 6.18, Python 3.11): one write: clean end, nothing; Nagle: clean end, TCPAbortOnData; TCP_NODELAY: reset,
# TCPAbortOnClose.
# Needs: python3, a user namespace or root. Fails if the kernel behaves otherwise.
set -euo pipefail
unshare --user --map-root-user --net python3 - <<'PY'
import fcntl
import platform
import socket
import struct
import time

COUNTERS = ("TCPAbortOnClose", "TCPAbortOnData")


def counters():
    names, values = [line.split() for line in open("/proc/net/netstat") if line.startswith("TcpExt:")]
    found = dict(zip(names, values))
    return {name: int(found[name]) for name in COUNTERS}


def close_after(writes, nodelay):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client = socket.create_connection(listener.getsockname())
        server = listener.accept()[0]
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, nodelay)
    # As in a conversation that has gone on for a while: acknowledgements wait for an answer.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
    client.send(b"1")
    assert server.recv(1) == b"1"
    if writes == 2:
        client.send(b"2")
    before = counters()
    server.close()
    time.sleep(0.05)
    try:
        end = "clean end" if client.recv(1) == b"" else "data"
    except ConnectionResetError:
        end = "reset"
    counted = [name for name, count in counters().items() if count > before[name]]
    client.close()
    return end, counted


with socket.socket() as one:  # loopback up
    fcntl.ioctl(one, 0x8914, struct.pack("16sh22x", b"lo", 0x49))
seen = {
    "one write": close_after(1, False),
    "Nagle": close_after(2, False),
    "TCP_NODELAY": close_after(2, True),
}
print("Linux", platform.release().split("-")[0], seen)
assert seen == {
    "one write": ("clean end", []),
    "Nagle": ("clean end", ["TCPAbortOnData"]),
    "TCP_NODELAY": ("reset", ["TCPAbortOnClose"]),
}
PY
