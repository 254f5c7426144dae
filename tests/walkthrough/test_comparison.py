# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Two traces side by side: where they part, what is aligned, what is left; sides and pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ReaderError
from app.kernel.inputs import INPUTS
from app.kernel.scenario import DEFAULT, Scenario
from app.walkthrough.comparison.report import compare
from app.walkthrough.comparison.sides import read_side, read_sides
from app.walkthrough.comparison.traces import Comparison
from app.walkthrough.pairs import Side
from app.walkthrough.records import Walkthrough
from tests.kernel.strategies import SCENARIOS
from tests.walkthrough import building


def compared(walkthrough: Walkthrough, a: str, b: str) -> Comparison:
    """The comparison of two sides as one writes them."""
    return compare(walkthrough, *read_sides(a, b, walkthrough))


def forks(comparison: Comparison) -> list[str]:
    """The decisions where the two part."""
    return [fork.decision for fork in comparison.forks]


def differing(comparison: Comparison) -> dict[str, tuple[object, object]]:
    """What is left, where it differs."""
    return {pair.name: (pair.a, pair.b) for pair in comparison.outcome if not pair.same}


# Where they part


def test_unread_data_parts_from_none_at_the_test_for_it(tcp_close: Walkthrough) -> None:
    found = compared(tcp_close, "recv:300", "default")
    assert forks(found)[:2] == ["queued", "unread"]
    assert found.telling is not None
    assert found.telling.decision == "unread"
    assert found.telling.taken is True
    assert differing(found)["segments"] == (("RST",), ("FIN",))
    assert differing(found)["TCPAbortOnClose"] == (1, 0)


def test_the_first_decision_that_differs_may_be_the_loop_s(tcp_close: Walkthrough) -> None:
    found = compared(tcp_close, "recv:300", "default")
    assert found.parting is not None
    steps = [found.a.steps[(found.parting.a or 0) - 1], found.b.steps[(found.parting.b or 0) - 1]]
    assert [step.site.decision for step in steps] == ["queued"] * 2
    assert [step.taken for step in steps] == [True, False]


def test_only_the_loop_differs_where_the_same_bytes_come_in_two_segments(
    tcp_close: Walkthrough,
) -> None:
    found = compared(tcp_close, "recv:300-200", "recv:500")
    assert forks(found) == ["queued"]
    assert found.telling == found.forks[0]
    assert found.ends_alike
    assert not found.is_same_throughout


def test_the_same_ack_parts_the_lingering_from_the_orphan(tcp_close: Walkthrough) -> None:
    found = compared(tcp_close, "linger2-negative-lingering", "linger2-negative-orphan")
    assert forks(found) == ["gone"]
    assert differing(found) == {"TCPAbortOnData": (0, 1), "TCPAbortOnLinger": (1, 0)}


def test_one_second_more_of_linger2_is_58_seconds_less(tcp_close: Walkthrough) -> None:
    found = compared(tcp_close, "linger2-60", "linger2-61")
    assert forks(found) == ["keeps-socket"]
    assert differing(found)["timewait_ms"] == (60_000, None)
    assert differing(found)["keepalive_ms"] == (None, 1000)


def test_what_is_assigned_differs_before_a_decision_does(tcp_close: Walkthrough) -> None:
    """Of the article's text: the lost plus sign is seen in its line, and decides later."""
    found = compared(
        tcp_close, "state:CLOSE_WAIT,recv:300-fin", "state:CLOSE_WAIT,recv:300-fin,variant:article"
    )
    assert found.inputs == ()
    change = found.first_change
    assert change is not None
    assert change.a is not None
    step = found.a.steps[change.a - 1]
    assert step.site.text == "data_was_unread += len;"
    assert found.shared == change.a - 1
    assert forks(found)[0] == "unread"


