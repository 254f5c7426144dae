#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: close() with unread data resets a Unix-domain socket's peer as it does a TCP one's, and when the peer hears of
# it depends on the type: SOCK_STREAM gives what had arrived first and ECONNRESET then, SOCK_SEQPACKET fails with
# ECONNRESET first and gives the data then. A program that stops at the first error loses a whole message.
# Valid input: a socketpair; each end sends one message, one end closes without reading.
# Seen (Linux 6.18): stream: data, ECONNRESET, end; seqpacket: ECONNRESET, data, end. Source: net/unix/af_unix.c,
# unix_release_sock sets the peer's error; net/core/datagram.c looks for an error before it looks at the queue.
# Needs: python3, Linux. Fails if the order changes.
set -euo pipefail
python3 - <<'PY'
import platform
import socket


def heard(kind: socket.SocketKind) -> list[str]:
    here, there = socket.socketpair(socket.AF_UNIX, kind)
    here.send(b"never read")
    there.send(b"last words")
    there.close()
    told = []
    for _ in range(3):
        try:
            told.append(here.recv(100).decode() or "end")
        except ConnectionResetError:
            told.append("reset")
    here.close()
    return told


seen = {kind.name: heard(kind) for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET)}
print(platform.release(), seen)
assert seen == {
    "SOCK_STREAM": ["last words", "reset", "end"],
    "SOCK_SEQPACKET": ["reset", "last words", "end"],
}
PY
