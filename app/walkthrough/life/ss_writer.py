# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Line of `ss -tano` for one end at a moment, spelled as ss spells it."""

from __future__ import annotations

from typing import Final

from app.kernel.life.records import Snapshot

#: Addresses for documentation (RFC 5737): this end is the server, the peer its client.
ADDRESSES: Final = (("192.0.2.1", "80"), ("198.51.100.7", "40000"))

_STATES: Final = {"ESTABLISHED": "ESTAB", "CLOSE": "UNCONN"}
_WIDTHS: Final = (10, 6, 6, 13, 5, 13, 5)


def ss_heading() -> str:
    """The line above."""
    return _columns("State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port")


def ss_line(snapshot: Snapshot, at_us: int, *, is_peer: bool = False) -> str:
    """The line, empty where there is no socket, or a closed one.

    The closed socket of a connection has no port any more (it was not bound by itself), and so is
    in no table that is listed. Source: misc/ss.c of iproute2, sock_state_print, print_timer_info;
    net/ipv4/tcp.c, tcp_set_state.
    """
    if snapshot.state in (None, "CLOSE"):
        return ""
    local, remote = ADDRESSES[::-1] if is_peer else ADDRESSES
    line = _columns(
        _state(snapshot.state), str(snapshot.recv_q), str(snapshot.send_q), *local, *remote
    )
    return f"{line} {_timer(snapshot, at_us)}".rstrip()


def ss_short(snapshot: Snapshot, at_us: int) -> str:
    """State, queues where there is something in them, and timer: for a table."""
    if snapshot.state in (None, "CLOSE"):
        return ""
    queues = (("Recv-Q", snapshot.recv_q), ("Send-Q", snapshot.send_q))
    texts = [_state(snapshot.state), *(f"{name} {n}" for name, n in queues if n)]
    return " ".join((*texts, _timer(snapshot, at_us))).rstrip()


def _timer(snapshot: Snapshot, at_us: int) -> str:
    if snapshot.timer is None or snapshot.due_us is None:
        return ""
    left = _time(max(0, snapshot.due_us - at_us) // 1000)
    return f"timer:({snapshot.timer},{left},{snapshot.retransmits})"


def _state(state: str) -> str:
    name = state.replace("WAIT1", "WAIT-1").replace("WAIT2", "WAIT-2").replace("_", "-")
    return _STATES.get(state, name)


def _time(ms: int) -> str:
    """As print_ms_timer has it: "1.200ms" is 1.2 s."""
    minutes, seconds, ms = ms // 60_000, ms // 1000 % 60, ms % 1000
    text = ""
    if minutes:
        text, ms = f"{minutes}min", 0
        seconds = 0 if minutes > 9 else seconds
    if seconds:
        ms = 0 if seconds > 9 else ms
        text += f"{seconds}{'.' if ms else 'sec'}"
    return f"{text}{ms:03d}ms" if ms else text


def _columns(state: str, recv: str, send: str, *ends: str) -> str:
    texts = (state, recv, send, *ends)
    local, port, peer, peer_port = (
        text.rjust(width) if place % 2 == 0 else text.ljust(width)
        for place, (text, width) in enumerate(zip(ends, _WIDTHS[3:], strict=True))
    )
    first = " ".join(text.ljust(width) for text, width in zip(texts[:3], _WIDTHS, strict=False))
    return f"{first} {local}:{port} {peer}:{peer_port}"
