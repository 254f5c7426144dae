# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The atlas as JSON: its contract, its filters, and what is refused."""

from typing import Any

from starlette.testclient import TestClient

ATLAS = "/api/tcp_close/atlas"


def get(client: TestClient, address: str, status: int = 200) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    return body


def test_it_has_the_keys_of_the_contract_and_comes_in_pages(client: TestClient) -> None:
    body = get(client, f"{ATLAS}?limit=3&offset=2")
    assert body["total"] > 60
    assert body["bounds"]["segments"] >= 2
    assert body["bounds"]["events"] >= 2
    assert len(body["paths"]) == 3
    for path in body["paths"]:
        assert {"id", "decisions", "conditions", "witness", "outcome"} <= set(path)
        trace = get(client, f"/api/tcp_close/trace?{path['witness']}")
        known = {decision["id"] for decision in path["decisions"]}
        assert [d for d in trace["decisions"] if d["id"] in known] == path["decisions"]
        assert trace["outcome"]["segments"] == path["outcome"]["segments"]


def test_filters_narrow_it(client: TestClient) -> None:
    found = get(client, f"{ATLAS}?branch=unread/true&segment=RST&counter=TCPAbortOnClose")
    assert found["total"] == len(found["paths"]) > 0
    for path in found["paths"]:
        assert {"id": "unread", "line": 47, "taken": True} in path["decisions"]


def test_every_problem_is_told_at_once(client: TestClient) -> None:
    body = get(client, f"{ATLAS}?fate=lost&branch=unred/true&limit=0&foo=1", 422)
    problems = {problem["key"]: problem for problem in body["problems"]}
    assert set(problems) == {"fate", "branch", "limit", "foo"}
    assert problems["branch"]["nearest"] == "unread/true"


def test_a_branch_says_when_it_is_taken_and_what_it_excludes(client: TestClient) -> None:
    body = get(client, f"{ATLAS}/unread/true")
    assert body["witness"] == "recv=300"
    assert "data is unread" in body["text"]
    assert any(item["with"] == "zero-linger/true" for item in body["impossible"])
    assert get(client, f"{ATLAS}/unred/true", 404)["problems"][0]["nearest"] == "unread/true"
