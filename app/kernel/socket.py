# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The socket: structs with the members that are modelled, and how inputs become their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from app.kernel.constants import GFP_KERNEL, HZ, SOCK_MIN_SNDBUF, TCPHDR_ACK, TCPHDR_FIN
from app.kernel.inputs import Segment
from app.kernel.scenario import Scenario
from app.kernel.states import STATE_NAMES, STATE_NUMBERS
from app.machine.trace import Recorder
from app.machine.types import (
    INT,
    U8,
    U32,
    UNSIGNED_LONG,
    VOID,
    FunctionType,
    IntegerType,
    PointerType,
    StructType,
    Type,
    named,
    pointer_to,
)
from app.machine.values import Record, RuleBroken

if TYPE_CHECKING:
    from app.kernel.host import Kernel

NETNS_IPV4: Final = StructType(
    "struct netns_ipv4", {"sysctl_tcp_tw_timeout": INT, "sysctl_tcp_fin_timeout": INT}
)
NET: Final = StructType("struct net", {"ipv4": NETNS_IPV4})
BIND_BUCKET: Final = StructType("struct inet_bind_bucket", {})
CONNECTION_SOCK: Final = StructType(
    "struct inet_connection_sock", {"icsk_rto": U32, "icsk_bind_hash": pointer_to(BIND_BUCKET)}
)
#: Without a port, which was `num` until 2.6.32; while 2.6.14 was made, the bucket stood here.
INET_SOCK: Final = StructType(
    "struct inet_sock",
    {
        **dict.fromkeys(("inet_num", "num"), IntegerType("u16", 16, False)),
        "bind_hash": pointer_to(BIND_BUCKET),
    },
)
TCPHDR: Final = StructType("struct tcphdr", {"fin": U8})
#: Where the header stood until 2.6.22: a pointer in a union, `skb->h.th`.
SKB_TRANSPORT: Final = StructType("struct sk_buff", {"th": pointer_to(TCPHDR)})
SKB: Final = StructType("struct sk_buff", {"h": SKB_TRANSPORT})
SKB_CB: Final = StructType("struct tcp_skb_cb", {"seq": U32, "end_seq": U32, "tcp_flags": U8})
SKB_HEAD: Final = StructType("struct sk_buff_head", {})
PERCPU_COUNTER: Final = StructType("struct percpu_counter", {})
REQUEST_SOCK: Final = StructType("struct request_sock", {})
#: Its functions are added below, where `struct sock` is known.
_PROTO_MEMBERS: Final[dict[str, Type]] = {"orphan_count": pointer_to(PERCPU_COUNTER)}
PROTO: Final = StructType("struct proto", _PROTO_MEMBERS)
TCP_SOCK: Final = StructType(
    "struct tcp_sock",
    {
        "repair": IntegerType("u8", 8, False),
        "linger2": INT,
        "fastopen_rsk": pointer_to(REQUEST_SOCK),
        "snd_nxt": U32,
        "write_seq": U32,
        "copied_seq": U32,
        # In the connection socket since 2.6.14.
        "rto": U32,
        "bind_hash": pointer_to(BIND_BUCKET),
    },
)
#: Its function is added below.
_SOCK_MEMBERS: Final[dict[str, Type]] = {
    "sk_state": named(IntegerType("unsigned char", 8, False), STATE_NAMES),
    "sk_shutdown": IntegerType("unsigned char", 8, False),
    "sk_receive_queue": SKB_HEAD,
    "sk_prot": pointer_to(PROTO),
    "sk_allocation": IntegerType("gfp_t", 32, False),
    "sk_lingertime": UNSIGNED_LONG,
    "sk_net_refcnt": U8,
    "sk_userlocks": U8,
    "sk_err": INT,
    "sk_wmem_queued": INT,
}
SOCK: Final = StructType("struct sock", _SOCK_MEMBERS)
SOCK_POINTER: Final[PointerType] = pointer_to(SOCK)
_PROTO_MEMBERS["disconnect"] = pointer_to(FunctionType("disconnect", INT, (SOCK_POINTER, INT)))
for _name in ("unhash", "destroy"):
    _PROTO_MEMBERS[_name] = pointer_to(FunctionType(_name, VOID, (SOCK_POINTER,)))
