# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The form: choose a socket, and its path is shown without a reload, at a short address."""

from urllib.parse import SplitResult, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import TraceOf
from tests.browser.reading import (
    address,
    assert_in_view,
    assert_not_reloaded,
    expect_address,
    fields,
    lines_with,
    mark,
    move,
    shown,
)
from tests.conftest import OpenPage

PROBLEMS = ".problems"


@pytest.fixture
def study(open_page: OpenPage) -> Page:
    """The default socket's page, marked."""
    page = open_page("/tcp_close")
    mark(page)
    return page


def test_a_chosen_state_is_shown_at_once_and_the_address_is_short(
    study: Page, trace_of: TraceOf
) -> None:
    assert lines_with(study, "[data-path='on']") == trace_of("")["lines"]
    study.get_by_role("radio", name="FIN_WAIT2").check()
    expect_address(study, "/tcp_close?state=FIN_WAIT2")
    assert lines_with(study, "[data-path='on']") == trace_of("state=FIN_WAIT2")["lines"]
    assert_not_reloaded(study)


@pytest.mark.parametrize("choice", ["state", "unread", "owner"])
def test_what_is_chosen_before_the_script_has_come_counts(open_page: OpenPage, choice: str) -> None:
    """On a slow line the form is there first."""
    page = open_page("about:blank")
    late: list[Route] = []

    def keep(route: Route) -> None:
        late.append(route)

    page.route("**/js/study.js*", keep)
    page.goto("/tcp_close", wait_until="commit")
    if choice == "state":
        page.get_by_role("radio", name="FIN_WAIT2").check()
    elif choice == "unread":
        page.locator("#field-recv").fill("300")
    else:
        page.locator("#field-owner").select_option("kernel")
    for route in late:
        route.continue_()
    asked = {"state": "state=FIN_WAIT2", "unread": "recv=300", "owner": "owner=kernel"}
    expect_address(page, f"/tcp_close?{asked[choice]}")


def test_the_default_needs_no_query(study: Page) -> None:
    study.get_by_role("radio", name="CLOSE_WAIT").check()
    expect_address(study, "/tcp_close?state=CLOSE_WAIT")
    study.get_by_role("radio", name="ESTABLISHED").check()
    expect_address(study, "/tcp_close")
    assert_not_reloaded(study)


def test_each_kind_of_field_counts(study: Page) -> None:
    study.locator("#field-pending").check()
    expect_address(study, "/tcp_close?pending=1")
    study.locator("#field-netns").select_option("dying")
    expect_address(study, "/tcp_close?pending=1&netns=dying")
    study.locator("#field-fin_timeout").fill("120")
    expect_address(study, "/tcp_close?pending=1&fin_timeout=120&netns=dying")
    study.locator("#field-linger").fill("5")
    expect_address(study, "/tcp_close?pending=1&linger=5&fin_timeout=120&netns=dying")
    assert_not_reloaded(study)


def test_a_queue_that_is_typed_is_shown_when_the_typing_pauses(
    open_page: OpenPage, trace_of: TraceOf
) -> None:
    study = open_page("/tcp_close")
    mark(study)
    asked: list[SplitResult] = []
    study.on("request", lambda request: asked.append(urlsplit(request.url)))
    field = study.locator("#field-recv")
    field.select_text()
    study.clock.install(time=0)
    study.clock.pause_at(1000)
    for typed in ("3", "30", "300", "300-", "300-f", "300-fi", "300-fin"):
        field.press_sequentially(typed[-1])
        study.clock.run_for(100)
    assert [url for url in asked if url.path == "/tcp_close"] == []
    study.clock.run_for(400)
    expect_address(study, "/tcp_close?recv=300-fin")
    # What the form asks for, and the short address that it is sent to.
    assert len([url for url in asked if url.path == "/tcp_close"]) == 2
    assert lines_with(study, "[data-path='on']") == trace_of("recv=300-fin")["lines"]
    expect(field).to_be_focused()
    expect(field).to_have_value("300-fin")
    assert_not_reloaded(study)


def test_enter_in_a_field_shows_the_path_too(study: Page) -> None:
    study.locator("#field-recv").fill("300")
    study.locator("#field-recv").press("Enter")
    expect_address(study, "/tcp_close?recv=300")
    assert_not_reloaded(study)


def test_what_is_wrong_is_said_in_the_form_and_the_page_stays(study: Page) -> None:
    before = shown(study)
    problems = study.locator(PROBLEMS)
    for key, value, allowed in (
        ("recv", "30x", "fin"),
        ("wait", "ack-nak", "ack, fin, data"),
        ("linger", "for ever", "off"),
        ("rto", "0", "1 to"),
        ("linger2", "99999999999", "to 2147483"),
    ):
        field = study.locator(f"#field-{key}")
        right = field.input_value()
        field.fill(value)
        expect(problems).to_be_visible()
        expect(problems).to_contain_text(key)
        expect(problems).to_contain_text(allowed)
        assert problems.get_attribute("role") == "alert"
        assert shown(study) == before
        expect(field).to_have_value(value)
        field.fill(right)
        expect(problems).to_be_hidden()
    assert_not_reloaded(study)


