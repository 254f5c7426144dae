# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Limits of the recipes: what none does, because it would hurt others or because no program can."""

from __future__ import annotations

from typing import Final

from app.kernel.inputs import INPUTS
from app.kernel.scenario import Scenario
from app.lab.known import is_sent_again
from app.lab.left_out import LeftOut

#: Limits of the machine that a lab of its own may come to.
_MET: Final = frozenset({"orphans", "memory"})
#: The first window that a socket offers is not smaller than this.
MOST_UNREAD: Final = 32_000


def refusal(scenario: Scenario, *, has_machine: bool) -> LeftOut | None:
    """Why a scenario is left out; None where a recipe may try.

    With `has_machine` the whole machine is the lab's, so that its limits may be met.
    """
    for key, item in INPUTS.items():
        if item.is_out_of_lab and scenario[key] != item.default:
            if has_machine and key in _MET:
                continue
            return LeftOut(key)
    queue = scenario["recv"]
    if scenario["copied"] and not is_sent_again(scenario) and scenario["copied"] >= queue[0].bytes:
        return LeftOut("read-is-gone")
    if sum(segment.bytes for segment in queue) > MOST_UNREAD:
        return LeftOut("recv-too-much", {"limit": MOST_UNREAD})
    return None