_SOCK_MEMBERS["sk_state_change"] = pointer_to(
    FunctionType("sk_state_change", VOID, (SOCK_POINTER,))
)

STRUCTS: Final = {
    struct.name.removeprefix("struct "): struct
    for struct in (
        NETNS_IPV4,
        NET,
        SKB,
        SKB_CB,
        SKB_HEAD,
        PERCPU_COUNTER,
        REQUEST_SOCK,
        PROTO,
        TCP_SOCK,
        SOCK,
        BIND_BUCKET,
        CONNECTION_SOCK,
        INET_SOCK,
    )
} | {"tcp_opt": TCP_SOCK}  # its name until 2.6.11

#: Close to the end of the sequence space, so that unread data wraps as it may in a kernel.
FIRST_SEQ: Final = 0xFFFF_FF00
#: MAX_SCHEDULE_TIMEOUT, the longest time there is.
LONGEST: Final = (1 << 63) - 1

#: What TCP's pointers to functions point at.
_POINTS_AT: Final = {
    "disconnect": "tcp_disconnect",
    "unhash": "inet_unhash",
    "destroy": "tcp_v4_destroy_sock",
}


class Door:
    """The one way to an input: what is read here is in the trace's `reads`."""

    __slots__ = ("_recorder", "_values")

    def __init__(self, scenario: Scenario, recorder: Recorder) -> None:
        self._values = scenario.values
        self._recorder = recorder

    def read(self, key: str) -> Any:
        """The parsed value of an input."""
        self._recorder.read(key)
        return self._values[key]


class SkBuff(Record):
    """A segment on the receive queue, labelled in the words of a scenario (`200fin`)."""

    __slots__ = ("cb", "is_freed", "segment")

    def __init__(self, segment: Segment, seq: int) -> None:
        super().__init__(SKB, str(segment))
        self.segment = segment
        self.is_freed = False
        self.cb = Record(
            SKB_CB,
            "cb",
            seq=seq & 0xFFFF_FFFF,
            end_seq=(seq + segment.bytes + segment.fin) & 0xFFFF_FFFF,
            tcp_flags=TCPHDR_ACK | (TCPHDR_FIN if segment.fin else 0),
        )

    def first(self, name: str) -> Any:
        return Record(SKB_TRANSPORT, "h", th=self.header())

    def header(self) -> Record:
        return Record(TCPHDR, "th", fin=int(self.segment.fin))


class ReceiveQueue(Record):
    """`sk_receive_queue`; the input is read when the first segment is taken, then one by one.

    What C has as a list of pointers are members here that no C can name: `arriving`, the
    segments that are still there, `seq`, the sequence number of the next one, `peeked`, the
    segment at the head where somebody has looked at it, and `bytes_freed`, what freed segments
    had, of which the account has not heard yet.
    """

    __slots__ = ("_door",)

    def __init__(self, door: Door) -> None:
        super().__init__(SKB_HEAD, "sk_receive_queue", seq=FIRST_SEQ, bytes_freed=0)
        self._door = door

    def first(self, name: str) -> Any:
        if name == "arriving":
            return iter(self._door.read("recv"))
        return super().first(name)

    def take(self) -> SkBuff | None:
        """The segment at the head, which leaves the queue; None when it is empty."""
        if (peeked := self.members.get("peeked")) is not None:
            self.store("peeked", None)
            found: SkBuff = peeked
            return found
        segment: Segment | None = next(self.load("arriving"), None)
        if segment is None:
            return None
        seq = self.load("seq")
        # Nothing follows a FIN. What stands behind one here begins where it would without it, so
        # that what was read already is a number of bytes.
        self.store("seq", seq + segment.bytes)
        return SkBuff(segment, seq)

    def peek_first(self) -> SkBuff | None:
        """The segment at the head, which stays; None when it is empty."""
        skb = self.take()
        if skb is not None:
            self.store("peeked", skb)
        return skb


