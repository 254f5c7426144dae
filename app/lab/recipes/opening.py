# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A connection that is not there yet: connect() without an answer, or with a SYN for an answer."""

from __future__ import annotations

from app.kernel.scenario import Scenario
from app.lab.left_out import LeftOut
from app.lab.plan import Act, Connect, CrossingSyn, Plan
from app.lab.recipes.closing import options


def plan(scenario: Scenario) -> Plan | LeftOut:
    """SYN_SENT: the peer stays silent. SYN_RECV: its own SYN crosses ours."""
    if scenario["pending"]:
        return LeftOut("pending-before-connection")
    if scenario["recv"]:
        return LeftOut("unread-before-connection")
    if scenario["backlog"]:
        return LeftOut("backlog-and-more")
    acts: list[Act] = [Connect()]
    if scenario["state"] == "SYN_RECV":
        acts.append(CrossingSyn())
    return Plan(scenario=scenario, recipe="opening", peer="hand", acts=(*acts, *options(scenario)))
