# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sweep: the scenarios of every path of an atlas, and of their neighbours, that have a recipe.

And the lives that differ from each other in what comes to pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.kernel.inputs import INPUTS
from app.kernel.life.conditions import CONDITIONS, USUAL, Conditions
from app.kernel.life.engine import live
from app.kernel.scenario import Scenario, parse_scenario
from app.lab.evidence import life_id
from app.lab.experiment import LabCase
from app.lab.lives import foretold, rto_of
from app.lab.plan import Plan
from app.lab.recipes import plan_for, relevant
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.records import Walkthrough


def sweep(walkthrough: Walkthrough, atlas: Atlas, *, has_machine: bool) -> list[LabCase]:
    """The cases, each once: scenarios that differ in what the function does not read are one.

    A neighbour differs from the simplest scenario of a path in one input, by one of the values
    that matter to it. With `has_machine` the whole machine is the lab's.
    """
    cases: dict[str, LabCase] = {}
    for scenario in _scenarios(walkthrough, atlas):
        trace = walkthrough.trace(scenario)
        query = relevant(trace).query()
        if query not in cases and isinstance(plan_for(trace, has_machine=has_machine), Plan):
            cases[query] = LabCase(id=query or "default", trace=trace)
    return list(cases.values())


def life_case(walkthrough: Walkthrough, query: str, variant: str | None = None) -> LabCase:
    """The life of a query: what is chosen of a scenario, and of what comes afterwards.

    Raises ReaderError.
    """
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    conditions = Conditions.parse(pair for pair in pairs if pair[0] in CONDITIONS)
    scenario = parse_scenario(pair for pair in pairs if pair[0] not in CONDITIONS)
    trace = walkthrough.trace(scenario, variant)
    return LabCase(id=life_id(scenario, conditions), trace=trace, life=live(trace, conditions))


def lives(walkthrough: Walkthrough) -> list[LabCase]:
    """A life for whatever a preset can leave, each peer, and each setting that matters to them.

    Of those in which the same comes to pass, the first is there.
    """
    cases: dict[object, LabCase] = {}
    for preset in walkthrough.presets:
        for conditions in _conditions():
            scenario = preset.scenario
            if conditions["rtt"]:
                scenario = scenario.but(rto=rto_of(conditions["rtt"]))
            words = {**scenario.changed(), **conditions.changed()}
            query = "&".join(f"{key}={value}" for key, value in words.items())
            case = life_case(walkthrough, query)
            assert case.life is not None
            told = tuple((round(one.at_ms), one.what) for one in foretold(case.life))
            cases.setdefault((case.life.this, told), case)
    return list(cases.values())


def _conditions() -> Iterator[Conditions]:
    for peer in CONDITIONS["peer"].tried:
        usual = USUAL.but(peer=peer)
        yield usual
        for key, item in CONDITIONS.items():
            if key != "peer":
                yield from (usual.but(**{key: v}) for v in item.tried if v != item.default)


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
