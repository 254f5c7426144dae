# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Segments that arrive inside of close(): a peer on the same machine answers before it returns.

The FIN goes over loopback, the peer's TCP takes it in the same breath, and its answer finds the
socket owned by close(): it lands on the backlog.
"""

from __future__ import annotations

from app.kernel.scenario import Scenario
from app.lab.left_out import LeftOut
from app.lab.plan import (
    Accept,
    Act,
    Handshake,
    Listen,
    PeerHoldsBack,
    PeerSends,
    PeerVanishes,
    Plan,
    Read,
    RouteMetric,
    SetOption,
)
from app.lab.recipes.closing import SENDS_FIN, options


def plan(scenario: Scenario) -> Plan | LeftOut:
    """An ACK at once (`quickack`), data that the peer's Nagle held back until our FIN, or a RST.

    The RST is that of a machine that knows of no such connection.
    """
    events = scenario["backlog"]
    if scenario["state"] not in SENDS_FIN:
        return LeftOut("backlog-nothing-sent")
    if events not in {("ack",), ("ack", "data"), ("rst",)}:
        return LeftOut("backlog-event")
    if "data" in events and scenario["state"] == "CLOSE_WAIT":
        # Its FIN is behind all that it sends.
        return LeftOut("backlog-event")
    if scenario["pending"] or (scenario["linger"] and not scenario["exiting"]):
        return LeftOut("backlog-and-more")
    at_once = [RouteMetric("quickack", 1)] if events == ("ack",) else []
    acts: list[Act] = [*at_once, Listen(), Handshake(), Accept()]
    if scenario["state"] == "CLOSE_WAIT":
        sent = scenario["recv"]
        acts.extend(PeerSends(segment.bytes, segment.fin) for segment in sent)
        if not sent:
            acts.extend([PeerSends(0, fin=True), Read(0)])
    acts.extend(options(scenario))
    match events:
        case ("rst",):
            acts.append(PeerVanishes())
        case ("ack", "data"):
            # Answers wait for our FIN: what is read is not acknowledged before.
            acts += [SetOption("TCP_QUICKACK", 0), PeerSends(1), Read(1), PeerHoldsBack(1)]
    return Plan(scenario=scenario, recipe="inside-close", peer="neighbour", acts=tuple(acts))
