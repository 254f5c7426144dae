# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A peer by ordinary sockets on the same machine, which can be made deaf.

Deaf means: a socket filter drops every segment before TCP sees it, so that nothing is answered.
That takes no privilege. What such a peer counts itself, in the same namespace, is in `own`.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections import Counter
from typing import Final

from app.errors import LabError
from app.kernel.states import STATE_NAMES
from app.lab.program import TCP_REPAIR
from app.lab.raw_peer import PATIENCE_S, deafen

_SO_DETACH_FILTER: Final = 27


class SocketPeer:
    """One connection's other end; `address` is both its own and the program's."""

    def __init__(self, address: str, our_port: int, *, can_be_deaf: bool) -> None:
        self._address = address
        self._our_port = our_port
        self._can_be_deaf = can_be_deaf
        self._one = socket.socket()
        self._has_vanished = False
        self.own: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """Its port, 0 before it has one."""
        return int(self._one.getsockname()[1])

    def handshake(self, window: int) -> None:
        """connect(); deaf from then on, where it can be. Raises LabError for a window of 0."""
        if window == 0:
            raise LabError("peer", "an ordinary peer cannot offer a window of 0")
        self._one.settimeout(PATIENCE_S)
        self._one.connect((self._address, self._our_port))
        if self._can_be_deaf:
            deafen(self._one)

    def stay_silent(self, port: int) -> None:
        """Listen at a port, deaf: a SYN gets no answer."""
        deafen(self._one)
        self._one.bind((self._address, port))
        self._one.listen(1)

    def send(self, size: int, *, fin: bool) -> None:
        """Data, and after it the FIN."""
        if size and fin:
            # Together in one segment: what MSG_MORE holds back goes out with the FIN.
            self._one.send(b"x" * size, socket.MSG_MORE)
        elif size:
            self._one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._one.send(b"x" * size)
        if fin:
            self._one.shutdown(socket.SHUT_WR)

    def hold_back(self, size: int) -> None:
        """Data that is not sent before what was sent last is acknowledged."""
        self._one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        self._one.send(b"x" * size)

    def acknowledge_fin(self) -> None:
        """Hear again: our FIN, which is sent once more, is acknowledged. Raises LabError."""
        if self._can_be_deaf:
            self._one.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)
        deadline = time.monotonic() + PATIENCE_S
        while self._state() in {"ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2"}:
            if time.monotonic() > deadline:
                raise LabError("peer", "the peer has waited for a FIN in vain")
            time.sleep(0.005)

    def reset(self) -> None:
        """close() with SO_LINGER 0."""
        before = self._state()
        self._one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._one.close()
        self.own["TCPAbortOnData"] += 1
        self.own["OutRsts"] += 1
        if before in {"ESTABLISHED", "CLOSE_WAIT"}:
            self.own["EstabResets"] += 1

    def vanish(self) -> None:
        """close() with TCP_REPAIR on: nothing is sent, and a RST answers the FIN that comes.

        Raises LabError without the privilege.
        """
        try:
            self._one.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        except PermissionError:
            raise LabError("privilege", "TCP_REPAIR takes CAP_NET_ADMIN") from None
        self._one.close()
        self._has_vanished = True

    def note_reset(self) -> None:
        """Count for itself the RST that closed it, or the one that it answered with."""
        if self._has_vanished:
            self.own["OutRsts"] += 1
            return
        with contextlib.suppress(OSError):
            if self._one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.own["EstabResets"] += 1

    def leave(self) -> None:
        """Let the socket go."""
        self._one.close()

    def _state(self) -> str:
        info = self._one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
        return STATE_NAMES.get(info[0], str(info[0]))
