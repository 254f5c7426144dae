# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs in common are those of each alone, and what is tested alike is run once."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.model import run
from app.kernel.scenario import Scenario
from app.machine.trace import Branch
from app.walkthrough.branches import BranchTree
from tests.kernel.closing import scenario, tcp_close
from tests.kernel.strategies import SCENARIOS


def alone(given_scenario: Scenario) -> tuple[Branch, ...]:
    return run(tcp_close(), given_scenario).branches


@given(st.lists(st.tuples(SCENARIOS, st.integers(0, 8)), min_size=2, max_size=6))
@settings(max_examples=30)
def test_runs_in_common_are_those_of_each_alone(looked_at: list[tuple[Scenario, int]]) -> None:
    """Whoever looks at the first branches only leaves the others what they need."""
    tree = BranchTree(tcp_close())
    for given_scenario, count in looked_at:
        begun = islice(tree.branches(given_scenario), count)
        assert tuple(begun) == alone(given_scenario)[:count]
    for given_scenario, _ in looked_at * 2:
        assert tuple(tree.branches(given_scenario)) == alone(given_scenario)


@pytest.mark.parametrize(
    ("seen", "asked"),
    [
        ("linger=5", "linger=77"),
        ("recv=300-200fin", "recv=41-1fin"),
        ("state=FIN_WAIT2&linger2=7", "state=FIN_WAIT2&linger2=8"),
    ],
)
def test_other_numbers_of_which_every_test_says_the_same_are_not_run_again(
    seen: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = BranchTree(tcp_close())
    expected = alone(scenario(asked))
    assert tuple(tree.branches(scenario(seen))) == expected
    monkeypatch.setattr(tree, "program", None)
    assert tuple(tree.branches(scenario(asked))) == expected
    with pytest.raises(AttributeError):
        tuple(tree.branches(scenario("state=LISTEN")))
