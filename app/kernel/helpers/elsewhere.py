# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What texts of other kernels call: functions, macros, and calls that change nothing here.

The texts are tcp_close() from Linux 2.6.11 on and the small functions that it calls, in mainline
and at vendors. A function with an entry here and one in the own table is the one of this table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from app.csource import nodes
from app.csource.source import Span
from app.kernel.constants import CLOSE, HZ, MIB_NAMES, SOCK_MIN_SNDBUF, TCP_MIB_NAMES
from app.kernel.helpers import queues, waiting
from app.kernel.host import Kernel, World
from app.kernel.socket import (
    CONNECTION_SOCK,
    INET_SOCK,
    NET,
    PERCPU_COUNTER,
    SKB,
    SKB_HEAD,
    SOCK,
    SOCK_POINTER,
    TCPHDR,
    SkBuff,
    Sock,
)
from app.kernel.states import STATE_NAMES
from app.machine.environment import Constant, integer
from app.machine.types import INT, INTEGER_TYPES, LONG, VOID, named, pointer_to
from app.machine.values import Function, Record, RuleBroken

_OF_ITS_OWN: Final = re.compile(r"\bSK_RST_REASON_|\btcp_too_many_orphans\(|_active_reset\(\w+\)")
_REASON: Final = re.compile(r"\bSK_RST_REASON_(\w+)")
_SK: Final = SOCK_POINTER
_CONST_SK: Final = pointer_to(SOCK, is_const=True)
_NET: Final = pointer_to(NET)
_SKB: Final = pointer_to(SKB)
_BOOL: Final = INTEGER_TYPES["bool"]


def inet_csk(world: World, sk: Sock) -> Record:
    """The socket seen as a connection socket. Source: include/net/inet_connection_sock.h."""
    return world.only_socket(sk).connection


def inet_sk(world: World, sk: Sock) -> Record:
    """The socket seen as an internet socket. Source: include/net/inet_sock.h."""
    return world.only_socket(sk).inet


def inet_unhash(world: World, sk: Sock) -> None:
    """Takes the socket out of the lookup tables. Source: net/ipv4/inet_hashtables.c."""
    if world.only_socket(sk).state != CLOSE:
        world.recorder.effect("hash", "lookup-tables", "listed", "removed")


def inet_sk_state_store(world: World, sk: Sock, state: int) -> None:
    """Writes sk_state, and tells the tracepoint. Source: net/ipv4/af_inet.c."""
    before = world.only_socket(sk).state
    sk.store("sk_state", state)
    cause = "unchanged" if before == state else None
    names = STATE_NAMES[before], STATE_NAMES[state]
    world.recorder.effect("state", "sk_state", *names, cause)


def tcp_inc_stats(world: World, net: Record, item: int) -> None:
    """One more of a counter or gauge of /proc/net/snmp. Source: include/net/tcp.h."""
    _snmp(world, net, item, +1)


def tcp_dec_stats(world: World, net: Record, item: int) -> None:
    """One less of a gauge of /proc/net/snmp. Source: include/net/tcp.h."""
    _snmp(world, net, item, -1)


def _snmp(world: World, net: Record, item: int, by: int) -> None:
    world.only_net(net)
    name = TCP_MIB_NAMES.get(item)
    if name is None:
        raise RuleBroken(f"counter {item} is not modelled")
    if name == "CurrEstab":
        world.change_gauge(name, by)
    elif by > 0:
        world.count(name)
    else:
        raise RuleBroken(f"{name} only counts up")


def net_inc_stats(world: World, net: Record, item: int) -> None:
    """One more of a counter of /proc/net/netstat, by any of its names. Source: include/net/ip.h."""
    world.only_net(net)
    if item not in MIB_NAMES:
        raise RuleBroken(f"counter {item} is not modelled")
    world.count(MIB_NAMES[item])


def host_counter(world: World, item: int) -> None:
    """One more of a counter of the host, before namespaces had their own (until 2.6.27)."""
    net_inc_stats(world, world.sk.net, item)


def host_gauge(by: int) -> Callable[[World, int], None]:
    """The same of a counter or gauge of /proc/net/snmp: so many more."""
    return lambda world, item: _snmp(world, world.sk.net, item, by)


def orphans_above(world: World) -> int:
    """How many orphans are above the limit, as far as it matters: the input `orphans`.

    Source: net/ipv4/tcp.c, tcp_orphan_count_sum, and its cached sum, which may be 100 ms old.
    """
    return int(world.door.read("orphans"))


