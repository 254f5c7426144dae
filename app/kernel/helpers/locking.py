# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Who may touch the socket: ownership by a process, the spinlock, bottom halves."""

from __future__ import annotations

from app.kernel.host import World
from app.kernel.socket import Sock


def lock_sock(world: World, sk: Sock) -> None:
    """The closing task owns the socket; segments that arrive now go to the backlog.

    Source: net/core/sock.c, lock_sock_nested. Left out: the wait for another owner.
    """
    world.only_socket(sk)
    world.locks.own()


def release_sock(world: World, sk: Sock) -> None:
    """The socket is free again.

    Source: net/core/sock.c. Left out: a backlog that filled after __release_sock, the deferred
    work of `release_cb`, and the wake-up of tasks that wait for the lock.
    """
    world.only_socket(sk)
    world.locks.disown()


def local_bh_disable(world: World) -> None:
    """No softirq on this CPU from here on.

    Source: include/linux/bottom_half.h.
    """
    world.locks.disable_bottom_halves()


def local_bh_enable(world: World) -> None:
    """Softirqs may run again.

    Source: kernel/softirq.c. Left out: softirqs that are pending run at once.
    """
    world.locks.enable_bottom_halves()


def bh_lock_sock(world: World, sk: Sock) -> None:
    """The spinlock that the receive path takes for each segment.

    Source: include/net/sock.h, a spin_lock of sk_lock.slock.
    """
    world.only_socket(sk)
    world.locks.spin()


def bh_unlock_sock(world: World, sk: Sock) -> None:
    """The spinlock is dropped.

    Source: include/net/sock.h, a spin_unlock of sk_lock.slock.
    """
    world.only_socket(sk)
    world.locks.unspin()
