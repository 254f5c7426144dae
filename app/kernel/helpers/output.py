# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What this end sends: a FIN, a RST; and the abort that may send one."""

from __future__ import annotations

from typing import Final

from app.kernel.constants import (
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
from app.kernel.host import World, request_of
from app.kernel.socket import Sock
from app.kernel.states import STATE_NAMES

#: net/ipv4/tcp.c, tcp_need_reset
_NEEDS_RESET: Final = frozenset({ESTABLISHED, SYN_RECV, CLOSE_WAIT, FIN_WAIT1, FIN_WAIT2})


def tcp_send_fin(world: World, sk: Sock) -> None:
    """Puts a FIN behind everything that is queued; it goes out when its turn comes.

    Source: net/ipv4/tcp_output.c. Left out: the FIN that rides on the last unsent segment, the
    retransmission timer, and the attempts to get memory for it.
    """
    world.only_socket(sk)
    if _has_unsent(world):
        world.recorder.note("tcp_send_fin", "behind-data")
        world.send("FIN", "behind-data")
    else:
        world.recorder.note("tcp_send_fin", "sent")
        world.send("FIN", "close")


def tcp_send_active_reset(world: World, sk: Sock, *arguments: int) -> None:
    """Sends one RST, whatever the state.

    Source: net/ipv4/tcp_output.c; counts OutRsts. Left out: failure to get memory for it
    (TCPAbortFailed). Kernels differ in what comes behind the socket: where to take memory from,
    a reason for tracepoints, or both.
    """
    world.only_socket(sk)
    reasons = world.kernel.reset_reasons
    _reset(world, next((reasons[item] for item in arguments if item in reasons), None))


def _reset(world: World, reason: str | None) -> None:
    world.count("OutRsts")
    world.send("RST", "abort")
    if reason is not None:
        world.reasons.append(reason)
        world.recorder.effect("reason", "RST", None, reason)


def inet_csk_listen_stop(world: World, sk: Sock) -> None:
    """Drops the completed connections that nobody accepted: a RST and EstabResets for each.

    Source: net/ipv4/inet_connection_sock.c; each child is disconnected. No abort counter.
    Left out: children that are not ESTABLISHED, and the Fast Open reset list.
    """
    world.only_socket(sk)
    children = world.door.read("accept_queue")
    if not children:
        world.recorder.note("inet_csk_listen_stop", "no-children")
        return
    world.recorder.note("inet_csk_listen_stop", "children", count=children)
    for _ in range(children):
        world.count("EstabResets")
        world.change_gauge("CurrEstab", -1)
        world.count("OutRsts")
        world.send("RST", "child")
        world.reasons.extend(world.kernel.features.reasons[:1])


def tcp_disconnect(world: World, sk: Sock, flags: int) -> int:
    """Ends the connection at once; a RST only where the peer has something to learn.

    First CLOSE. In repair mode nothing is sent (ECONNABORTED). A RST goes out of ESTABLISHED,
    SYN_RECV, CLOSE_WAIT, FIN_WAIT1 and FIN_WAIT2, and of CLOSING and LAST_ACK while something
    is unsent (ECONNRESET); SYN_SENT is only told ECONNRESET. Timers are cleared, sk_shutdown
    becomes 0. Returns 0.

    Source: net/ipv4/tcp.c, tcp_disconnect and tcp_need_reset; the pointer
    `sk->sk_prot->disconnect` of TCP. As in 4.19, fastopen_rsk stays, but for kernels that say
    otherwise. Left out: the queues are purged, the addresses and the congestion state are reset.
    """
    before = world.only_socket(sk).state
    note, effect = world.recorder.note, world.recorder.effect
    if before != CLOSE:
        world.call("tcp_set_state", sk, CLOSE)
    if before == LISTEN:
        world.call("inet_csk_listen_stop", sk)
    elif world.sk.tp.load("repair"):
        note("tcp_disconnect", "silent-repair")
        effect("errno", "sk_err", None, "ECONNABORTED")
    elif before in _NEEDS_RESET or (before in (CLOSING, LAST_ACK) and _has_unsent(world)):
        note("tcp_disconnect", "reset", before=STATE_NAMES[before])
        reasons = world.kernel.features.reasons
        _reset(world, reasons[0 if before in _NEEDS_RESET else -1] if reasons else None)
        effect("errno", "sk_err", None, "ECONNRESET")
    else:
        note("tcp_disconnect", "silent-state", before=STATE_NAMES[before])
        if before == SYN_SENT:
            effect("errno", "sk_err", None, "ECONNRESET")
    world.clear_timers()
    sk.store("sk_shutdown", 0)
    effect("assignment", "sk->sk_shutdown", None, 0)
    request = request_of(world) if world.kernel.features.drops_request else None
    if request is not None:
        world.call("reqsk_fastopen_remove", sk, request, 0)
    return 0


def _has_unsent(world: World) -> bool:
    tp = world.sk.tp
    return bool(tp.load("snd_nxt") != tp.load("write_seq"))