def test_a_text_that_stops_parts_without_a_fork(tcp_close: Walkthrough) -> None:
    found = compared(tcp_close, "linger2-negative", "state:FIN_WAIT2,linger2:-1,variant:article")
    assert found.forks == ()
    assert found.parting is not None
    assert found.parting.b is None
    assert found.stops_alone
    assert not found.ends_alike


def test_the_same_way_may_end_otherwise(tcp_close: Walkthrough) -> None:
    """A zero linger in CLOSING counts the abort, and sends nothing."""
    found = compared(tcp_close, "linger:0", "state:CLOSING,linger:0")
    assert (found.forks, found.parting, found.telling) == ((), None, None)
    assert differing(found)["segments"] == (("RST",), ())
    assert "TCPAbortOnData" not in differing(found)


def test_an_input_that_is_not_read_changes_nothing(tcp_close: Walkthrough) -> None:
    found = compared(tcp_close, "default", "rto:300,fin_timeout:5")
    assert found.is_same_throughout
    assert [item.key for item in found.inputs] == ["fin_timeout", "rto"]
    assert not any(item.read.a or item.read.b for item in found.inputs)


# Properties


@given(a=SCENARIOS, b=SCENARIOS)
def test_every_step_stands_once_and_in_order(
    tcp_close: Walkthrough, a: Scenario, b: Scenario
) -> None:
    found = Comparison(tcp_close.trace(a), tcp_close.trace(b))
    for name, trace in (("a", found.a), ("b", found.b)):
        numbers = [getattr(pair, name) for pair in found.steps]
        assert [n for n in numbers if n is not None] == list(range(1, len(trace.steps) + 1))
    for pair in found.steps:
        assert pair.a is not None or pair.b is not None
        if pair.a is not None and pair.b is not None:
            places = {found.a.steps[pair.a - 1].site.span, found.b.steps[pair.b - 1].site.span}
            assert len(places) == 1
    # Without a decision that differs the way is the same, and the other way round.
    lines = [{step.site.span.line for step in trace.steps} for trace in (found.a, found.b)]
    if found.parting is None:
        assert lines[0] == lines[1]
        assert found.forks == ()
    else:
        assert found.forks
    effects = [e for pair in found.effects for e in (pair.a,) if e is not None]
    assert [number for number, _ in effects] == sorted(number for number, _ in effects)


@given(scenario=SCENARIOS)
def test_a_scenario_does_the_same_as_itself(tcp_close: Walkthrough, scenario: Scenario) -> None:
    trace = tcp_close.trace(scenario)
    found = Comparison(trace, tcp_close.trace(scenario))
    assert found.is_same_throughout
    assert found.shared == len(trace.steps)
    assert found.inputs == ()


# Sides


