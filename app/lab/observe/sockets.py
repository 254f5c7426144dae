# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sockets as `ss` shows them, asked of the kernel by sock_diag.

Source: linux/inet_diag.h, struct inet_diag_req_v2 and inet_diag_msg. It is written out here
because a full netlink library is a hundred times what one request and one answer need.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.errors import LabError
from app.kernel.states import STATE_NAMES

_NETLINK_SOCK_DIAG: Final = 4
_SOCK_DIAG_BY_FAMILY: Final = 20
_NLM_F_REQUEST: Final = 1
_NLM_F_DUMP: Final = 0x300
_NLMSG_ERROR: Final = 2
_NLMSG_DONE: Final = 3
_TIMERS: Final = ("none", "retransmit", "keepalive", "timewait", "probe")

_HEADER: Final = struct.Struct("=LHHLL")
_REQUEST: Final = struct.Struct("=BBBxL48x")
_ANSWER: Final = struct.Struct("=BBBB2s2s16s16s12xLLLLL")


@dataclass(frozen=True, slots=True)
class SocketSeen:
    """One socket: `timer` in sock_diag's words, `expires_ms` what is left of it, 0 without.

    `retries` is what `ss` prints behind them. A mini-socket shows itself by its timer `timewait`.
    """

    state: str
    port: int
    peer_port: int
    timer: str
    expires_ms: int
    retries: int = 0


def list_sockets(port: int) -> list[SocketSeen]:
    """The TCP sockets of this namespace over IPv4 that have a port at either end.

    Raises LabError where netlink is not to be had.
    """
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as diag:
            diag.settimeout(2)
            body = _REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0xFFFF_FFFF)
            head = _HEADER.pack(
                _HEADER.size + len(body), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST | _NLM_F_DUMP, 1, 0
            )
            diag.send(head + body)
            return [seen for seen in _answers(diag) if port in (seen.port, seen.peer_port)]
    except OSError as error:
        raise LabError("sock_diag", f"sock_diag: {error.strerror or error}") from None


def _answers(diag: socket.socket) -> Iterator[SocketSeen]:
    while True:
        data = diag.recv(1 << 16)
        while data:
            length, kind, *_ = _HEADER.unpack_from(data)
            if kind == _NLMSG_DONE:
                return
            if kind == _NLMSG_ERROR:
                raise LabError(
                    "sock_diag",
                    "sock_diag: the kernel refuses the request, so its modules inet_diag and "
                    "tcp_diag are missing; those of a bare image come with --modules FOLDER",
                )
            (_, state, timer, retries, port, peer_port, _, _, expires, *_) = _ANSWER.unpack_from(
                data, _HEADER.size
            )
            yield SocketSeen(
                state=STATE_NAMES.get(state, str(state)),
                port=int.from_bytes(port, "big"),
                peer_port=int.from_bytes(peer_port, "big"),
                timer=_TIMERS[timer] if timer < len(_TIMERS) else str(timer),
                expires_ms=expires if timer else 0,
                retries=retries,
            )
            data = data[(length + 3) & ~3 :]
