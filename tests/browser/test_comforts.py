# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Cards, light and dark, the other language, the variant, less motion."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reading import (
    address,
    assert_in_view,
    assert_not_reloaded,
    expect_address,
    mark,
    move,
    shown,
)
from tests.conftest import OpenPage

_PAPER = "getComputedStyle(document.documentElement).backgroundColor"


# A kernel function's card


def test_a_functions_name_opens_its_card_beside_it(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    name = page.locator("#L86 a.fn")
    name.click()
    card = page.locator("[popover]:popover-open")
    expect(card).to_be_visible()
    expect(card).to_be_focused()
    entry = page.locator("#fn-tcp_send_fin")
    # The list is laid out when one comes near: it has no text that is shown.
    assert card.inner_text().split() == (entry.text_content() or "").split()
    assert_in_view(page, "[popover]:popover-open")
    assert address(page) == "/tcp_close"
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(name).to_be_focused()


def test_a_click_elsewhere_closes_the_card(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.locator("#L7 a.fn").click()
    expect(page.locator("[popover]:popover-open")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator("[popover]:popover-open")).to_have_count(0)


@pytest.mark.parametrize(("lang", "close"), [("en", "Close"), ("zh", "关闭")])
def test_a_finger_closes_a_card_and_the_sheet_of_copies(
    open_page: OpenPage, lang: str, close: str
) -> None:
    page = open_page(f"/tcp_close?lang={lang}", viewport={"width": 390, "height": 800})
    opened = page.locator("[popover]:popover-open")
    for opener in (page.locator("#L7 a.fn"), page.locator("#entry .notes [data-copy]")):
        opener.click()
        button = opened.get_by_role("button", name=close, exact=True)
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        button.click()
        expect(opened).to_have_count(0)
        expect(opener).to_be_focused()


def test_cards_follow_each_other_and_fit_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/tcp_close", viewport={"width": 390, "height": 800})
    for line, name in ((86, "tcp_send_fin"), (89, "sk_stream_wait_close"), (169, "sock_put")):
        page.locator(f"#L{line} a.fn").click()
        card = page.locator("[popover]:popover-open")
        expect(card).to_contain_text(name)
        box = card.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800
        page.keyboard.press("Escape")


# Light and dark


# The search


def test_a_term_that_was_found_opens_beside_the_search_and_gives_the_focus_back(
    open_page: OpenPage,
) -> None:
    page = open_page("/tcp_close")
    page.locator("[data-search]").click()
    page.locator("#search-words").fill("AbortOnLinger")
    page.locator("dialog.search").get_by_role("link", name="TCPAbortOnLinger Term").click()
    card = page.get_by_role("dialog", name="TCPAbortOnLinger", exact=True)
    expect(card).to_be_focused()
    box, bar = card.bounding_box(), page.locator("[data-search]").bounding_box()
    assert box
    assert bar
    assert box["y"] >= bar["y"] + bar["height"]
    page.keyboard.press("Escape")
    expect(page.locator("[data-search]")).to_be_focused()


def test_a_passage_that_was_found_is_there_to_be_read(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.locator("[data-search]").click()
    page.locator("#search-words").fill("GFP_ATOMIC is there because")
    page.locator("dialog.search").get_by_role("link", name="Commentary").first.click()
    expect(page.locator("#linger2 .more").get_by_text("because nothing may sleep")).to_be_visible()
    expect(page).to_have_url(re.compile("/tcp_close#why-linger2$"))


def test_what_is_done_to_a_block_says_to_which(open_page: OpenPage) -> None:
    page = open_page("/tcp_close#unread-data")
    page.get_by_role("button", name="Bookmark: Unread data: reset, do not finish").click()
    page.get_by_role("button", name="Note: Unread data: reset, do not finish").click()
    expect(page.locator("#unread-data textarea")).to_be_focused()


@pytest.mark.parametrize(("system", "other"), [("light", "dark"), ("dark", "light")])
def test_the_theme_is_switched_and_remembered(open_page: OpenPage, system: str, other: str) -> None:
    page = open_page("/tcp_close", color_scheme=system)
    before = page.evaluate(_PAPER)
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    after = page.evaluate(_PAPER)
    assert after != before
    page.reload()
    assert page.evaluate(_PAPER) == after
    page.goto("/")
    assert page.evaluate(_PAPER) == after
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", system)
    assert page.evaluate(_PAPER) == before


def test_without_a_choice_the_systems_theme_holds(open_page: OpenPage) -> None:
    page = open_page("/tcp_close", color_scheme="light")
    light = page.evaluate(_PAPER)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(_PAPER) != light


# The other language


def test_the_language_switch_keeps_place_scenario_and_step(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    for _ in range(4):
        move(page, "forward")
    english = shown(page)
    page.get_by_role("link", name="中文").click()
    page.wait_for_url("**lang=zh**")
    assert address(page) == "/tcp_close?recv=300&step=4&lang=zh"
    assert re.match("zh", page.locator("html").get_attribute("lang") or "")
    chinese = shown(page)
    assert re.search("[一-鿿]", chinese["why"])
    for key in ("rail", "missed", "blocks"):
        assert chinese[key] == english[key]
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**lang=en**")
    assert shown(page)["why"] == english["why"]


def test_the_language_stays_while_reading(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?lang=zh")
    mark(page)
    page.get_by_role("radio", name="LISTEN").check()
    expect_address(page, "/tcp_close?state=LISTEN&lang=zh")
    page.locator("#listening [data-way='false']").click()
    expect_address(page, "/tcp_close/listening/false?lang=zh")
    move(page, "forward")
    expect(page).to_have_url(re.compile("[?&]step=1&lang=zh$"))
    page.locator("#L47 .no").click()
    expect_address(page, "/tcp_close/L47?lang=zh")
    assert_not_reloaded(page)


def test_the_readers_own_language_is_taken(open_page: OpenPage) -> None:
    page = open_page("/tcp_close", locale="zh-CN")
    assert address(page) == "/tcp_close"
    assert re.match("zh", page.locator("html").get_attribute("lang") or "")


# The variant


def test_the_articles_text_runs_as_it_is_printed(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300-fin")
    mark(page)
    expect(page.locator("#L28 code")).to_contain_text("data_was_unread += len;")
    expect(page.locator("#L47 .way[data-taken]")).to_have_attribute("data-way", "true")
    page.get_by_role("link", name="As the article prints it").click()
    expect_address(page, "/tcp_close?recv=300-fin&variant=article")
    expect(page.locator("#L28 code")).to_contain_text("data_was_unread = len;")
    expect(page.locator("#L47 .way[data-taken]")).to_have_attribute("data-way", "false")
    expect(page.locator(".variant-note li")).to_have_count(3)
    # It is kept while another socket is chosen, and left by a link.
    page.get_by_role("radio", name="CLOSE_WAIT").check()
    expect_address(page, "/tcp_close?state=CLOSE_WAIT&recv=300-fin&variant=article")
    page.locator(".variant-note a").first.click()
    expect_address(page, "/tcp_close?state=CLOSE_WAIT&recv=300-fin")
    expect(page.locator("#L28 code")).to_contain_text("data_was_unread += len;")
    assert_not_reloaded(page)


def test_the_undeclared_identifier_is_reported_where_it_is_reached(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?state=FIN_WAIT2&linger2=-1&variant=article")
    expect(page.locator(".outcome")).to_have_attribute("data-tone", "stopped")
    expect(page.locator(".outcome .sentences")).to_contain_text("TCP_close")
    move(page, "last")
    expect(page.locator(".line[data-when='now'] code").first).to_contain_text("TCP_close")


# Less motion


def test_with_less_motion_nothing_moves_by_itself(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    for name in ("forward", "decision", "last", "first"):
        move(page, name)
        running = page.evaluate(
            "document.getAnimations().filter((a) => a.playState === 'running').length"
        )
        assert running == 0
    page.get_by_role("link", name="Close an idle listener").click()
    expect_address(page, "/tcp_close?state=LISTEN")
    assert page.evaluate("document.getAnimations().length") == 0


# Search


@pytest.mark.parametrize("path", ["/", "/tcp_close/symptoms", "/tcp_close/compare?lang=zh"])
def test_the_slash_searches_from_every_page(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    page.keyboard.press("/")
    dialog = page.locator("dialog.search")
    expect(dialog.locator("input")).to_be_focused()
    dialog.locator("input").fill("TCPAbortOnLinger")
    expect(dialog.locator(".search-results a").first).to_be_visible()
    assert page.url.endswith(path)


def test_without_a_script_a_page_finds_the_same(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/symptoms")
    page.keyboard.press("/")
    dialog = page.locator("dialog.search")
    dialog.locator("input").fill("connection reset by peer")
    found = dialog.locator(".search-results a")
    expect(found.first).to_be_visible()
    first = found.evaluate_all("links => links.map((link) => [link.href, link.innerText])")
    still = open_page("/tcp_close/symptoms", java_script_enabled=False)
    still.get_by_role("link", name="Search").click()
    still.get_by_role("searchbox").fill("connection reset by peer")
    still.get_by_role("button", name="Search").click()
    links = still.locator(".search-results a")
    expect(links).to_have_count(len(first))
    assert [[one.get_attribute("href"), one.inner_text()] for one in links.all()] == [
        [href.partition("/tcp_close")[1] + href.partition("/tcp_close")[2], text]
        for href, text in first
    ]


# The overview before the code


def test_who_knows_the_overview_is_not_shown_it_again(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    life, drawing = page.locator("details.life"), page.locator(".life-body")
    expect(drawing).to_be_visible()
    life.locator("summary").click()
    expect(drawing).to_be_hidden()
    page.reload()
    expect(life).to_be_visible()
    expect(drawing).to_be_hidden()
    life.locator("summary").click()
    expect(drawing).to_be_visible()
    page.reload()
    expect(drawing).to_be_visible()


def test_a_command_and_a_symptom_are_copied(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/symptoms/close-wait")
    page.evaluate("navigator.clipboard.writeText = async (text) => (window.copied = text)")
    page.locator(".copy-command").first.click()
    command = page.locator("code.command").first.inner_text()
    page.wait_for_function("(command) => window.copied === command", arg=command)
    page.locator(".above [data-copy]").click()
    sheet = page.locator(".copy-sheet:popover-open")
    expect(sheet.locator("[data-form=markdown]")).to_be_visible()
