# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Two scenarios side by side, without scripts: the page, its forms, the API, bad input."""

import pytest
from starlette.testclient import TestClient

from tests.conftest import shipped
from tests.web.conftest import ReadPage

PAGE = "/tcp_close/compare"
BOTH = f"{PAGE}?a=recv:300&b=default"


def test_without_sides_pairs_are_suggested_and_two_can_be_chosen(page: ReadPage) -> None:
    known = shipped().pairs
    found = page(PAGE)
    pairs = found.one("section", class_="c-pairs").all("li")
    assert [item.one("a")["href"] for item in pairs] == [
        f"{PAGE}?a={pair.a}&b={pair.b}" for pair in known
    ]
    form = found.one("form", class_="c-both")
    assert [select["name"] for select in form.all("select")] == ["a", "b"]


def test_the_parting_is_named_and_marked_in_the_source(page: ReadPage) -> None:
    found = page(BOTH)
    assert "They part in line 47" in found.one("p", class_="c-summary").text
    [line] = [e for e in found.all("span", class_="c-line") if "data-telling" in e.attributes]
    assert line["id"] == "L47"
    assert "they part here" in line.text
    cells = [e.text for e in line.all("span", class_="c-cell")]
    assert "data_was_unread is 300" in cells[0]
    assert "data_was_unread is 0" in cells[1]


def test_every_line_of_the_source_stands_once(page: ReadPage) -> None:
    lines = [e["id"] for e in page(BOTH).all("span", class_="c-line") if e.get("id")]
    assert lines == [f"L{number}" for number in range(1, 172)]


def test_a_line_says_in_words_which_side_executes_it(page: ReadPage) -> None:
    found = page(BOTH)
    by_id = {e.get("id"): e for e in found.all("span", class_="c-line")}
    assert by_id["L49"]["data-ran"] == "a"
    assert by_id["L49"].one("span", class_="badge").text == "A"
    assert by_id["L86"]["data-ran"] == "b"
    assert by_id["L7"]["data-ran"] == "both"
    assert by_id["L46"]["data-ran"] == "none"


def test_what_is_left_differs_with_a_sign_and_a_word(page: ReadPage) -> None:
    table = page(BOTH).one("table", class_="c-facts")
    rows = {row.one("th").text.split(":", 1)[1].strip(): row for row in table.all("tr")[1:]}
    assert rows["Segments sent"].one("th").text.startswith("≠")
    assert [cell.text for cell in rows["Segments sent"].all("td")] == ["RST", "FIN"]
    assert rows["Locks"].one("th").text.startswith("=")


def test_both_texts_of_a_line_stand_where_the_variants_differ(page: ReadPage) -> None:
    found = page(f"{PAGE}?a=unread-after-fin&b=state:CLOSE_WAIT,recv:300-fin,variant:article")
    [line] = [e for e in found.all("span", class_="c-line") if e.get("id") == "L28"]
    assert [code.text.split(" ", 1)[1].replace(" ", "") for code in line.all("code")] == [
        "data_was_unread+=len;",
        "data_was_unread=len;",
    ]
    assert "first difference is in line 28" in found.one("p", class_="c-change").text


def test_the_same_scenario_twice_is_said_and_pairs_are_suggested(page: ReadPage) -> None:
    found = page(f"{PAGE}?a=recv:300&b=unread-reset")
    assert "same scenario" in found.one("p", class_="c-summary").text
    assert found.one("section", class_="c-pairs").all("li")
    assert not found.all("div", class_="listing")


def test_one_side_alone_gets_changes_that_turn_a_decision(page: ReadPage) -> None:
    found = page(f"{PAGE}?a=recv:300")
    turns = found.all("section", class_="c-pairs")[0]
    assert turns.one("h2").text == "One change that turns a decision"
    links = [link["href"] for link in turns.all("a")]
    assert f"{PAGE}?a=recv:300&b=default" in links
    for address in links[:3]:
        assert "They part" in page(address).one("p", class_="c-summary").text


def test_the_sides_can_be_swapped_and_read_alone(page: ReadPage) -> None:
    found = page(f"{BOTH}&lang=zh")
    links = [link["href"] for link in found.all("a")]
    assert f"{PAGE}?a=default&b=recv:300&lang=zh" in links
    assert "/tcp_close?recv=300&lang=zh" in links


def test_the_form_is_answered_with_the_short_address(client: TestClient) -> None:
    for query, short in (
        ("form=1&a=unread-reset&b=plain-close", "a=recv:300&b=default"),
        (
            "form=1&a.state=FIN_WAIT2&a.linger2=-1&b=default",
            "a=state:FIN_WAIT2,linger2:-1&b=default",
        ),
        ("form=1&b=recv%3D300&lang=zh", "b=recv:300&lang=zh"),
        ("form=1&b.recv=none&b.variant=article&a=", "b=variant:article"),
    ):
        answer = client.get(f"{PAGE}?{query}")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{PAGE}?{short}"


def test_the_study_page_leads_here_with_its_scenario(page: ReadPage) -> None:
    links = [link.get("href") for link in page("/tcp_close?recv=300&variant=article").all("a")]
    assert f"{PAGE}?a=recv:300,variant:article" in links


def test_every_problem_of_both_sides_is_on_the_page(page: ReadPage) -> None:
    found = page(f"{PAGE}?a=recv:x,foo:1&b=plain-clos&c=3", status=422)
    problems = found.one("ul", class_="problem-list").all("li")
    assert len(problems) == 4
    texts = " ".join(item.text for item in problems)
    assert "Side A: foo is not known" in texts
    assert "Did you mean plain-close?" in texts


def test_the_api_tells_all_problems_with_their_sides(client: TestClient) -> None:
    answer = client.get("/api/tcp_close/compare?a=recv:x,rto:0")
    assert answer.status_code == 422
    assert [(p.get("side"), p["key"], p["code"]) for p in answer.json()["problems"]] == [
        ("a", "recv", "not-a-segment"),
        ("a", "rto", "out-of-range"),
        ("b", "b", "side-missing"),
    ]


def test_the_api_says_where_they_part_and_what_differs(client: TestClient) -> None:
    body = client.get("/api/tcp_close/compare?a=recv:300&b=default").json()
    assert body["url"] == BOTH
    assert body["same"] is False
    assert next(fork["decision"] for fork in body["forks"] if not fork["in_loop"]) == "unread"
    assert body["parting"]["a"]["decision"] == "queued"
    assert body["a"]["outcome"]["segments"] == ["RST"]
    trace = client.get("/api/tcp_close/trace?recv=300").json()
    assert body["a"]["outcome"] == trace["outcome"]
    assert {49, 50, 51} <= set(body["lines"]["a"])
    assert next(row for row in body["outcome"] if row["name"] == "segments")["same"] is False


def test_two_that_are_the_same_are_an_answer_with_suggestions(client: TestClient) -> None:
    body = client.get("/api/tcp_close/compare?a=recv:300&b=unread-reset").json()
    assert body["same"] is True
    assert body["parting"] is None
    assert "same scenario" in body["summary"][0]
    assert body["suggestions"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_pair_has_a_page_in_both_languages(page: ReadPage, lang: str) -> None:
    for pair in shipped().pairs:
        found = page(f"{PAGE}?a={pair.a}&b={pair.b}&lang={lang}")
        assert found.one("h1").text == pair.title[lang]
        assert pair.look[lang] in found.one("p", class_="intro").text
