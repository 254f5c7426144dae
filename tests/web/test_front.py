# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The front page: a door for each kind of reader, and a line of the code that says what it is."""

import pytest
from starlette.testclient import TestClient

from tests.web.reading import Element, document


@pytest.fixture
def front(client: TestClient) -> Element:
    return document(client.get("/?lang=en"))


def test_each_kind_of_reader_is_one_click_away(front: Element) -> None:
    assert [door["href"] for door in front.all("a", class_="primary")] == [
        "/tcp_close/symptoms?lang=en",
        "/tcp_close?lang=en",
        "/tcp_close/present?lang=en",
    ]


def test_every_link_behind_the_doors_leads_somewhere(client: TestClient, front: Element) -> None:
    links = [link["href"] for door in front.all(class_="door-card") for link in door.all("a")]
    assert len(links) > 10
    for href in links:
        assert client.get(href).status_code == 200, href


def test_the_line_that_decides_between_fin_and_rst_is_shown(front: Element) -> None:
    teaser = front.one("figure")
    assert teaser.one(class_="teaser-line").text == "47 } else if (data_was_unread) {"
    assert [way["data-tone"] for way in teaser.all("li")] == ["reset", "orderly"]
    assert [link["href"] for link in teaser.all("a")] == [
        "/tcp_close/unread/true?lang=en",
        "/tcp_close/unread/false?lang=en",
    ]
