# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON contract: its keys, and what they promise of each other."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.kernel.inputs import EVENTS, INPUTS, STATES
from app.paths import CONTENT

TRACE = "/api/tcp_close/trace"
TRACE_KEYS = set(
    """walkthrough variant edition scenario url reads caveats lines steps decisions calls outcome
    summary error""".split()
)
OUTCOME_KEYS = set(
    """state destroyed timewait fate segments counters gauges keepalive_ms timewait_ms orphans refs
    locks_balanced reasons""".split()
)
STEP_KEYS = set(
    "index line end_line file_line frames text decision taken why reason effects".split()
)
EFFECT_KEYS = set("kind name before after cause text".split())
WALKTHROUGH_KEYS = set(
    """id function title summary languages source blocks decisions inputs presets helpers
    variants""".split()
)


def trace(client: TestClient, query: str = "") -> dict[str, Any]:
    """The trace of a query."""
    response = client.get(f"{TRACE}?{query}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture(scope="module")
def walkthrough(client: TestClient) -> dict[str, Any]:
    """What the API says of tcp_close."""
    body: dict[str, Any] = client.get("/api/tcp_close").json()
    return body


# The list


def test_the_walkthroughs_are_listed_with_their_addresses(client: TestClient) -> None:
    body = client.get("/api/walkthroughs").json()
    assert set(body) == {"walkthroughs"}
    entry = next(one for one in body["walkthroughs"] if one["id"] == "tcp_close")
    assert set(entry) == {"id", "title", "summary", "url"}
    assert entry["url"] == "/tcp_close"
    assert client.get(entry["url"]).status_code == 200


# A walkthrough


def test_a_walkthrough_has_the_keys_of_the_contract(walkthrough: dict[str, Any]) -> None:
    assert set(walkthrough) >= WALKTHROUGH_KEYS
    assert {"id", "start", "end"} <= set(walkthrough["blocks"][0])
    assert {"id", "line", "condition"} <= set(walkthrough["decisions"][0])
    assert {"id", "scenario"} <= set(walkthrough["presets"][0])


def test_its_lines_are_the_source(walkthrough: dict[str, Any]) -> None:
    text = (CONTENT / "tcp_close" / "tcp_close.c").read_text(encoding="utf-8")
    assert "\n".join(walkthrough["source"]["lines"]) + "\n" == text


def test_its_blocks_cover_each_line_once_and_in_order(walkthrough: dict[str, Any]) -> None:
    lines = [n for block in walkthrough["blocks"] for n in range(block["start"], block["end"] + 1)]
    assert lines == list(range(1, 172))


def test_its_decisions_quote_their_line(walkthrough: dict[str, Any]) -> None:
    assert len(walkthrough["decisions"]) == 17
    for decision in walkthrough["decisions"]:
        line = walkthrough["source"]["lines"][decision["line"] - 1]
        assert f"{decision['keyword']} ({decision['condition']})" in line


def test_its_inputs_are_those_of_the_design_in_their_order(walkthrough: dict[str, Any]) -> None:
    assert [item["key"] for item in walkthrough["inputs"]] == (
        "state recv copied accept_queue pending repair linger exiting linger2 fin_timeout "
        "tw_timeout rto wait backlog orphans memory netns fastopen owner"
    ).split()
    for item in walkthrough["inputs"]:
        assert item["allowed"]
        assert item["schema"]["default"] == item["default"]


def test_its_presets_run_by_their_query(client: TestClient, walkthrough: dict[str, Any]) -> None:
    for preset in walkthrough["presets"]:
        body = trace(client, preset["query"])
        assert body["scenario"].items() >= preset["scenario"].items()
        assert body["error"] is None


# A trace


@pytest.mark.parametrize(
    "query", ["", "recv=300-fin", "state=FIN_WAIT2&linger2=-1&variant=article", "state=LISTEN"]
)
def test_a_trace_has_exactly_the_keys_of_the_contract(client: TestClient, query: str) -> None:
    body = trace(client, query)
    assert set(body) == TRACE_KEYS
    assert set(body["outcome"]) == OUTCOME_KEYS
    for step in body["steps"]:
        assert set(step) == STEP_KEYS
        for effect in step["effects"]:
            assert set(effect) == EFFECT_KEYS
    for decision in body["decisions"]:
        assert set(decision) == {"id", "line", "taken"}


def joined(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=4).map("-".join)


SEGMENT = st.one_of(
    st.just("fin"),
    st.integers(1, 1 << 30).map(str),
    st.integers(1, 1 << 30).map(lambda count: f"{count}fin"),
)
FLAG = st.sampled_from("01")
SCENARIOS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(STATES),
        "recv": joined(SEGMENT),
        "accept_queue": st.integers(0, 64).map(str),
        "pending": FLAG,
        "repair": FLAG,
        "linger": st.one_of(st.just("off"), st.integers(-5, 100).map(str)),
        "exiting": FLAG,
        "linger2": st.integers(-2, 200).map(str),
        "fin_timeout": st.integers(0, 200).map(str),
        "tw_timeout": st.integers(0, 200).map(str),
        "rto": st.integers(1, 120_000).map(str),
        "wait": joined(st.sampled_from(EVENTS)),
        "backlog": joined(st.sampled_from(EVENTS)),
        "orphans": FLAG,
        "memory": FLAG,
        "netns": st.sampled_from(("alive", "dying")),
        "fastopen": FLAG,
        "copied": st.integers(0, 1 << 30).map(str),
        "owner": st.sampled_from(("user", "kernel")),
        "variant": st.just("article"),
        "lang": st.sampled_from(("en", "zh")),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(inputs=SCENARIOS)
def test_what_a_trace_promises(client: TestClient, inputs: dict[str, str]) -> None:
    response = client.get(TRACE, params=inputs)
    assert response.status_code == 200
    body = response.json()

    # The scenario is whole, and says what was asked for.
    assert list(body["scenario"]) == list(INPUTS)
    for key, value in inputs.items():
        if key not in {"variant", "lang"}:
            assert str(body["scenario"][key]) == value
    assert body["variant"] == inputs.get("variant")

    # The scenario and the address make the same trace again.
    lang = {"lang": inputs.get("lang", "en")}
    variant = {"variant": inputs["variant"]} if "variant" in inputs else {}
    again = client.get(TRACE, params={**body["scenario"], **variant, **lang}).json()
    assert again == body
    address = urlsplit(body["url"])
    assert address.path == "/tcp_close"
    joint = "&" if address.query else ""
    assert client.get(f"{TRACE}?{address.query}{joint}lang={lang['lang']}").json() == body

    # The address is the shortest, and says nothing twice or in vain.
    said = dict(part.split("=") for part in address.query.split("&") if part)
    for key, value in said.items():
        assert key == "variant" or value != INPUTS[key].flat(INPUTS[key].default)
    assert "%" not in body["url"]

    # Lines, steps, decisions.
    assert body["lines"] == sorted(set(body["lines"]))
    assert set(body["lines"]) <= set(range(1, 172))
    assert [step["index"] for step in body["steps"]] == list(range(1, len(body["steps"]) + 1))
    assert {step["line"] for step in body["steps"]} <= set(body["lines"])
    assert body["decisions"] == [
        {"id": step["decision"], "line": step["line"], "taken": step["taken"]}
        for step in body["steps"]
        if step["decision"] is not None
    ]
    for step in body["steps"]:
        assert (step["decision"] is None) == (step["taken"] is None)
        assert step["line"] <= step["end_line"]
        assert step["why"]

    # Inputs that were read are inputs.
    assert set(body["reads"]) <= set(INPUTS)
    assert len(set(body["reads"])) == len(body["reads"])

    # The outcome.
    outcome = body["outcome"]
    assert (outcome["fate"] == "stopped") == (body["error"] is not None)
    assert (outcome["timewait"] is None) == (outcome["timewait_ms"] is None)
    assert body["summary"]
    if body["error"] is None:
        assert outcome["locks_balanced"]


def test_a_loops_condition_is_there_once_per_evaluation(client: TestClient) -> None:
    queued = [d["taken"] for d in trace(client, "recv=1-2-fin")["decisions"] if d["id"] == "queued"]
    assert queued == [True, True, True, False]


def test_the_default_scenario_has_the_shortest_address(client: TestClient) -> None:
    assert trace(client)["url"] == "/tcp_close"
    assert trace(client, "rto=200&linger=off&recv=none&state=ESTABLISHED")["url"] == "/tcp_close"
    assert trace(client, "lang=zh")["url"] == "/tcp_close"


def test_the_variant_is_part_of_the_address(client: TestClient) -> None:
    body = trace(client, "variant=article&recv=300-fin")
    assert body["url"] == "/tcp_close?recv=300-fin&variant=article"
    assert body["outcome"]["segments"] == ["FIN"]


def test_an_empty_value_means_the_default(client: TestClient) -> None:
    assert trace(client, "recv=&state=&rto=&variant=&lang=") == trace(client)


def test_calls_are_in_order(client: TestClient) -> None:
    calls = trace(client)["calls"]
    wanted = ["lock_sock", "tcp_close_state", "tcp_send_fin", "sock_orphan", "release_sock"]
    places = [calls.index(name) for name in wanted]
    assert places == sorted(places)
    assert calls[-1] == "sock_put"


def test_c_that_cannot_go_on_is_an_error_in_the_trace(client: TestClient) -> None:
    body = trace(client, "state=FIN_WAIT2&linger2=-1&variant=article")
    error = body["error"]
    assert set(error) == {"kind", "line", "text", "message", "nearest"}
    assert (error["kind"], error["line"]) == ("undeclared-name", 124)
    assert error["nearest"] == "TCP_CLOSE"
    assert "TCP_close" in error["message"]
    assert body["steps"][-1]["line"] == 124


def test_what_cannot_be_has_a_caveat(client: TestClient) -> None:
    assert len(trace(client, "state=LISTEN&recv=300")["caveats"]) == 1
    assert trace(client, "recv=300")["caveats"] == []


# The edges of what is allowed


def edges(walkthrough: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Key, lowest and highest of each input that takes numbers."""
    return [
        (item["key"], schema["minimum"], schema["maximum"])
        for item in walkthrough["inputs"]
        for schema in (item["schema"], *item["schema"].get("oneOf", ()))
        if schema.get("type") == "integer"
    ]


def test_numbers_are_accepted_up_to_their_edges_and_no_further(
    client: TestClient, walkthrough: dict[str, Any]
) -> None:
    found = edges(walkthrough)
    assert {key for key, _, _ in found} == set(
        """copied accept_queue pending repair linger exiting linger2 fin_timeout tw_timeout rto
        orphans memory fastopen""".split()
    )
    for key, low, high in found:
        for value in (low, high):
            assert trace(client, f"{key}={value}")["scenario"][key] == value
        for value in (low - 1, high + 1, -(10**19), 10**19, 10**500):
            response = client.get(f"{TRACE}?{key}={value}")
            assert response.status_code == 422, f"{key}={value}"
            (problem,) = response.json()["problems"]
            assert (problem["code"], problem["key"]) == ("out-of-range", key)
            assert problem["allowed"] in {
                item["allowed"] for item in walkthrough["inputs"] if item["key"] == key
            }


@pytest.mark.parametrize(
    "value", ["1.0", "1e3", "+1", " 1", "0x1", "١", "1_000", "--1", "-", "one", "1\n"]
)
def test_what_is_no_whole_number_is_refused(client: TestClient, value: str) -> None:
    for key in ("rto", "fin_timeout", "linger2", "pending"):
        response = client.get(TRACE, params={key: value})
        assert response.status_code == 422, (key, value)
        assert response.json()["problems"][0]["code"] == "not-a-number"


@pytest.mark.parametrize("key", ["recv", "wait", "backlog"])
def test_64_items_are_accepted_and_65_are_not(client: TestClient, key: str) -> None:
    item = "1" if key == "recv" else "ack"
    trace(client, f"{key}={'-'.join([item] * 64)}")
    response = client.get(f"{TRACE}?{key}={'-'.join([item] * 65)}")
    assert response.status_code == 422
    (problem,) = response.json()["problems"]
    assert (problem["code"], problem["key"]) == ("too-many", key)
    assert "64" in problem["allowed"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("recv=0", "out-of-range"),
        ("recv=0fin", "out-of-range"),
        (f"recv={(1 << 30) + 1}", "out-of-range"),
        ("recv=300-", "not-a-segment"),
        ("recv=-300", "not-a-segment"),
        ("recv=FIN", "not-a-segment"),
        ("recv=300 fin", "not-a-segment"),
        ("recv=none-300", "not-a-segment"),
        ("recv=" + "9" * 1000, "not-a-segment"),
        ("wait=ACK", "not-an-event"),
        ("wait=ack-", "not-an-event"),
        ("backlog=syn", "not-an-event"),
        ("state=established", "not-allowed"),
        ("linger=on", "not-allowed"),
        ("netns=dead", "not-allowed"),
    ],
)
def test_a_value_that_is_not_allowed_has_its_code(
    client: TestClient, query: str, code: str
) -> None:
    response = client.get(f"{TRACE}?{query}")
    assert response.status_code == 422
    (problem,) = response.json()["problems"]
    assert (problem["code"], problem["key"]) == (code, query.partition("=")[0])
    assert len(problem["value"]) <= 80


def test_the_largest_segment_is_accepted(client: TestClient) -> None:
    trace(client, f"recv={1 << 30}")
    trace(client, f"recv={1 << 30}fin")
