#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: uvloop 0.23 ignores transport.pause_reading() when it is called in connection_made(): data_received() is called
# all the same. asyncio's own loop honours it. So a test, or a server, that wants to leave bytes unread in the kernel, to
# see close() answer them with a RST, gets a FIN under uvloop.
# Seen (uvloop 0.23.0, CPython 3.11): bytes received while paused: asyncio 0, uvloop 5.
# Needs: python3 with venv. Fails if the two behave otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check uvloop==0.23.0
"$folder/venv/bin/python" - <<'PY'
import asyncio
import importlib.metadata

import uvloop


class Paused(asyncio.Protocol):
    received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        Paused.received += len(data)


async def run() -> int:
    Paused.received = 0
    server = await asyncio.get_running_loop().create_server(Paused, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"hello")
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()
    server.close()
    return Paused.received


seen = {"asyncio": asyncio.run(run()), "uvloop": uvloop.run(run())}
print("uvloop", importlib.metadata.version("uvloop"), "bytes received while paused:", seen)
assert seen == {"asyncio": 0, "uvloop": 5}
PY
