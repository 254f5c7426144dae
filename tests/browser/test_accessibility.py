# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""axe finds nothing: WCAG 2.2 AA, every kind of page, both themes, languages and sizes."""

from itertools import pairwise
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.axe import COLOURS, findings
from tests.browser.reading import expect_address, move
from tests.conftest import OpenPage

SIZES: Final = {1440: 900, 390: 800}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize(
    ("path", "languages"),
    [
        ("/", ("en", "zh")),
        ("/api", ("zh", "en")),
        ("/tcp_close/nowhere?recv=300", ("en", "zh")),
        ("/tcp_close?linger=5&wait=fin-ack&step=20", ("zh", "en")),
        ("/tcp_close/unread/true", ("en", "zh")),
        ("/tcp_close/which?sent=rst&counter=TCPAbortOnData", ("zh", "en")),
    ],
)
def test_axe_finds_nothing(
    open_page: OpenPage, path: str, width: int, languages: tuple[str, str]
) -> None:
    """Each page in each width and language, and in both themes there."""
    viewport = {"width": width, "height": SIZES[width]}
    page = open_page(path, viewport=viewport, locale=languages[width == 390])
    assert findings(page) == []
    page.emulate_media(color_scheme="dark")
    assert findings(page, COLOURS) == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_whole_path_with_everything_open(
    open_page: OpenPage, theme: str
) -> None:
    page = open_page("/tcp_close", color_scheme=theme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.locator("#L86 a.fn").click()
    expect(page.locator("[popover]:popover-open")).to_be_visible()
    assert findings(page) == []


@pytest.mark.timeout(240)
def test_axe_finds_nothing_after_reading_for_a_while(open_page: OpenPage) -> None:
    """What scripts have changed: another socket, steps, a problem in the form."""
    page = open_page("/tcp_close")
    page.get_by_role("radio", name="FIN_WAIT2").check()
    expect_address(page, "/tcp_close?state=FIN_WAIT2")
    move(page, "last")
    page.locator("#field-recv").fill("30x")
    expect(page.locator(".problems")).to_be_visible()
    assert findings(page) == []


def test_axe_finds_what_is_wrong(open_page: OpenPage) -> None:
    """The proof of every test that says that it finds nothing."""
    page = open_page("/")
    page.evaluate(
        """() => {
            document.querySelector("main").append(document.createElement("img"));
            document.querySelector("h1").style.color = "light-dark(#ddd, #333)";
        }"""
    )
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        image, heading = sorted(findings(page), reverse=True)
        assert image.startswith("image-alt: ['img'] <img> Fix any of the following:")
        assert heading.startswith("color-contrast: ['h1']")
        assert [one.partition(":")[0] for one in findings(page, COLOURS)] == ["color-contrast"]
    assert len(findings(page, within="h1")) == 1


def test_landmarks_and_headings_give_the_page_its_outline(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    for role in ("banner", "main"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("complementary", name="The socket")).to_be_visible()
    expect(page.get_by_role("region", name="Steps")).to_be_visible()
    levels = page.get_by_role("heading").evaluate_all("hs => hs.map((h) => Number(h.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_colour_is_not_the_only_sign(open_page: OpenPage) -> None:
    """The way taken, the state chosen and the current step are told in text or by attributes."""
    page = open_page("/tcp_close?recv=300&step=7")
    taken = page.locator(".way[data-taken]").first
    arrow = taken.evaluate("way => getComputedStyle(way, '::before').content")
    assert "→" in arrow
    expect(page.locator("#steps > li[aria-current='step']")).to_have_count(1)
    for field in page.locator(".field").all():
        expect(field.locator(".mark")).to_have_text(
            "looked at" if field.get_attribute("data-read") is not None else "not looked at"
        )
