# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Permalinks: the place is in view and marked, with scripts and without; and how to get one."""

from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TraceOf
from tests.browser.reading import (
    assert_in_view,
    assert_not_reloaded,
    expect_address,
    lines_with,
    mark,
    shown,
)
from tests.conftest import OpenPage

#: Place, the lines that it marks.
PLACES: Final = (
    ("entry", 1, 9),
    ("fin-wait2", 107, 122),
    ("exit", 165, 171),
    ("gone", 104, 104),
    ("unread/true", 47, 47),
    ("linger2-negative/false", 123, 123),
    ("L1", 1, 1),
    ("L131", 131, 131),
    ("L171", 171, 171),
    ("L121-L139", 121, 139),
)


def branches(trace: dict[str, Any]) -> set[tuple[str, bool]]:
    """The branches that a trace takes."""
    return {(decision["id"], decision["taken"]) for decision in trace["decisions"]}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 800)])
def test_a_permalink_shows_its_place_in_view_and_marked(
    open_page: OpenPage, scripts: bool, width: int, height: int
) -> None:
    page = open_page("/", java_script_enabled=scripts, viewport={"width": width, "height": height})
    titles = set()
    # Each place in two of the four.
    places = PLACES[int(scripts == (width == 390)) :: 2]
    for place, start, end in places:
        page.goto(f"/tcp_close/{place}")
        assert lines_with(page, ".is-focus") == list(range(start, end + 1))
        assert_in_view(page, f"#L{start}")
        expect(page.locator(".focus-note")).to_be_attached()
        way = page.locator(".way.is-focus")
        expect(way).to_have_count(1 if "/" in place else 0)
        if "/" in place:
            expect(way).to_have_attribute("data-way", place.partition("/")[2])
        description = page.locator("meta[name=description]").get_attribute("content")
        assert description
        titles.add(page.title())
    assert len(titles) == len(places)


def test_without_a_scenario_a_branch_shows_a_socket_that_takes_it(
    open_page: OpenPage, facts: dict[str, Any]
) -> None:
    page = open_page()
    for decision, way in (("oom", "true"), ("in-repair", "true"), ("keeps-socket", "false")):
        page.goto(f"/tcp_close/{decision}/{way}")
        [line] = [d["line"] for d in facts["decisions"] if d["id"] == decision]
        expect(page.locator(f"#L{line} .way[data-taken]")).to_have_attribute("data-way", way)


def test_a_socket_that_does_not_come_by_is_told_so_and_shown_the_way(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/unread/true?state=LISTEN")
    mark(page)
    note = page.locator(".focus-note")
    expect(note).to_contain_text("does not come to this decision")
    note.get_by_role("link").first.click()
    assert_in_view(page, "#L47")
    note.get_by_role("link", name="Show a socket that does").click()
    expect_address(page, "/tcp_close/unread/true")
    expect(page.locator("#L47 .way[data-taken]")).to_have_attribute("data-way", "true")
    assert_in_view(page, "#L47")
    assert_not_reloaded(page)


@pytest.mark.parametrize(
    ("decision", "way"),
    [("unread", "true"), ("oom", "true"), ("linger2-negative", "true"), ("gone", "true"),
     ("listening", "false")],
)  # fmt: skip
def test_a_click_on_a_branch_shows_the_simplest_preset_that_takes_it(
    open_page: OpenPage, trace_of: TraceOf, facts: dict[str, Any], decision: str, way: str
) -> None:
    page = open_page("/tcp_close?state=CLOSE")
    mark(page)
    page.locator(f"#{decision} [data-way='{way}']").click()
    expect_address(page, f"/tcp_close/{decision}/{way}")
    assert_not_reloaded(page)
    takers = [
        preset
        for preset in facts["presets"]
        if (decision, way == "true") in branches(trace_of(preset["query"]))
    ]
    current = page.locator(".presets a[aria-current='true']")
    expect(current).to_have_count(1)
    [chosen] = [preset for preset in takers if preset["title"] == current.inner_text()]
    assert len(chosen["scenario"]) == min(len(preset["scenario"]) for preset in takers)
    expect(page.locator(f"#{decision} [data-way='{way}']")).to_have_attribute("data-taken", "")
    assert lines_with(page, "[data-path='on']") == trace_of(chosen["query"])["lines"]
    [line] = [d["line"] for d in facts["decisions"] if d["id"] == decision]
    assert_in_view(page, f"#L{line}")
    page.go_back()
    expect_address(page, "/tcp_close?state=CLOSE")


def test_a_line_number_is_the_link_to_its_line(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    mark(page)
    page.locator("#L93 .no").click()
    expect_address(page, "/tcp_close/L93")
    assert lines_with(page, ".is-focus") == [93]
    assert_in_view(page, "#L93")
    assert_not_reloaded(page)


def test_a_heading_is_the_link_to_its_block(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    mark(page)
    page.locator("#time-wait h2 a").click()
    expect_address(page, "/tcp_close/time-wait")
    assert lines_with(page, ".is-focus") == list(range(128, 140))
    assert shown(page)["blocks"] == ["time-wait"]
    expect(page.locator("#time-wait details.more")).to_have_attribute("open", "")
    assert_in_view(page, "#L128")
    assert_not_reloaded(page)


def test_a_range_the_wrong_way_round_is_put_right(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/L48-L42?recv=300")
    expect_address(page, "/tcp_close/L42-L48?recv=300")
    assert lines_with(page, ".is-focus") == list(range(42, 49))


def test_links_in_the_commentary_are_followed_without_a_reload(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    mark(page)
    page.locator("#unread-data summary").first.click()
    link = page.locator("#unread-data .prose a[href^='/tcp_close']:visible").first
    href = link.get_attribute("href") or ""
    link.click()
    expect_address(page, href)
    assert_not_reloaded(page)


def test_stepping_from_a_permalink_keeps_the_scenario(open_page: OpenPage) -> None:
    """The witness that a permalink shows is what the player walks, here and elsewhere."""
    page = open_page("/tcp_close/oom/true")
    page.locator(".player [data-go='forward']").click()
    page.locator(".player [data-go='forward']").click()
    state = shown(page)
    assert "orphans=1" in state["address"] or "memory=1" in state["address"]
    other = open_page(state["address"])
    fresh = shown(other)
    for key in ("step", "why", "buttons", "outcome"):
        assert fresh[key] == state[key], key
    # What a place says of its branch stands between two lines, and cuts the picture beside them.
    lit = [
        {(kind, at, when) for tracks in one["rail"] for kind, _, at, when in tracks}
        for one in (fresh, state)
    ]
    assert lit[0] == lit[1]
    assert [line | {"focus": False} for line in fresh["lines"]] == [
        line | {"focus": False} for line in state["lines"]
    ]


def test_what_a_place_is_not_gets_a_helpful_page(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/unred")
    expect(page.locator("#problems")).to_contain_text("unread")
    for path in ("/tcp_close/L172", "/tcp_clos", "/tcp_close/unread/maybe"):
        page.goto(path)
        expect(page.locator("#problems li")).not_to_have_count(0)
        assert page.get_by_role("main").get_by_role("link").count() >= 2
