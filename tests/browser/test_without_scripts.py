# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The same reading with JavaScript off: a form, and links; and before its modules have come."""

import re
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import TraceOf
from tests.browser.reading import assert_in_view, expect_address, lines_with, move, shown
from tests.conftest import OpenPage


@pytest.fixture
def study(open_page: OpenPage) -> Page:
    """The default socket's page, without scripts."""
    return open_page("/tcp_close", java_script_enabled=False)


def test_the_form_leads_to_the_short_address(study: Page, trace_of: TraceOf) -> None:
    study.get_by_role("radio", name="FIN_WAIT2").check()
    study.locator("#field-linger2").fill("-1")
    study.locator("form").get_by_role("button").click()
    study.wait_for_url("**state=FIN_WAIT2**")
    expect_address(study, "/tcp_close?state=FIN_WAIT2&linger2=-1")
    trace = trace_of("state=FIN_WAIT2&linger2=-1")
    assert lines_with(study, "[data-path='on']") == trace["lines"]
    expect(study.get_by_role("radio", name="FIN_WAIT2")).to_be_checked()


def test_all_that_is_wrong_is_said_on_a_page_with_ways_on(study: Page) -> None:
    study.locator("#field-recv").fill("30x")
    study.locator("#field-wait").fill("maybe")
    study.locator("form").get_by_role("button").click()
    problems = study.locator("#problems li")
    expect(problems).to_have_count(2)
    expect(problems.nth(0)).to_contain_text("recv")
    expect(problems.nth(1)).to_contain_text("ack, fin, data, rst")
    study.get_by_role("main").get_by_role("link").first.click()
    study.wait_for_url("**/tcp_close")


def test_presets_and_branches_are_links(study: Page) -> None:
    study.get_by_role("link", name="Close with unread data").click()
    study.wait_for_url("**/tcp_close?recv=300")
    expect(study.locator(".story")).to_be_visible()
    study.locator("#unread [data-way='false']").click()
    study.wait_for_url("**/tcp_close/unread/false")
    assert_in_view(study, "#L47")


def test_the_steps_are_links(open_page: OpenPage, trace_of: TraceOf) -> None:
    page = open_page("/tcp_close?recv=300", java_script_enabled=False)
    steps = trace_of("recv=300")["steps"]
    for name, step in (("forward", 1), ("forward", 2), ("decision", 4), ("last", len(steps)),
                       ("back", len(steps) - 1), ("first", 1)):  # fmt: skip
        move(page, name)
        page.wait_for_url(f"**step={step}")
        line = steps[step - 1]["line"]
        assert line in lines_with(page, "[data-when='now']")
        assert_in_view(page, f"#L{line}")
        expect(page.locator(".player .why")).to_have_text(steps[step - 1]["why"].replace("`", ""))
    page.locator("#steps > li[data-n='9'] .goto").click()
    page.wait_for_url("**step=9")
    page.locator(".where .whole").click()
    page.wait_for_url("**/tcp_close?recv=300")
    assert lines_with(page, "[data-when]") == []


def test_the_page_is_the_same_as_with_scripts(open_page: OpenPage) -> None:
    for path in ("/tcp_close?recv=300&step=9", "/tcp_close/unread/true"):
        with_scripts = shown(open_page(path))
        assert shown(open_page(path, java_script_enabled=False)) == with_scripts


def test_a_functions_name_leads_to_its_explanation(study: Page) -> None:
    study.locator("#L86 a.fn").click()
    expect(study).to_have_url(re.compile("#fn-tcp_send_fin$"))
    assert_in_view(study, "#fn-tcp_send_fin")


def test_the_other_language_keeps_place_and_step(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/unread/true?recv=300&step=5", java_script_enabled=False)
    page.get_by_role("navigation", name="Language").get_by_role("link").click()
    page.wait_for_url("**lang=zh**")
    expect_address(page, "/tcp_close/unread/true?recv=300&step=5&lang=zh")
    assert page.locator("html").get_attribute("lang") in ("zh", "zh-CN", "zh-Hans")


def test_nothing_is_offered_that_does_not_work(study: Page) -> None:
    expect(study.locator("theme-switch")).to_be_hidden()
    for button in study.get_by_role("button").all():
        works = button.evaluate("b => b.matches('[type=submit], [popovertarget], summary')")
        assert works or not button.is_visible(), button.evaluate("b => b.outerHTML")


def test_the_commentary_opens(study: Page) -> None:
    more = study.locator("#unread-data details.more")
    expect(more.locator("section").first).to_be_hidden()
    more.locator("summary").click()
    expect(more.locator("section").first).to_be_visible()


@pytest.mark.parametrize(
    ("place", "act"),
    [
        ("", lambda page: page.mouse.move(700, 300)),
        ("", lambda page: page.keyboard.press("Control+f")),
        # The browser's menu, which the page does not see.
        ("", lambda page: page.evaluate("dispatchEvent(new Event('blur'))")),
        ("", lambda page: page.emulate_media(media="print")),
        ("#why-entry", lambda page: page),
    ],
    ids=["mouse", "key", "menu", "paper", "link"],
)
def test_what_is_folded_can_be_found_although_no_module_came(
    browser: Browser, live_server: str, place: str, act: Callable[[Page], object]
) -> None:
    with closing(browser.new_context(base_url=live_server)) as context:
        context.route("**/*.js", lambda route: route.abort())
        context.route("**/theme.js", lambda route: route.continue_())
        page = context.new_page()
        page.goto(f"/tcp_close{place}")
        folded = page.locator("#why-entry, #steps, #glossary .helper-list")
        expect(folded).to_have_count(3 if place else 0)
        act(page)
        expect(folded).to_have_count(3)
        expect(page.locator("#entry .more[open] #why-entry")).to_have_count(1 if place else 0)
