# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Nothing jumps: while a scenario is stepped through, each thing on the page keeps its place."""

import json
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import evaluated, step_count
from tests.conftest import OpenPage

#: A reset, a loop that runs twice, a sleep with a state change, a mini-socket after two.
#: Each in one of the windows, and the reset in all of them.
SCENARIOS: Final = (
    ("recv=300", 1440, 900),
    ("recv=300", 1024, 768),
    ("recv=300", 390, 844),
    ("state=CLOSE_WAIT&recv=300-fin", 390, 844),
    ("linger=5&wait=fin-ack", 1440, 900),
    ("state=FIN_WAIT1&backlog=ack&linger2=-1", 1024, 768),
    ("orphans=1&lang=zh", 390, 844),
)

_OBSERVE: Final = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries()) window.shifts.push([value, sources.map(
            ({ node, previousRect: a, currentRect: b }) =>
                `${(node?.outerHTML ?? node?.textContent)?.slice(0, 120)}: ` +
                [a.x, a.y, a.width, a.height, b.x, b.y, b.width, b.height].map(Math.round))]);
    }).observe({ type: "layout-shift" });
}"""

_PLACES: Final = """() => [...document.querySelectorAll(".line")].map((line) => line.offsetTop)"""

#: Two frames: what a step moved has been painted and reported by then.
_GO: Final = """(step) => new Promise((done) => {
    document.querySelector("walk-through").go(step);
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
})"""
#: Each of the steps: where the lines stand after it, and what was counted
#: as a layout shift until then. The steps are one round trip, since each would take as long again.
_WALK: Final = f"""async (steps) => {{
    const go = {_GO};
    const places = {_PLACES};
    const told = [];
    for (const step of steps) {{
        await go(step);
        told.push([step, JSON.stringify(places()), window.shifts.splice(0)]);
    }}
    return told;
}}"""


@pytest.mark.parametrize(("query", "width", "height"), SCENARIOS)
def test_no_step_moves_anything(open_page: OpenPage, query: str, width: int, height: int) -> None:
    page = open_page(f"/tcp_close?{query}", viewport={"width": width, "height": height})
    expect(page.locator("walk-world:defined")).to_be_attached()
    expect(page.locator(".notebook")).to_be_attached()
    page.wait_for_load_state("networkidle")
    whole = evaluated(page, _PLACES)
    assert len(whole) == 171
    page.evaluate(_GO, 1)
    page.evaluate("document.querySelector('.world').open = true")
    page.evaluate(_OBSERVE)
    steps = [*range(1, step_count(page) + 1), 3]
    for step, places, shifts in page.evaluate(_WALK, steps):
        assert json.loads(places) == whole, f"step {step}"
        assert shifts == [], f"step {step}"


def moved(page: Page) -> list[Any]:
    """What the browser counted as a layout shift since it was asked to look."""
    shifts: list[Any] = page.evaluate("window.shifts")
    return shifts


def test_what_the_server_renders_for_a_step_stands_where_stepping_shows_it(
    open_page: OpenPage,
) -> None:
    whole = open_page("/tcp_close?recv=300-fin", java_script_enabled=False)
    places = evaluated(whole, _PLACES)
    for step in (1, 9, 15):
        whole.goto(f"/tcp_close?recv=300-fin&step={step}")
        assert evaluated(whole, _PLACES) == places


def test_what_is_not_reached_has_its_room_and_is_told_to_nobody(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300&step=6")
    unread = page.locator("#L47 .reason")
    box = unread.bounding_box()
    assert box is not None
    assert box["width"] > 20
    assert unread.inner_text() == ""
    assert "data_was_unread is 300" not in page.locator("#unread-data .code").aria_snapshot()
    page.evaluate(_GO, step_count(page))
    assert "data_was_unread is 300" in unread.inner_text()
    assert unread.bounding_box() is not None


def test_the_observer_sees_a_shift_when_there_is_one(open_page: OpenPage) -> None:
    """The proof of the tests above: a row more is noticed."""
    page = open_page("/tcp_close?recv=300")
    page.wait_for_load_state("networkidle")
    page.evaluate(_OBSERVE)
    page.evaluate(
        """() => new Promise((done) => {
            document.querySelector(".head").prepend(Object.assign(
                document.createElement("p"), { textContent: "one row more" }));
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
        })"""
    )
    assert moved(page) != []
