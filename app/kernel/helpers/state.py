# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The TCP state, and the table of what close() makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.kernel.constants import (
    ACTION_FIN,
    CLOSE,
    CLOSE_WAIT,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
    LISTEN,
    SYN_RECV,
    SYN_SENT,
)
from app.kernel.host import World
from app.kernel.socket import Sock
from app.kernel.states import STATE_NAMES
from app.machine.values import RuleBroken

#: net/ipv4/tcp.c, new_state: the state after close(), and whether a FIN has to be sent.
AFTER_CLOSE: Final[Mapping[int, tuple[int, bool]]] = {
    ESTABLISHED: (FIN_WAIT1, True),
    SYN_SENT: (CLOSE, False),
    SYN_RECV: (FIN_WAIT1, True),
    FIN_WAIT1: (FIN_WAIT1, False),
    FIN_WAIT2: (FIN_WAIT2, False),
    CLOSE: (CLOSE, False),
    CLOSE_WAIT: (LAST_ACK, True),
    LAST_ACK: (LAST_ACK, False),
    LISTEN: (CLOSE, False),
    CLOSING: (CLOSING, False),
}


def tcp_set_state(world: World, sk: Sock, state: int) -> None:
    """Changes the state and keeps the counters that go with it.

    CLOSE out of ESTABLISHED or CLOSE_WAIT counts EstabResets; leaving ESTABLISHED lowers the
    gauge CurrEstab; CLOSE also takes the socket out of the hash tables.

    Source: net/ipv4/tcp.c. Left out: the return of the port, entering ESTABLISHED, BPF
    callbacks and the tracepoint (which fires even where the state stays the same).
    """
    before = world.only_socket(sk).state
    if state not in STATE_NAMES:
        raise RuleBroken(f"tcp_set_state: {state} is no state of a socket")
    effect = world.recorder.effect
    if state == CLOSE:
        if before in (ESTABLISHED, CLOSE_WAIT):
            world.count("EstabResets")
        if before != CLOSE:
            effect("hash", "lookup-tables", "listed", "removed")
    if before == ESTABLISHED and state != ESTABLISHED:
        world.change_gauge("CurrEstab", -1)
    sk.store("sk_state", state)
    effect(
        "state",
        "sk_state",
        STATE_NAMES[before],
        STATE_NAMES[state],
        "unchanged" if before == state else None,
    )


def tcp_close_state(world: World, sk: Sock) -> int:
    """Moves the socket to the state after close(); TCP_ACTION_FIN if a FIN has to be sent, or 0.

    Source: net/ipv4/tcp.c, tcp_close_state and the table new_state.
    """
    before = world.only_socket(sk).state
    if before not in AFTER_CLOSE:
        raise RuleBroken(f"tcp_close_state: a socket is never closed in {STATE_NAMES[before]}")
    after, sends_fin = AFTER_CLOSE[before]
    world.call("tcp_set_state", sk, after)
    note_close_state(world, before, sends_fin)
    return ACTION_FIN if sends_fin else 0


def note_close_state(world: World, before: int, sends_fin: int) -> None:
    """Why the state that was `before` is what it is now, and whether a FIN has to be sent."""
    if sends_fin:
        code = "sends-fin"
    else:
        code = "never-connected" if before == SYN_SENT else "already-sent"
    world.recorder.note(
        "tcp_close_state", code, before=STATE_NAMES[before], after=STATE_NAMES[world.sk.state]
    )
