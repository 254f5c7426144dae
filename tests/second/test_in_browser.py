# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A reader goes from the library into the second walkthrough, and steps through it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import findings
from tests.conftest import OpenPage, tabs
from tests.second.conftest import NAME


@pytest.fixture
def open_both(browser: Browser, served: str) -> Iterator[OpenPage]:
    """Tabs of a server with both walkthroughs."""
    with tabs(browser, served) as open_page:
        yield open_page


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", [1440, 390])
def test_from_the_library_through_a_function_and_back(open_both: OpenPage, width: int) -> None:
    page = open_both("/", viewport={"width": width, "height": 900})
    assert findings(page) == []
    entry = page.locator("article.entry", has_text=f"{NAME}()")
    entry.get_by_role("link", name="Read the code").click()
    page.wait_for_url(f"**/{NAME}")
    page.goto(f"/{NAME}?recv=300-300")
    # The first two decisions are in lines 8 and 11.
    for step in (3, 4):
        page.locator(".player [data-go='decision']").click()
        page.wait_for_url(f"**/{NAME}?recv=300-300&step={step}")
    expect(page.locator(".line[data-when='now']")).to_have_attribute("data-line", "11")
    assert findings(page) == []
    page.locator("header.bar").get_by_role("link", name=f"{NAME}()").click()
    page.wait_for_url(f"**/{NAME}")
    page.locator("header.bar").get_by_role("link", name="Walkthroughs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Walkthroughs of the Linux kernel's TCP"
    )


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_chinese_readers_go_the_same_way(open_both: OpenPage, colours: str) -> None:
    page = open_both(f"/{NAME}/too-many/true?lang=zh", color_scheme=colours)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("header.bar .brand").first).to_have_text("函数走读")
    assert findings(page) == []


def test_what_a_reader_keeps_is_kept_for_each_function(open_both: OpenPage) -> None:
    page = open_both(f"/{NAME}?recv=300-300")
    keys = "Object.keys(localStorage).filter((key) => key.includes(':') || key.includes('tiny'))"
    page.wait_for_function(f"() => ({keys}).length > 0")
    assert all("tcp_close" not in key for key in page.evaluate(keys))
