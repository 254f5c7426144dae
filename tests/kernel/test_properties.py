# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What holds in every scenario, whatever path it takes."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kernel import model
from app.kernel.inputs import INPUTS
from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from tests.kernel.closing import SOURCE, decisions, effects, scenario, tcp_close
from tests.kernel.strategies import SCENARIOS, VALUES

EXIT = ("bh_unlock_sock", "local_bh_enable", "release_sock", "sock_put")


def run(given_scenario: Scenario) -> Trace:
    return model.run(tcp_close(), given_scenario)


def told(trace: Trace) -> Any:
    """All that a trace tells, as plain values."""
    return (
        trace.reads,
        trace.caveats,
        trace.calls,
        trace.outcome,
        [
            (
                step.site,
                step.taken,
                [(o.leaf, o.holds) for o in step.operands],
                step.effects,
                step.notes,
            )
            for step in trace.steps
        ],
    )


@given(SCENARIOS)
def test_every_scenario_ends_without_error(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    assert trace.error is None
    assert trace.outcome.fate in {"destroyed", "timewait", "orphan"}
    assert trace.calls[-4:] == EXIT


@given(SCENARIOS)
def test_locks_balance(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    assert trace.outcome.locks_balanced
    # Each lock is taken and dropped in turn, and free at the end.
    held: dict[str, Any] = {"socket": "free", "spinlock": "free", "bottom-halves": 0}
    free = dict(held)
    for effect in effects(trace, "lock"):
        assert effect.before == held[effect.name]
        held[effect.name] = effect.after
    assert held == free


@given(SCENARIOS)
def test_references_follow_their_rule(given_scenario: Scenario) -> None:
    """-1 exactly when the socket was destroyed, else 0; the memory goes with the last one."""
    trace = run(given_scenario)
    assert trace.outcome.refs == (-1 if trace.outcome.destroyed else 0)
    references = 1
    for effect in effects(trace, "reference"):
        assert effect.before == references
        assert isinstance(effect.after, int)
        references = effect.after
    freed = [e for e in effects(trace, "memory") if e.name == "sock"]
    assert len(freed) == (references == 0) == trace.outcome.destroyed


@given(SCENARIOS)
def test_orphans_follow_their_rule(given_scenario: Scenario) -> None:
    outcome = run(given_scenario).outcome
    assert outcome.orphans == (0 if outcome.destroyed else 1)


@given(SCENARIOS)
def test_a_socket_is_destroyed_exactly_when_it_ends_in_close(given_scenario: Scenario) -> None:
    outcome = run(given_scenario).outcome
    assert outcome.destroyed == (outcome.state == "CLOSE")
    assert (outcome.fate == "orphan") == (not outcome.destroyed)
    assert (outcome.fate == "timewait") == (outcome.timewait is not None)


@given(SCENARIOS)
def test_a_socket_is_left_in_a_state_that_the_protocol_ends(given_scenario: Scenario) -> None:
    outcome = run(given_scenario).outcome
    assert outcome.state in {"CLOSE", "FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK"}
    # An orphan in FIN_WAIT2 is never left without a limit.
    assert (outcome.keepalive_ms is not None) == (outcome.state == "FIN_WAIT2")
    assert (outcome.timewait_ms is not None) == (outcome.timewait is not None)


@given(SCENARIOS)
def test_the_same_scenario_gives_the_same_trace(given_scenario: Scenario) -> None:
    assert told(run(given_scenario)) == told(run(given_scenario))


@given(SCENARIOS)
def test_a_trace_shows_no_addresses_of_memory(given_scenario: Scenario) -> None:
    for effect in effects(run(given_scenario)):
        assert "0x" not in str(effect), effect


@given(SCENARIOS)
def test_the_lines_of_the_steps_are_in_the_source(given_scenario: Scenario) -> None:
    for step in run(given_scenario).steps:
        span = step.site.span
        assert 4 <= span.line <= span.end_line <= 169
        stretch = " ".join(" ".join(SOURCE.lines[span.line - 1 : span.end_line]).split())
        assert step.site.text in stretch


@given(SCENARIOS)
def test_decision_steps_and_only_they_are_taken_or_not(given_scenario: Scenario) -> None:
    program = tcp_close()
    for step in run(given_scenario).steps:
        assert (step.taken is None) == (step.site.decision is None)
        if step.site.number is not None:
            assert program.decisions[step.site.number].line == step.site.span.line


@given(SCENARIOS)
def test_what_decided_agrees_with_the_decision(given_scenario: Scenario) -> None:
    """The last part of a condition that was evaluated is the one that decided."""
    for step in run(given_scenario).steps:
        if step.taken is not None:
            assert step.operands
            assert step.operands[-1].holds == step.taken


@given(SCENARIOS)
def test_the_drain_loop_runs_once_for_each_segment(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    rounds = [taken for line, taken in decisions(trace) if line == 23]
    if given_scenario["state"] == "LISTEN":
        assert rounds == []
    else:
        assert rounds == [True] * len(given_scenario["recv"]) + [False]


@given(SCENARIOS)
def test_line_92_reads_one_of_five_states(given_scenario: Scenario) -> None:
    [after] = [e.after for e in effects(run(given_scenario), "assignment") if e.name == "state"]
    assert after in {"FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK", "CLOSE"}


@given(SCENARIOS)
def test_state_transitions_follow_each_other_to_the_outcome(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    state = given_scenario["state"]
    for effect in effects(trace, "state"):
        assert effect.before == state
        state = effect.after
    assert state == trace.outcome.state


@given(SCENARIOS)
def test_the_outcome_is_the_sum_of_the_effects(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    sent = [e.name for e in effects(trace, "segment") if e.name != "ACK"]
    assert tuple(sent) == trace.outcome.segments
    counters: dict[str, Any] = {e.name: e.after for e in effects(trace, "counter")}
    assert counters == {name: count for name, count in trace.outcome.counters.items() if count}
    orphans = [e.after for e in effects(trace, "gauge") if e.name == "orphans"]
    assert orphans[-1] == trace.outcome.orphans


@given(SCENARIOS)
def test_every_rst_is_counted_in_out_rsts(given_scenario: Scenario) -> None:
    outcome = run(given_scenario).outcome
    assert outcome.counters.get("OutRsts", 0) == outcome.segments.count("RST")


@given(SCENARIOS)
def test_at_most_one_fin_is_sent(given_scenario: Scenario) -> None:
    segments = run(given_scenario).outcome.segments
    assert segments.count("FIN") <= 1
    assert "FIN" not in segments[1:]


@given(SCENARIOS)
def test_repair_is_silent(given_scenario: Scenario) -> None:
    """In any state but LISTEN, where nobody asks for it."""
    repaired = given_scenario.but(repair=1)
    if repaired["state"] != "LISTEN":
        outcome = run(repaired).outcome
        assert outcome.segments == ()
        assert outcome.state == "CLOSE"


@settings(max_examples=300)
@given(SCENARIOS, st.data())
def test_an_input_that_was_not_read_changes_nothing(
    given_scenario: Scenario, data: st.DataObject
) -> None:
    trace = run(given_scenario)
    unread = [key for key in INPUTS if key not in trace.reads]
    assert unread, "no path reads them all"
    key = data.draw(st.sampled_from(unread))
    other = run(given_scenario.but(**{key: data.draw(VALUES[key])}))
    same = told(trace), told(other)
    # Caveats are about the scenario, not about the path.
    assert same[0][0] == same[1][0]
    assert same[0][2:] == same[1][2:]


@given(SCENARIOS)
@example(scenario("recv=" + "-".join(["1fin"] * 64)))
def test_all_unread_inputs_together_change_nothing(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    only_read = {key: given_scenario[key] for key in trace.reads}
    assert told(run(scenario("").but(**only_read)))[2:] == told(trace)[2:]


@given(SCENARIOS)
def test_reads_name_inputs_with_the_step_that_read_them_first(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    assert set(trace.reads) <= set(INPUTS)
    assert list(trace.reads.values()) == sorted(trace.reads.values())
    assert all(0 <= step < len(trace.steps) for step in trace.reads.values())
    assert next(iter(trace.reads)) == "state"


@given(SCENARIOS)
def test_calls_are_functions_that_the_model_has(given_scenario: Scenario) -> None:
    trace = run(given_scenario)
    assert set(trace.calls) <= {"tcp_disconnect", *model.ENVIRONMENT.functions}
    assert trace.calls[0] == "lock_sock"


def test_the_longest_scenario_stays_far_below_the_step_limit() -> None:
    longest = scenario(
        "linger=5&recv="
        + "-".join(["fin"] * 64)
        + "&wait="
        + "-".join(["fin"] * 64)
        + "&backlog="
        + "-".join(["fin"] * 64)
    )
    trace = model.run(tcp_close(), longest, step_limit=1000)
    assert trace.error is None


def test_the_step_limit_ends_a_trace_early() -> None:
    trace = model.run(tcp_close(), scenario(""), step_limit=10)
    assert trace.error is not None
    assert trace.error.kind == "step-limit"
    assert trace.outcome.fate == "stopped"
    assert 0 < len(trace.steps) <= 10


@pytest.mark.parametrize("query", ["", "recv=300", "state=LISTEN&accept_queue=2", "backlog=rst"])
def test_a_trace_does_not_touch_its_scenario(query: str) -> None:
    given_scenario = scenario(query)
    run(given_scenario)
    assert given_scenario == scenario(query)
