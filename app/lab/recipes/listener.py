# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A listener, with completed connections that nobody accepts."""

from __future__ import annotations

from app.kernel.scenario import Scenario
from app.lab.left_out import LeftOut
from app.lab.plan import Handshake, Listen, Plan
from app.lab.recipes.closing import options


def plan(scenario: Scenario) -> Plan | LeftOut:
    """listen(), and as many clients as wait in the accept queue."""
    clients = (Handshake(number) for number in range(scenario["accept_queue"]))
    return Plan(
        scenario=scenario,
        recipe="listener",
        peer="hand",
        acts=(Listen(), *clients, *options(scenario)),
    )
