# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""All paths in a browser: filtered by keyboard, seen paths marked, on a phone, for axe."""

import re

from playwright.sync_api import expect

from tests.browser.reading import noted
from tests.conftest import OpenPage

PAGE = "/tcp_close/atlas"


def test_a_path_that_was_walked_is_marked_as_seen(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    noted(page)
    page.locator(".player [data-go=last]").click()
    expect(page).to_have_url(re.compile("step="))
    page.goto(page.url.split("/tcp_close")[0] + PAGE)
    seen = page.locator("tr", has=page.locator(".seen:visible"))
    # Those that go the same ways: the socket itself is not kept.
    expect(seen.locator("a", has_text=re.compile("^recv=300$"))).to_be_visible()
    expect(page.locator(".a-seen")).to_contain_text(str(seen.count()))


def test_it_is_filtered_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.get_by_label("Takes the branch").select_option("zero-linger/true")
    page.get_by_role("button", name="Show").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(page.url.split("?")[0] + "?branch=zero-linger/true")
    expect(page.locator("tbody tr")).to_have_count(8)
    page.locator(".atlas-map a.arc").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("branch=zero-linger/true,"))


def test_it_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page(PAGE, java_script_enabled=False)
    page.get_by_label("Sends").select_option("FIN")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(page.url.split("?")[0] + "?segment=FIN")
    page.locator("tbody a").first.click()
    expect(page.locator(".outcome")).to_be_visible()
