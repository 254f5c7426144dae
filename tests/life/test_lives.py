# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Lives, compared with files that a person can read: golden/<outcome>.txt, and what holds for all.

A file begins with a sentence; each life in it is a line of `?` and its query, and what `telling.py`
says. `UPDATE_TRACES=1 pytest tests/life` writes them; read what was written before you keep it.
"""

import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.kernel.features import Features
from app.kernel.life.conditions import CONDITIONS, PEERS, Conditions
from app.kernel.life.engine import live
from app.kernel.life.records import MAX_EVENTS, Life
from app.kernel.life.rules import ENDLESS, NOTES, RULES
from app.kernel.model import run
from app.kernel.scenario import Scenario
from tests.conftest import IN_CI, effort
from tests.kernel.closing import run_body, tcp_close
from tests.kernel.strategies import SCENARIOS, values_of
from tests.life.telling import life_of, tell

#: What only a socket meets that its program keeps; tcp_close leaves none.
HELD = {"data-acked", "data-received", "program-holds"}
FILES = sorted((Path(__file__).parent / "golden").glob("*.txt"))
UPDATE = bool(os.environ.get("UPDATE_TRACES")) and not IN_CI


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_lives_are_as_written(path: Path) -> None:
    text = path.read_text()
    intent, *rest = text.splitlines()
    queries = [line.removeprefix("?") for line in rest if line.startswith("?")]
    assert intent.endswith(".")
    assert queries
    assert len(set(queries)) == len(queries)
    told = "\n".join([intent, *(f"\n?{query}\n{tell(life_of(query))}" for query in queries), ""])
    if UPDATE:
        path.write_text(told)
    assert path.read_text() == told


def test_the_files_have_every_rule_and_note() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    words = set(text.replace("(", " ").replace(")", " ").split())
    assert {*RULES, *NOTES} - words == HELD | {"stopped", "late"}
    assert all(f"peer={peer}" in text for peer in PEERS)


LIVES = st.fixed_dictionaries({key: values_of(item) for key, item in CONDITIONS.items()})


@pytest.mark.parametrize(
    ("body", "query", "rules"),
    [
        ("return;", "sends&rtt=20", "program-holds program-sends data-received data-acked"),
        ("return;", "sends&rtt=3000&rto_max=1000", "again"),
        (
            "if (tcp_close_state(sk)) tcp_send_fin(sk);",
            "closes&after=500",
            "fin-acked-held time-wait",
        ),
    ],
)
def test_a_program_that_holds_on_is_never_rid_of_it(body: str, query: str, rules: str) -> None:
    trace = run_body(body)
    conditions = Conditions.parse(parse_qsl(f"peer={query}"))
    life = live(trace, conditions)
    assert set(rules.split()) <= {event.rule for event in life.events}
    assert life.ends_us is None
    assert life.ended_by in {"held-by-program", "goes-on"}


@settings(max_examples=60)
@given(SCENARIOS, LIVES)
def test_what_holds_for_every_life(scenario: Scenario, conditions: dict[str, object]) -> None:
    trace = run(tcp_close(), scenario)
    assume(trace.error is None)
    life = live(trace, Conditions(conditions))
    assert len(life.events) <= MAX_EVENTS
    assert {event.rule for event in life.events} <= set(RULES)
    assert set(life.notes) <= set(NOTES)
    _time_goes_on(life)
    _timers_fire_or_are_cancelled(life)
    _ends_agree(life)
    _it_ends_or_says_that_it_does_not(life)


def _time_goes_on(life: Life) -> None:
    times = [event.at_us for event in life.events]
    assert times == sorted(times)
    assert min(times) >= 0


def _timers_fire_or_are_cancelled(life: Life) -> None:
    running: dict[tuple[str, str], int | None] = {}
    for event in life.events:
        for change in event.timers:
            place = event.end, change.name
            if change.what == "armed":
                assert place not in running
                assert change.due_us is not None
                assert change.due_us > event.at_us
                running[place] = change.due_us
            else:
                due = running.pop(place)
                assert change.what == "cancelled" or due == event.at_us
        for one in (event.this, event.peer):
            assert one.due_us is None or one.due_us >= event.at_us
    if not life.is_cut and life.ended_by != "goes-on":
        assert not running


def _ends_agree(life: Life) -> None:
    """What comes was sent; who has seen its FIN acknowledged has a peer that had it."""
    sent = {"this": list[object](), "peer": list[object]()}
    has_fin = {"this": False, "peer": False}
    for event in life.events:
        other = "peer" if event.end == "this" else "this"
        if event.received is not None:
            assert event.received in sent[other]
            assert event.received.arrives_us == event.at_us
            has_fin[event.end] |= "FIN" in event.received.flags
        sent[event.end].extend(event.sent)
    begun = {"this": life.this, "peer": life.peer}
    for end, other in (("this", "peer"), ("peer", "this")):
        went = [state for event in life.events if event.end == end for state in event.states]
        if "FIN_WAIT2" in went or "mini-fin" in [e.rule for e in life.events if e.end == other]:
            had_fin = begun[other].state in {"CLOSING", "TIME_WAIT", None}
            assert has_fin[other] or had_fin


def _it_ends_or_says_that_it_does_not(life: Life) -> None:
    assert (life.ends_us is None) == (life.ended_by in ENDLESS)
    if life.ends_us is None:
        return
    assert life.ended_by in RULES
    left = [event.this for event in life.events if event.at_us > life.ends_us]
    assert all(one.holds == "nothing" for one in left)


def test_a_life_costs_at_most_3_ms() -> None:
    query = "pending=1&peer=shut-window&orphan_retries=255"
    life = life_of(query)
    assert life.is_cut
    assert life.ended_by == "goes-on"
    trace = run(tcp_close(), life.scenario)
    # Where the loop takes 0.35 ms, 3 ms are 9 of them.
    assert effort(lambda: live(trace, life.conditions)) < 20


@pytest.mark.parametrize(
    ("query", "what", "expected"),
    [
        ("peer=never-closes&linger2=44", "FIN_WAIT2", 44_000),
        ("peer=never-closes&linger2=44", "orphan", 40),
        ("linger2=82&fin_timeout=82&peer=never-closes", "mini", 22_000),
        ("pending=1&peer=shut-window", "orphan", 324_600),
        ("pending=1&peer=shut-window&orphan_retries=20", "orphan", None),
        ("peer=silent&orphan_retries=255", "life", 28_884_800),
        ("recv=300", "life", 0),
        # What a round trip takes is no reason to send again, nor for a RST that ends TIME_WAIT.
        ("rtt=210", "life", 60_210),
        ("rtt=700&rto=900", "life", 60_700),
    ],
)
def test_how_long_something_lasts(query: str, what: str, expected: int | None) -> None:
    found = life_of(query).lasted_us(what)
    assert found == (None if expected is None else expected * 1000)


def test_where_no_sysctl_says_how_long_time_wait_lasts_the_kernels_constant_does() -> None:
    life = life_of("tw_timeout=10")
    trace = replace(run(tcp_close(), life.scenario), features=Features(timewait_ms=60_000))
    assert life.ends_us == 10_000_000
    assert live(trace).ends_us == 60_000_000
