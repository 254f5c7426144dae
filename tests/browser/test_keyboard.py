# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""By keyboard alone: everything is reached, the focus is seen, and nothing holds it."""

from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import address, assert_in_view, expect_address, lines_with
from tests.conftest import OpenPage

#: Asked after each press.
_FOCUSED: Final = """() => {
    const target = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    // A radio is drawn by the text beside it, a state of the diagram by its box.
    const drawn = target.nextElementSibling && getComputedStyle(target.nextElementSibling);
    const box = target.querySelector("rect.box");
    const { left, top, right, bottom, width, height } = target.getBoundingClientRect();
    const rows = [0.15, 0.5, 0.85].flatMap((y) => [0.1, 0.5, 0.9].map((x) =>
        document.elementFromPoint(left + width * x, top + height * y)));
    return {
        html: target.outerHTML.slice(0, 160),
        name: target.getAttribute("name") ?? "",
        line: Number(target.closest(".line")?.dataset.line ?? 0),
        go: target.dataset.go ?? "",
        isPlayer: !!target.closest(".player"),
        outlined: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) ||
            (drawn?.outlineStyle !== "none" && parseFloat(drawn?.outlineWidth) >= 1) ||
            (box && parseFloat(getComputedStyle(box).strokeWidth) >= 3),
        inWindow: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
        seen: rows.some((e) => e && (target.contains(e) || e.contains(target) ||
            e.closest("label")?.contains(target))),
    };
}"""


def focused(page: Page) -> dict[str, Any]:
    """What has the focus, and whether it can be seen."""
    one: dict[str, Any] = page.evaluate(_FOCUSED)
    if not (one["inWindow"] and one["seen"]):
        # It is scrolled to in the next frame.
        page.evaluate("new Promise((next) => requestAnimationFrame(() => setTimeout(next)))")
        one = page.evaluate(_FOCUSED)
    return one


def test_tab_reaches_everything_once_visibly_and_is_never_held(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300&step=8&lang=en")
    expect(page.locator(".line [autofocus]")).to_be_focused()
    # From the top: what the first press reaches in a page of its own (tested below).
    page.locator(".skip[href='#main']").focus()
    expect(page.locator(".skip[href='#main']")).to_be_in_viewport()
    focusable = page.evaluate(
        """() => [...document.querySelectorAll(
            "a[href], button, input, select, summary, [tabindex='0']")].filter(
                (e) => e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true})).length"""
    )
    first = focused(page)
    assert "skip" in first["html"]
    visited: list[dict[str, Any]] = [first]
    for _ in range(2 * focusable):
        page.keyboard.press("Tab")
        one = focused(page)
        if one["html"] == first["html"]:
            break
        visited.append(one)
    else:
        pytest.fail(f"no way round: {[one['html'] for one in visited[-20:]]}")
    # Between the last and the first the focus is the browser's own.
    round_ = [one for one in visited if not one["html"].startswith("<body")]
    assert len(round_) >= focusable - 9  # of a group of radios one is reached
    names = [one["name"] for one in round_]
    for name in ("state", "recv", "linger", "netns", "fastopen"):
        assert name in names
    assert {one["go"] for one in round_ if one["isPlayer"]} >= {
        "first", "back", "forward", "last", "decision",
    }  # fmt: skip
    reached = {one["line"] for one in round_}
    # Of the code one line, and every decision of it; the arrows choose the line (below).
    decided = page.evaluate(
        "[...document.querySelectorAll('.line:has([data-fork])')].map((e) => +e.dataset.line)"
    )
    assert reached - {0} == {*decided, 28}
    hidden = [one["html"] for one in round_ if not one["outlined"]]
    assert hidden == []
    covered = [one["html"] for one in round_ if not (one["inWindow"] and one["seen"])]
    assert covered == []


def test_for_the_tab_key_the_code_is_one_line_and_the_arrows_choose_it(
    open_page: OpenPage,
) -> None:
    page = open_page("/tcp_close?recv=300")
    expect(page.locator("a.no:not([tabindex='-1'])")).to_have_text("1")
    page.locator("#L1 .no").focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    number = page.locator("#L7 .no")
    expect(number).to_be_focused()
    expect(number).to_have_accessible_name("Line 7 lock_sock(sk);")
    expect(page.locator("a.no:not([tabindex='-1'])")).to_have_text("7")
    page.keyboard.press("Tab")
    expect(page.locator("#L7 .fn")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    # The player's keys go on: the focus stays, and what was decided is told with the line.
    page.keyboard.press("End")
    expect(number).to_be_focused()
    page.locator("#L46 .no").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#L47 .no")).to_have_accessible_name(
        "Line 47 } else if (data_was_unread) { true"
    )
    page.locator("#unread [data-way=false]").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#L46 .no")).to_be_focused()
    page.keyboard.press("Enter")
    expect_address(page, "/tcp_close/L46")
    expect(page.locator("#L46 .no")).to_be_focused()
    expect(page.locator("a.no:not([tabindex='-1'])")).to_have_text("46")


def test_without_scripts_each_number_is_reached(open_page: OpenPage) -> None:
    page = open_page("/tcp_close", java_script_enabled=False)
    expect(page.locator("a.no:not([tabindex])")).to_have_count(171)


def tab_to(page: Page, selector: str, limit: int = 80) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached in {limit} presses of Tab")


def test_the_skip_link_comes_first_and_leads_to_the_content(open_page: OpenPage) -> None:
    for path in ("/", "/tcp_close", "/api", "/tcp_close/nowhere"):
        page = open_page(path)
        page.keyboard.press("Tab")
        skip = page.locator(".skip[href='#main']")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.activeElement.closest('main') !== null")


def test_more_skip_links_lead_past_the_code_to_socket_and_player(open_page: OpenPage) -> None:
    """Without them these are more than 500 stops away."""
    page = open_page("/tcp_close?recv=300")
    page.locator("theme-switch button").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the socket")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#socket")).to_be_focused()
    page.locator("theme-switch button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the player")
    expect(skip).to_be_focused()
    assert_in_view(page, ".skip[href='#player']")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#player")).to_be_focused()
    page.keyboard.press("d")
    expect_address(page, "/tcp_close?recv=300&step=4")


