# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Segments that arrive inside of close(), and land on the backlog of the socket that it owns.

The FIN goes over loopback and is taken in the same breath. Either the peer is an ordinary one,
whose TCP answers at once; or its host takes a millisecond for our FIN, for which close() waits with
the socket locked, and the peer by hand, on another processor, sends what it will.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.kernel.scenario import Scenario
from app.lab.known import is_sent_again
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
from app.lab.recipes import connected
from app.lab.recipes.closing import SENDS_FIN, options, received

#: What an ordinary peer answers to a FIN.
_ANSWERS: Final = frozenset({("ack",), ("ack", "data"), ("rst",)})


def plan(scenario: Scenario) -> Plan | LeftOut:
    """An ACK at once (`quickack`), data that the peer's Nagle held back until our FIN, or a RST.

    The RST is that of a machine that knows of no such connection. All else is sent by hand.
    """
    events = scenario["backlog"]
    if scenario["state"] not in SENDS_FIN:
        return LeftOut("backlog-nothing-sent")
    if scenario["pending"] or (scenario["linger"] and not scenario["exiting"]):
        return LeftOut("backlog-and-more")
    after_fin = "data" in events and scenario["state"] == "CLOSE_WAIT"
    if events not in _ANSWERS or after_fin or is_sent_again(scenario):
        if scenario["exiting"]:
            return LeftOut("backlog-and-more")
        by_hand = connected.plan(scenario)
        return replace(by_hand, recipe="inside-close", inside=events)
    at_once = [RouteMetric("quickack", 1)] if events == ("ack",) else []
    acts: list[Act] = [*at_once, Listen(), Handshake(), Accept()]
    if scenario["state"] == "CLOSE_WAIT":
        acts.extend(received(scenario) or [PeerSends(0, fin=True), Read(0)])
    acts.extend(options(scenario))
    match events:
        case ("rst",):
            acts.append(PeerVanishes())
        case ("ack", "data"):
            # Answers wait for our FIN: what is read is not acknowledged before.
            acts += [SetOption("TCP_QUICKACK", 0), PeerSends(1), Read(1), PeerHoldsBack(1)]
    return Plan(scenario=scenario, recipe="inside-close", peer="neighbour", acts=tuple(acts))
