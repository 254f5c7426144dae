# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Names that the kernel's headers give to numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.kernel.states import STATE_NAMES, STATE_NUMBERS
from app.machine.environment import Constant, integer
from app.machine.types import INT, U32, named

#: Jiffies in a second (CONFIG_HZ_1000), so that a jiffy is a millisecond.
HZ: Final = 1000

ESTABLISHED: Final = 1
SYN_SENT: Final = 2
SYN_RECV: Final = 3
FIN_WAIT1: Final = 4
FIN_WAIT2: Final = 5
TIME_WAIT: Final = 6
CLOSE: Final = 7
CLOSE_WAIT: Final = 8
LAST_ACK: Final = 9
LISTEN: Final = 10
CLOSING: Final = 11

#: What the table new_state has beside a state that is entered with a FIN (TCP_ACTION_FIN).
ACTION_FIN: Final = 1 << 7

#: States in which sk_stream_wait_close sleeps (net/core/stream.c, sk_stream_closing).
STREAM_CLOSING: Final = frozenset({FIN_WAIT1, CLOSING, LAST_ACK})

RCV_SHUTDOWN: Final = 1
SEND_SHUTDOWN: Final = 2
SHUTDOWN_MASK: Final = 3

#: include/net/sock.h, on x86-64; 2048 in old kernels, which no branch depends on.
SOCK_MIN_SNDBUF: Final = 4608
TCPHDR_FIN: Final = 0x01
TCPHDR_ACK: Final = 0x10

#: include/net/sock.h, enum sock_flags
SOCK_DEAD: Final = 0
SOCK_LINGER: Final = 4
SOCK_FLAG_NAMES: Final[Mapping[int, str]] = {SOCK_DEAD: "SOCK_DEAD", SOCK_LINGER: "SOCK_LINGER"}

GFP_KERNEL: Final = 0x6000C0
GFP_ATOMIC: Final = 0x480020

#: include/uapi/linux/snmp.h: the counters that the C names, in nstat's spelling without "TcpExt".
MIB_NAMES: Final[Mapping[int, str]] = {
    43: "TCPAbortOnData",
    44: "TCPAbortOnClose",
    45: "TCPAbortOnMemory",
    47: "TCPAbortOnLinger",
}

#: The same header: what callees of other kernels count in /proc/net/snmp.
TCP_MIB_NAMES: Final[Mapping[int, str]] = {7: "AttemptFails", 8: "EstabResets", 9: "CurrEstab"}

_STATE: Final = named(INT, STATE_NAMES)

CONSTANTS: Final[Mapping[str, Constant]] = {
    **{f"TCP_{name}": integer(number, _STATE) for name, number in STATE_NUMBERS.items()},
    **{
        f"LINUX_MIB_{name.upper()}": integer(number, named(INT, MIB_NAMES))
        for number, name in MIB_NAMES.items()
    },
    **{
        f"TCP_MIB_{name.upper()}": integer(number, named(INT, TCP_MIB_NAMES))
        for number, name in TCP_MIB_NAMES.items()
    },
    **{f"TCPF_{name}": integer(1 << number) for name, number in STATE_NUMBERS.items()},
    "TCP_ACTION_FIN": integer(ACTION_FIN),
    "TCP_STATE_MASK": integer(0xF),
    "SOCK_BINDPORT_LOCK": integer(8),
    "RCV_SHUTDOWN": integer(RCV_SHUTDOWN),
    "SEND_SHUTDOWN": integer(SEND_SHUTDOWN),
    "SHUTDOWN_MASK": integer(SHUTDOWN_MASK),
    "TCPHDR_FIN": integer(TCPHDR_FIN),
    "TCPHDR_ACK": integer(TCPHDR_ACK),
    "SOCK_DEAD": integer(SOCK_DEAD, named(INT, SOCK_FLAG_NAMES)),
    "SOCK_LINGER": integer(SOCK_LINGER, named(INT, SOCK_FLAG_NAMES)),
    "GFP_KERNEL": integer(GFP_KERNEL, U32),
    "GFP_ATOMIC": integer(GFP_ATOMIC, U32),
}
