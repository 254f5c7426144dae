# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sweep: the scenarios of every path of an atlas, and of their neighbours, that have a recipe."""

from __future__ import annotations

from collections.abc import Iterator

from app.kernel.inputs import INPUTS
from app.kernel.scenario import Scenario
from app.lab.experiment import Case
from app.lab.plan import Plan
from app.lab.recipes import plan_for, relevant
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.records import Walkthrough


def sweep(walkthrough: Walkthrough, atlas: Atlas, *, has_machine: bool) -> list[Case]:
    """The cases, each once: scenarios that differ in what the function does not read are one.

    A neighbour differs from the simplest scenario of a path in one input, by one of the values
    that matter to it. With `has_machine` the whole machine is the lab's.
    """
    cases: dict[str, Case] = {}
    for scenario in _scenarios(walkthrough, atlas):
        trace = walkthrough.trace(scenario)
        query = relevant(trace).query()
        if query not in cases and isinstance(plan_for(trace, has_machine=has_machine), Plan):
            cases[query] = Case(id=query or "default", trace=trace)
    return list(cases.values())


def _scenarios(walkthrough: Walkthrough, atlas: Atlas) -> Iterator[Scenario]:
    for preset in walkthrough.presets:
        yield preset.scenario
    for path in atlas.paths:
        scenario = path.witness.scenario
        yield scenario
        for key, item in INPUTS.items():
            for value in item.tried:
                if value != scenario[key]:
                    yield scenario.but(**{key: value})
