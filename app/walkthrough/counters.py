# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The counters of TCP that a host can print, in nstat's spelling.

Source: Linux 4.19, net/ipv4/proc.c, snmp4_tcp_list and snmp4_net_list (those of TCP); and the two
that newer kernels have for a listener's migrated connections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TCP: Final = """
RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab
InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
"""
_TCP_EXT: Final = """
SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned
OutOfWindowIcmps LockDroppedIcmps TW TWRecycled TWKilled PAWSActive PAWSEstab DelayedACKs
DelayedACKLocked DelayedACKLost ListenOverflows ListenDrops TCPTimeouts TCPLossProbes
TCPRetransFail TCPSpuriousRTOs TCPSynRetrans TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory
TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed TCPMemoryPressures TCPMemoryPressuresChrono
TCPBacklogDrop TCPMinTTLDrop TCPDeferAcceptDrop TCPTimeWaitOverflow TCPReqQFullDoCookies
TCPReqQFullDrop TCPRcvCoalesce TCPChallengeACK TCPSYNChallenge TCPFastOpenActive
TCPFastOpenActiveFail TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow
TCPFastOpenCookieReqd TCPFromZeroWindowAdv TCPToZeroWindowAdv TCPWantZeroWindowAdv
TCPACKSkippedFinWait2 TCPACKSkippedTimeWait TCPWinProbe TCPKeepAlive TCPOrigDataSent
TCPMigrateReqSuccess TCPMigrateReqFailure
"""

#: `TcpOutRsts`, `TcpExtTCPAbortOnData` …
COUNTERS: Final = frozenset(
    [f"Tcp{name}" for name in _TCP.split()] + [f"TcpExt{name}" for name in _TCP_EXT.split()]
)
_WORD: Final = re.compile(r"\bTcp(?:Ext)?[A-Z]\w*")


def nstat_name(name: str) -> str:
    """How nstat spells a counter that the model names without its prefix."""
    return f"Tcp{name}" if f"Tcp{name}" in COUNTERS else f"TcpExt{name}"


def counters_in(text: str) -> Iterator[str]:
    """The words of a text that look like one of nstat's names, known or not."""
    for match in _WORD.finditer(text):
        yield match[0]


def in_ss(state: str) -> str:
    """How `ss` spells a state of the kernel: FIN_WAIT1 is FIN-WAIT-1, ESTABLISHED is ESTAB."""
    spelt = state.replace("_", "-").replace("WAIT1", "WAIT-1").replace("WAIT2", "WAIT-2")
    return "ESTAB" if spelt == "ESTABLISHED" else spelt