#: The first values of members that inputs choose; times are in jiffies, as the kernel keeps them.
_CHOSEN: Final[Mapping[str, Callable[[Door], Any]]] = {
    "sysctl_tcp_tw_timeout": lambda door: door.read("tw_timeout") * HZ,
    "sysctl_tcp_fin_timeout": lambda door: door.read("fin_timeout") * HZ,
    "icsk_rto": lambda door: door.read("rto"),
    "repair": lambda door: door.read("repair"),
    # setsockopt stores -1 for every negative value (net/ipv4/tcp.c).
    "linger2": lambda door: -1 if (seconds := door.read("linger2")) < 0 else seconds * HZ,
    "fastopen_rsk": lambda door: Record(REQUEST_SOCK, "request") if door.read("fastopen") else None,
    "rto": lambda door: door.read("rto"),
    "snd_nxt": lambda door: FIRST_SEQ,
    "copied_seq": lambda door: (FIRST_SEQ + door.read("copied")) & 0xFFFF_FFFF,
    "write_seq": lambda door: FIRST_SEQ + door.read("pending"),
}


class ChosenRecord(Record):
    """A struct with members that inputs choose, each read when the C reads it."""

    __slots__ = ("_door",)

    def __init__(self, type_: StructType, label: str, door: Door) -> None:
        super().__init__(type_, label)
        self._door = door

    def first(self, name: str) -> Any:
        choose = _CHOSEN.get(name)
        return super().first(name) if choose is None else choose(self._door)


class Proto(Record):
    """`tcp_prot`: what the socket's pointers to functions point at."""

    __slots__ = ("kernel",)

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(PROTO, "tcp_prot")
        self.kernel = kernel

    def first(self, name: str) -> Any:
        if name == "orphan_count":
            return Record(PERCPU_COUNTER, name)
        return self.kernel.functions[_POINTS_AT[name]]


class Sock(Record):
    """`struct sock`; `tp`, `connection` and `inet` are in the kernel the same memory as it is."""

    __slots__ = ("_door", "connection", "flags", "inet", "ipv4", "kernel", "net", "queue", "tp")

    def __init__(self, door: Door, kernel: Kernel) -> None:
        super().__init__(SOCK, "sk")
        self._door = door
        self.kernel = kernel
        self.connection = ChosenRecord(CONNECTION_SOCK, "icsk", door)
        self.inet = Record(INET_SOCK, "inet")
        self.flags: set[int] = set()
        self.queue = ReceiveQueue(door)
        self.tp = ChosenRecord(TCP_SOCK, "tp", door)
        self.ipv4 = ChosenRecord(NETNS_IPV4, "ipv4", door)
        self.net = Record(NET, "net", ipv4=self.ipv4)

    def first(self, name: str) -> Any:
        match name:
            case "sk_state":
                return STATE_NUMBERS[self._door.read("state")]
            case "sk_receive_queue":
                return self.queue
            case "sk_prot":
                return Proto(self.kernel)
            case "sk_allocation":
                return GFP_KERNEL
            case "sk_lingertime":
                # sock_setsockopt keeps (unsigned int)l_linger * HZ, a product of 32 bits: a
                # negative time is very long, and 2**29 seconds are none.
                # A kernel with 64 bits for it keeps the longest time for those that do not fit.
                seconds = self._door.read("linger")
                if seconds is None:
                    return 0
                if self.kernel.features.linger_bits == 32:
                    return seconds * HZ & 0xFFFF_FFFF
                return LONGEST if seconds < 0 else seconds * HZ
            case "sk_wmem_queued":
                # No input says how much it is. Where all memory is gone (the input `memory`), it is
                # more than is left to each socket.
                return SOCK_MIN_SNDBUF + self._door.read("memory")
            case "sk_net_refcnt":
                return 1 if self._door.read("owner") == "user" else 0
            case "sk_state_change":
                return self.kernel.functions["sk_state_change"]
        return super().first(name)

    def store(self, name: str, value: Any) -> None:
        """As for any struct; a number that is no state is refused."""
        if name == "sk_state" and value not in STATE_NAMES:
            raise RuleBroken(f"{value} is no state of a socket")
        self.members[name] = value

    @property
    def state(self) -> int:
        """`sk_state`, as a number."""
        number: int = self.load("sk_state")
        return number
