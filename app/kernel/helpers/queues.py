# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The receive queue and its memory."""

from __future__ import annotations

from app.kernel.host import World
from app.kernel.socket import ReceiveQueue, SkBuff, Sock


def skb_dequeue(world: World, queue: ReceiveQueue) -> SkBuff | None:
    """Takes the first segment off a queue; NULL when it is empty.

    Source: include/linux/skbuff.h, __skb_dequeue: no lock of its own, the owner of the socket
    calls it. As in the kernel, a segment that was read in part counts whole.
    """
    skb = world.receive_queue(queue).take()
    note = world.recorder.note
    if skb is None:
        note("__skb_dequeue", "empty")
    elif not skb.segment.bytes:
        note("__skb_dequeue", "fin-only")
    elif skb.segment.fin:
        note("__skb_dequeue", "data-and-fin", bytes=skb.segment.bytes)
    else:
        note("__skb_dequeue", "segment", bytes=skb.segment.bytes)
    return skb


def kfree_skb(world: World, skb: SkBuff) -> None:
    """Frees a segment; the bytes in it are lost to the program for good.

    Source: net/core/skbuff.c, __kfree_skb. Left out: the reference count of shared data.
    """
    world.segment(skb, "__kfree_skb").is_freed = True
    queue = world.sk.queue
    queue.store("bytes_freed", queue.load("bytes_freed") + skb.segment.bytes)
    world.recorder.effect("memory", "skb", skb.label, "freed")


def sk_mem_reclaim(world: World, sk: Sock) -> None:
    """Gives memory that was set aside for the socket back to TCP's common account.

    Source: include/net/sock.h. Left out: the account is kept in pages; here it is the bytes of
    the segments that were freed since the last time.
    """
    queue = world.only_socket(sk).queue
    freed = queue.load("bytes_freed")
    if freed:
        world.recorder.effect("memory", "reclaimed", freed, 0)
        queue.store("bytes_freed", 0)
