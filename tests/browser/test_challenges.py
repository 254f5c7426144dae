# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A student solves challenges: the simulation judges, and the browser alone remembers."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.reading import assert_not_reloaded, expect_address, mark, noted
from tests.conftest import OpenPage

LIST = "/tcp_close/challenges"


def expect_solved(page: Page, *challenges: str) -> None:
    """The list shows these as solved and no others, once its script has come."""
    page.locator("reader-progress:defined").first.wait_for(state="attached")
    page.wait_for_function(
        """(expected) => [...document.querySelectorAll("[data-challenge]")]
            .filter((card) => card.querySelector(".done").checkVisibility())
            .map((card) => card.dataset.challenge).join() === expected""",
        arg=",".join(challenges),
    )


def stored(page: Page) -> list[str]:
    """The solved challenges that the browser keeps."""
    text = page.evaluate("localStorage.getItem('progress:tcp_close')")
    kept: list[str] = json.loads(text or '{"challenges": []}')["challenges"]
    return kept


def test_a_challenge_is_solved_on_its_page_and_marked_in_the_list(open_page: OpenPage) -> None:
    page = open_page(LIST)
    expect_solved(page)
    page.get_by_role("link", name="Close second").click()
    expect_address(page, "/tcp_close?challenge=close-second")
    mark(page)
    banner = page.locator("section.challenge")
    expect(banner.locator("[data-holds='no']")).not_to_have_count(0)
    expect(banner.locator(".solved")).to_have_count(0)
    page.get_by_role("radio", name="CLOSE_WAIT").check()
    expect(banner.locator(".solved")).to_contain_text("no TIME_WAIT follows on this side")
    expect(banner.locator("[data-holds='no']")).to_have_count(0)
    expect_address(page, "/tcp_close?state=CLOSE_WAIT&challenge=close-second")
    assert_not_reloaded(page)
    banner.get_by_role("link", name="Challenges").click()
    page.wait_for_url(re.compile(f"{LIST}/?$"))
    expect_solved(page, "close-second")
    expect(page.locator("[data-sum='challenges']")).to_have_text("1 / 21")
    page.reload()
    expect_solved(page, "close-second")


def test_the_next_challenge_begins_with_the_socket_as_it_usually_is(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?state=CLOSE_WAIT&challenge=close-second")
    page.get_by_role("link", name="Next: Do not read your mail").click()
    expect_address(page, "/tcp_close?challenge=leave-unread")
    expect(page.get_by_role("radio", name="ESTABLISHED")).to_be_checked()
    expect(page.locator("section.challenge .solved")).to_have_count(0)


def test_how_it_stands_is_said_once_after_each_change(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?challenge=time-wait-lingering")
    said = page.locator("walk-through > [role='status']")
    expect(said).to_be_empty()
    page.locator("#field-linger").fill("5")
    expect(said).to_have_text("3 of 5 conditions hold.")
    page.locator("#field-wait").fill("fin-ack")
    expect(said).to_contain_text("Solved. An ACK first ends the wait")


def test_a_hint_is_given_to_who_asks(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?challenge=forty-seconds")
    hint = page.get_by_text("The timer runs for what is above the TIME_WAIT time")
    expect(hint).to_be_hidden()
    page.get_by_text("Not solved yet. A hint").click()
    expect(hint).to_be_visible()


def test_solved_challenges_are_exported_and_reset(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/tcp_close?recv=300&challenge=leave-unread")
    expect(page.locator("section.challenge .solved")).to_be_visible()
    noted(page)
    page.goto(LIST)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSON").click()
    download.value.save_as(tmp_path / "progress.json")
    exported = json.loads((tmp_path / "progress.json").read_text())
    assert exported["version"] == 1
    assert exported["challenges"] == ["leave-unread"]
    assert "unread/true" in exported["branches"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator("[data-sum='challenges']")).to_have_text("0 / 21")
    expect_solved(page)
    assert stored(page) == []


def test_another_tab_that_solves_one_shows_in_the_open_list(open_page: OpenPage) -> None:
    page = open_page(LIST)
    other = page.context.new_page()
    other.goto("/tcp_close?recv=300&challenge=leave-unread")
    expect(page.locator("[data-challenge='leave-unread'] .done")).to_be_visible()
    other.close()


def test_nothing_but_the_socket_is_asked_of_the_server(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?challenge=leave-unread")
    page.wait_for_load_state("networkidle")
    noted(page)
    requests: list[str] = []
    page.context.on("request", lambda one: requests.append(f"{one.method} {one.url}"))
    page.locator("#field-recv").fill("300")
    expect(page.locator("section.challenge .solved")).to_be_visible()
    assert stored(page) == ["leave-unread"]
    asked = [one for one in requests if "/static/" not in one]
    assert asked
    assert all(one.startswith("GET ") and "recv=300" in one for one in asked)
    assert page.context.cookies() == []


def test_without_scripts_a_challenge_is_judged_too(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?challenge=leave-unread", java_script_enabled=False)
    page.locator("#field-recv").fill("300")
    page.get_by_role("button", name="Show its path").click()
    expect(page.locator("section.challenge .solved")).to_contain_text("RFC 2525")
    page.goto(LIST)
    expect(page.locator("reader-progress")).to_be_hidden()
    expect(page.locator(".done").first).to_be_hidden()
