# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of symptoms without scripts: index, anchors, permalinks, what counts where."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from app.walkthrough.counters import in_ss
from app.web.app import create_app
from app.web.symptoms.view import GROUPS
from tests.conftest import shipped
from tests.walkthrough import building
from tests.web.conftest import ReadPage
from tests.web.reading import Element, document, links

PAGE = "/tcp_close/symptoms"
IDS = [symptom.id for symptom in shipped().symptoms.symptoms]


def articles(shown: Element) -> list[Element]:
    return shown.all("article", class_="symptom")


def test_the_index_at_the_top_leads_to_every_symptom(page: ReadPage) -> None:
    shown = page(PAGE)
    index = shown.one("nav", class_="index")
    targets = [link["href"] for link in index.all("a")]
    assert targets == [*(f"#{name}" for name in IDS), "#host"]
    assert [article["id"] for article in articles(shown)] == IDS
    everything = list(shown.one("main").walk())
    assert everything.index(index) < everything.index(articles(shown)[0])


def test_each_symptom_says_what_does_it_how_to_confirm_and_what_to_change(page: ReadPage) -> None:
    for article in articles(page(PAGE)):
        headings = [heading.text for heading in article.all("h3")]
        assert headings[:3] == ["What does it", "Confirm it on a host", "What to change"]
        assert article.all("code", class_="command")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_link_of_the_page_leads_somewhere(
    page: ReadPage, client: TestClient, lang: str
) -> None:
    shown = page(f"{PAGE}?lang={lang}")
    ids = {element["id"] for element in shown.walk() if element.get("id")}
    for link in shown.all("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids
        elif urlsplit(link["href"]).path == PAGE and "#" in link["href"]:
            assert urlsplit(link["href"]).fragment in ids
    for address in sorted(links(shown, PAGE)):
        assert client.get(address).status_code == 200, address


def test_a_symptom_has_an_address_with_its_own_title(page: ReadPage) -> None:
    shown = page(f"{PAGE}/close-blocks")
    assert shown.one("title").text == "close() blocks · tcp_close()"
    assert shown.one("h1").text == "close() blocks"
    assert len(articles(shown)) == 1
    description = shown.one("meta", name="description")["content"]
    assert description.startswith("close() takes seconds")
    assert urlsplit(shown.one("link", rel="canonical")["href"]).path == f"{PAGE}/close-blocks"
    assert not shown.all("host-numbers")


@pytest.mark.parametrize("name", IDS)
def test_the_permalink_of_every_symptom_works_in_both_languages(page: ReadPage, name: str) -> None:
    assert page(f"{PAGE}/{name}").one("h1").text != page(f"{PAGE}/{name}?lang=zh").one("h1").text


def test_an_unknown_symptom_is_answered_with_the_nearest(page: ReadPage) -> None:
    shown = page(f"{PAGE}/fin-wiat2", status=404)
    assert "Did you mean fin-wait2?" in shown.one("main").text


def test_an_unknown_key_is_refused(page: ReadPage) -> None:
    assert "text" in page(f"{PAGE}?text=TcpOutRsts", status=422).one("main").text


@pytest.mark.parametrize("address", ["/", "/tcp_close", "/tcp_close/unread/true", "/api", PAGE])
def test_every_page_leads_to_the_symptoms(page: ReadPage, address: str) -> None:
    nav = page(address).one("nav", aria_label="Site")
    assert PAGE in [link["href"] for link in nav.all("a")]


def test_the_language_is_carried_along(page: ReadPage) -> None:
    shown = page(f"{PAGE}?lang=zh")
    assert shown.one("html")["lang"] == "zh-CN"
    inside = [link["href"] for link in shown.one("main").all("a") if "/tcp_close" in link["href"]]
    assert inside
    assert all("lang=zh" in address for address in inside)


def test_only_pages_with_the_field_load_its_script_and_its_style(page: ReadPage) -> None:
    def loaded(address: str) -> str:
        found = page(address)
        return " ".join(
            element.get("src") or element.get("href") or ""
            for element in [*found.all("script"), *found.all("link", rel="stylesheet")]
        )

    for address in ("/", PAGE):
        assert "js/elements/host-numbers.js" in loaded(address)
        assert "css/pasting.css" in loaded(address)
    for address in ("/tcp_close", f"{PAGE}/fin-wait2", "/api"):
        assert "pasting" not in loaded(address)


def test_the_table_says_which_branch_and_line_is_behind_a_counter(page: ReadPage) -> None:
    row = page(PAGE).one("tr", data_name="TcpExtTCPAbortOnClose")
    addresses = [link["href"] for link in row.all("a")]
    assert addresses[0] == "/tcp_close/unread/true"
    assert "#heat-49" in addresses
    assert "#reset-after-close" in addresses


def test_the_code_marks_the_lines_that_count(page: ReadPage) -> None:
    heat = page(PAGE).one("div", class_="heat")
    marks = {
        line["id"]: [mark["data-name"] for mark in line.all("li") if mark.get("data-name")]
        for line in heat.all("li")
        if line.get("id")
    }
    assert marks["heat-49"] == ["TcpExtTCPAbortOnClose"]
    assert {"FIN_WAIT1", "LAST_ACK"} <= set(marks["heat-56"])
    assert len(heat.all("li", data_name="TcpExtTCPAbortOnData")) == 3
    assert marks["heat-14"][-1] == "LISTEN"


def test_the_rendering_has_every_decision_in_the_order_of_the_source(page: ReadPage) -> None:
    heat = page(PAGE).one("div", class_="heat")
    numbers = [int(line["id"].removeprefix("heat-")) for line in heat.all("li") if line.get("id")]
    walkthrough = shipped()
    assert numbers == sorted(numbers)
    assert {decision.line for decision in walkthrough.decisions} <= set(numbers)


def test_a_state_is_spelled_as_ss_does() -> None:
    assert in_ss("FIN_WAIT1") == "FIN-WAIT-1"
    assert in_ss("LAST_ACK") == "LAST-ACK"
    assert in_ss("CLOSING") == "CLOSING"
    assert list(GROUPS) == ["peer", "program", "counter", "listing"]


def test_a_walkthrough_without_symptoms_has_no_such_page_and_no_link(tmp_path: Path) -> None:
    building.tiny(tmp_path)
    with TestClient(create_app(tmp_path)) as client:
        assert client.get("/tiny/symptoms").status_code == 404
        nav = document(client.get("/tiny")).one("nav", aria_label="Site")
        assert not [link for link in nav.all("a") if "symptoms" in link["href"]]
