# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""From a scenario to a plan: what a program and its peer do to get a real socket there.

Nothing is made for one preset: a plan follows from the inputs
that tcp_close really reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.kernel.caveats import caveats_of
from app.kernel.inputs import INPUTS
from app.kernel.model import Trace
from app.kernel.scenario import DEFAULT, Scenario
from app.lab.known import is_sent_again
from app.lab.left_out import LeftOut

if TYPE_CHECKING:
    from app.lab.plan import Plan

#: Every plan ends with close(), or with the end of the process: this is what the kernel runs then.
CLOSED_BY: Final = "tcp_close"
#: Limits of the machine that a lab of its own may come to.
_MET: Final = frozenset({"orphans", "memory"})
#: The first window that a socket offers is not smaller than this.
MOST_UNREAD: Final = 32_000


def relevant(trace: Trace, also: frozenset[str] = frozenset()) -> Scenario:
    """The scenario with every input that this path did not read at its default, but for `also`.

    What makes the story stays: a killed process, Fast Open where a socket can have it, and what was
    read of a queue that counts, since other texts ask for it.
    """
    scenario = trace.scenario
    kept = {"state", "exiting", *trace.reads, *also}
    if scenario["state"] in {"SYN_RECV", "FIN_WAIT1"}:
        kept.add("fastopen")
    if "recv" in trace.reads and scenario["recv"]:
        kept.add("copied")
    return scenario.but(**{key: DEFAULT[key] for key in scenario if key not in kept})


def plan_for(
    trace: Trace, *, has_machine: bool = False, also: frozenset[str] = frozenset()
) -> Plan | LeftOut:
    """How to bring a real socket into a trace's scenario, or why that is not done.

    With `has_machine` the whole machine is the lab's. Inputs that the path did not read are left
    at their defaults, but for `also`.
    """
    if trace.function != CLOSED_BY:
        return LeftOut("other-function", {"function": trace.function})
    scenario = relevant(trace, also)
    if caveats_of(scenario):
        return LeftOut("hypothetical")
    refused = _refusal(scenario, has_machine=has_machine)
    if refused is not None:
        return refused
    # What is left out, as on pages, needs no recipe.
    from app.lab.recipes.families import plan_of

    return plan_of(trace, scenario, has_machine=has_machine)


def _refusal(scenario: Scenario, *, has_machine: bool) -> LeftOut | None:
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
