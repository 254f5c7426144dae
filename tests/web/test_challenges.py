# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Challenges without scripts: the list, the banner that judges, the key that is carried along."""

import pytest
from starlette.testclient import TestClient

from tests.conftest import shipped
from tests.web.conftest import ReadPage

HARD = "challenge=time-wait-lingering"


def test_the_list_has_every_challenge_with_a_link_to_its_start(page: ReadPage) -> None:
    known = shipped().challenges_by_id
    listed = [e for e in page("/tcp_close/challenges").all("li") if e.get("data-challenge")]
    assert [item["data-challenge"] for item in listed] == list(known)
    for item in listed:
        [link] = item.all("a")
        assert link["href"] == f"/tcp_close?challenge={item['data-challenge']}"
        assert page(link["href"]).one("section", class_="challenge").get("data-solved") is None


def test_the_header_leads_to_the_list_after_the_symptoms(page: ReadPage) -> None:
    header = page("/tcp_close?lang=zh").one("header", class_="bar")
    places = [link["href"] for link in header.all("a")]
    at = places.index("/tcp_close/symptoms?lang=zh")
    assert places[at + 1] == "/tcp_close/challenges?lang=zh"


@pytest.mark.parametrize(
    ("query", "held"),
    [
        ("", "no no yes yes no"),
        ("linger=5&", "no no yes yes yes"),
        ("linger=5&wait=fin-ack&", "yes yes yes yes yes"),
    ],
)
def test_the_banner_says_what_holds_and_what_does_not(
    page: ReadPage, query: str, held: str
) -> None:
    banner = page(f"/tcp_close?{query}{HARD}").one("section", class_="challenge")
    conditions = [e["data-holds"] for e in banner.all("li")]
    assert conditions == held.split()
    assert ("data-solved" in banner.attributes) is ("no" not in conditions)
    taught = "The FIN first leads to CLOSING" in banner.text
    assert taught is ("no" not in conditions)


def test_a_hypothetical_socket_and_a_variant_do_not_count(page: ReadPage) -> None:
    for query, why in (
        ("recv=fin-300&challenge=leave-unread", "really have"),
        ("recv=300&variant=article&challenge=leave-unread", "not in a variant"),
    ):
        banner = page(f"/tcp_close?{query}").one("section", class_="challenge")
        assert "data-solved" not in banner.attributes
        assert why in banner.text


def test_a_challenge_about_what_comes_after_is_judged_by_the_life(page: ReadPage) -> None:
    five = "/tcp_close?challenge=five-minutes&pending=1"
    told = page(five).one("section", class_="challenge")
    assert "data-solved" not in told.attributes
    assert "As an orphan: at least" in told.text
    solved = page(f"{five}&peer=shut-window").one("section", class_="challenge")
    assert "data-solved" in solved.attributes


def test_the_form_and_the_links_of_the_page_carry_the_challenge(
    page: ReadPage, client: TestClient
) -> None:
    study = page(f"/tcp_close?linger=5&{HARD}")
    assert study.one("input", name="challenge")["value"] == "time-wait-lingering"
    for link in (
        *study.one("ol", id="steps").all("a"),
        *study.one("ul", class_="presets").all("a"),
    ):
        assert HARD in link["href"]
    answer = client.get(f"/tcp_close?form=1&linger=5&wait=fin-ack&{HARD}&lang=zh")
    assert answer.headers["location"] == f"/tcp_close?linger=5&wait=fin-ack&{HARD}&lang=zh"
    assert HARD not in study.one("link", rel="canonical")["href"]


def test_without_the_key_there_is_no_trace_of_a_challenge(page: ReadPage) -> None:
    study = page("/tcp_close?linger=5")
    assert not study.all("section", class_="challenge")
    assert not study.all("input", name="challenge")
    assert not [e for e in study.all("a") if "challenge=" in (e.get("href") or "")]


def test_an_unknown_challenge_is_refused_with_the_nearest(
    page: ReadPage, client: TestClient
) -> None:
    assert "Did you mean bare-fin?" in page("/tcp_close?challenge=bare-fn", 422).text
    # The API judges nothing.
    assert client.get("/api/tcp_close/trace?challenge=bare-fin").status_code == 422
