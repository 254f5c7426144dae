# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Differences of two texts that a socket can see: every path of both is run in both.

The scenarios are one for each pair of ends that the two texts can come to and that differ, the
presets, and the witnesses of both atlases. Those that end otherwise are put together by what
differs, and the smallest speaks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from typing_extensions import TypedDict

from app.editions.report import difference
from app.kernel.model import Outcome, Trace
from app.kernel.scenario import Scenario, parse_scenario
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.records import Edition, Walkthrough


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceClass:
    """Sockets for which the same differs: the smallest, all that were tried, what differs."""

    scenario: Scenario
    members: tuple[Scenario, ...]
    differs: dict[str, tuple[str, str]]
    #: The first decision at which the two texts go another way, if any.
    decision: str | None


class ClassReport(TypedDict):
    """Sockets for which the same differs, told by the smallest of them.

    `paths` are the ids of the first text's paths that they take, as far as they stand for one;
    `chosen` the names of `#ifdef`s that are on, where the texts left a choice.
    """

    chosen: list[str]
    scenario: str
    count: int
    paths: list[str]
    differs: dict[str, tuple[str, str]]
    decision: str | None


class DifferenceReport(TypedDict):
    """What a socket can see of the difference between two texts."""

    a: str
    b: str
    tried: int
    classes: list[ClassReport]


def report_differences(
    names: tuple[str, str],
    tried: int,
    classes: Iterable[DifferenceClass],
    atlas: Atlas | None = None,
    chosen: Iterable[str] = (),
) -> DifferenceReport:
    """What differs, as JSON has it; the atlas, where it is known, is the first text's."""
    paths = {
        witness.query: path.id
        for path in (atlas.paths if atlas else ())
        for witness in (path.witness, path.real_witness)
        if witness is not None
    }
    return {
        "a": names[0],
        "b": names[1],
        "tried": tried,
        "classes": [
            {
                "chosen": list(chosen),
                "scenario": item.scenario.query(),
                "count": len(item.members),
                "paths": list(
                    dict.fromkeys(
                        paths[member.query()] for member in item.members if member.query() in paths
                    )
                ),
                "differs": item.differs,
                "decision": item.decision,
            }
            for item in classes
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SameEnd:
    """Texts in which a socket ends alike: their labels, what is left, and how that is not as first.

    `labels` has None for the walkthrough's own text.
    """

    labels: tuple[str | None, ...]
    trace: Trace
    differs: dict[str, tuple[str, str]]


def same_ends(walkthrough: Walkthrough, scenario: Scenario) -> list[SameEnd]:
    """One socket in all texts that are here, grouped by what is left; the own text's come first."""
    found: dict[str, list[str | None]] = {}
    traces: dict[str, Trace] = {}
    for label in (None, *walkthrough.kernels):
        trace = walkthrough.edition_of(label).trace(scenario)
        key = repr(replace(trace.outcome, reasons=()))
        found.setdefault(key, []).append(label)
        traces.setdefault(key, trace)
    first = next(iter(traces.values()))
    return [
        SameEnd(
            labels=tuple(labels),
            trace=traces[key],
            differs=difference(first.outcome, traces[key].outcome),
        )
        for key, labels in found.items()
    ]


class SameEndReport(TypedDict):
    """Texts in which a socket ends alike; None is the walkthrough's own."""

    labels: list[str | None]
    outcome: Outcome
    differs: dict[str, tuple[str, str]]


class EveryTextReport(TypedDict):
    """One socket in all texts, grouped by what is left; the own text's group comes first."""

    scenario: str
    ends: list[SameEndReport]


def report_same_ends(walkthrough: Walkthrough, scenario: Scenario) -> EveryTextReport:
    """One socket in all texts that are here, as JSON has it."""
    return {
        "scenario": scenario.query(),
        "ends": [
            {
                "labels": list(end.labels),
                "outcome": end.trace.outcome,
                "differs": end.differs,
            }
            for end in same_ends(walkthrough, scenario)
        ],
    }


def parted(queries: Iterable[str]) -> list[Scenario]:
    """The scenarios of `AtlasStore.ask_both`."""
    return [parse_scenario(parse_qsl(query)) for query in queries]


def scenarios_of(
    walkthrough: Walkthrough, atlases: Iterable[Atlas], more: Iterable[Scenario] = ()
) -> list[Scenario]:
    """The presets and every witness, each once, and what is known besides."""
    found: dict[str, Scenario] = {item.query(): item for item in more}
    for preset in walkthrough.presets:
        found[preset.scenario.query()] = preset.scenario
    for atlas in atlases:
        for path in atlas.paths:
            for witness in (path.witness, path.real_witness):
                if witness is not None:
                    found.setdefault(witness.scenario.query(), witness.scenario)
    return list(found.values())


def differences(a: Edition, b: Edition, scenarios: Sequence[Scenario]) -> list[DifferenceClass]:
    """What differs, the classes with the smallest scenario first."""
    found: dict[str, list[Scenario]] = {}
    facts: dict[str, dict[str, tuple[str, str]]] = {}
    for scenario in scenarios:
        ends = [edition.trace(scenario).outcome for edition in (a, b)]
        if differs := difference(ends[0], ends[1]):
            key = repr(sorted(differs.items()))
            facts[key] = differs
            found.setdefault(key, []).append(scenario)
    classes = []
    for key, members in found.items():
        smallest = min(members, key=lambda item: (len(item.changed()), item.query()))
        classes.append(
            DifferenceClass(
                scenario=smallest,
                members=tuple(members),
                differs=facts[key],
                decision=_parting(a, b, smallest),
            )
        )
    return sorted(classes, key=lambda item: (len(item.scenario.changed()), item.scenario.query()))


def _parting(a: Edition, b: Edition, scenario: Scenario) -> str | None:
    """The first decision that both texts have and that goes another way."""
    ways = [
        [
            branch
            for branch in edition.trace(scenario).branches
            if branch[0] in other.decisions_by_id
        ]
        for edition, other in ((a, b), (b, a))
    ]
    return next((one[0] for one, two in zip(*ways, strict=False) if one != two), None)
