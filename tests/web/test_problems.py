# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Bad input on the API: problem details of RFC 9457, every problem at once."""

from http import HTTPStatus
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.kernel.inputs import INPUTS
from app.paths import CONTENT
from app.walkthrough.load import list_walkthroughs
from tests.web.reading import document

TRACE = "/api/tcp_close/trace"


def refused(client: TestClient, address: str, status: int = 422) -> list[dict[str, Any]]:
    """The problems of a refused request, after a look at what is around them."""
    response = client.get(address)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "problems"}
    assert body["type"] == "about:blank"
    assert body["status"] == status
    assert body["title"] == HTTPStatus(status).phrase
    problems: list[dict[str, Any]] = body["problems"]
    assert problems
    for problem in problems:
        assert set(problem) == {"code", "key", "value", "detail", "allowed", "nearest"}
        assert problem["detail"] in body["detail"]
        assert problem["allowed"]
    return problems


def test_every_problem_is_named_at_once(client: TestClient) -> None:
    problems = refused(
        client,
        f"{TRACE}?stat=LISTEN&rto=0&recv=x&recv=1&wait=syn&state=LISTN&linger=on&lang=fr&variant=a",
    )
    found = {(problem["key"], problem["code"]) for problem in problems}
    assert found == {
        ("stat", "unknown-key"),
        ("rto", "out-of-range"),
        ("recv", "not-a-segment"),
        ("recv", "given-twice"),
        ("wait", "not-an-event"),
        ("state", "not-allowed"),
        ("linger", "not-allowed"),
        ("lang", "not-allowed"),
        ("variant", "not-allowed"),
    }
    assert len(problems) == 9


def test_a_problem_has_the_key_the_value_and_what_is_allowed(client: TestClient) -> None:
    (problem,) = refused(client, f"{TRACE}?state=LISTN")
    assert problem["key"] == "state"
    assert problem["value"] == "LISTN"
    assert problem["allowed"].split(", ")[:2] == ["ESTABLISHED", "SYN_SENT"]
    assert problem["nearest"] == "LISTEN"
    assert problem["detail"] == "state can't be LISTN."


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("stat", "state"),
        ("Recv", "recv"),
        ("linger3", "linger"),
        ("langs", "lang"),
        ("xyzzy", None),
    ],
)
def test_an_unknown_key_is_told_the_keys_and_the_nearest(
    client: TestClient, key: str, near: str | None
) -> None:
    (problem,) = refused(client, f"{TRACE}?{key}=1")
    assert problem["code"] == "unknown-key"
    assert problem["nearest"] == near or (near == "linger" and problem["nearest"] == "linger2")
    assert set(problem["allowed"].split(", ")) == {*INPUTS, "variant", "kernel", "lang"}


@pytest.mark.parametrize("key", ["step", "form"])
def test_what_belongs_to_the_page_is_unknown_to_the_api(client: TestClient, key: str) -> None:
    (problem,) = refused(client, f"{TRACE}?{key}=1")
    assert problem["code"] == "unknown-key"


@pytest.mark.parametrize("key", ["state", "recv", "lang", "variant"])
def test_a_key_that_is_given_twice_is_refused_even_with_the_same_value(
    client: TestClient, key: str
) -> None:
    value = {"state": "LISTEN", "recv": "300", "lang": "zh", "variant": "article"}[key]
    (problem,) = refused(client, f"{TRACE}?{key}={value}&{key}={value}")
    assert (problem["code"], problem["key"]) == ("given-twice", key)


@pytest.mark.parametrize("state", ["TIME_WAIT", "NEW_SYN_RECV", "TCP_TIME_WAIT"])
def test_mini_sockets_are_told_why_not(client: TestClient, state: str) -> None:
    (problem,) = refused(client, f"{TRACE}?state={state}")
    assert problem["code"] == "mini-socket"
    assert "mini-socket" in problem["detail"]
    assert "file descriptor" in problem["detail"]


def test_a_query_of_2000_characters_is_read_and_one_more_is_not(client: TestClient) -> None:
    refused(client, f"{TRACE}?{'a' * 2000}")
    (problem,) = refused(client, f"{TRACE}?{'a' * 2001}", status=414)
    assert (problem["code"], problem["value"]) == ("query-too-long", "2001")
    assert "2000" in problem["allowed"]
    refused(client, f"/api/walkthroughs?{'a' * 2001}", status=414)
    refused(client, f"/api/tcp_close?{'a' * 2001}", status=414)
    refused(client, f"{TRACE}?{'a' * 60_000}", status=414)


def test_far_too_many_fields_are_one_problem(client: TestClient) -> None:
    (problem,) = refused(client, f"{TRACE}?{'&'.join(['a=1'] * 400)}")
    assert problem["code"] == "too-many"


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/api/tcp_clos", "tcp_close"),
        ("/api/tcp_clos/trace?recv=300", "tcp_close"),
        ("/api/TCP_CLOSE", "tcp_close"),
        ("/api/udp", None),
        ("/api/%00", None),
        ("/api/" + "x" * 900, None),
    ],
)
def test_an_unknown_walkthrough_is_told_the_known_ones(
    client: TestClient, address: str, near: str | None
) -> None:
    known = list_walkthroughs(CONTENT)
    (problem,) = refused(client, address, status=404)
    assert problem["code"] == "unknown-walkthrough"
    assert (problem["allowed"], problem["nearest"]) == (", ".join(known), near)
    assert len(problem["value"]) <= 80


@pytest.mark.parametrize(
    "address", ["/api/tcp_close/nothing", "/api/tcp_close/trace/more", "/api/a/b/c/d"]
)
def test_an_unknown_address_of_the_api_is_not_taken_for_a_walkthrough(
    client: TestClient, address: str
) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "walkthrough api" not in response.text
    assert address in response.text


def test_what_a_reader_sent_is_shortened_in_the_answer(client: TestClient) -> None:
    (problem,) = refused(client, f"{TRACE}?{'k' * 500}={'v' * 500}")
    assert len(problem["key"]) == len(problem["value"]) == 80
    assert problem["key"].endswith("…")


def test_braces_in_what_was_sent_are_just_text(client: TestClient) -> None:
    (problem,) = refused(client, TRACE + "?state={key}{0}{value!r}")
    assert problem["detail"] == "state can't be {key}{0}{value!r}."


def test_problems_are_in_the_readers_language(client: TestClient) -> None:
    (english,) = refused(client, f"{TRACE}?rto=0&lang=en")
    (chinese,) = refused(client, f"{TRACE}?rto=0&lang=zh")
    assert english["detail"] != chinese["detail"]
    assert english["code"] == chinese["code"]


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("rto=0", "1 到 120000 毫秒（TCP_RTO_MAX）"),
        ("recv=x", "最多 64 个"),
        ("pending=2", "0 或 1"),
        ("netns=gone", "alive，dying"),
        ("step=999", "1 到 "),
        ("state=LISTEN&state=CLOSE", "每个键只出现一次"),
    ],
)
def test_a_page_says_in_the_readers_language_what_is_allowed(
    client: TestClient, query: str, allowed: str
) -> None:
    response = client.get(f"/tcp_close?{query}&lang=zh")
    assert response.status_code == 422
    problems = document(response).one("ul", id="problems").text
    assert allowed in problems
    assert "Allowed" not in problems
    assert " to " not in problems
