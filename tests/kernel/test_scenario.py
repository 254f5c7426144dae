# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Scenarios: what is accepted, what is refused and why, how they are written, their caveats."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InputProblem, ReaderError
from app.kernel.caveats import caveats_of
from app.kernel.inputs import INPUTS, MAX_ITEMS, MAX_SEGMENT_BYTES, MINI_SOCKETS, STATES, Segment
from app.kernel.scenario import DEFAULT, Scenario, parse_scenario
from tests.conftest import table
from tests.kernel.closing import scenario
from tests.kernel.strategies import SCENARIOS


def refused(*pairs: tuple[str, str]) -> list[InputProblem]:
    """The problems of pairs that are refused."""
    with pytest.raises(ReaderError) as caught:
        parse_scenario(pairs)
    assert caught.value.status == 422
    return list(caught.value.problems)


# What is accepted


def test_the_inputs_and_their_defaults_are_those_of_the_design() -> None:
    assert DEFAULT.flat() == {
        "state": "ESTABLISHED",
        "recv": "none",
        "copied": 0,
        "accept_queue": 0,
        "pending": 0,
        "repair": 0,
        "linger": "off",
        "exiting": 0,
        "linger2": 0,
        "fin_timeout": 60,
        "tw_timeout": 60,
        "rto": 200,
        "wait": "none",
        "backlog": "none",
        "orphans": 0,
        "memory": 0,
        "netns": "alive",
        "fastopen": 0,
        "owner": "user",
    }


def test_nothing_means_the_default() -> None:
    assert parse_scenario([]) == DEFAULT
    assert DEFAULT.query() == ""


def test_an_empty_value_means_the_default() -> None:
    """A form sends every field, the untouched ones empty."""
    assert parse_scenario([(key, "") for key in INPUTS]) == DEFAULT


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_accepted(state: str) -> None:
    assert scenario(f"state={state}")["state"] == state


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("none", ()),
        ("300", (Segment(300, False),)),
        ("fin", (Segment(0, True),)),
        ("200fin", (Segment(200, True),)),
        ("300-fin", (Segment(300, False), Segment(0, True))),
        ("1-2fin-3", (Segment(1, False), Segment(2, True), Segment(3, False))),
        ("0300", (Segment(300, False),)),
        (str(MAX_SEGMENT_BYTES), (Segment(MAX_SEGMENT_BYTES, False),)),
        ("-".join(["1"] * MAX_ITEMS), (Segment(1, False),) * MAX_ITEMS),
    ],
)
def test_a_receive_queue(text: str, value: tuple[Segment, ...]) -> None:
    assert scenario(f"recv={text}")["recv"] == value


@pytest.mark.parametrize("key", ["wait", "backlog"])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("none", ()),
        ("ack", ("ack",)),
        ("fin-ack", ("fin", "ack")),
        ("ack-fin-data-rst", ("ack", "fin", "data", "rst")),
        ("-".join(["ack"] * MAX_ITEMS), ("ack",) * MAX_ITEMS),
    ],
)
def test_events_of_the_peer(key: str, text: str, value: tuple[str, ...]) -> None:
    assert scenario(f"{key}={text}")[key] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", None),
        ("0", 0),
        ("5", 5),
        ("-1", -1),
        ("-2147483648", -(2**31)),
        ("2147483647", 2**31 - 1),
    ],
)
def test_linger_is_off_or_an_int(text: str, value: int | None) -> None:
    assert scenario(f"linger={text}")["linger"] == value


BOUNDS = {
    "copied": (0, 1 << 30),
    "accept_queue": (0, 64),
    "pending": (0, 1),
    "repair": (0, 1),
    "exiting": (0, 1),
    "linger": (-(2**31), 2**31 - 1),
    "linger2": (-2147483, 2147483),
    "fin_timeout": (0, 2147483),
    "tw_timeout": (0, 2147483),
    "rto": (1, 120000),
    "orphans": (0, 1),
    "memory": (0, 1),
    "fastopen": (0, 1),
}


