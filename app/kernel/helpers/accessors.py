# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Macros and inline functions that reach from one struct to another, or test a bit."""

from __future__ import annotations

from app.kernel.constants import MIB_NAMES, SOCK_FLAG_NAMES, SOCK_LINGER
from app.kernel.host import World
from app.kernel.socket import SkBuff, Sock
from app.machine.values import Record, RuleBroken


def tcp_sk(world: World, sk: Sock) -> Record:
    """The socket seen as a TCP socket.

    Source: include/linux/tcp.h, a cast. The model keeps two objects for the same memory.
    """
    return world.only_socket(sk).tp


def sock_net(world: World, sk: Sock) -> Record:
    """The socket's network namespace.

    Source: include/net/sock.h. Left out: everything of the namespace but two sysctls.
    """
    return world.only_socket(sk).net


def tcp_skb_cb(world: World, skb: SkBuff) -> Record:
    """TCP's notes on a segment: seq, end_seq, flags.

    Source: include/net/tcp.h, TCP_SKB_CB, an address inside the skb.
    """
    return world.segment(skb, "TCP_SKB_CB").cb


def sock_flag(world: World, sk: Sock, flag: int) -> int:
    """Whether a flag of the socket is set: 0 or 1.

    Source: include/net/sock.h. SOCK_LINGER is the input `linger`; SOCK_DEAD is set by
    sock_orphan; no other flag is modelled.
    """
    if flag not in SOCK_FLAG_NAMES:
        raise RuleBroken(f"sock_flag: flag {flag} is not modelled")
    if flag == SOCK_LINGER:
        is_set = world.door.read("linger") is not None
    else:
        is_set = flag in world.only_socket(sk).flags
    world.recorder.note("sock_flag", "set" if is_set else "clear", flag=SOCK_FLAG_NAMES[flag])
    return 1 if is_set else 0


def count_mib(world: World, net: Record, item: int) -> None:
    """One more of a counter of /proc/net/netstat.

    Source: include/net/ip.h, NET_INC_STATS and __NET_INC_STATS; the second is for callers that
    have bottom halves off, which makes no difference here.
    """
    world.only_net(net)
    if item not in MIB_NAMES:
        raise RuleBroken(f"counter {item} is not modelled")
    world.count(MIB_NAMES[item])


def check_net(world: World, net: Record) -> int:
    """Whether the network namespace is alive: 0 or 1.

    Source: include/net/net_namespace.h, a test of the namespace's reference count.
    """
    world.only_net(net)
    is_alive = world.door.read("netns") == "alive"
    world.recorder.note("check_net", "alive" if is_alive else "dying")
    return 1 if is_alive else 0


def unlikely(world: World, condition: int) -> int:
    """The condition itself.

    Source: include/linux/compiler.h; in the kernel a hint to the compiler.
    """
    return condition
