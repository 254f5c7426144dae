# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Where segments of the peer get in: the wait for the close, and the backlog."""

from __future__ import annotations

from app.kernel.constants import CLOSE, STREAM_CLOSING
from app.kernel.host import World
from app.kernel.peer import receive
from app.kernel.socket import Sock
from app.kernel.states import STATE_NAMES
from app.machine.values import Deferred, RuleBroken


def sk_stream_wait_close(world: World, sk: Sock, timeout: int | Deferred) -> None:
    """Sleeps, at most `timeout` jiffies, while the state is FIN_WAIT1, CLOSING or LAST_ACK.

    Each segment of `wait` is processed in turn; those after the end of the wait are never
    delivered. When they run out, so does the time.

    Source: net/core/stream.c. Left out: signals, which end the wait as the timeout does. The
    kernel looks at the timeout first; the model at the state, so that a socket that would not
    wait in any case reads no input for it.
    """
    recorder, locks = world.recorder, world.locks
    state = world.only_socket(sk).state
    if state not in STREAM_CLOSING:
        recorder.note("sk_stream_wait_close", "nothing-to-wait-for", state=STATE_NAMES[state])
        return
    limit = timeout.value() if isinstance(timeout, Deferred) else timeout
    if not limit:
        recorder.note("sk_stream_wait_close", "no-timeout")
        return
    recorder.effect("sleep", "owner", None, limit)
    locks.disown()
    for event in world.door.read("wait"):
        receive(world, event, "wait")
        if sk.state not in STREAM_CLOSING:
            break
    locks.own()
    state = sk.state
    code = "timed-out" if state in STREAM_CLOSING else "ended"
    recorder.note("sk_stream_wait_close", code, state=STATE_NAMES[state])


def release_backlog(world: World, sk: Sock) -> None:
    """Processes the segments that arrived while the socket was owned, which it still is.

    Source: net/core/sock.c, __release_sock. The spinlock is dropped and taken again around
    them. A closed socket ignores every segment, so its backlog is not looked at.
    """
    locks, recorder = world.locks, world.recorder
    if not locks.is_spinlocked:
        raise RuleBroken("__release_sock wants the socket's spinlock held")
    world.is_backlog_done = True
    if world.only_socket(sk).state == CLOSE:
        recorder.note("__release_sock", "empty")
        return
    backlog = world.door.read("backlog")
    if not backlog:
        recorder.note("__release_sock", "empty")
        return
    locks.unspin()
    locks.enable_bottom_halves()
    for event in backlog:
        receive(world, event, "backlog")
        if sk.state == CLOSE and not recorder.has_effects:
            # The others are ignored, and nobody asks what they are.
            break
    locks.disable_bottom_halves()
    locks.spin()
    if recorder.has_effects:
        recorder.note("__release_sock", "processed", count=len(backlog))
