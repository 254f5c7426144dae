# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Bystanders: other connections that bring a machine to its limits, and the limits themselves."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from app.errors import LabError
from app.lab.plan import Hold, Limit, Plan

_SYSCTLS: Final = Path("/proc/sys/net/ipv4")
#: One socket takes no more than this, whatever it asks for.
_PART: Final = 100_000
#: Above TCP_TIMEWAIT_LEN, which is 60 s.
_LONG_S: Final = 120


@contextlib.contextmanager
def limits_of(plan: Plan) -> Iterator[Mapping[str, IO[str]]]:
    """The files of the limits that a plan meets; as they were when it ends.

    They are there in the machine's first namespace only, so they are opened before the stage
    enters its own. Raises LabError.
    """
    with contextlib.ExitStack() as stack:
        files = {}
        for act in (*plan.acts, *plan.later):
            if isinstance(act, Limit):
                try:
                    file = stack.enter_context((_SYSCTLS / act.name).open("r+"))
                except OSError as error:
                    raise LabError("sysctl", f"net.ipv4.{act.name}: {error.strerror}") from None
                stack.callback(_write, file, file.read())
                files[act.name] = file
        yield files


def _write(file: IO[str], value: str) -> None:
    file.seek(0)
    file.write(value)
    file.flush()


def meet(limits: Mapping[str, IO[str]], act: Limit) -> None:
    """Set a limit."""
    _write(limits[act.name], act.value)


def leave_orphan(address: str) -> list[socket.socket]:
    """A connection closed at one end; the other, which stays silent, is returned.

    The orphan is in FIN_WAIT2 for so long that it is no mini-socket. One that repeats its FIN would
    itself be found to be too many.
    """
    ours, peer = _connection(address)
    ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, _LONG_S)
    ours.close()
    # The kernel looks at the count of orphans ten times a second, by a timer that wakes no idle
    # processor.
    for _ in range(40):
        time.sleep(0.01)
    return [peer]


def hold(address: str, act: Hold) -> list[socket.socket]:
    """Connections with unread data, both ends of each."""
    held: list[socket.socket] = []
    left = act.bytes
    while left > 0:
        ours, peer = _connection(address)
        held += [ours, peer]
        peer.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            left -= peer.send(b"x" * min(left, _PART))
    return held


def _connection(address: str) -> tuple[socket.socket, socket.socket]:
    # Not create_connection(), which brings the codec of domain names along.
    with socket.socket() as listener:
        listener.bind((address, 0))
        listener.listen(1)
        peer = socket.socket()
        peer.connect(listener.getsockname())
        return listener.accept()[0], peer