def counter_above(world: World, counter: Record) -> int:
    """The same, of the counter of orphans. Source: include/linux/percpu_counter.h."""
    if counter is not world.sk.load("sk_prot").load("orphan_count"):
        raise RuleBroken("this is not the count of orphans")
    return orphans_above(world)


def memory_above(world: World) -> int:
    """How much memory is above the limit, as far as it matters: the input `memory`."""
    return int(world.door.read("memory"))


def socket_memory_above(world: World, sk: Sock) -> int:
    """The same, of a socket's protocol. Source: include/net/sock.h, sk_memory_allocated."""
    world.only_socket(sk)
    return memory_above(world)


def memory_limit(world: World, sk: Sock, index: int) -> int:
    """One of the limits in `tcp_mem`. Source: include/net/sock.h, sk_prot_mem_limits."""
    world.only_socket(sk)
    limits = TABLES["sysctl_tcp_mem"]
    if not 0 <= index < len(limits):
        raise RuleBroken(f"tcp_mem has {len(limits)} limits")
    return limits[index]


def fin_timeout(world: World) -> int:
    """The host's sysctl, before namespaces had their own. Source: net/ipv4/tcp_ipv4.c."""
    value: int = world.sk.ipv4.load("sysctl_tcp_fin_timeout")
    return value


def tcp_hdr(world: World, skb: SkBuff) -> Record:
    """The segment's TCP header. Source: include/linux/tcp.h."""
    return world.segment(skb, "tcp_hdr").header()


def warn_on(world: World, condition: int) -> int:
    """A condition that must not hold. Source: include/asm-generic/bug.h."""
    if condition:
        raise RuleBroken("the kernel warns here: its own assumption does not hold")
    return 0


def owned_by_user(world: World, sk: Sock) -> int:
    """Whether a task owns the socket. Source: include/net/sock.h."""
    world.only_socket(sk)
    return 1 if world.locks.is_owned else 0


def too_many_orphans(world: World, *arguments: Any) -> int:
    """The input `orphans`. Source: net/ipv4/tcp.c; the count and its limit are left out."""
    if not world.door.read("orphans"):
        return 0
    world.recorder.note("tcp_check_oom", "too-many-orphans")
    return 1


def out_of_memory(world: World, sk: Sock) -> int:
    """The input `memory`. Source: include/net/tcp.h; the account and its limit are left out."""
    world.only_socket(sk)
    if not world.door.read("memory"):
        return 0
    world.recorder.note("tcp_check_oom", "out-of-memory")
    return 1


def clear_xmit_timers(world: World, sk: Sock) -> None:
    """Stops the timers of the full socket. Source: include/net/tcp.h."""
    world.only_socket(sk)
    world.clear_timers()


def destroy(world: World, sk: Sock) -> None:
    """TCP's own end of a socket. Source: net/ipv4/tcp_ipv4.c, tcp_v4_destroy_sock."""
    if world.only_socket(sk).state != CLOSE:
        raise RuleBroken("a socket is destroyed that is not in CLOSE")
    if world.is_destroyed:
        raise RuleBroken("the socket is destroyed twice")
    world.clear_timers()
    world.is_destroyed = True
    world.recorder.effect("fate", "sk", None, "destroyed")


def state_change(world: World, sk: Sock) -> None:
    """Wakes who waits for the socket. Source: net/core/sock.c, sock_def_wakeup."""
    world.only_socket(sk)
    world.recorder.effect("wake-up", "owner", None, "woken")


def orphan_added(world: World, *arguments: Any) -> None:
    """One orphan more. Source: include/net/tcp.h, tcp_orphan_count_inc."""
    world.change_orphans(+1)


def orphan_gone(world: World, *arguments: Any) -> None:
    """One orphan less. Source: net/ipv4/inet_connection_sock.c."""
    world.change_orphans(-1)


def reset_keepalive(world: World, sk: Sock, length: int) -> None:
    """Arms the keepalive timer. Source: net/ipv4/tcp_timer.c, tcp_reset_keepalive_timer."""
    world.call("inet_csk_reset_keepalive_timer", sk, length)


def release_sock(world: World, sk: Sock) -> None:
    """The socket is free again; a backlog that nobody processed yet is processed first.

    Source: net/core/sock.c.
    """
    world.only_socket(sk)
    if not world.is_backlog_done:
        world.locks.disable_bottom_halves()
        world.locks.spin()
        waiting.release_backlog(world, sk)
        world.locks.unspin()
        world.locks.enable_bottom_halves()
    world.locks.disown()


