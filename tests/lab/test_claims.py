# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the symptoms say that no preset shows, held against this kernel with ordinary sockets."""

import ctypes
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.lab.machine import best_namespace
from app.lab.namespace import enter
from app.lab.observe.counters import change, read_counters
from tests.lab.conftest import left_out_here

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")

RESETS = {"EstabResets": 1, "OutRsts": 1}
Claim = Callable[[socket.socket, socket.socket, socket.socket], Any]


def linger(one: socket.socket, seconds: int) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, seconds))


def shut_both_ways(listener: socket.socket, one: socket.socket, peer: socket.socket) -> Any:
    one.shutdown(socket.SHUT_RDWR)
    peer.send(b"x")
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def listener_lingers(listener: socket.socket, one: socket.socket, peer: socket.socket) -> Any:
    linger(listener, 0)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 33)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 5000)
    other = socket.create_connection(listener.getsockname())
    accepted = listener.accept()[0]
    options = [
        accepted.getsockopt(socket.IPPROTO_TCP, name)
        for name in (socket.TCP_LINGER2, socket.TCP_USER_TIMEOUT)
    ]
    accepted.close()
    other.close()
    return options


def connected_to_nothing(listener: socket.socket, one: socket.socket, peer: socket.socket) -> Any:
    nothing = struct.pack("H14x", socket.AF_UNSPEC)
    assert ctypes.CDLL(None).connect(one.fileno(), nothing, len(nothing)) == 0
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def killed_by_ss(listener: socket.socket, one: socket.socket, peer: socket.socket) -> Any:
    _, port = peer.getsockname()
    subprocess.run(["ss", "-K", f"dport = {port}"], check=True, capture_output=True)
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def limits_of_the_host(listener: socket.socket, one: socket.socket, peer: socket.socket) -> Any:
    names = ("tcp_max_orphans", "tcp_mem", "tcp_fin_timeout")
    return [Path("/proc/sys/net/ipv4", name).exists() for name in names]


@pytest.mark.parametrize(
    ("claim", "counted", "told"),
    [
        # The peer's data draws a reset, and the program, which holds its descriptor, hears of it.
        pytest.param(shut_both_ways, {"TCPAbortOnData": 1, "OutRsts": 1}, 104, id="SHUT_RDWR"),
        # What is accepted has the listener's options: its close() is an abort.
        pytest.param(
            listener_lingers, {"TCPAbortOnData": 1, "OutRsts": 1}, [33, 5000], id="inherited"
        ),
        # Resets that no abort counter tells of; each peer counts EstabResets for itself.
        pytest.param(connected_to_nothing, RESETS, 104, id="AF_UNSPEC"),
        pytest.param(killed_by_ss, RESETS, 103, id="ss -K"),
        # In a container two limits of the host are not to be seen.
        pytest.param(limits_of_the_host, {}, [False, False, True], id="namespace"),
    ],
)
def test_this_kernel_does_so(claim: Claim, counted: dict[str, int], told: object) -> None:
    if best_namespace() == "none":
        left_out_here("no network namespace can be made here")
    if claim is killed_by_ss and shutil.which("ss") is None:
        left_out_here("there is no ss here")
    found, seen = alone(claim)
    if claim is killed_by_ss and found == 0:
        left_out_here("this kernel has no INET_DIAG_DESTROY")
    assert found == told
    aborts = {name: n for name, n in seen.items() if name.startswith("TCPAbort")}
    assert aborts == {name: n for name, n in counted.items() if name.startswith("TCPAbort")}
    assert seen.get("OutRsts", 0) == counted.get("OutRsts", 0)
    assert seen.get("EstabResets", 0) >= counted.get("EstabResets", 0)


def alone(claim: Claim) -> Any:
    """What a claim found and what was counted, in a network namespace of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            enter(as_user=best_namespace() == "user")
            listener = socket.create_server(("127.0.0.1", 0))
            peer = socket.create_connection(listener.getsockname())
            one = listener.accept()[0]
            before = read_counters()
            found = claim(listener, one, peer)
            time.sleep(0.03)
            os.write(writing, json.dumps([found, change(before, read_counters())]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text)