def test_each_number_has_a_bound() -> None:
    numbers = {key for key, item in INPUTS.items() if hasattr(item, "low")}
    assert numbers == BOUNDS.keys()


@pytest.mark.parametrize(("key", "low", "high"), [(k, *b) for k, b in BOUNDS.items()])
def test_a_number_is_accepted_up_to_its_bounds_and_refused_beyond(
    key: str, low: int, high: int
) -> None:
    assert scenario(f"{key}={low}")[key] == low
    assert scenario(f"{key}={high}")[key] == high
    for beyond in (low - 1, high + 1, 10**30, -(10**30)):
        [problem] = refused((key, str(beyond)))
        assert (problem.code, problem.key, problem.value) == ("out-of-range", key, str(beyond))
        assert str(high) in problem.allowed


# What is refused


@pytest.mark.parametrize(
    ("key", "value", "code", "near"),
    [
        *(
            (key, value, problem["code"], problem.get("near"))
            for key, values in table(__file__, "refused.yaml")
            for value, problem in values.items()
        ),
        ("recv", str(MAX_SEGMENT_BYTES + 1), "out-of-range", None),
        ("recv", "-".join(["1"] * (MAX_ITEMS + 1)), "too-many", None),
        ("backlog", "-".join(["ack"] * (MAX_ITEMS + 1)), "too-many", None),
    ],
)
def test_a_value_that_is_not_allowed_is_named(
    key: str, value: str, code: str, near: str | None
) -> None:
    [problem] = refused((key, value))
    assert (problem.code, problem.key, problem.nearest) == (code, key, near)
    assert problem.value == (value if len(value) <= 80 else value[:79] + "…")
    assert problem.allowed == INPUTS[key].allowed


@pytest.mark.parametrize("state", [*MINI_SOCKETS, "TCP_TIME_WAIT"])
def test_a_mini_socket_is_refused_with_a_reason_of_its_own(state: str) -> None:
    """They never reach tcp_close, which is not the same as being misspelt."""
    assert [p.code for p in refused(("state", state))] == ["mini-socket"]


@pytest.mark.parametrize(
    ("key", "near"),
    [("stat", "state"), ("linger_2", "linger2"), ("STATE", "state"), ("", None), ("colour", None)],
)
def test_an_unknown_key_is_named_with_its_nearest_match(key: str, near: str | None) -> None:
    [problem] = refused((key, "1"))
    assert (problem.code, problem.key, problem.value, problem.nearest) == (
        "unknown-key",
        key,
        "1",
        near,
    )
    assert problem.allowed == ", ".join(INPUTS)


@pytest.mark.parametrize(
    "pairs",
    [
        [("rto", "200"), ("rto", "200")],
        [("rto", "200"), ("rto", "300")],
        [("rto", ""), ("rto", "300")],
        [("rto", "200"), ("rto", "")],
    ],
)
def test_a_key_that_is_given_twice_is_refused(pairs: list[tuple[str, str]]) -> None:
    [problem] = refused(*pairs)
    assert (problem.code, problem.key, problem.value) == ("given-twice", "rto", pairs[1][1])


def test_all_problems_are_named_at_once_in_the_order_given() -> None:
    problems = refused(
        ("state", "TIME_WAIT"),
        ("colour", "red"),
        ("rto", "0"),
        ("rto", "200"),
        ("recv", "x"),
        ("pending", "1"),
        ("wait", "-".join(["ack"] * 65)),
    )
    assert [(p.key, p.code) for p in problems] == [
        ("state", "mini-socket"),
        ("colour", "unknown-key"),
        ("rto", "out-of-range"),
        ("rto", "given-twice"),
        ("recv", "not-a-segment"),
        ("wait", "too-many"),
    ]


def test_a_long_value_is_shortened_in_the_message() -> None:
    [problem] = refused(("recv", "x" * 500))
    assert problem.value == "x" * 79 + "…"