def skb_peek(world: World, queue: Any) -> SkBuff | None:
    """The first segment of a queue, which stays there. Source: include/linux/skbuff.h."""
    return world.receive_queue(queue).peek_first()


def eat_recv_skb(world: World, sk: Sock, skb: SkBuff) -> None:
    """Takes a segment off the receive queue and frees it. Source: include/net/tcp.h."""
    taken = queues.skb_dequeue(world, world.only_socket(sk).queue)
    if taken is not skb:
        raise RuleBroken("tcp_eat_recv_skb: this is not the first segment")
    queues.kfree_skb(world, skb)


_TABLE: Final = (
    Function("inet_csk", pointer_to(CONNECTION_SOCK), (_CONST_SK,), inet_csk, is_macro=True),
    Function("inet_sk", pointer_to(INET_SOCK), (_CONST_SK,), inet_sk, is_macro=True),
    Function("inet_unhash", VOID, (_SK,), inet_unhash),
    Function("inet_sk_state_store", VOID, (_SK, INT), inet_sk_state_store),
    Function("sk_state_store", VOID, (_SK, INT), inet_sk_state_store),
    Function("tcp_state_store", VOID, (_SK, INT), inet_sk_state_store),
    Function("TCP_INC_STATS", VOID, (_NET, INT), tcp_inc_stats),
    Function("__TCP_INC_STATS", VOID, (_NET, INT), tcp_inc_stats),
    Function("TCP_INC_STATS_BH", VOID, (_NET, INT), tcp_inc_stats),
    Function("TCP_DEC_STATS", VOID, (_NET, INT), tcp_dec_stats),
    Function("NET_INC_STATS_USER", VOID, (_NET, INT), net_inc_stats),
    Function("NET_INC_STATS_BH", VOID, (_NET, INT), net_inc_stats),
    Function("host_counter", VOID, (INT,), host_counter),
    Function("host_snmp_inc", VOID, (INT,), host_gauge(+1)),
    Function("host_snmp_dec", VOID, (INT,), host_gauge(-1)),
    Function("tcp_orphan_count_sum", INT, (), orphans_above),
    Function("percpu_counter_read_positive", LONG, (pointer_to(PERCPU_COUNTER),), counter_above),
    Function("percpu_counter_sum_positive", LONG, (pointer_to(PERCPU_COUNTER),), counter_above),
    Function("memory_above", INT, (), memory_above),
    Function("sk_memory_allocated", LONG, (_CONST_SK,), socket_memory_above),
    Function("sk_prot_mem_limits", LONG, (_CONST_SK, INT), memory_limit),
    Function("host_fin_timeout", INT, (), fin_timeout),
    Function("tcp_hdr", pointer_to(TCPHDR), (_SKB,), tcp_hdr, is_macro=True),
    Function("WARN_ON", INT, (LONG,), warn_on),
    Function("WARN_ON_ONCE", INT, (LONG,), warn_on),
    Function("sock_owned_by_user", _BOOL, (_CONST_SK,), owned_by_user),
    Function("sk_unhashed", INT, (_CONST_SK,), lambda world, sk: 1),
    Function("tcp_too_many_orphans", _BOOL, (_SK, INT), too_many_orphans),
    Function("tcp_out_of_memory", _BOOL, (_CONST_SK,), out_of_memory),
    Function("tcp_clear_xmit_timers", VOID, (_SK,), clear_xmit_timers),
    Function("inet_csk_clear_xmit_timers_sync", VOID, (_SK,), clear_xmit_timers),
    Function("tcp_v4_destroy_sock", VOID, (_SK,), destroy),
    Function("sk_state_change", VOID, (_SK,), state_change),
    Function("tcp_orphan_count_inc", VOID, (), orphan_added),
    Function("tcp_orphan_count_dec", VOID, (), orphan_gone),
    Function("percpu_counter_dec", VOID, (pointer_to(PERCPU_COUNTER),), orphan_gone),
    Function(
        "tcp_reset_keepalive_timer", VOID, (_SK, INTEGER_TYPES["long unsigned"]), reset_keepalive
    ),
    Function("release_sock", VOID, (_SK,), release_sock),
    Function("skb_peek", _SKB, (pointer_to(SKB_HEAD, is_const=True),), skb_peek),
    Function("tcp_eat_recv_skb", VOID, (_SK, _SKB), eat_recv_skb),
)
OTHERS: Final[Mapping[str, Function]] = {function.name: function for function in _TABLE}