@given(scenario=SCENARIOS, variant=st.sampled_from([None, "article"]))
def test_a_side_reads_back_as_it_is_written(
    tcp_close: Walkthrough, scenario: Scenario, variant: str | None
) -> None:
    side = Side(scenario, variant)
    text = str(side)
    assert read_side("a", text, tcp_close) == side
    assert not set(text) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:,")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("default", ""),
        ("plain-close", ""),
        ("recv:300", "recv=300"),
        ("linger:0,recv:300", "recv=300&linger=0"),
        ("recv=300", "recv=300"),
        ("state=FIN_WAIT2&linger2=-1", "state=FIN_WAIT2&linger2=-1"),
        ("recv:", ""),
        ("unread-after-fin", "state=CLOSE_WAIT&recv=300-fin"),
    ],
)
def test_what_a_side_may_be(tcp_close: Walkthrough, text: str, query: str) -> None:
    assert read_side("b", text, tcp_close).scenario.query() == query


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("nothing", [("unknown-side", "a")]),
        ("recv:x,linger:q", [("not-a-segment", "recv"), ("not-allowed", "linger")]),
        ("recv:1,recv:2", [("given-twice", "recv")]),
        ("lingr:1,variant:artikle", [("unknown-key", "lingr"), ("not-allowed", "variant")]),
        ("variant:article,variant:article", [("given-twice", "variant")]),
        ("recv:300,", [("unknown-key", "")]),
        (",", [("unknown-side", "a")]),
        (":", [("unknown-key", "")]),
        ("state:TIME_WAIT", [("mini-socket", "state")]),
        ("rto:" + "9" * 900, [("out-of-range", "rto")]),
    ],
)
def test_every_problem_of_a_side_is_told_with_the_side(
    tcp_close: Walkthrough, text: str, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(ReaderError) as caught:
        read_side("a", text, tcp_close)
    assert [(p.code, p.key) for p in caught.value.problems] == problems
    assert {p.side for p in caught.value.problems} == {"a"}


def test_the_problems_of_both_sides_are_told_at_once(tcp_close: Walkthrough) -> None:
    with pytest.raises(ReaderError) as caught:
        read_sides("plain-clos", "linger2:1.5", tcp_close)
    first, second = caught.value.problems
    assert (first.side, first.nearest) == ("a", "plain-close")
    assert (second.side, second.key, second.code) == ("b", "linger2", "not-a-number")
    assert "seconds" in second.allowed


@given(text=st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_side(tcp_close: Walkthrough, text: str) -> None:
    try:
        side = read_side("a", text, tcp_close)
    except ReaderError as error:
        assert all(problem.side == "a" for problem in error.problems)  # noqa: PT017
    else:
        assert set(side.scenario) == set(INPUTS)


# Pairs of the content


def test_the_pairs_that_the_issue_names_are_there(tcp_close: Walkthrough) -> None:
    sides = [(str(pair.a), str(pair.b)) for pair in tcp_close.pairs]
    assert ("recv:300", "default") in sides
    assert ("linger:0", "linger:5,wait:ack") in sides
    assert ("linger:5,linger2:-1,wait:ack", "linger2:-1,backlog:ack") in sides
    assert any("variant:article" in b and b.startswith(f"{a},") for a, b in sides)


PAIR = """\
- id: one
  title: {en: "One", zh: "一"}
  look: {en: "Look.", zh: "看。"}
  a: {preset: plain}
  b: {scenario: {state: LISTEN}}
"""


def test_a_walkthrough_may_have_pairs_or_none(tiny: building.Folder) -> None:
    assert tiny.load().pairs == ()
    tiny.write("pairs.yaml", PAIR)
    [pair] = tiny.load().pairs
    assert pair.a == Side(DEFAULT)
    assert str(pair.b) == "state:LISTEN"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("preset: plain", "preset: plan", "preset plan is unknown (nearest: plain)"),
        ("state: LISTEN", "state: LISTENS", "not-allowed"),
        ("state: LISTEN", "stat: LISTEN", "unknown-key"),
        ("state: LISTEN", "rto: 300", "both sides do the same"),
        ("{preset: plain}", "{}", "give a preset or a scenario"),
        ("{preset: plain}", "{preset: plain, variant: dumb}", "not-allowed"),
        (', zh: "看。"', "", "no text in zh"),
        ("look:", "see:", "look: Field required"),
    ],
)
def test_a_mistake_in_a_pair_is_named_with_its_line(
    tiny: building.Folder, old: str, new: str, message: str
) -> None:
    tiny.write("pairs.yaml", PAIR)
    line = tiny.edit("pairs.yaml", old, new)
    problems = tiny.problems()
    assert any(message in str(problem) for problem in problems), problems
    assert all(problem.file == "tiny/pairs.yaml" for problem in problems)
    assert any(problem.line in {1, line} for problem in problems)


def test_a_pair_that_stands_twice_is_a_mistake(tiny: building.Folder) -> None:
    tiny.write("pairs.yaml", PAIR + PAIR)
    assert "stands twice" in tiny.problem().message
    tiny.write("pairs.yaml", PAIR + PAIR.replace("id: one", "id: two"))
    assert "the same as one" in tiny.problem().message