@given(st.lists(st.tuples(st.sampled_from([*INPUTS, "x"]) | st.text(), st.text()), max_size=8))
def test_any_pairs_are_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    try:
        found = parse_scenario(pairs)
    except ReaderError as refusal:
        problems = refusal.problems
    else:
        assert set(found) == set(INPUTS)
        return
    assert 0 < len(problems) <= len(pairs)


def test_digits_without_end_are_refused_at_once() -> None:
    """Python's int() takes quadratic time on them."""
    for key in ("rto", "linger", "recv"):
        assert len(refused((key, "9" * 1_000_000))) == 1


# How it is written


@given(SCENARIOS)
def test_a_scenario_survives_being_written_and_read(given_scenario: Scenario) -> None:
    assert scenario(given_scenario.query()) == given_scenario
    assert hash(scenario(given_scenario.query())) == hash(given_scenario)


@given(SCENARIOS)
def test_the_flat_form_survives_being_read(given_scenario: Scenario) -> None:
    pairs = [(key, str(value)) for key, value in given_scenario.flat().items()]
    assert parse_scenario(pairs) == given_scenario


@given(SCENARIOS)
def test_only_what_differs_from_the_default_is_written(given_scenario: Scenario) -> None:
    changed = given_scenario.changed()
    assert changed.keys() == {k for k in INPUTS if given_scenario[k] != DEFAULT[k]}
    assert list(changed) == [key for key in INPUTS if key in changed]
    # Shortest: with any pair left out it is another scenario.
    for key in changed:
        rest = "&".join(f"{k}={v}" for k, v in changed.items() if k != key)
        assert scenario(rest) != given_scenario


@given(SCENARIOS)
def test_a_query_needs_no_percent_encoding(given_scenario: Scenario) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_=&-]*", given_scenario.query())


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("rto=200&state=CLOSE", "state=CLOSE"),
        ("linger=007", "linger=7"),
        ("linger=-0", "linger=0"),
        ("wait=ack&linger=5&state=ESTABLISHED", "linger=5&wait=ack"),
        ("recv=0300", "recv=300"),
        ("recv=none&wait=none&linger=off&netns=alive", ""),
    ],
)
def test_the_canonical_query_is_one_for_each_scenario(written: str, canonical: str) -> None:
    assert scenario(written).query() == canonical


def test_one_value_can_be_changed() -> None:
    assert DEFAULT.but(rto=300).query() == "rto=300"
    assert DEFAULT.query() == ""


@given(SCENARIOS)
def test_what_is_written_fits_the_schema(given_scenario: Scenario) -> None:
    """OpenAPI promises these schemas; a value that the program writes itself has to obey."""
    for key, value in given_scenario.changed().items():
        assert obeys(key, value), (key, value)


def test_the_largest_segment_fits_the_schema() -> None:
    assert obeys("recv", str(MAX_SEGMENT_BYTES))
    assert obeys("recv", "999999999-1fin")
    assert not obeys("recv", str(MAX_SEGMENT_BYTES + 1))
    assert not obeys("recv", "2000000000")


def obeys(key: str, value: int | str) -> bool:
    """Whether a value is one that the schema of the input promises."""
    schema: dict[str, Any] = INPUTS[key].schema()
    return any(fits(value, one) for one in schema.get("oneOf", [schema]))


def fits(value: int | str, schema: dict[str, Any]) -> bool:
    """Whether a value obeys the few words of JSON schema that inputs use."""
    if schema["type"] == "integer":
        return isinstance(value, int) and schema["minimum"] <= value <= schema["maximum"]
    if not isinstance(value, str):
        return False
    if "enum" in schema:
        return value in schema["enum"]
    return re.search(schema["pattern"], value) is not None


# Caveats


@pytest.mark.parametrize(("query", "caveats"), table(__file__, "caveats.yaml"))
def test_a_hypothetical_scenario_says_why(query: str, caveats: list[str]) -> None:
    assert list(caveats_of(scenario(query))) == caveats


@given(SCENARIOS)
def test_caveats_are_words_and_each_stands_once(given_scenario: Scenario) -> None:
    caveats = caveats_of(given_scenario)
    assert len(set(caveats)) == len(caveats)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", caveat) for caveat in caveats)
