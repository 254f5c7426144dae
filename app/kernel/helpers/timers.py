# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How long FIN_WAIT2 lasts, and in what: the full socket or a mini-socket."""

from __future__ import annotations

from app.kernel.constants import FIN_WAIT2, TIME_WAIT
from app.kernel.host import World
from app.kernel.socket import Sock
from app.kernel.states import STATE_NAMES
from app.machine.values import RuleBroken


def three_and_a_half_rto(world: World) -> int:
    """The floor of every FIN_WAIT2 and TIME-WAIT time, in jiffies: 3.5 rto, in integers."""
    rto: int = world.door.read("rto")
    return (rto << 2) - (rto >> 1)


def tcp_fin_time(world: World, sk: Sock) -> int:
    """How long an orphan may stay in FIN_WAIT2, in jiffies.

    TCP_LINGER2 if it is not 0, else tcp_fin_timeout; at least 3.5 rto.

    Source: include/net/tcp.h.
    """
    tp = world.only_socket(sk).tp
    time: int = tp.load("linger2")
    code = "from-linger2"
    if not time:
        time = sk.ipv4.load("sysctl_tcp_fin_timeout")
        code = "from-sysctl"
    floor = three_and_a_half_rto(world)
    if time < floor:
        time, code = floor, "from-rto"
    world.recorder.note("tcp_fin_time", code, tmo_ms=time)
    return time


def inet_csk_reset_keepalive_timer(world: World, sk: Sock, length: int) -> None:
    """Arms the keepalive timer, which for an orphan in FIN_WAIT2 ends that state.

    Source: net/ipv4/inet_connection_sock.c. Left out: the reference that the timer holds.
    """
    world.only_socket(sk)
    world.arm("keepalive", length)


def tcp_time_wait(world: World, sk: Sock, state: int, time: int) -> None:
    """A mini-socket takes over, in sub-state FIN_WAIT2 or TIME_WAIT; the full socket is done.

    For FIN_WAIT2 it lives max(time, 3.5 rto), for TIME_WAIT tcp_tw_timeout whatever `time` is.

    Source: net/ipv4/tcp_minisocks.c. Left out: running out of mini-sockets
    (TCPTimeWaitOverflow), after which nothing would remain.
    """
    world.only_socket(sk)
    if state not in (FIN_WAIT2, TIME_WAIT):
        name = STATE_NAMES.get(state, state)
        raise RuleBroken(
            f"tcp_time_wait: a mini-socket is in FIN_WAIT2 or TIME_WAIT, not in {name}"
        )
    if state == TIME_WAIT:
        lifetime = world.timewait_ms
    else:
        lifetime = max(time, three_and_a_half_rto(world))
    world.timewait = "TIME_WAIT" if state == TIME_WAIT else "FIN_WAIT2"
    world.recorder.effect("fate", "mini-socket", None, world.timewait)
    world.arm("timewait", lifetime)
    world.call("tcp_done", sk)
