# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The player: step by step, the address carries it, and elsewhere it shows the very same."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TraceOf
from tests.browser.reading import (
    Shown,
    assert_in_view,
    assert_not_reloaded,
    expect_address,
    lines_with,
    mark,
    move,
    shown,
    step_count,
)
from tests.conftest import OpenPage

#: An orderly close, the loop twice, the deepest branch, a sleep, the shortest path, the variant
#: that ends with an error; and between them all kinds of effects.
SCENARIOS: Final = (
    "",
    "state=CLOSE_WAIT&recv=300-fin",
    "state=FIN_WAIT2&linger2=-1",
    "linger=5&wait=fin-ack",
    "state=LISTEN&accept_queue=3",
    "orphans=1&variant=article",
)

#: What a button is that leads nowhere.
IDLE: Final = ("aria-disabled", "true")


def to(query: str, **more: object) -> str:
    """The address of a scenario, with a step perhaps."""
    parts = [query, *(f"{key}={value}" for key, value in more.items())]
    joined = "&".join(part for part in parts if part)
    return f"/tcp_close?{joined}" if joined else "/tcp_close"


def step_to(page: Page, step: int) -> None:
    """Forward, one step at a time."""
    page.evaluate(
        """(step) => {
            const at = () => Number(document.querySelector("walk-through").dataset.step);
            while (at() < step) document.querySelector(".player [data-go=forward]").click();
        }""",
        step,
    )


