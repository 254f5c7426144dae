# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the world sees: the same by steps as by address, without a shift, without scripts too."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import (
    assert_in_view,
    assert_not_reloaded,
    evaluated,
    expect_address,
    first_move,
    mark,
)
from tests.conftest import OpenPage

SCENARIOS: Final = (
    "",
    "state=CLOSE_WAIT&recv=300-fin",
    "linger=5&wait=fin-ack",
    "backlog=ack&linger2=61&fin_timeout=120",
    "state=LISTEN&accept_queue=3",
    "state=FIN_WAIT2&linger2=-1",
)
PHONE: Final = {"width": 390, "height": 844}

#: Everything in the dock, as markup; whether it is open is the reader's.
_DOCK: Final = """() => {
    const copy = document.querySelector("walk-world").cloneNode(true);
    copy.querySelector("details").removeAttribute("open");
    // Without scripts it is part of the page, and still in there.
    for (const part of copy.querySelectorAll("noscript")) part.replaceWith(...part.childNodes);
    return copy.outerHTML.split("><").join(">\\n<").split("\\n");
}"""

_GO: Final = """(step) => document.querySelector("walk-through").go(step)"""


def ready(page: Page) -> None:
    """The script of the dock is loaded when there is time for it."""
    first_move(page)
    expect(page.locator("walk-world:defined")).to_be_attached()


def dock(page: Page) -> list[str]:
    lines: list[str] = evaluated(page, _DOCK)
    return lines


def address(query: str, step: int | None = None) -> str:
    parts = [part for part in (query, f"step={step}" if step else "") if part]
    return "/tcp_close" + ("?" + "&".join(parts) if parts else "")


