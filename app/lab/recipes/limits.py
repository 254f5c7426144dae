# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Limits of the recipes: what none does, because it would hurt others or because no program can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from app.kernel.inputs import INPUTS
from app.kernel.scenario import Scenario
from app.lab.known import is_sent_again
from app.lab.left_out import LeftOut
from app.lab.plan import Act, Hold, Limit, Orphan

#: How a machine comes to its limits, last before close(). Two orphans: the kernel's count may be
#: that of the moment before. A processor keeps a megabyte of TCP's memory to itself uncounted.
_MEETS: Final[Mapping[str, tuple[Act, ...]]] = {
    "orphans": (Orphan(), Orphan(), Limit("tcp_max_orphans", "0")),
    "memory": (Hold(4_000_000), Limit("tcp_mem", "0 0 0")),
}
#: The first window that a socket offers is not smaller than this.
MOST_UNREAD: Final = 32_000


def refusal(scenario: Scenario, *, has_machine: bool) -> LeftOut | None:
    """Why a scenario is left out; None where a recipe may try.

    With `has_machine` the whole machine is the lab's, so that its limits may be met.
    """
    for key, item in INPUTS.items():
        if item.is_out_of_lab and scenario[key] != item.default:
            if has_machine and key in _MEETS:
                continue
            return LeftOut(key)
    queue = scenario["recv"]
    if scenario["copied"] and not is_sent_again(scenario) and scenario["copied"] >= queue[0].bytes:
        return LeftOut("read-is-gone")
    if sum(segment.bytes for segment in queue) > MOST_UNREAD:
        return LeftOut("recv-too-much", {"limit": MOST_UNREAD})
    return None


def limits(scenario: Scenario) -> Iterator[Act]:
    """What brings the machine to the limits that a scenario is over."""
    for key, acts in _MEETS.items():
        if scenario[key]:
            yield from acts