#: Totals of the host, which no text of one socket adds up: the input that says whether they are
#: above their limit.
TOTALS: Final = {
    "tcp_orphan_count_sum": "orphans",
    "tcp_orphan_cache": "orphans",
    "percpu_counter_read_positive": "orphans",
    "percpu_counter_sum_positive": "orphans",
    "sk_memory_allocated": "memory",
    "sk_prot_mem_limits": "memory",
}

#: Calls that do nothing that is modelled: accounts of memory, policies, statistics, the log.
SILENT: Final = frozenset(
    "sk_mem_reclaim sk_mem_reclaim_final sk_stream_kill_queues xfrm_sk_free_policy "
    "sk_refcnt_debug_release sk_refcnt_debug_dec inet_put_port tcp_put_port tcp_call_bpf_2arg "
    "net_info_ratelimited net_warn_ratelimited net_dbg_ratelimited printk pr_info might_sleep "
    "sk_mem_reclaim_partial trace_tcp_destroy_sock BUG_TRAP SOCK_DEBUG "
    "sk_stream_mem_reclaim tcp_mem_reclaim".split()
)


# Macros: what a call stands for


def _number(node: nodes.Expression, value: int) -> nodes.Expression:
    return nodes.Number(node.span, node.text, value, "", True)


def _first(call: nodes.Call) -> nodes.Expression:
    """The argument itself: an access that the compiler must not repeat or tear."""
    return call.arguments[0] if call.arguments else call


def _assigned(call: nodes.Call) -> nodes.Expression:
    if len(call.arguments) != 2:
        return call
    return nodes.Assignment(call.span, call.text, "", *call.arguments)


def _ordered(later: int, earlier: int) -> Callable[[nodes.Call], nodes.Expression]:
    """Whether one sequence number comes after another, in 32 bits that wrap."""

    def expand(call: nodes.Call) -> nodes.Expression:
        if len(call.arguments) != 2:
            return call
        first, second = call.arguments[earlier], call.arguments[later]
        place: Span = call.span
        s32 = nodes.TypeName(place, "s32", "s32", 0, False)
        difference = nodes.Cast(
            place, call.text, s32, nodes.Binary(place, call.text, "-", first, second)
        )
        return nodes.Binary(place, call.text, "<", difference, _number(call, 0))

    return expand


def _nothing(call: nodes.Call) -> None:
    """A check while compiling, or a word to the compiler: no code."""


def _zero(call: nodes.Call) -> nodes.Expression:
    """What is off: no BPF program is loaded, nothing is traced, nothing of Multipath TCP is set."""
    return _number(call, 0)


def _one(call: nodes.Call) -> nodes.Expression:
    """What is allowed: the log has been silent for long enough."""
    return _number(call, 1)


def _called(call: nodes.Call, name: str, *arguments: nodes.Expression) -> nodes.Call:
    return nodes.Call(
        call.span, call.text, nodes.Identifier(call.function.span, name, name), arguments
    )


def _of_host(name: str) -> Callable[[nodes.Call], nodes.Expression]:
    """A counter; without a namespace in front it is the host's."""

    def expand(call: nodes.Call) -> nodes.Expression:
        return _called(call, name, *call.arguments) if len(call.arguments) == 1 else call

    return expand


def _renamed(name: str) -> Callable[[nodes.Call], nodes.Expression]:
    """What is called otherwise today."""
    return lambda call: _called(call, name, *call.arguments)


def _total(call: nodes.Call) -> nodes.Expression:
    """A total of the host that is compared with its limit: of orphans, or of memory."""
    text = call.arguments[0].text if len(call.arguments) == 1 else ""
    if "orphan_count" in text:
        return _called(call, "tcp_orphan_count_sum")
    return _called(call, "memory_above") if "memory_allocated" in text else call


def _orphans(name: str) -> Callable[[nodes.Call], nodes.Expression]:
    """A per-CPU count, which can only be that of orphans."""

    def expand(call: nodes.Call) -> nodes.Expression:
        text = call.arguments[0].text if len(call.arguments) == 1 else ""
        if "orphan_count" not in text:
            return call
        return _called(call, name)

    return expand


