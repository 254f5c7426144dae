# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Limits of the recipes: what none does, because it would hurt others or because no program can."""

from __future__ import annotations

from typing import Final

from app.kernel.inputs import INPUTS
from app.kernel.scenario import Scenario
from app.lab.left_out import LeftOut

#: The first window that a socket offers is not smaller than this.
MOST_UNREAD: Final = 32_000


def refusal(scenario: Scenario) -> LeftOut | None:
    """Why a scenario is left out; None where a recipe may try."""
    for key, item in INPUTS.items():
        if item.is_out_of_lab and scenario[key] != item.default:
            return LeftOut(key)
    if sum(segment.bytes for segment in scenario["recv"]) > MOST_UNREAD:
        return LeftOut("recv-too-much", {"limit": MOST_UNREAD})
    return None