def test_what_is_wrong_stands_in_sight_beside_what_was_typed(study: Page) -> None:
    field = study.locator("#field-backlog")
    field.fill("nak")
    expect(study.locator(".field[data-key='backlog'] .problems")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert_in_view(study, f"{PROBLEMS} li")
    field.fill("ack")
    expect(study.locator(PROBLEMS)).to_be_hidden()
    expect(study.locator("[aria-invalid]")).to_have_count(0)


def test_all_that_is_wrong_is_said_at_once_and_goes_when_it_is_mended(study: Page) -> None:
    study.locator("#field-recv").fill("30x")
    study.locator("#field-wait").fill("maybe")
    problems = study.locator(f"{PROBLEMS} li")
    expect(problems).to_have_count(2)
    study.locator("#field-wait").fill("ack")
    expect(problems).to_have_count(1)
    study.locator("#field-recv").fill("300")
    expect_address(study, "/tcp_close?recv=300&wait=ack")
    expect(study.locator(PROBLEMS)).to_be_hidden()
    assert_not_reloaded(study)


def test_a_preset_fills_in_the_form_and_tells_its_story(study: Page, trace_of: TraceOf) -> None:
    study.get_by_role("link", name="Data and FIN unread").click()
    expect_address(study, "/tcp_close?state=CLOSE_WAIT&recv=300-fin")
    assert fields(study)["state"] == "CLOSE_WAIT"
    assert fields(study)["recv"] == "300-fin"
    current = study.locator(".presets a[aria-current='true']")
    expect(current).to_have_count(1)
    expect(study.locator(".story")).to_have_text(current.get_attribute("title") or "")
    trace = trace_of("state=CLOSE_WAIT&recv=300-fin")
    assert lines_with(study, "[data-path='on']") == trace["lines"]
    assert_not_reloaded(study)


def test_the_form_says_which_inputs_the_path_reads(study: Page, trace_of: TraceOf) -> None:
    for query in ("", "state=LISTEN"):
        if query:
            study.get_by_role("radio", name="LISTEN").check()
            expect_address(study, f"/tcp_close?{query}")
        read = study.locator(".field[data-read]").evaluate_all("fs => fs.map(f => f.dataset.key)")
        assert set(read) == set(trace_of(query)["reads"]) - {"state"}


def test_reset_leads_back_to_the_default(study: Page) -> None:
    study.locator("#field-recv").fill("300")
    expect_address(study, "/tcp_close?recv=300")
    study.get_by_role("link", name="Reset", exact=True).click()
    expect_address(study, "/tcp_close")
    assert fields(study)["recv"] == ""
    assert_not_reloaded(study)


def test_choosing_ends_the_stepping(study: Page) -> None:
    move(study, "forward")
    expect_address(study, "/tcp_close?step=1")
    study.get_by_role("radio", name="LISTEN").check()
    expect_address(study, "/tcp_close?state=LISTEN")
    assert lines_with(study, "[data-when]") == []


def test_browser_back_and_forward_show_what_was_there(study: Page) -> None:
    first = shown(study)
    study.get_by_role("radio", name="LISTEN").check()
    expect_address(study, "/tcp_close?state=LISTEN")
    second = shown(study)
    study.get_by_role("link", name="Close with unread data").click()
    expect_address(study, "/tcp_close?recv=300")
    study.go_back()
    expect_address(study, "/tcp_close?state=LISTEN")
    assert shown(study) == second
    assert fields(study)["state"] == "LISTEN"
    study.go_back()
    expect_address(study, "/tcp_close")
    assert shown(study) == first
    assert fields(study)["state"] == "ESTABLISHED"
    study.go_forward()
    expect_address(study, "/tcp_close?state=LISTEN")
    assert shown(study) == second
    assert_not_reloaded(study)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_chosen_here_is_the_servers_page_of_the_same_address(
    open_page: OpenPage, language: str
) -> None:
    page = open_page(f"/tcp_close?lang={language}")
    mark(page)
    page.get_by_role("radio", name="FIN_WAIT2").check()
    expect_address(page, f"/tcp_close?state=FIN_WAIT2&lang={language}")
    page.locator("#field-linger2").fill("-1")
    expect_address(page, f"/tcp_close?state=FIN_WAIT2&linger2=-1&lang={language}")
    assert_not_reloaded(page)
    other = open_page(page.url)
    assert shown(page) == shown(other)
    assert fields(page) == fields(other)
    marks = ".field", "fs => fs.map(f => [f.matches('[data-read]'), f.matches('[data-changed]')])"
    assert page.locator(marks[0]).evaluate_all(marks[1]) == other.locator(marks[0]).evaluate_all(
        marks[1]
    )
    for name in ("link[rel=canonical]", "meta[name=description]"):
        assert page.locator(name).evaluate("n => n.outerHTML") == other.locator(name).evaluate(
            "n => n.outerHTML"
        )


def test_a_hypothetical_socket_says_so(open_page: OpenPage, trace_of: TraceOf) -> None:
    page = open_page("/tcp_close?state=LISTEN&recv=300")
    [caveat] = trace_of("state=LISTEN&recv=300")["caveats"]
    expect(page.locator(".caveat")).to_contain_text(caveat)
    assert address(page) == "/tcp_close?state=LISTEN&recv=300"
