# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The end of a socket: orphaned, done, destroyed, its last reference dropped."""

from __future__ import annotations

from typing import Any

from app.kernel.constants import CLOSE, SHUTDOWN_MASK, SOCK_DEAD, SYN_RECV, SYN_SENT
from app.kernel.host import World, request_of
from app.kernel.socket import Sock
from app.machine.values import Record, RuleBroken


def sock_hold(world: World, sk: Sock) -> None:
    """One more reference.

    Source: include/net/sock.h.
    """
    world.only_socket(sk)
    world.hold()


def sock_put(world: World, sk: Sock) -> None:
    """One reference less; the last one frees the socket.

    Source: include/net/sock.h. Left out: the references that armed timers hold.
    """
    world.only_socket(sk)
    world.put()


def sock_orphan(world: World, sk: Sock) -> None:
    """The socket has no process any more: SOCK_DEAD is set.

    Source: include/net/sock.h. Left out: the pointers to the file and the wait queue.
    """
    world.only_socket(sk).flags.add(SOCK_DEAD)
    world.recorder.effect("flag", "SOCK_DEAD", 0, 1)


def percpu_counter_inc(world: World, counter: Record) -> None:
    """The host has one orphan more.

    Source: include/linux/percpu_counter.h. Left out: the count is kept in parts, one a CPU, and
    what a reader gets without adding them up is rough.
    """
    if counter is not world.sk.load("sk_prot").load("orphan_count"):
        raise RuleBroken("percpu_counter_inc: this is not the count of orphans")
    world.change_orphans(+1)


def tcp_check_oom(world: World, sk: Sock, shift: int) -> int:
    """1 if there are too many orphans or TCP is out of memory, else 0.

    Source: net/ipv4/tcp.c. Left out: the limits themselves (tcp_max_orphans, tcp_mem and the
    socket's own queue), which are inputs here, and the line in the kernel's log.
    """
    world.only_socket(sk)
    read, note = world.door.read, world.recorder.note
    if read("orphans"):
        note("tcp_check_oom", "too-many-orphans")
        return 1
    if read("memory"):
        note("tcp_check_oom", "out-of-memory")
        return 1
    note("tcp_check_oom", "within-limits")
    return 0


def reqsk_fastopen_remove(world: World, sk: Sock, request: Any, is_reset: int) -> None:
    """Takes the Fast Open request socket away from its child.

    Source: net/core/request_sock.c. Left out: the listener's count of Fast Open requests and
    its list of addresses that reset.
    """
    tp = world.only_socket(sk).tp
    if request is None or tp.load("fastopen_rsk") is not request:
        raise RuleBroken("reqsk_fastopen_remove without this socket's request")
    tp.store("fastopen_rsk", None)
    world.recorder.effect("memory", "fastopen_rsk", "request", "freed")


def inet_csk_destroy_sock(world: World, sk: Sock) -> None:
    """Destroys a closed orphan: timers cleared, one reference and the orphan count given back.

    Source: net/ipv4/inet_connection_sock.c, and tcp_v4_destroy_sock. It wants the state CLOSE,
    SOCK_DEAD, and no Fast Open request. Left out: queues, security and memory accounts.
    """
    if world.only_socket(sk).state != CLOSE:
        raise RuleBroken("inet_csk_destroy_sock wants the state CLOSE")
    if SOCK_DEAD not in sk.flags:
        raise RuleBroken("inet_csk_destroy_sock wants an orphan")
    if request_of(world) is not None:
        raise RuleBroken("inet_csk_destroy_sock with a Fast Open request left")
    if world.is_destroyed:
        raise RuleBroken("the socket is destroyed twice")
    world.clear_timers()
    world.is_destroyed = True
    world.recorder.effect("fate", "sk", None, "destroyed")
    world.change_orphans(-1)
    world.put()


def tcp_done(world: World, sk: Sock) -> None:
    """The protocol is through: CLOSE, timers and Fast Open request gone.

    An orphan is destroyed at once; another socket only wakes its owner.

    Source: net/ipv4/tcp.c. Called by the receive path and by tcp_time_wait.
    """
    before = world.only_socket(sk).state
    request = request_of(world)
    if before in (SYN_SENT, SYN_RECV):
        world.count("AttemptFails")
    world.call("tcp_set_state", sk, CLOSE)
    world.clear_timers()
    if request is not None:
        world.call("reqsk_fastopen_remove", sk, request, 0)
    sk.store("sk_shutdown", SHUTDOWN_MASK)
    if SOCK_DEAD in sk.flags:
        world.call("inet_csk_destroy_sock", sk)
    else:
        world.recorder.effect("wake-up", "owner", None, "woken")
