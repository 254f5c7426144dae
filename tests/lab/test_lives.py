# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Lives held against a kernel: what is compared, and that a short one agrees here."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.kernel.life.records import Life
from app.lab.evidence import load_evidence, sightings
from app.lab.experiment import LabCase, run_cases
from app.lab.left_out import LeftOut
from app.lab.lives import Happening, foretold, judge_life, plan_life, wheel_ms
from app.lab.machine import best_namespace
from app.lab.plan import Plan
from app.lab.recording import contradictions
from app.lab.sweep import life_case, lives
from app.paths import CONTENT
from app.walkthrough.records import Walkthrough
from tests.lab.conftest import in_time, left_out_here


def counted(case: LabCase) -> dict[str, int]:
    """What the model counts at our end, close() included."""
    assert case.life is not None
    total = dict(case.trace.outcome.counters)
    for event in case.life.events:
        for name, count in event.counters.items() if event.end == "this" else ():
            total[name] = total.get(name, 0) + count
    return total


def life_of(case: LabCase) -> Life:
    assert case.life is not None
    return case.life


@pytest.mark.parametrize(
    ("change", "late_ms", "word"),
    [
        (lambda told: told, 0, "agree"),
        # A timer of a minute is late by two seconds on every kernel, but not by eight.
        (lambda told: [*told[:-1], replace(told[-1], at_ms=told[-1].at_ms + 2_000)], 0, "agree"),
        (lambda told: [*told[:-1], replace(told[-1], at_ms=told[-1].at_ms + 8_000)], 0, "disagree"),
        # It may be if the machine itself was late, though by no more than that.
        (lambda told: [*told[:-1], replace(told[-1], at_ms=told[-1].at_ms + 8_000)], 900, "agree"),
        (
            lambda told: [*told[:-1], replace(told[-1], at_ms=told[-1].at_ms + 18_000)],
            900,
            "disagree",
        ),
        # Nor does it run out before its time.
        (lambda told: [*told[:-1], replace(told[-1], at_ms=told[-1].at_ms - 8_000)], 0, "disagree"),
        (lambda told: told[:-1], 900, "disagree"),
        (lambda told: [*told, Happening(at_ms=99_000, what="> RST")], 0, "disagree"),
        (lambda told: [replace(one, what="> ACK") for one in told], 0, "disagree"),
    ],
)
def test_a_life_is_told_from_one_that_differs(
    tcp_close: Walkthrough,
    change: Callable[[list[Happening]], list[Happening]],
    late_ms: int,
    word: str,
) -> None:
    case = life_case(tcp_close, "peer=closes&after=1000")
    told = foretold(life_of(case))
    got = change(told)
    assert judge_life(case.trace, life_of(case), got, counted(case), late_ms=late_ms).word == word


def test_what_was_counted_is_compared(tcp_close: Walkthrough) -> None:
    case = life_case(tcp_close, "peer=silent")
    told = foretold(life_of(case))
    more = counted(case) | {"TCPTimeouts": 1}
    assert judge_life(case.trace, life_of(case), told, more).word == "disagree"


@pytest.mark.parametrize(
    ("length_ms", "tick_ms"), [(200, 4), (252, 32), (2000, 32), (2100, 256), (60_000, 2048)]
)
def test_a_tick_of_the_wheel(length_ms: float, tick_ms: float) -> None:
    """kernel/time/timer.c, at HZ 250: the table of levels above calc_wheel_index."""
    assert wheel_ms(length_ms) == tick_ms


def test_every_peer_and_setting_is_among_the_lives(tcp_close: Walkthrough) -> None:
    found = lives(tcp_close)
    plans = [plan_life(one.trace, life_of(one), has_machine=True) for one in found]
    seen = [one for one, plan in zip(found, plans, strict=True) if isinstance(plan, Plan)]
    assert len(seen) >= 60
    assert len({one.id for one in found}) == len(found)
    for key, item in life_of(found[0]).conditions.inputs.items():
        if key != "netns_ends":
            assert {life_of(one).conditions[key] for one in seen} >= set(item.tried[:2]), key
    why = {plan.code for plan in plans if isinstance(plan, LeftOut)}
    assert "netns" in why


def test_short_lives_agree_on_this_kernel(tcp_close: Walkthrough) -> None:
    if best_namespace() == "none":
        left_out_here("no network namespace is to be had here")
    queries = ("peer=resets", "recv=300&peer=sends", "peer=silent&orphan_retries=1")
    results = run_cases([life_case(tcp_close, query) for query in queries]).results
    assert [(one.case.id, one) for one in in_time(results) if one.word != "agree"] == []


def test_the_recorded_lives_fit_the_model(tcp_close: Walkthrough) -> None:
    found = load_evidence(tcp_close, CONTENT / "tcp_close")
    for evidence in found:
        assert not list(contradictions(tcp_close, evidence))
        assert all(one.verdict == "agree" for one in evidence.lives)
    assert {one.kernel.rpartition(".")[0] for one in found if len(one.lives) >= 60} == {
        "6.1",
        "6.12",
        "6.18",
    }


def test_a_recorded_life_is_found_by_the_scenario_and_conditions_that_it_names(
    tcp_close: Walkthrough,
) -> None:
    found = sightings(tcp_close, load_evidence(tcp_close, CONTENT / "tcp_close")).lives
    assert len(found) > 150
    assert {life_case(tcp_close, name).id for name in found} == set(found)
