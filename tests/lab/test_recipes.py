# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""From a scenario to a plan. Nothing here touches a kernel."""

import pytest
from hypothesis import given, settings

from app.i18n import language
from app.kernel.scenario import Scenario, parse_scenario
from app.lab import plan as acts
from app.lab.left_out import REASONS, LeftOut
from app.lab.plan import Plan, from_json, to_json
from app.lab.recipes import plan_for, relevant
from app.lab.recipes.families import RECIPES
from app.walkthrough.records import Walkthrough
from tests.kernel.strategies import SCENARIOS


def plan(walkthrough: Walkthrough, query: str) -> Plan | LeftOut:
    pairs = [part.partition("=") for part in query.split("&") if part]
    scenario = parse_scenario((key, value) for key, _, value in pairs)
    return plan_for(walkthrough.trace(scenario))


def a_plan(walkthrough: Walkthrough, query: str) -> Plan:
    found = plan(walkthrough, query)
    assert isinstance(found, Plan), found
    return found


def test_forty_of_the_presets_have_a_recipe(tcp_close: Walkthrough) -> None:
    plans = [plan_for(tcp_close.trace(preset.scenario)) for preset in tcp_close.presets]
    assert sum(isinstance(found, Plan) for found in plans) >= 40


def test_every_family_is_used_by_a_preset(tcp_close: Walkthrough) -> None:
    plans = [plan_for(tcp_close.trace(preset.scenario)) for preset in tcp_close.presets]
    used = {found.recipe for found in plans if isinstance(found, Plan)}
    assert used == {name for name, _, _ in RECIPES}


def test_a_fin_that_is_acknowledged_at_once_takes_an_ordinary_peer(tcp_close: Walkthrough) -> None:
    found = a_plan(tcp_close, "backlog=ack")
    assert found.peer == "neighbour"
    assert found.acts[0] == acts.RouteMetric("quickack", 1)


def test_unsent_data_is_held_back_by_a_window_of_0(tcp_close: Walkthrough) -> None:
    found = a_plan(tcp_close, "state=CLOSE_WAIT&pending=1")
    assert acts.Handshake(window=0) in found.acts
    assert found.opens_window


def test_what_was_read_and_came_again_is_sent_twice(tcp_close: Walkthrough) -> None:
    """Only so does a segment stay in the queue that was read to its end."""
    found = a_plan(tcp_close, "state=CLOSE_WAIT&recv=200fin&copied=200")
    again = acts.PeerSends(200, fin=True, again=True)
    assert found.acts[-3:] == (acts.PeerSends(200), acts.Read(200), again)
    partly = a_plan(tcp_close, "recv=300-200&copied=100")
    assert partly.acts[-3:] == (acts.PeerSends(300), acts.PeerSends(200), acts.Read(100))
    gone = plan_for(tcp_close.trace(parse_scenario([("recv", "300"), ("copied", "300")])))
    assert isinstance(gone, LeftOut)
    assert gone.code == "read-is-gone"


def test_repair_comes_after_everything_else(tcp_close: Walkthrough) -> None:
    found = a_plan(tcp_close, "recv=300&linger=0&repair=1")
    assert found.acts[-1] == acts.SetOption("TCP_REPAIR", 1)


def test_a_sleep_to_the_end_is_said_beforehand(tcp_close: Walkthrough) -> None:
    assert a_plan(tcp_close, "linger=5").sleeps_s == 5
    assert a_plan(tcp_close, "linger=5&wait=ack").sleeps_s == 0
    assert a_plan(tcp_close, "").sleeps_s is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("orphans=1", "orphans"),
        ("pending=1&memory=1", "memory"),
        ("netns=dying", "netns"),
        ("state=SYN_SENT&recv=300", "hypothetical"),
        ("exiting=1&backlog=fin", "backlog-and-more"),
        ("state=CLOSING&backlog=ack", "backlog-nothing-sent"),
        ("linger=5&wait=fin&backlog=ack", "backlog-and-more"),
        ("recv=50000", "recv-too-much"),
        ("linger=3600", "too-long"),
        ("linger=-1", "too-long"),
        ("state=SYN_RECV&pending=1", "pending-before-connection"),
        ("state=SYN_RECV&recv=300", "unread-before-connection"),
    ],
)
def test_what_is_left_out_says_why(tcp_close: Walkthrough, query: str, code: str) -> None:
    found = plan(tcp_close, query)
    assert isinstance(found, LeftOut)
    assert found.code == code
    for tag in ("en", "zh"):
        assert "{" not in found.sentence(language(tag))


def test_what_a_path_does_not_read_does_not_matter(tcp_close: Walkthrough) -> None:
    """A listener never looks at the limits, so they need not be reached."""
    with_limits = a_plan(tcp_close, "state=LISTEN&orphans=1&memory=1&netns=dying")
    assert with_limits.acts == a_plan(tcp_close, "state=LISTEN").acts


@given(scenario=SCENARIOS)
@settings(max_examples=150)
def test_any_scenario_gets_a_plan_or_a_reason(tcp_close: Walkthrough, scenario: Scenario) -> None:
    trace = tcp_close.trace(scenario)
    found = plan_for(trace)
    if isinstance(found, LeftOut):
        assert found.code in REASONS
        assert found.sentence(language("en"))
    else:
        assert found.scenario == relevant(trace)
        assert from_json(to_json(found)) == found
