# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""TCP Fast Open: accepted with the SYN's data, before the handshake has ended (RFC 7413)."""

from __future__ import annotations

from typing import Final

from app.kernel.scenario import Scenario
from app.lab.left_out import LeftOut
from app.lab.plan import Accept, Act, FastOpen, Listen, Plan, Read, Shutdown
from app.lab.recipes.closing import options, written

#: net.ipv4.tcp_fastopen: client (1), server (2), and a server that wants no cookie (0x200).
_ALLOW: Final = 0x203


def plan(scenario: Scenario) -> Plan | LeftOut:
    """A SYN with data and never the last ACK; the program reads the data unless it is unread."""
    if scenario["backlog"]:
        return LeftOut("backlog-and-more")
    unread = sum(segment.bytes for segment in scenario["recv"])
    acts: list[Act] = [
        Listen(fastopen=True),
        FastOpen(unread or 1, window=0 if scenario["pending"] else 65535),
        Accept(),
    ]
    if not unread or scenario["copied"]:
        acts.append(Read(scenario["copied"] or 1))
    acts.extend(written(scenario))
    if scenario["state"] == "FIN_WAIT1":
        acts.append(Shutdown())
    acts.extend(options(scenario))
    return Plan(
        scenario=scenario,
        recipe="fast-open",
        peer="hand",
        acts=tuple(acts),
        sysctls={"tcp_fastopen": _ALLOW},
    )
