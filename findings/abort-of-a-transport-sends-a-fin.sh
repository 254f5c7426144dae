#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: transport.abort(), of asyncio and of uvloop alike, sends a FIN: what it throws away is the program's own
# buffer, and then it closes the socket as close() does. "Abort" in TCP's sense (RFC 9293, 3.10.5) is a RST, and the peer
# cannot tell an aborted answer from a whole one. Only SO_LINGER with a time of 0, set on the socket beforehand, makes it one.
# Valid input: a server writes 5 bytes and aborts; the client reads to the end.
# Seen (CPython 3.11, uvloop 0.23.0): the client's recv() returns 0 after the bytes; with SO_LINGER it fails with ECONNRESET.
# Needs: python3 with venv. Fails if the end is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check uvloop==0.23.0
"$folder/venv/bin/python" - <<'PY'
import asyncio
import socket
import struct
import sys

import uvloop

ZERO = struct.pack("ii", 1, 0)


async def end_of(is_lingering: bool) -> str:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if is_lingering:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ZERO)
        writer.write(b"hello")
        await asyncio.sleep(0.2)
        writer.transport.abort()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    assert await reader.readexactly(5) == b"hello"
    try:
        end = "FIN" if await reader.read() == b"" else "more"
    except ConnectionResetError:
        end = "RST"
    writer.close()
    server.close()
    return end


seen = {
    loop.__name__: [asyncio.Runner(loop_factory=loop.new_event_loop).run(end_of(zero)) for zero in (False, True)]
    for loop in (asyncio, uvloop)
}
print(sys.version.split()[0], seen)
assert seen == {"asyncio": ["FIN", "RST"], "uvloop": ["FIN", "RST"]}
PY
