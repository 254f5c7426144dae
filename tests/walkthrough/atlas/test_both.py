# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Every way in which two texts differ: none is missing, and none is made up."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from app.kernel.model import Outcome
from app.kernel.scenario import Scenario, parse_scenario
from app.walkthrough.atlas.both import parting
from app.walkthrough.records import Walkthrough
from tests.differential.scenarios import sample


def test_a_text_does_not_differ_from_itself(tcp_close: Walkthrough) -> None:
    assert list(parting(tcp_close.edition.program, tcp_close.edition.program)) == []


def test_each_socket_that_ends_differently_is_in_a_class_that_was_found(
    tcp_close: Walkthrough,
) -> None:
    """Against a thousand random sockets, none of which the search knows."""
    one, other = tcp_close.edition, tcp_close.variants["article"]

    def ends(scenario: Scenario) -> tuple[Any, ...]:
        return tuple(end_of(text.trace(scenario).outcome) for text in (one, other))

    found = {ends(scenario) for scenario in parting(one.program, other.program)}
    assert found
    assert all(a != b for a, b in found)
    met = set()
    for query in sample(7, 1000):
        pair = ends(parse_scenario(parse_qsl(query)))
        if pair[0] != pair[1] and within_bounds(query):
            assert pair in found, query
            met.add(pair)
    assert len(met) > 2


def within_bounds(query: str) -> bool:
    """Two segments and two events at most, as the search has."""
    return all(
        part.count("-") < 2 + part.startswith(("linger", "linger2"))
        for part in query.split("&")
        if part.startswith(("recv", "backlog", "wait"))
    )


def end_of(outcome: Outcome) -> tuple[Any, ...]:
    """What two ends have to have in common, but for times; often is more than once."""

    def few(counts: Mapping[str, int]) -> frozenset[tuple[str, int]]:
        return frozenset((name, max(-2, min(2, n))) for name, n in counts.items() if n)

    segments: list[str] = []
    for segment in outcome.segments:
        if segments[-2:] != [segment, segment]:
            segments.append(segment)
    return (
        *(outcome.state, outcome.fate, outcome.timewait, tuple(segments)),
        *(few(outcome.counters), few(outcome.gauges), outcome.orphans, outcome.refs),
    )
