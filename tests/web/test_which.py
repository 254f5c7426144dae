# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page that asks what was observed, and its JSON."""

from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ReadPage
from tests.web.reading import Element

PAGE = "/tcp_close/which"


def shown(page: Element) -> set[str]:
    return {item["id"].removeprefix("p-") for item in page.one(class_="q-paths").all("li")}


def test_one_answer_after_the_other_leads_to_a_path(page: ReadPage, client: TestClient) -> None:
    """As a browser without scripts sends the form: what it holds, and the button that was used."""
    answers = {"before": "ESTABLISHED", "counter": "TCPAbortOnData", "linger": "zero"}
    address, asked = PAGE, dict[str, str]()
    while len(asked) < len(answers):
        found = page(address)
        form = found.one("form", class_="q-ask")
        key = form.all("button")[0]["name"]
        hidden = {field["name"]: field["value"] for field in form.all("input", type="hidden")}
        assert hidden == asked
        value = answers.get(key, "unknown")
        assert value in {button["value"] for button in form.all("button")}
        asked = {**hidden, key: value}
        address = f"{form['action']}?{urlencode(asked)}"
        if key not in answers:
            answers[key] = value
    last = page(address)
    assert len(shown(last)) == 1
    assert last.one("a", href="/tcp_close?linger=0").text == "linger=0"
    assert any(link["href"] == "/tcp_close/zero-linger/true" for link in last.all("a"))
    body = client.get(f"/api{address}").json()
    assert (body["total"], body["question"]) == (1, None)


def test_an_answer_can_be_changed_and_another_question_chosen(page: ReadPage) -> None:
    found = page(f"{PAGE}?sent=rst&counter=unknown")
    (_, change) = found.one(class_="q-given").all("a")
    assert change["href"] == f"{PAGE}?sent=rst&ask=counter"
    assert page(change["href"]).one(class_="q-ask").all("button")[0]["name"] == "counter"
    other = page(f"{PAGE}?sent=rst&ask=linger")
    assert other.one(class_="q-ask").all("button")[0]["name"] == "linger"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("left=TIME_WAIT&sent=rst", "No path shows all of this."),
        ("before=CLOSE", "It was this path."),
        (
            "before=SYN_SENT&counter=none&linger=off&repair=unknown&during=unknown&left=none",
            "What you don’t know would tell these",
        ),
    ],
)
def test_it_ends_with_an_answer_or_says_why_not(page: ReadPage, query: str, says: str) -> None:
    found = page(f"{PAGE}?{query}")
    assert not found.all("form", class_="q-ask")
    assert says in found.one("main").text


def test_it_speaks_chinese_and_is_found(page: ReadPage) -> None:
    found = page(f"{PAGE}?sent=rst&lang=zh")
    assert "条路径相符" in found.one("h2", id="fits").text
    assert {"name": "lang", "value": "zh"}.items() <= found.one(class_="q-ask").one(
        "input", name="lang"
    ).attributes.items()
    for start in ("/", "/tcp_close/symptoms"):
        assert page(start).all("a", href=PAGE), start


def test_what_is_wrong_is_told_at_once(client: TestClient) -> None:
    def problems(query: str) -> dict[str, Any]:
        response = client.get(f"/api{PAGE}?{query}")
        assert response.status_code == 422
        return {item["key"]: item for item in response.json()["problems"]}

    found = problems("sent=rts&foo=1&left=none&left=none")
    assert set(found) == {"sent", "foo", "left"}
    assert found["sent"]["nearest"] == "rst"
    assert client.get(f"{PAGE}?sent=rts").status_code == 422