@pytest.mark.parametrize("query", SCENARIOS)
def test_stepping_shows_what_the_server_renders(open_page: OpenPage, query: str) -> None:
    stepped = open_page(address(query))
    ready(stepped)
    served = open_page(address(query), java_script_enabled=False)
    assert dock(stepped) == dock(served)
    count = int(stepped.locator("walk-through").get_attribute("data-count") or 0)
    for step in (1, count // 2, count, 5):
        stepped.evaluate(_GO, step)
        served.goto(address(query, step))
        assert dock(stepped) == dock(served), f"step {step}"


def test_the_dock_opens_with_the_first_step_where_there_is_room(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    ready(page)
    panel = page.locator(".w-panel")
    expect(panel).to_be_hidden()
    page.locator(".player [data-go=forward]").click()
    expect(panel).to_be_visible()
    # The reader closes it: it stays closed, at the next visit too.
    page.locator(".world > summary").click()
    expect(panel).to_be_hidden()
    page.locator(".player [data-go=forward]").click()
    expect(panel).to_be_hidden()
    page.reload()
    ready(page)
    page.locator(".player [data-go=forward]").click()
    expect(panel).to_be_hidden()


def test_in_a_tall_window_it_is_open_at_once_but_not_over_the_overview(
    open_page: OpenPage,
) -> None:
    page = open_page("/tcp_close?recv=300", viewport={"width": 1600, "height": 1000})
    ready(page)
    expect(page.locator(".w-panel")).to_be_visible()
    page.goto("/tcp_close")
    ready(page)
    expect(page.locator(".w-panel")).to_be_hidden()


@pytest.mark.parametrize("viewport", [{"width": 1024, "height": 768}, PHONE])
def test_where_there_is_little_room_only_the_reader_opens_it(
    open_page: OpenPage, viewport: dict[str, int]
) -> None:
    page = open_page("/tcp_close?recv=300", viewport=viewport)
    ready(page)
    page.locator(".player [data-go=forward]").click()
    panel = page.locator(".w-panel")
    expect(panel).to_be_hidden()
    page.locator(".world > summary").click()
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box is not None
    assert box["y"] > 0
    assert box["height"] <= 0.6 * viewport["height"] + 1
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_nothing_in_the_player_or_the_dock_shifts_while_stepping(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?linger=5&wait=fin-ack")
    ready(page)
    places = """() => [".player .buttons", ".world > summary", ".w-panel", ".w-part h2",
            ".w-part svg", "[data-part=fields] dl > div", ".w-after p"]
        .flatMap((selector) => [...document.querySelectorAll(selector)])
        .map((node) => [node.tagName, ...Object.values(node.getBoundingClientRect().toJSON())])"""
    page.evaluate(_GO, 1)
    expect(page.locator(".w-panel")).to_be_visible()
    before = evaluated(page, places)
    for step in range(2, 32):
        page.evaluate(_GO, step)
        # The ladder may scroll to its newest rung, inside of its own frame.
        page.locator(".w-ladder").evaluate("(part) => { part.scrollTop = 0; }")
        page.locator(".w-states").evaluate("(part) => { part.scrollTop = 0; }")
        assert evaluated(page, places) == before, f"step {step}"


def test_opening_the_dock_moves_nothing(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300", viewport={"width": 1024, "height": 768})
    ready(page)
    places = """() => [...document.querySelectorAll(".line, .player, .player .button, .head")]
        .map((node) => Object.values(node.getBoundingClientRect().toJSON()))"""
    before = evaluated(page, places)
    page.locator(".world > summary").click()
    expect(page.locator(".w-panel")).to_be_visible()
    assert evaluated(page, places) == before


def test_the_line_in_question_stays_in_view_above_the_dock(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    ready(page)
    for step in (1, 9, 17, 23, 32, 36, 2):
        page.evaluate(_GO, step)
        expect(page.locator(".w-panel")).to_be_visible()
        # Where it comes to stand: what the step moved has been painted by then.
        page.evaluate(
            """() => new Promise((done) => {
                requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
            })"""
        )
        assert_in_view(page, ".line[data-when=now] code")


def test_a_state_of_the_diagram_is_another_socket_without_a_reload(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300&step=3")
    ready(page)
    mark(page)
    page.locator(".states-map a", has_text="CLOSE_WAIT").click()
    expect_address(page, "/tcp_close?state=CLOSE_WAIT&recv=300")
    assert_not_reloaded(page)
    expect(page.locator(".w-panel")).to_be_visible()
    expect(page.locator(".w-moves li").first).to_contain_text("CLOSE_WAIT")


def test_without_scripts_the_summary_tells_it_and_the_dock_opens(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300", java_script_enabled=False)
    summary = page.locator(".world > summary")
    expect(summary).to_contain_text("RST sent")
    expect(summary).to_contain_text("ESTABLISHED → CLOSE")
    expect(summary).to_contain_text("TCPAbortOnClose +1")
    summary.click()
    expect(page.locator(".w-panel")).to_be_visible()
    page.locator(".states-map a", has_text="LISTEN").click()
    expect_address(page, "/tcp_close?state=LISTEN&recv=300")


def test_the_ladder_can_be_read_without_seeing_it(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?state=CLOSE_WAIT&recv=300-fin")
    page.locator(".world > summary").click()
    items = page.locator(".w-list li:visible")
    expect(items).to_have_text(
        [
            "On entry this end is in CLOSE_WAIT.",
            "Before the call the peer’s 300 bytes had arrived.",
            "Before the call the peer’s FIN had arrived.",
            "The program calls close().",
            "This end is now in CLOSE.",
            "This end sends: RST.",
            "The socket has no process any more: it is an orphan.",
            "The socket is destroyed.",
            "close() returns.",
        ]
    )


def test_the_diagram_tells_the_transitions_made_and_no_more(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?linger=5&wait=fin-ack")
    ready(page)
    page.locator(".world > summary").click()
    page.evaluate(_GO, 1)
    diagram = page.get_by_role("group", name="TCP states")
    expect(diagram).to_have_accessible_description("on entry ESTABLISHED")
    assert "text: 1" not in diagram.aria_snapshot()
    page.evaluate(_GO, int(page.locator("walk-through").get_attribute("data-count") or 0))
    expect(diagram).to_have_accessible_description(re.compile("ESTABLISHED → FIN_WAIT1.*CLOSING"))
    assert not re.search(r"(?m)^\s*- text: (.* )?\d+$", diagram.aria_snapshot())


@pytest.mark.parametrize(("lang", "none"), [("en", "none yet"), ("zh", "还没有")])
@pytest.mark.parametrize("scripts", [True, False])
def test_before_the_first_change_the_counters_say_that_there_is_none(
    open_page: OpenPage, scripts: bool, lang: str, none: str
) -> None:
    page = open_page(
        f"/tcp_close?step=1&lang={lang}",
        java_script_enabled=scripts,
        # So low that it does not open by itself.
        viewport={"width": 1440, "height": 700},
    )
    if scripts:
        ready(page)
    page.locator(".world > summary").click()
    counters = page.locator(".w-part[aria-labelledby=w-counters]")
    expect(counters).to_contain_text(none)
    expect(counters.get_by_text(none)).to_be_visible()
    page.goto(page.url.replace("step=1", "step=31"))
    if scripts:
        ready(page)
    page.locator(".world > summary").click()
    expect(counters.get_by_text(none)).to_be_hidden()