MACROS: Final[Mapping[str, Callable[[nodes.Call], nodes.Expression | None]]] = {
    "WRITE_ONCE": _assigned,
    "smp_store_release": _assigned,
    "READ_ONCE": _first,
    "ACCESS_ONCE": _first,
    "data_race": _first,
    "rcu_dereference": _first,
    "rcu_dereference_protected": _first,
    "rcu_access_pointer": _first,
    "unrcu_pointer": _first,
    "after": _ordered(0, 1),
    "before": _ordered(1, 0),
    "this_cpu_inc": _orphans("tcp_orphan_count_inc"),
    "this_cpu_dec": _orphans("tcp_orphan_count_dec"),
    "BUILD_BUG_ON": _nothing,
    "BTF_TYPE_EMIT_ENUM": _nothing,
    "BTF_TYPE_EMIT": _nothing,
    "BPF_SOCK_OPS_TEST_FLAG": _zero,
    # Multipath TCP out of the tree: an ordinary socket's pointers are to TCP's own functions.
    "is_meta_sk": _zero,
    "mptcp": _zero,
    "->send_active_reset": _renamed("tcp_send_active_reset"),
    "->time_wait": _renamed("tcp_time_wait"),
    "atomic_inc": _orphans("tcp_orphan_count_inc"),
    "atomic_dec": _orphans("tcp_orphan_count_dec"),
    "atomic_read": _total,
    "atomic_long_read": _total,
    "net_ratelimit": _one,
    "lockdep_sock_is_held": _one,
    "tcp_listen_stop": _renamed("inet_csk_listen_stop"),
    "tcp_destroy_sock": _renamed("inet_csk_destroy_sock"),
    **dict.fromkeys(
        ("NET_INC_STATS", "NET_INC_STATS_USER", "NET_INC_STATS_BH"), _of_host("host_counter")
    ),
    **dict.fromkeys(("TCP_INC_STATS", "TCP_INC_STATS_BH"), _of_host("host_snmp_inc")),
    "TCP_DEC_STATS": _of_host("host_snmp_dec"),
}

#: Variables of the host, by the function that gives their value.
GLOBALS: Final = {
    "sysctl_tcp_fin_timeout": "host_fin_timeout",
    "tcp_orphan_cache": "tcp_orphan_count_sum",
}
#: Limits of the host; what is compared with them is only what is above.
TABLES: Final[Mapping[str, tuple[int, ...]]] = {"sysctl_tcp_mem": (0, 0, 0)}
#: Names that only other kernels' texts have.
NAMES: Final[Mapping[str, Constant]] = {
    "sysctl_tcp_max_orphans": integer(0),
    "SOCK_MIN_SNDBUF": integer(SOCK_MIN_SNDBUF),
    "TCP_TIMEWAIT_LEN": integer(60 * HZ),
    # A word to the compiler, which stands where a statement does.
    "fallthrough": integer(0),
}


def fitted(kernel: Kernel, text: str) -> Kernel:
    """The kernel as a text calls it: reasons of resets, and functions that had several forms."""
    if not _OF_ITS_OWN.search(text):
        return kernel
    names = sorted({*_REASON.findall(text), *kernel.features.reasons})
    numbers = dict(enumerate(names, 1))
    kind = named(INT, numbers)
    constants = {f"SK_RST_REASON_{name}": integer(n, kind) for n, name in numbers.items()}
    reset = _reset_function(text, kernel.functions["tcp_send_active_reset"])
    return replace(
        kernel,
        constants={**constants, **kernel.constants},
        functions={
            **kernel.functions,
            reset.name: reset,
            "tcp_too_many_orphans": _orphans_function(text),
        },
        reset_reasons=numbers,
    )


def _reset_function(text: str, model: Function) -> Function:
    """tcp_send_active_reset, which has had four forms: what stands behind the socket differs."""
    gfp = INTEGER_TYPES["gfp_t"]
    call = re.search(r"\btcp_send_active_reset\(([^;]*)\)\s*;", text)
    more = call[1].count(",") if call else 1
    is_reason = bool(call and "SK_RST_REASON" in call[1])
    forms = {(1, False): (gfp,), (1, True): (INT,), (2, True): (gfp, INT), (0, False): ()}
    behind = forms.get((more, is_reason), (gfp,))
    return replace(model, parameters=(model.parameters[0], *behind))


def _orphans_function(text: str) -> Function:
    """tcp_too_many_orphans, with the socket and a shift, or with the shift alone."""
    call = re.search(r"\btcp_too_many_orphans\(([^;)]*)\)", text)
    with_socket = call is None or "," in call[1]
    parameters = (_SK, INT) if with_socket else (INT,)
    return Function("tcp_too_many_orphans", _BOOL, parameters, too_many_orphans)
