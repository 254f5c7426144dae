# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a browser without style sheets shows (lynx, w3m): elements, and the text in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.conftest import ReadPage
from tests.web.reading import Element

SOURCE = Path("content/tcp_close/tcp_close.c").read_text("utf-8").splitlines()


def as_shown(element: Element) -> str:
    """The text with its white space, as within a <pre>."""
    return "".join(item if isinstance(item, str) else as_shown(item) for item in element.inside)


def code_of(page: Element) -> list[str]:
    """The lines that stand within <pre>, as they are shown."""
    return [line for pre in page.all("pre") for line in as_shown(pre).splitlines()]


@pytest.mark.parametrize(
    "address",
    ["/tcp_close", "/tcp_close/unread/true", "/tcp_close/L20-L25", "/tcp_close/present"],
)
def test_number_and_code_stand_on_one_line_with_their_tabs(page: ReadPage, address: str) -> None:
    shown = {line.rstrip() for line in code_of(page(address))}
    wanted = [f"{number:3}  {text}" for number, text in enumerate(SOURCE, 1) if text]
    missing = [line for line in wanted if line not in shown]
    # On a slide the first line of a long comment is a button.
    assert len(missing) == (3 if address.endswith("present") else 0)


def test_a_frame_shows_its_lines_as_the_page_does(page: ReadPage) -> None:
    lines = code_of(page("/embed/tcp_close/unread/true"))
    assert [line for line in lines if line][:2] == [
        f" 47  {SOURCE[46]} true",
        f" 48  {SOURCE[47]}",
    ]


def test_two_scenarios_have_number_side_and_code_on_one_line(page: ReadPage) -> None:
    lines = code_of(page("/tcp_close/compare?a=recv:300&b=state:CLOSE_WAIT"))
    assert f" 49 A{SOURCE[48]}" in lines
    assert f" 50 A{SOURCE[49]}" in lines
    assert {f"{n:3}" for n in range(1, 172)} <= {line[:3] for line in lines}


def test_what_was_decided_stands_below_the_line_with_the_way_it_went(page: ReadPage) -> None:
    lines = [line.rstrip() for line in code_of(page("/tcp_close/unread/true"))]
    at = lines.index(f" 47  {SOURCE[46]}")
    assert lines[at + 1 : at + 5] == [
        "\tCopy: if (data_was_unread) → true",
        "\ttrue false",
        "\ttrue: data_was_unread is 300",
        "\tfalse needs Receive queue: none",
    ]


def test_prose_is_not_in_the_code_so_that_it_is_wrapped(page: ReadPage) -> None:
    found = page("/tcp_close/unread/true")
    assert len(found.all("section", class_="branch")) == 1
    assert not [pre for pre in found.all("pre") if pre.all("section") or pre.all("div")]


def test_code_commentary_socket_is_the_order_of_reading(page: ReadPage) -> None:
    found = page("/tcp_close")
    unread = found.one("section", id="unread-data")
    places = [
        *found.all("nav")[:1],
        unread.one("div", class_="code"),
        unread.one("div", class_="notes"),
        found.one("aside", id="socket"),
    ]
    assert [place.start for place in places] == sorted(place.start for place in places)


def test_each_filter_of_the_atlas_has_its_label_on_a_line_of_its_own(page: ReadPage) -> None:
    found = page("/tcp_close/atlas?branch=unread/true")
    form = found.one("form", class_="a-filter")
    labels = form.all("label")
    assert len(labels) == len(form.all("select")) == 6
    for label, box in zip(labels, form.all("div"), strict=True):
        assert label in box.walk()
        name, between, select = label.inside
        assert isinstance(name, Element)
        assert isinstance(select, Element)
        assert (name.tag, between, select.tag) == ("span", " ", "select")


def test_the_numbers_of_the_picture_do_not_run_together(page: ReadPage) -> None:
    picture = page("/tcp_close/atlas?branch=unread/true").one("svg", class_="atlas-map")
    words = as_shown(picture).split()
    assert "6" in words
    assert {"47", "Unread", "destroyed"} <= set(words)


def test_nothing_says_seen_to_who_has_seen_nothing(page: ReadPage) -> None:
    marks = page("/tcp_close/atlas?branch=unread/true").all("span", class_="seen")
    assert len(marks) == 6
    assert {mark.text for mark in marks} == {""}
