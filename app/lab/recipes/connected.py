# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A connection after its handshake, in each of the states that follow from it."""

from __future__ import annotations

from app.kernel.scenario import Scenario
from app.lab.plan import (
    Accept,
    Act,
    Handshake,
    Listen,
    PeerAcknowledges,
    PeerResets,
    PeerSends,
    Plan,
    Read,
    Shutdown,
)
from app.lab.recipes.closing import options, received, written


def plan(scenario: Scenario) -> Plan:
    """The peer answers only when told, so that each state stays until close()."""
    # Where no window is offered nothing that is written can be sent.
    window = 0 if scenario["pending"] else 65535
    acts: list[Act] = [Listen(), Handshake(window=window), Accept()]
    acts.extend(written(scenario))
    queued = received(scenario)
    # The peer's FIN as the program knows it: read() has returned 0.
    finished = queued or [PeerSends(0, fin=True), Read(0)]
    match scenario["state"]:
        case "CLOSE_WAIT":
            acts.extend(finished)
        case "FIN_WAIT1":
            acts.extend([Shutdown(), *queued])
        case "FIN_WAIT2":
            acts.extend([Shutdown(), PeerAcknowledges(), *queued])
        case "CLOSING":
            acts.extend([Shutdown(), *finished])
        case "LAST_ACK":
            acts.extend([*finished, Shutdown()])
        case "CLOSE":
            acts.extend([*queued, PeerResets()])
        case _:
            acts.extend(queued)
    acts.extend(options(scenario))
    return Plan(scenario=scenario, recipe="connected", peer="hand", acts=tuple(acts))
