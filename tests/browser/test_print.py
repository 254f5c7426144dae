# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""On paper: a handout, each block with its code and its whole commentary, without controls."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import BLOCKS, OpenPage

#: The inner width of an A4 page with the margins of the style sheet, in CSS pixels.
PAPER = {"width": 688, "height": 990}
CONTROLS = (
    "header.bar",
    ".player",
    ".socket",
    ".map",
    ".skip",
    ".why-not",
    ".station",
    ".links",
    ".copy-link",
    ".foot",
)


def on_paper(page: Page) -> Page:
    page.emulate_media(media="print")
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_handout_has_every_block_with_its_code_and_all_that_is_said_of_it(
    open_page: OpenPage, language: str
) -> None:
    page = on_paper(
        open_page(f"/tcp_close?state=CLOSE_WAIT&recv=300-fin&lang={language}", viewport=PAPER)
    )
    for control in CONTROLS:
        expect(page.locator(f"{control}:visible")).to_have_count(0)
    expect(page.locator(".outcome .sentences")).to_be_visible()
    blocks = page.locator(".block")
    assert blocks.count() == BLOCKS
    for block in blocks.all():
        tops = block.evaluate(
            """(block) => ["h2", ".lead", ".s-trap", ".code", ".more .s-why"]
                .map((part) => block.querySelector(part))
                .filter((part) => part !== null)
                .map((part) => part.getBoundingClientRect().top)"""
        )
        # A trap is below its block's title; a closed fold is open on paper, below the code.
        assert tops == sorted(tops)
        assert len(set(tops)) >= 4
    # The way taken is told, the other way is not offered.
    expect(page.locator("#L47 .way:visible")).to_have_text("true")


def test_no_line_is_cut_off(open_page: OpenPage) -> None:
    page = on_paper(open_page("/tcp_close?recv=300", viewport=PAPER))
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".line code")].filter(
            (code) => code.scrollWidth > code.closest(".line").clientWidth).length"""
    )
    assert cut == 0


def test_paper_is_white_whatever_the_theme(open_page: OpenPage) -> None:
    page = open_page("/tcp_close", color_scheme="dark", viewport=PAPER)
    page.get_by_role("button", name="Light or dark").click()
    page.get_by_role("button", name="Light or dark").click()
    on_paper(page)
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == (
        "rgb(28, 32, 38)"
    )


def test_the_address_of_a_standard_is_printed(open_page: OpenPage) -> None:
    page = on_paper(open_page("/tcp_close", viewport=PAPER))
    printed = page.locator("#entry .s-rfc a").first.evaluate(
        "(link) => getComputedStyle(link, '::after').content"
    )
    assert "rfc-editor.org/rfc/rfc9293" in printed


def test_a_readers_notes_are_printed_and_an_empty_notebook_is_not(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.locator("#drain h2").scroll_into_view_if_needed()
    page.locator("#drain [data-note]").click()
    page.locator("#drain textarea").fill("Ask about nginx.")
    on_paper(page)
    expect(page.locator(".notebook .entries")).to_contain_text("Ask about nginx.")
    expect(page.locator(".notebook")).to_be_visible()
    page.emulate_media(media="screen")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".notebook [data-reset]").click()
    on_paper(page)
    expect(page.locator(".notebook")).to_be_hidden()


@pytest.mark.parametrize("path", ["/tcp_close/symptoms", "/tcp_close/challenges", "/", "/api"])
def test_the_other_pages_fit_on_paper_without_controls(open_page: OpenPage, path: str) -> None:
    page = on_paper(open_page(path, viewport=PAPER))
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator("button:visible")).to_have_count(0)
    expect(page.locator("textarea:visible")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]


def test_pasted_numbers_are_printed_on_the_code(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/symptoms")
    on_paper(page)
    expect(page.locator(".heat")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator("#host-text").fill("TcpExtTCPAbortOnClose 5 0.0\n")
    expect(page.locator(".said")).not_to_be_empty()
    on_paper(page)
    expect(page.locator(".heat")).to_be_visible()


def test_lives_and_comparisons_are_printed_whole_and_without_their_forms(
    open_page: OpenPage,
) -> None:
    page = on_paper(open_page("/tcp_close/life?peer=silent", viewport=PAPER))
    expect(page.locator(":is(.a-form, .a-peers, .a-player):visible")).to_have_count(0)
    cut = page.locator(".a-picture").evaluate("(box) => box.scrollHeight - box.clientHeight")
    assert cut <= 1
    page.goto(page.url.replace("life?peer=silent", "life/many?silent=20"))
    expect(page.locator(".a-says")).to_be_visible()
    expect(page.locator(".a-many .field:visible")).to_have_count(1)
    page.goto(page.url.replace("life/many?silent=20", "compare?a=unread-reset&b=plain-close"))
    expect(page.locator(":is(form, .c-swap):visible")).to_have_count(0)