@pytest.mark.parametrize("query", SCENARIOS)
def test_a_copied_address_shows_the_very_same_elsewhere(open_page: OpenPage, query: str) -> None:
    page = open_page(to(query))
    mark(page)
    count = step_count(page)
    stepped: list[Shown] = []
    for step in (1, count // 2 + 1, count):
        step_to(page, step)
        stepped.append(shown(page))
    assert_not_reloaded(page)
    elsewhere = open_page(stepped[0]["address"])
    for state in stepped:
        elsewhere.goto(state["address"])
        assert shown(elsewhere) == state


@pytest.mark.parametrize("language", ["zh"])
def test_the_same_in_the_other_language(open_page: OpenPage, language: str) -> None:
    page = open_page(f"/tcp_close?recv=300&lang={language}")
    step_to(page, 12)
    expect_address(page, f"/tcp_close?recv=300&step=12&lang={language}")
    assert shown(page) == shown(open_page(page.url))


def test_it_does_not_matter_how_a_step_is_reached(open_page: OpenPage) -> None:
    page = open_page(to("recv=300-fin"))
    mark(page)
    step_to(page, 9)
    forwards = shown(page)
    move(page, "last")
    for _ in range(step_count(page) - 9):
        move(page, "back")
    assert shown(page) == forwards
    page.locator("#steps").evaluate("list => list.closest('details').open = true")
    page.locator("#steps > li[data-n='20'] .goto").click()
    page.locator("#steps > li[data-n='9'] .goto").click()
    assert shown(page) == forwards
    assert_not_reloaded(page)


def test_each_button_leads_where_it_says(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    mark(page)
    count = step_count(page)
    for name, step in [
        ("forward", 1), ("forward", 2), ("forward", 3), ("back", 2), ("last", count),
        ("back", count - 1), ("forward", count), ("first", 1), ("forward", 2),
    ]:  # fmt: skip
        move(page, name)
        expect_address(page, f"/tcp_close?step={step}")
        expect(page.locator(".player .where")).to_contain_text(f"Step {step} of {count}")
        expect(page.locator("#steps > li[aria-current='step']")).to_have_attribute(
            "data-n", str(step)
        )
    assert_not_reloaded(page)


def test_at_both_ends_the_buttons_that_lead_nowhere_say_so(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?step=1")
    for end, idle, busy in (
        ("first", ("first", "back"), ("forward", "last", "decision")),
        ("last", ("forward", "last", "decision"), ("first", "back")),
    ):
        if end == "last":
            move(page, "last")
        for name in idle:
            expect(page.locator(f".player [data-go='{name}']")).to_have_attribute(*IDLE)
        for name in busy:
            expect(page.locator(f".player [data-go='{name}']")).not_to_have_attribute(*IDLE)


@pytest.mark.parametrize(
    "query", ["state=CLOSE_WAIT&recv=300-fin", "state=FIN_WAIT2&fin_timeout=120"]
)
def test_next_decision_stops_at_each_decision_in_the_order_of_the_trace(
    open_page: OpenPage, trace_of: TraceOf, query: str
) -> None:
    page = open_page(to(query))
    for decision in trace_of(query)["decisions"]:
        move(page, "decision")
        [line] = lines_with(page, "[data-when='now']")
        assert line == decision["line"]
        taken = page.locator(f"#L{line} .way[data-taken]")
        expect(taken).to_have_attribute("data-way", str(decision["taken"]).lower())
        assert page.locator(f"#L{line} .reason").inner_text()
        assert_in_view(page, f"#L{line}")
    expect(page.locator(".player [data-go='decision']")).to_have_attribute(*IDLE)


@pytest.mark.parametrize("query", ["state=CLOSE_WAIT&recv=300-fin", "linger=5&wait=ack"])
def test_each_step_shows_the_line_the_why_and_the_effects_of_the_trace(
    open_page: OpenPage, trace_of: TraceOf, query: str
) -> None:
    page = open_page(to(query))
    done: set[int] = set()
    told: list[str] = []
    for step in trace_of(query)["steps"]:
        move(page, "forward")
        lines = set(range(step["line"], step["end_line"] + 1))
        assert set(lines_with(page, "[data-when='now']")) == lines
        assert set(lines_with(page, "[data-when='done']")) == done - lines
        done |= lines
        why = page.locator(".player .why").inner_text()
        assert why == step["why"].replace("`", "")
        told += [effect["text"] for effect in step["effects"]]
        beside = page.locator(".line .text > .effects > .effect:visible").all_inner_texts()
        assert set(beside) <= set(told)
        assert_in_view(page, f"#L{step['line']}")
    assert set(lines_with(page, "[data-when='ahead']")) == set()


def test_what_lies_ahead_tells_nothing_yet(open_page: OpenPage, trace_of: TraceOf) -> None:
    page = open_page("/tcp_close?recv=300&step=6")
    now = trace_of("recv=300")["steps"][5]["line"]
    assert lines_with(page, "[data-when='now']") == [now]
    expect(page.locator(".line[data-when='ahead'] .way[data-taken]")).to_have_count(0)
    for effect in page.locator(".line[data-when='ahead'] .effect").all():
        expect(effect).to_be_hidden()
    assert set(page.locator(".line[data-when='ahead'] .reason").all_inner_texts()) == {""}
    # The path that is not gone yet is told apart, and code that is never reached stays away.
    assert lines_with(page, "[data-when='ahead'][data-path='off']") == []


def test_whole_path_ends_the_stepping(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    mark(page)
    whole = shown(page)
    expect(page.locator(".where .whole")).to_be_hidden()
    step_to(page, 7)
    page.locator(".where .whole").click()
    expect_address(page, "/tcp_close?recv=300")
    assert shown(page) == whole
    assert_not_reloaded(page)


def test_stepping_asks_the_server_nothing(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    page.wait_for_load_state("networkidle")
    move(page, "forward")  # what is loaded when it is first used has come
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("forward", "forward", "back", "decision", "last", "first"):
        move(page, name)
    # Chromium looks for the icon again with each address, and a part may load when it is used.
    assert [url for url in asked if "/static/" not in url] == []


def test_steps_do_not_pile_up_in_the_history(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    mark(page)
    page.get_by_role("link", name="Close with unread data").click()
    expect_address(page, "/tcp_close?recv=300")
    step_to(page, 5)
    stepped = shown(page)
    page.go_back()
    expect_address(page, "/tcp_close")
    page.go_forward()
    expect_address(page, "/tcp_close?recv=300&step=5")
    assert shown(page) == stepped
    assert_not_reloaded(page)


def test_each_step_is_announced_politely(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    step_to(page, 3)
    live = page.locator("[aria-live='polite']").filter(has_text=re.compile(r"\S"))
    expect(live.first).to_be_attached()


def test_a_step_beyond_the_end_is_refused_with_what_is_allowed(
    open_page: OpenPage, trace_of: TraceOf
) -> None:
    count = len(trace_of("")["steps"])
    page = open_page("/tcp_close?step=999")
    expect(page.locator("#problems")).to_contain_text(f"1 to {count}")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_current_line_stays_in_view(open_page: OpenPage, width: int) -> None:
    page = open_page("/tcp_close?recv=300", viewport={"width": width, "height": 800})
    for _ in range(step_count(page)):
        move(page, "forward")
        assert_in_view(page, ".line[data-when='now']")
