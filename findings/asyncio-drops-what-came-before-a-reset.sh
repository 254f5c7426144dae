#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: bytes that arrived before a reset are not lost in the kernel: recv() hands them out first, then fails once with
# ECONNRESET, then returns 0. They are lost in asyncio's streams: a StreamReader that was told of the reset raises at the
# next read(), though its own buffer holds them all. uvloop shares the streams and so the loss; trio, and anyio upon
# asyncio as well, give the bytes first, as the kernel does.
# Valid input: 50,000 bytes, a reset (SO_LINGER with a time of 0) 0.2 s later, a reader that looks after 0.6 s.
# Seen (CPython 3.11, uvloop 0.23.0, trio 0.35.0, anyio 4.16.0, Linux 6.18): as above. Source: asyncio/streams.py,
# StreamReader.read raises a set exception before it looks at its buffer.
# Needs: python3 with venv. Fails if who gives the bytes changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check uvloop==0.23.0 trio==0.35.0 anyio==4.16.0
"$folder/venv/bin/python" - <<'PY'
import asyncio
import socket
import struct
import sys
import threading
import time

import anyio
import trio
import uvloop

SIZE = 50_000
LATER_S = 0.6


def peer() -> tuple[str, int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"x" * SIZE)
        time.sleep(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    threading.Thread(target=answer, daemon=True).start()
    return listener.getsockname()


def of_the_kernel() -> list[str]:
    connection = socket.create_connection(peer())
    time.sleep(LATER_S)
    told: list[str] = []
    size = 0
    while told[-1:] != ["end"]:
        try:
            if part := connection.recv(SIZE):
                size += len(part)
            else:
                told.append("end")
        except ConnectionResetError:
            told.append(f"reset after {size}")
    return told


async def of_a_stream_reader() -> int:
    reader, _ = await asyncio.open_connection(*peer())
    await asyncio.sleep(LATER_S)
    size = 0
    try:
        while part := await reader.read(SIZE):
            size += len(part)
    except ConnectionResetError:
        return size
    raise AssertionError("no reset")


async def of_trio() -> int:
    stream = await trio.open_tcp_stream(*peer())
    await trio.sleep(LATER_S)
    size = 0
    try:
        while part := await stream.receive_some(SIZE):
            size += len(part)
    except trio.BrokenResourceError:
        return size
    raise AssertionError("no reset")


async def of_anyio() -> int:
    stream = await anyio.connect_tcp(*peer())
    await anyio.sleep(LATER_S)
    size = 0
    try:
        while True:
            size += len(await stream.receive(SIZE))
    except anyio.BrokenResourceError:
        return size


assert of_the_kernel() == [f"reset after {SIZE}", "end"]
seen = {
    "asyncio": asyncio.run(of_a_stream_reader()),
    "uvloop": asyncio.Runner(loop_factory=uvloop.new_event_loop).run(of_a_stream_reader()),
    "trio": trio.run(of_trio),
    "anyio on asyncio": anyio.run(of_anyio),
}
print(sys.version.split()[0], seen)
assert seen == {"asyncio": 0, "uvloop": 0, "trio": SIZE, "anyio on asyncio": SIZE}
PY
