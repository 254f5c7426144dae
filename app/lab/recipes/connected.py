# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A connection after its handshake, in each of the states that follow from it."""

from __future__ import annotations

from typing import Final

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
    Write,
)
from app.lab.recipes.closing import options, received

_UNSENT: Final = 1000
#: More than a send buffer is always allowed, so that it counts when memory is short.
_UNSENT_WITHOUT_MEMORY: Final = 20_000


def plan(scenario: Scenario) -> Plan:
    """The peer answers only when told, so that each state stays until close()."""
    pending = bool(scenario["pending"])
    acts: list[Act] = [Listen(), Handshake(window=0 if pending else 65535), Accept()]
    if pending:
        # The peer offers no window: nothing of this can be sent.
        acts.append(Write(_UNSENT_WITHOUT_MEMORY if scenario["memory"] else _UNSENT))
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
