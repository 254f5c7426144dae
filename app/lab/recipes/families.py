# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Families of recipes, and which of them a scenario belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from app.lab.left_out import LeftOut
from app.lab.plan import Act, Hold, Limit, Orphan, Plan
from app.lab.recipes import closing, connected, fast_open, inside, listener, opening

#: How a machine comes to its limits, last before close(). Two orphans: the kernel's count may be
#: that of the moment before. A processor keeps a megabyte of TCP's memory to itself uncounted.
_MEETS: Final[Mapping[str, tuple[Act, ...]]] = {
    "orphans": (Orphan(), Orphan(), Limit("tcp_max_orphans", "0")),
    "memory": (Hold(4_000_000), Limit("tcp_mem", "0 0 0")),
}

Recipe = Callable[[Scenario], Plan | LeftOut]

RECIPES: Final[tuple[tuple[str, Callable[[Scenario], bool], Recipe], ...]] = (
    ("listener", lambda s: s["state"] == "LISTEN", listener.plan),
    ("fast-open", lambda s: bool(s["fastopen"]), fast_open.plan),
    ("opening", lambda s: s["state"] in {"SYN_SENT", "SYN_RECV"}, opening.plan),
    ("inside-close", lambda s: bool(s["backlog"]), inside.plan),
    ("connected", lambda s: True, connected.plan),
)
"""The families, and which scenarios are theirs; the first that fits is taken."""


def plan_of(trace: Trace, scenario: Scenario, *, has_machine: bool) -> Plan | LeftOut:
    """The plan of a scenario that nothing refuses, reduced to what the trace read."""
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
        acts=(*closing.route(scenario), *plan.acts, *_limits(scenario)),
        ending="kill" if scenario["exiting"] else "close",
        during=scenario["wait"] if sleeps else (),
        sleeps_s=(slept or 0) if sleeps else None,
        sysctls={**plan.sysctls, **closing.sysctls(scenario)},
        opens_window=bool(scenario["pending"]) and scenario["state"] in closing.SENDS_FIN,
    )


def _limits(scenario: Scenario) -> Iterator[Act]:
    """What brings the machine to the limits that a scenario is over."""
    for key, acts in _MEETS.items():
        if scenario[key]:
            yield from acts