def test_a_preset_keeps_the_focus_and_its_outcome_is_announced(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    news = page.locator("walk-through > [role=status]")
    expect(news).to_have_count(1)  # it comes with the scripts
    preset = page.locator(".presets").get_by_role("link", name="Close with unread data")
    preset.focus()
    page.keyboard.press("Enter")
    expect_address(page, "/tcp_close?recv=300")
    expect(news).to_contain_text("a RST is sent")
    expect(preset).to_be_focused()
    page.locator(".player [data-go=forward]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect_address(page, "/tcp_close?recv=300")
    expect(page.locator(".player [data-go=forward]")).to_be_focused()


def test_what_a_step_did_is_told_and_the_situations_are_one_stop(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    spoken = page.locator(".player > .spoken")
    page.locator(".player [data-go='last']").focus()
    for told in ("true: data_was_unread", "TCPAbortOnClose +1", "RST"):
        for _ in range(40):
            if told in spoken.inner_text():
                break
            page.keyboard.press("ArrowRight")
        expect(spoken).to_contain_text(told)
    links = page.locator(".presets a")
    expect(page.locator(".presets a[tabindex='0']")).to_have_count(1)
    links.first.focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()


def test_a_socket_is_chosen_with_the_arrows(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.get_by_role("radio", name="ESTABLISHED").focus()
    page.keyboard.press("ArrowDown")
    expect_address(page, "/tcp_close?state=FIN_WAIT1")
    expect(page.get_by_role("radio", name="FIN_WAIT1")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect_address(page, "/tcp_close?state=SYN_RECV")
    tab_to(page, "#field-recv", 3)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("300")
    expect_address(page, "/tcp_close?state=SYN_RECV&recv=300")
    expect(page.locator("#field-recv")).to_be_focused()
    tab_to(page, "#field-pending", 3)
    page.keyboard.press("Space")
    expect_address(page, "/tcp_close?state=SYN_RECV&recv=300&pending=1")


def test_the_player_is_walked_by_keys_while_it_has_the_focus(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.locator(".player [data-go='forward']").focus()
    page.keyboard.press("Enter")
    expect_address(page, "/tcp_close?step=1")
    expect(page.locator(".player [data-go='forward']")).to_be_focused()
    for key, step in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", 31),
                      ("Home", 1), ("d", 4)):  # fmt: skip
        page.keyboard.press(key)
        expect_address(page, f"/tcp_close?step={step}")


def test_outside_of_player_and_code_the_keys_belong_to_the_browser(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?step=5")
    page.locator("#field-recv").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert address(page) == "/tcp_close?step=5"
    page.locator(".presets a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert address(page) == "/tcp_close?step=5"


def test_a_step_leaves_the_focus_where_it_is(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    forward = page.locator(".player [data-go='forward']")
    forward.focus()
    for _ in range(5):
        page.keyboard.press("Enter")
        expect(forward).to_be_focused()


def test_a_branch_is_taken_by_keyboard_and_the_focus_follows(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.locator("#unread [data-way='true']").focus()
    page.keyboard.press("Enter")
    expect_address(page, "/tcp_close/unread/true")
    assert lines_with(page, ".is-focus") == [47]
    page.wait_for_function("() => document.activeElement.closest('#L47') !== null")


def test_a_card_is_opened_and_left_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    name = page.locator("#L86 a.fn")
    name.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[popover]:popover-open")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[popover]:popover-open")).to_have_count(0)
    expect(name).to_be_focused()
    page.keyboard.press("Tab")
    expect(name).not_to_be_focused()


def test_which_branch_was_taken_is_told_without_the_picture(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    unread = page.locator("#unread")
    taken = unread.get_by_role("link", name="true", exact=True)
    expect(taken).to_have_attribute("aria-current", "true")
    other = unread.get_by_role("link", name="false", exact=True)
    expect(other).not_to_have_attribute("aria-current", "true")
    assert "→" not in unread.aria_snapshot()
    page.locator(".player [data-go=first]").click()
    expect(unread.locator("[aria-current]")).to_have_count(0)
    page.locator(".player [data-go=last]").click()
    expect(taken).to_have_attribute("aria-current", "true")
