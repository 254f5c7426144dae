# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""One page before the code, on the walkthrough's own address and nowhere else."""

import re

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ReadPage


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_begins_with_the_life_of_a_socket_and_leads_into_the_code(
    client: TestClient, page: ReadPage, lang: str
) -> None:
    html = client.get(f"/tcp_close?lang={lang}").text
    found = re.search(r'<details class="life".*?</details>', html, re.DOTALL)
    assert found is not None
    assert len(found[0].encode()) <= 8_000
    assert found.start() < html.index('class="blocks')
    places = {element.get("id") for element in page(f"/tcp_close?lang={lang}").walk()}
    into = re.findall(r'href="#([^"]+)"', found[0])
    assert {"entry", "fin", "orphan", "time-wait", "destroy"} <= set(into) <= places


@pytest.mark.parametrize(
    "address",
    ["/tcp_close?recv=300", "/tcp_close/fin", "/tcp_close?step=3", "/tcp_close?variant=article"],
)
def test_who_was_sent_elsewhere_is_not_shown_it(client: TestClient, address: str) -> None:
    assert 'class="life"' not in client.get(address).text


def test_who_holds_the_socket_is_drawn_where_the_code_needs_it(page: ReadPage) -> None:
    [figure] = page("/tcp_close/backlog").all("figure", class_="locks")
    assert [link.text for link in figure.all("a")] == "7 96 97 99 99 166 167 168".split()
