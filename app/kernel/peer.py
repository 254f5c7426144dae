# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a segment of the peer does to a socket that is being closed.

Source: net/ipv4/tcp_input.c of Linux 4.19, tcp_rcv_state_process, tcp_fin, tcp_reset; and
tcp_v4_do_rcv, which answers with a RST where the first of these says so. Left out: sequence
checks (each segment is acceptable), the processing of data before our close, challenge ACKs.
"""

from __future__ import annotations

from app.kernel.constants import (
    CLOSE,
    CLOSE_WAIT,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
    LISTEN,
    SOCK_DEAD,
    SYN_RECV,
    SYN_SENT,
    TIME_WAIT,
)
from app.kernel.host import World, request_of


def receive(world: World, event: str, where: str) -> None:
    """Process one segment: `event` is `ack`, `fin`, `data` or `rst`, `where` `wait` or `backlog`.

    `ack` acknowledges our FIN; `data` is new data, sent after our close.
    """
    state = world.sk.state
    effect = world.recorder.effect
    if state in (CLOSE, LISTEN) or (state == SYN_SENT and event != "rst"):
        effect("event", event, None, "ignored", where)
        return
    effect("event", event, None, "processed", where)
    if event != "rst" and state in (FIN_WAIT1, SYN_RECV):
        _finish_fastopen(world)
    match event:
        case "rst":
            _reset(world)
        case "ack":
            _acknowledge(world)
        case "fin":
            _finish(world)
        case "data":
            _data(world)


def _finish_fastopen(world: World) -> None:
    """Whatever the client sends now ends the handshake: the request socket goes."""
    request = request_of(world)
    if request is not None:
        world.call("reqsk_fastopen_remove", world.sk, request, 0)


def _wake_owner(world: World) -> None:
    if SOCK_DEAD not in world.sk.flags:
        world.recorder.effect("wake-up", "owner", None, "woken")


def _reset(world: World) -> None:
    errno = {SYN_SENT: "ECONNREFUSED", CLOSE_WAIT: "EPIPE"}.get(world.sk.state, "ECONNRESET")
    world.recorder.effect("errno", "sk_err", None, errno)
    world.call("tcp_done", world.sk)


def _answer_with_reset(world: World, cause: str) -> None:
    world.count("OutRsts")
    world.send("RST", cause)


def _acknowledge(world: World) -> None:
    sk = world.sk
    if sk.state == FIN_WAIT1:
        world.call("tcp_set_state", sk, FIN_WAIT2)
        if SOCK_DEAD not in sk.flags:
            _wake_owner(world)
        elif sk.tp.load("linger2") < 0:
            world.call("tcp_done", sk)
            world.count("TCPAbortOnData")
            _answer_with_reset(world, "answers-ack")
        else:
            # The closer still owns the socket, so this arms the timer even where the whole
            # time would fit a mini-socket: a FIN right behind must not get lost.
            time = world.call("tcp_fin_time", sk)
            beyond = time - world.timewait_ms
            world.call("inet_csk_reset_keepalive_timer", sk, beyond if beyond > 0 else time)
    elif sk.state == CLOSING:
        world.call("tcp_time_wait", sk, TIME_WAIT, 0)
    elif sk.state == LAST_ACK:
        world.call("tcp_done", sk)


def _finish(world: World) -> None:
    sk = world.sk
    if sk.state == FIN_WAIT1:
        world.send("ACK", "acknowledges-fin")
        world.call("tcp_set_state", sk, CLOSING)
        _wake_owner(world)
    elif sk.state == FIN_WAIT2:
        world.send("ACK", "acknowledges-fin")
        world.call("tcp_time_wait", sk, TIME_WAIT, 0)
    elif sk.state in (ESTABLISHED, SYN_RECV):
        world.call("tcp_set_state", sk, CLOSE_WAIT)
        _wake_owner(world)


def _data(world: World) -> None:
    if world.sk.state in (FIN_WAIT1, FIN_WAIT2):
        world.count("TCPAbortOnData")
        _reset(world)
        _answer_with_reset(world, "answers-data")
