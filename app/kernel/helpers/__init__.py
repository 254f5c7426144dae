# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The kernel functions that tcp_close calls: one table, a file for each family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.kernel.helpers import accessors, ending, locking, output, queues, state, timers, waiting
from app.kernel.socket import (
    NET,
    PERCPU_COUNTER,
    REQUEST_SOCK,
    SKB,
    SKB_CB,
    SKB_HEAD,
    SOCK,
    SOCK_POINTER,
    TCP_SOCK,
)
from app.machine.types import INT, INTEGER_TYPES, LONG, VOID, pointer_to
from app.machine.values import Function

_SK: Final = SOCK_POINTER
_SKB: Final = pointer_to(SKB)
_NET: Final = pointer_to(NET)
#: Accessors only look at the socket, and take one that is const too.
_CONST_SK: Final = pointer_to(SOCK, is_const=True)
_CONST_NET: Final = pointer_to(NET, is_const=True)
_GFP: Final = INTEGER_TYPES["gfp_t"]
_BOOL: Final = INTEGER_TYPES["bool"]

#: What `sk->sk_prot->disconnect` points at.
TCP_DISCONNECT: Final = Function("tcp_disconnect", INT, (_SK, INT), output.tcp_disconnect)

_TABLE: Final = (
    # name, returns, parameters, the model
    Function("lock_sock", VOID, (_SK,), locking.lock_sock),
    Function("release_sock", VOID, (_SK,), locking.release_sock),
    Function("local_bh_disable", VOID, (), locking.local_bh_disable),
    Function("local_bh_enable", VOID, (), locking.local_bh_enable),
    Function("bh_lock_sock", VOID, (_SK,), locking.bh_lock_sock),
    Function("bh_unlock_sock", VOID, (_SK,), locking.bh_unlock_sock),
    Function("__release_sock", VOID, (_SK,), waiting.release_backlog),
    Function(
        "sk_stream_wait_close",
        VOID,
        (_SK, LONG),
        waiting.sk_stream_wait_close,
        deferred=frozenset({1}),
    ),
    Function("tcp_set_state", VOID, (_SK, INT), state.tcp_set_state),
    Function("tcp_close_state", INT, (_SK,), state.tcp_close_state),
    Function("__skb_dequeue", _SKB, (pointer_to(SKB_HEAD),), queues.skb_dequeue),
    Function("__kfree_skb", VOID, (_SKB,), queues.kfree_skb),
    Function("sk_mem_reclaim", VOID, (_SK,), queues.sk_mem_reclaim),
    Function("tcp_send_fin", VOID, (_SK,), output.tcp_send_fin),
    Function("tcp_send_active_reset", VOID, (_SK, _GFP), output.tcp_send_active_reset),
    Function("inet_csk_listen_stop", VOID, (_SK,), output.inet_csk_listen_stop),
    TCP_DISCONNECT,
    Function("sock_hold", VOID, (_SK,), ending.sock_hold),
    Function("sock_put", VOID, (_SK,), ending.sock_put),
    Function("sock_orphan", VOID, (_SK,), ending.sock_orphan),
    Function("percpu_counter_inc", VOID, (pointer_to(PERCPU_COUNTER),), ending.percpu_counter_inc),
    Function("tcp_check_oom", _BOOL, (_SK, INT), ending.tcp_check_oom),
    Function(
        "reqsk_fastopen_remove",
        VOID,
        (_SK, pointer_to(REQUEST_SOCK), _BOOL),
        ending.reqsk_fastopen_remove,
    ),
    Function("inet_csk_destroy_sock", VOID, (_SK,), ending.inet_csk_destroy_sock),
    Function("tcp_done", VOID, (_SK,), ending.tcp_done),
    Function("tcp_fin_time", INT, (_CONST_SK,), timers.tcp_fin_time),
    Function(
        "inet_csk_reset_keepalive_timer",
        VOID,
        (_SK, INTEGER_TYPES["long unsigned"]),
        timers.inet_csk_reset_keepalive_timer,
    ),
    Function("tcp_time_wait", VOID, (_SK, INT, INT), timers.tcp_time_wait),
    Function("check_net", INT, (_CONST_NET,), accessors.check_net),
    Function("sock_flag", INT, (_CONST_SK, INT), accessors.sock_flag),
    Function("tcp_sk", pointer_to(TCP_SOCK), (_CONST_SK,), accessors.tcp_sk, is_macro=True),
    Function("sock_net", _NET, (_CONST_SK,), accessors.sock_net, is_macro=True),
    Function("TCP_SKB_CB", pointer_to(SKB_CB), (_SKB,), accessors.tcp_skb_cb, is_macro=True),
    Function("NET_INC_STATS", VOID, (_NET, INT), accessors.count_mib),
    Function("__NET_INC_STATS", VOID, (_NET, INT), accessors.count_mib),
    Function("unlikely", INT, (LONG,), accessors.unlikely, is_macro=True, is_transparent=True),
)

FUNCTIONS: Final[Mapping[str, Function]] = {function.name: function for function in _TABLE}

#: Why a modelled function did what it did: the codes that it may note. Functions that note none
#: are left out.
NOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "__release_sock": ("empty", "processed"),
    "__skb_dequeue": ("segment", "fin-only", "data-and-fin", "empty"),
    "check_net": ("alive", "dying"),
    "inet_csk_listen_stop": ("no-children", "children"),
    "sk_stream_wait_close": ("no-timeout", "nothing-to-wait-for", "ended", "timed-out"),
    "sock_flag": ("set", "clear"),
    "tcp_check_oom": ("too-many-orphans", "out-of-memory", "within-limits"),
    "tcp_close_state": ("sends-fin", "already-sent", "never-connected"),
    "tcp_disconnect": ("silent-repair", "reset", "silent-state"),
    "tcp_fin_time": ("from-linger2", "from-sysctl", "from-rto"),
    "tcp_send_fin": ("sent", "behind-data"),
}
