# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What counts as agreement, as explained, and as a contradiction."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from app.i18n import language
from app.kernel.scenario import parse_scenario
from app.lab.experiment import LabCase, is_final, result_of
from app.lab.known import Version
from app.lab.machine import Kernel
from app.lab.place import Place
from app.lab.plan import Plan
from app.lab.prediction import predict
from app.lab.recipes import plan_for
from app.lab.stage import Observation
from app.lab.verdict import Verdict, judge
from app.walkthrough.records import Walkthrough


def as_predicted(walkthrough: Walkthrough, query: str) -> tuple[Plan, Any, Observation]:
    scenario = parse_scenario(tuple(part.partition("=")[::2]) for part in query.split("&"))  # type: ignore[misc]
    trace = walkthrough.trace(scenario)
    plan, predicted = plan_for(trace), predict(trace)
    assert isinstance(plan, Plan)
    return plan, predicted, Observation(**asdict(predicted), reset_reasons=None, errno=None)


def verdict(
    walkthrough: Walkthrough, query: str, kernel: tuple[int, int, int] = (6, 18, 0), **changes: Any
) -> Verdict:
    plan, predicted, observed = as_predicted(walkthrough, query)
    return judge(plan, predicted, replace(observed, **changes), kernel)


def test_what_was_predicted_agrees(tcp_close: Walkthrough) -> None:
    assert verdict(tcp_close, "state=FIN_WAIT2&linger2=61&fin_timeout=120").word == "agree"


@pytest.mark.parametrize(
    "change",
    [
        {"segments": ("RST",)},
        {"counters": {"TCPAbortOnData": 1}},
        {"left": "FIN_WAIT1"},
        {"timer": "timewait"},
        {"timer_ms": 2000},
        {"timer_ms": None},
        {"transitions": ()},
        {"sleep": "woken"},
    ],
)
def test_each_difference_alone_is_a_disagreement(
    tcp_close: Walkthrough, change: dict[str, Any]
) -> None:
    query = "state=FIN_WAIT2&linger2=61&fin_timeout=120"
    assert verdict(tcp_close, query, **change).word == "disagree"


def test_what_could_not_be_seen_is_not_held_against_the_model(tcp_close: Walkthrough) -> None:
    found = verdict(tcp_close, "recv=300", segments=None, transitions=None)
    assert found.word == "agree"
    assert [check.what for check in found.checks if check.agrees is None] == [
        "segments",
        "transitions",
    ]


def test_a_counter_that_no_path_ends_by_is_not_compared(tcp_close: Walkthrough) -> None:
    counted = {"TCPAbortOnClose": 1, "EstabResets": 1, "OutRsts": 1, "InSegs": 7}
    assert verdict(tcp_close, "recv=300", counters=counted).word == "agree"


def test_a_timer_may_be_read_a_little_late(tcp_close: Walkthrough) -> None:
    query = "state=FIN_WAIT2&linger2=61&fin_timeout=120"
    assert verdict(tcp_close, query, timer_ms=640).word == "agree"


@pytest.mark.parametrize(
    ("late_ms", "change", "word"),
    [
        (0, {"left": None}, "disagree"),
        (199, {"left": None}, "disagree"),
        (200, {"left": None, "timer": None, "timer_ms": None}, "machine-late"),
        (200, {"sleep": "whole-time"}, "machine-late"),
        # When a machine looks changes nothing on the wire, nor the order of states.
        (900, {"left": None, "segments": ("RST",)}, "disagree"),
        (900, {"transitions": ()}, "disagree"),
        (900, {}, "agree"),
    ],
)
def test_lateness_of_the_machine_is_no_disagreement(
    tcp_close: Walkthrough, late_ms: int, change: dict[str, Any], word: str
) -> None:
    plan, _, observed = as_predicted(tcp_close, "state=FIN_WAIT2&linger2=61&fin_timeout=120")
    case = LabCase(id="x", trace=tcp_close.trace(plan.scenario))
    place = Place(kernel=Kernel(release="6.18.0"), namespace="root")
    answer = {"observed": asdict(replace(observed, **change)), "late_ms": late_ms}
    result = result_of(case, plan, answer, place, 1)
    left_out = result.left_out
    assert word == (left_out.code if left_out is not None else result.word)
    if left_out is not None:
        assert "200 ms" in left_out.sentence(language("en"))
        assert "200 ms" in left_out.sentence(language("zh"))
        assert not is_final(result)


def test_a_known_difference_is_explained_from_its_version_on(tcp_close: Walkthrough) -> None:
    query = "state=FIN_WAIT2&linger2=200"
    assert verdict(tcp_close, query, timer_ms=60_000).word == "explained"
    assert verdict(tcp_close, query, (4, 19, 0), timer_ms=60_000).word == "disagree"
    assert verdict(tcp_close, query, timer_ms=10_000).word == "disagree"


@pytest.mark.parametrize(
    ("kernel", "word"),
    [
        ((6, 18, 0), "explained"),
        ((6, 12, 57), "explained"),
        ((6, 12, 43), "disagree"),
        ((6, 1, 158), "explained"),
        ((6, 1, 157), "disagree"),
    ],
)
def test_what_was_read_is_not_unread_since_a_stable_version(
    tcp_close: Walkthrough, kernel: Version, word: str
) -> None:
    seen = {
        "segments": ("FIN",),
        "counters": {},
        "left": "LAST_ACK",
        "transitions": (("CLOSE_WAIT", "LAST_ACK"),),
    }
    read = "state=CLOSE_WAIT&recv=200fin&copied=200"
    assert verdict(tcp_close, read, kernel, **seen).word == word
    assert verdict(tcp_close, "state=CLOSE_WAIT&recv=200fin", kernel, **seen).word == "disagree"
