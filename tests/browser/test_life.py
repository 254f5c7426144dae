# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A life: from event to event by buttons and keys, on its own page and below the code."""

from playwright.sync_api import Page, expect

from tests.browser.reading import assert_not_reloaded, expect_address, mark
from tests.conftest import OpenPage

ADDRESS = "/tcp_close/life?peer=silent"


def line(page: Page) -> str:
    """The line of ss of this end."""
    return page.locator(".a-ends pre").first.inner_text().splitlines()[1]


def test_keys_and_clicks_go_from_event_to_event_as_the_server_does(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    mark(page)
    page.locator(".a-player [data-go=forward]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect_address(page, f"{ADDRESS}&step=4")
    expect(page.locator(".a-player .where")).to_have_text("Event 4 of 11")
    expect(page.locator(".a-player .spoken")).to_contain_text("sent again")
    stepped = line(page), page.locator(".a-event").inner_text()
    page.locator('.time-line [data-n="8"] rect').click(position={"x": 5, "y": 5})
    expect(page.locator(".a-events [aria-current]")).to_contain_text("12.8 s")
    page.locator(".a-events a").nth(10).click()
    expect(page.locator(".a-player [data-go=forward]")).to_have_attribute("aria-disabled", "true")
    assert_not_reloaded(page)
    page.goto(page.url.replace("step=11", "step=4"))
    assert (line(page), page.locator(".a-event").inner_text()) == stepped
    assert "timer:(on,800ms,2)" in stepped[0]


def test_below_the_code_it_has_a_player_of_its_own(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.locator("select[name=peer]").evaluate("node => node.closest('details').open = true")
    page.locator("select[name=peer]").select_option("silent")
    expect_address(page, "/tcp_close?peer=silent")
    life = page.locator("#afterwards")
    expect(page.locator("walk-life:defined")).to_be_attached()
    expect(life.locator(".a-says")).to_contain_text("102.4 s")
    life.locator("[data-go=forward]").click()
    expect(life.locator(".where")).to_have_text("Event 2 of 11")
    page.keyboard.press("End")
    expect(life.locator(".where")).to_have_text("Event 11 of 11")
    # The function's own steps stand where they stood.
    expect(page.locator("walk-through")).to_have_attribute("data-step", "")
    expect_address(page, "/tcp_close?peer=silent")


def test_without_scripts_its_buttons_are_links(open_page: OpenPage) -> None:
    page = open_page(ADDRESS, java_script_enabled=False)
    page.locator(".a-player [data-go=last]").click()
    expect_address(page, f"{ADDRESS}&step=11")
    assert page.locator(".a-ends pre").first.inner_text().count("\n") <= 1
