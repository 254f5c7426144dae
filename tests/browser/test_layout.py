# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page fits every window, and stands still while one steps."""

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import assert_in_view, expect_address, move
from tests.conftest import OpenPage

PATHS: Final = (
    "/",
    "/api",
    "/tcp_close?state=CLOSE_WAIT&recv=300-fin",
    "/tcp_close?linger=5&wait=fin-ack&step=20",
    "/tcp_close/linger2-negative/true",
    "/tcp_close?variant=article",
    "/tcp_close?state=FIN_WAIT2&linger2=9999999999&colour=" + "x" * 120,
)


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways but what is made to."""
    wide = page.evaluate(
        """() => {
            const { scrollWidth, clientWidth } = document.scrollingElement;
            if (scrollWidth <= clientWidth) return [];
            return [...document.body.querySelectorAll("*")]
                .filter((e) => e.getBoundingClientRect().right > clientWidth + 1)
                .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
        }"""
    )
    assert wide == [], page.url


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [320, 390, 1024, 1440])
def test_nothing_scrolls_sideways(open_page: OpenPage, width: int, language: str) -> None:
    viewport = {"width": width, "height": 800}
    page = open_page("/", viewport=viewport, locale=language)
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert_fits(page)


def test_at_four_hundred_percent_one_reads_chooses_and_steps(open_page: OpenPage) -> None:
    """1280 by 1024 at 400 % is 320 by 256."""
    page = open_page("/tcp_close", viewport={"width": 320, "height": 256})
    page.get_by_role("radio", name="FIN_WAIT2").check()
    expect_address(page, "/tcp_close?state=FIN_WAIT2")
    for name in ("forward", "forward", "decision", "decision", "last"):
        button = page.locator(f".player [data-go='{name}']")
        expect(button).to_be_in_viewport()
        move(page, name)
        assert_in_view(page, ".line[data-when='now']")
        assert_fits(page)
    page.goto("/tcp_close/unread/true")
    assert_in_view(page, "#L47")
    assert_fits(page)


def test_wider_spacing_of_text_loses_nothing(open_page: OpenPage) -> None:
    """WCAG 1.4.12."""
    page = open_page("/tcp_close?recv=300", viewport={"width": 390, "height": 800})
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert_fits(page)
    move(page, "forward")
    assert_in_view(page, ".line[data-when='now']")


@pytest.mark.parametrize("width", [390, 1440])
def test_stepping_shifts_nothing(open_page: OpenPage, width: int) -> None:
    page = open_page("/tcp_close?recv=300&step=1", viewport={"width": width, "height": 900})
    page.evaluate(
        """() => {
            window.shifts = [];
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) {
                    window.shifts.push([entry.value, ...entry.sources.map(
                        ({ node, previousRect, currentRect }) => [
                            node?.outerHTML?.slice(0, 100) ?? node?.textContent,
                            previousRect.y, currentRect.y])]);
                }
            }).observe({ type: "layout-shift" });
        }"""
    )
    for _ in range(10):
        # By script: what follows a reader's own click is not counted, so it may not be one.
        page.evaluate(
            """() => new Promise((done) => {
                document.querySelector(".player [data-go='forward']").click();
                requestAnimationFrame(() => requestAnimationFrame(done));
            })"""
        )
    page.wait_for_timeout(100)
    assert page.evaluate("window.shifts") == []


def test_a_step_is_little_work(open_page: OpenPage) -> None:
    """A frame is 16 ms; here a busy machine is allowed for, benchmarks/ measures in earnest."""
    page = open_page("/tcp_close?state=CLOSE_WAIT&recv=300-fin")
    times = page.evaluate(
        """async () => {
            const times = [];
            for (let step = 0; step < 30; step++) {
                const forward = document.querySelector(".player [data-go='forward']");
                const start = performance.now();
                forward.click();
                times.push(performance.now() - start);
                await new Promise((done) => requestAnimationFrame(done));
            }
            return times;
        }"""
    )
    average = sum(times) / len(times)
    assert average < 50, f"{average:.1f} ms a step"
