# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""From a scenario to a plan: what a program and its peer do to get a real socket there.

Each family of recipes is a file, and the table below says which family a scenario belongs to.
Nothing is made for one preset: a plan follows from the inputs that tcp_close really reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.kernel.caveats import caveats_of
from app.kernel.model import Trace
from app.kernel.scenario import DEFAULT, Scenario
from app.lab.left_out import LeftOut
from app.lab.plan import Plan
from app.lab.recipes import closing, connected, fast_open, inside, listener, opening
from app.lab.recipes.limits import limits, refusal

#: Every plan ends with close(), or with the end of the process: this is what the kernel runs then.
CLOSED_BY: Final = "tcp_close"

Recipe = Callable[[Scenario], Plan | LeftOut]

RECIPES: Final[tuple[tuple[str, Callable[[Scenario], bool], Recipe], ...]] = (
    ("listener", lambda s: s["state"] == "LISTEN", listener.plan),
    ("fast-open", lambda s: bool(s["fastopen"]), fast_open.plan),
    ("opening", lambda s: s["state"] in {"SYN_SENT", "SYN_RECV"}, opening.plan),
    ("inside-close", lambda s: bool(s["backlog"]), inside.plan),
    ("connected", lambda s: True, connected.plan),
)
"""The families, and which scenarios are theirs; the first that fits is taken."""


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
    refused = refusal(scenario, has_machine=has_machine)
    if refused is not None:
        return refused
    recipe = next(make for _, belongs, make in RECIPES if belongs(scenario))
    plan = recipe(scenario)
    if isinstance(plan, LeftOut):
        return plan
    if plan.inside and has_machine:
        return LeftOut("one-processor")
    slept = closing.sleep_of(trace)
    if slept is not None and slept > closing.LONGEST_S:
        return LeftOut("too-long", {"seconds": slept, "limit": closing.LONGEST_S})
    timer_ms = trace.outcome.keepalive_ms
    if timer_ms is not None and timer_ms < closing.SHORTEST_MS:
        return LeftOut("timer-short", {"ms": timer_ms})
    sleeps = closing.sleeps(trace)
    return replace(
        plan,
        acts=(*closing.route(scenario), *plan.acts, *limits(scenario)),
        ending="kill" if scenario["exiting"] else "close",
        during=scenario["wait"] if sleeps else (),
        sleeps_s=(slept or 0) if sleeps else None,
        sysctls={**plan.sysctls, **closing.sysctls(scenario)},
        opens_window=bool(scenario["pending"]) and scenario["state"] in closing.SENDS_FIN,
    )
