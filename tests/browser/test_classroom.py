# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A class: the wall, the presenter's window beside it, a second presenter, and students' phones."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import COLOURS, findings
from tests.conftest import OpenPage

WALK = "state=CLOSE_WAIT&recv=300-fin"
WALL = f"/tcp_close/present?{WALK}#unread-data"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}

Opened: TypeAlias = Callable[[], Page]


def open_wall(open_page: OpenPage, path: str = WALL, **options: Any) -> Page:
    """The stage, ready for keys."""
    wall = open_page(path, **options)
    expect(wall.locator(".stage.is-ready")).to_be_visible()
    return wall


def start_room(wall: Page) -> str:
    """Starts a room with the keyboard; its code."""
    wall.keyboard.press("r")
    wall.locator("[data-do=start-room]").press("Enter")
    code = wall.locator(".big-code")
    expect(code).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    wall.keyboard.press("Escape")
    expect(wall.locator(".corner")).to_be_visible()
    return code.inner_text().replace("-", "")


def open_phone(open_page: OpenPage, code: str, **options: Any) -> Page:
    """A student who follows."""
    phone = open_page(f"/live/{code}", **(PHONE | options))
    expect(phone.locator(".audience.is-live[data-state]")).to_be_visible()
    return phone


def caption(page: Page) -> str:
    """Where the page says it is: "Step 20 of 42, line 47"."""
    return page.locator(".cap-at").inner_text()


def turn(wall: Page, key: str) -> None:
    """Presses a key that leads elsewhere; the wall is there when this returns."""
    shown = "(document.querySelector('.slide.is-shown')?.id + document.querySelector('.cap-at')"
    shown += "?.textContent)"
    before = wall.evaluate(shown)
    wall.keyboard.press(key)
    wall.wait_for_function(f"before => {shown} !== before", arg=before)


def same(phone: Page, wall: Page) -> None:
    """The phone shows the wall's slide and step."""
    slide = wall.locator(".slide.is-shown").get_attribute("id")
    expect(phone.locator(".slide.is-shown")).to_have_attribute("id", str(slide))
    expect(phone.locator(".cap-at")).to_have_text(caption(wall))


def state(phone: Page, name: str) -> None:
    """What the phone says of its line to the room."""
    expect(phone.locator(".audience")).to_have_attribute("data-state", name)


def ask_unread(wall: Page) -> None:
    """The presenter asks which way the decision on unread data goes."""
    wall.keyboard.press("v")
    wall.locator("[data-decision=unread]").click()
    expect(wall.locator(".ballot")).to_be_visible()


#: Tracks ahead that are drawn in another colour than those that no path takes.
_DRAWN_AHEAD = """() => {
    const track = getComputedStyle(document.documentElement).getPropertyValue("--track");
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = track;
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return [...document.querySelectorAll(".slide.is-shown .rail .on[data-when=out]")]
        .filter((node) => getComputedStyle(node).stroke !== colour).length;
}"""


def test_a_class_follows_votes_and_sees_the_truth(open_page: OpenPage, tmp_path: Path) -> None:
    wall = open_wall(open_page)
    code = start_room(wall)
    ann, bob = (open_phone(open_page, code) for _ in range(2))
    wall.keyboard.press("s")
    expect(wall.locator(".cap-at")).to_contain_text("line 47")
    same(ann, wall)
    same(bob, wall)

    # One goes offline, and the presenter goes on.
    bob.context.set_offline(True)
    state(bob, "lost")
    turn(wall, "PageDown")
    turn(wall, "PageDown")
    same(ann, wall)
    assert caption(bob) != caption(wall)
    # One comes late, and sees the present state; who comes back has missed nothing.
    late = open_phone(open_page, code, locale="zh-CN", color_scheme="dark")
    expect(late.locator(".slide.is-shown")).to_have_attribute("id", "unread-data")
    expect(late.locator(".cap-at")).to_contain_text(re.findall(r"\d+", caption(wall))[0])
    bob.context.set_offline(False)
    state(bob, "following")
    same(bob, wall)

    # One looks around, stays there while the wall goes on, and comes back with one tap.
    ann.locator("[data-move=next-slide]").click()
    state(ann, "away")
    turn(wall, "PageUp")
    same(bob, wall)
    assert caption(ann) != caption(wall)
    ann.locator(".back-to-lead").click()
    same(ann, wall)

    # A vote: changeable, counted once for each device, bars only when they are revealed.
    wall.keyboard.press("Home")
    ask_unread(wall)
    for page in (wall, ann, bob, late):
        # Which socket it is, and nothing that answers.
        expect(page.locator(".q-socket")).to_contain_text("300")
        expect(page.locator(".slide.is-shown .slide-text")).to_be_hidden()
        expect(page.locator(".slide.is-shown .effect:visible")).to_have_count(0)
        page.wait_for_function(f"({_DRAWN_AHEAD})() === 0")
    # Who looks ahead by himself gets no further than the question.
    bob.locator("[data-move=forward]").click()
    state(bob, "away")
    expect(bob.locator(".cap-at")).to_contain_text("Step 19 ")
    bob.locator(".back-to-lead").click()
    late_page = open_page(f"/live/{code}", java_script_enabled=False)
    expect(late_page.locator(".is-asking .q-socket")).to_contain_text("300")
    expect(late_page.locator(".slide .slide-text")).to_be_hidden()
    for phone, ways in ((ann, ("true", "false", "true")), (bob, ("true",)), (late, ("false",))):
        for way in ways:
            answer = phone.locator(f".q-option[value={way}]")
            with phone.expect_response("**/votes"):
                answer.click()
            expect(answer).to_have_attribute("aria-pressed", "true")
    expect(wall.locator(".ballot .q-count")).to_have_text("Votes: 3")
    for page in (wall, ann, late):
        expect(page.locator(".q-bar, .is-revealed")).to_have_count(0)
    # Pressed twice by mistake, it counts once.
    wall.evaluate(
        """() => [1, 2].forEach(() =>
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "v", bubbles: true})))"""
    )
    expect(ann.locator(".q-option").first).to_be_disabled()
    expect(wall.locator("[data-do=close-vote]")).to_be_hidden()
    wall.keyboard.press("v")
    expect(wall.locator(".ballot [data-right]")).to_contain_text("2 · 67 %")
    expect(ann.locator(".q-option[data-right]")).to_contain_text("2 · 67 %")
    expect(late.locator(".q-explanation")).to_contain_text("300")
    # Then the simulation steps on and shows the truth.
    wall.keyboard.press("v")
    expect(wall.locator(".ballot")).to_be_hidden()
    expect(wall.locator(".cap-why")).to_contain_text("data_was_unread is 300")
    same(ann, wall)
    expect(ann.locator(".vote")).to_be_hidden()

    wall.keyboard.press("r")
    with wall.expect_download() as saving:
        wall.locator(".in-room [data-do=results]").click()
    table = tmp_path / "results.csv"
    saving.value.save_as(table)
    assert "true" in table.read_text()

    # The key is in this tab alone.
    key = json.loads(str(wall.evaluate("sessionStorage.presenter")))["key"]
    assert key not in wall.url
    assert key not in wall.content()
    assert all(key not in phone.content() for phone in (ann, bob, late))

    study = ann.locator(".study-link a")
    expect(study).to_have_attribute("href", re.compile(r"^/tcp_close/unread-data\?.*step=20"))
    wall.once("dialog", lambda dialog: dialog.accept())
    wall.locator("[data-do=end-room]").click()
    for phone in (ann, bob, late):
        state(phone, "ended")
        expect(phone.locator(".study-link a")).to_be_visible()
    # Who forgot to save the results before still can, and what was said goes with the next key.
    with wall.expect_download() as saving:
        wall.locator(".past-room [data-do=results]").click()
    assert Path(saving.value.path()).read_text() == table.read_text()
    expect(wall.locator(".line-state")).to_have_text("This room is over.")
    wall.keyboard.press("Escape")
    wall.keyboard.press("PageDown")
    expect(wall.locator(".line-state")).to_be_hidden()


def test_a_vote_is_noted_when_the_server_has_it(open_page: OpenPage) -> None:
    wall = open_wall(open_page)
    phone = open_phone(open_page, start_room(wall))
    ask_unread(wall)
    says, answer = phone.locator(".q-state"), phone.locator(".q-option[value=true]")
    held: list[Route] = []
    phone.route("**/votes", lambda route: held.append(route))  # noqa: PLW0108
    with phone.expect_request("**/votes"):
        answer.click()
    expect(says).to_have_text("Sending…")
    problem = '{"problems": [{"detail": "Too many votes."}]}'
    held.pop().fulfill(status=422, body=problem, content_type="application/problem+json")
    expect(says).to_have_text("Not counted: Too many votes.")
    expect(answer).to_have_attribute("aria-pressed", "false")
    phone.unroute("**/votes")
    answer.click()
    expect(says).to_contain_text("Noted.")
    expect(wall.locator(".ballot .q-count")).to_have_text("Votes: 1")


def test_presenters_hand_over_and_the_last_click_does_not_win(open_page: OpenPage) -> None:
    first = open_wall(open_page)
    code = start_room(first)
    first.keyboard.press("r")
    first.locator("[data-do=invite]").click()
    link = first.locator(".invitation input")
    expect(link).to_have_value(re.compile("#room="))
    second = open_wall(open_page, link.input_value())
    # The secret does not stay in the address.
    assert "invitation" not in second.url
    expect(second.locator(".slide.is-shown")).to_have_attribute("id", "unread-data")
    # An invitation that has been used is good for nothing.
    expect(link).to_be_hidden()
    phone = open_phone(open_page, code)

    # Who does not lead may look at something else, and is told so, but the class does not.
    second.keyboard.press("PageDown")
    expect(second.locator(".slide.is-shown")).to_have_attribute("id", "abortive-linger")
    expect(second.locator(".line-state")).to_contain_text("Presenter 1 leads")
    first.locator("[data-do='offer:2']").click()
    second.locator("[data-do=accept]").click()
    expect(second.locator(".lead-state")).to_contain_text("You lead")
    expect(first.locator(".lead-state")).to_contain_text("Presenter 2 leads")
    second.keyboard.press("Escape")
    second.keyboard.press("End")
    expect(second.locator(".slide.is-shown")).to_have_attribute("id", "afterwards")
    expect(second.locator(".line-state")).to_be_hidden()
    same(phone, second)
    same(first, second)
    first.keyboard.press("Escape")
    first.keyboard.press("PageUp")
    expect(first.locator(".slide.is-shown")).to_have_attribute("id", "world")
    second.keyboard.press("PageUp")
    second.keyboard.press("PageUp")
    expect(phone.locator(".slide.is-shown")).to_have_attribute("id", "exit")


def test_the_wall_goes_on_without_a_server(open_page: OpenPage) -> None:
    wall = open_wall(open_page, "/tcp_close/present")
    wall.wait_for_load_state("networkidle")
    wall.context.set_offline(True)
    wall.keyboard.press("m")
    wall.locator(".situations-menu input").fill("recv=300-fin")
    wall.locator(".situations-menu a:visible").first.click()
    expect(wall.locator(".cover .sentences")).to_contain_text("The connection is reset")
    wall.keyboard.press("d")
    expect(wall.locator(".cap-at")).to_contain_text("line 10")
    wall.keyboard.press("End")
    expect(wall.locator(".cap-at")).to_contain_text("Step 42 of 42")
    wall.keyboard.press("Escape")
    expect(wall.locator(".cap-at")).to_contain_text("The whole path")


def test_clickers_and_keys_do_what_the_help_says(open_page: OpenPage) -> None:
    wall = open_wall(open_page, "/tcp_close/present")
    shown = wall.locator(".slide.is-shown")
    for key, slide in (
        *(("PageDown", "entry"), ("ArrowRight", "listen"), (" ", "drain"), ("PageUp", "listen")),
        *(("ArrowLeft", "entry"), ("End", "afterwards"), ("Home", "start")),
    ):
        wall.keyboard.press(key)
        expect(shown).to_have_attribute("id", slide)
    wall.keyboard.press(".")
    expect(wall.locator(".black-screen")).to_be_visible()
    wall.keyboard.press("PageDown")
    expect(wall.locator(".black-screen")).to_be_hidden()
    wall.keyboard.press("o")
    expect(wall.locator(".slide:visible")).to_have_count(22)
    wall.locator("#linger2 .slide-no").press("Enter")
    expect(shown).to_have_attribute("id", "linger2")
    wall.keyboard.press("o")
    wall.keyboard.press("ArrowLeft")
    expect(wall.locator("#fin-wait2 .slide-no")).to_be_focused()
    wall.keyboard.press("Enter")
    expect(wall.locator(".slide:visible")).to_have_count(1)
    expect(shown).to_have_attribute("id", "fin-wait2")
    wall.keyboard.press("ArrowRight")
    expect(shown).to_have_attribute("id", "linger2")
    wall.keyboard.press("j")
    wall.keyboard.press("j")
    expect(wall.locator("#linger2 .line").nth(1)).to_have_class(re.compile("is-focus"))
    wall.keyboard.press("x")
    expect(wall.locator(".line.is-focus")).to_have_count(0)
    wall.keyboard.press("m")
    wall.locator(".situations-menu input").fill("only the fin")
    wall.keyboard.press("Enter")
    expect(wall.locator(".situation-at")).to_have_text("Only the FIN is unread")
    expect(wall.locator("dialog[open]")).to_have_count(0)
    wall.keyboard.press("t")
    expect(wall.locator(".timer-at")).to_have_text(re.compile("0:0[1-9]"))
    wall.keyboard.press("?")
    expect(wall.locator("dialog.help dd")).to_have_count(24)


def test_another_socket_leaves_open_what_the_slide_decides(open_page: OpenPage) -> None:
    wall = open_wall(open_page)
    wall.keyboard.press("m")
    wall.locator(".situations-menu input").fill("only the fin")
    wall.keyboard.press("Enter")
    expect(wall.locator(".situation-at")).to_have_text("Only the FIN is unread")
    taken = wall.locator("#unread-data .way[data-taken]")
    expect(taken).to_have_count(0)
    wall.keyboard.press("ArrowRight")
    expect(taken).to_have_count(1)


def test_the_presenters_window_leads_the_wall(open_page: OpenPage) -> None:
    wall = open_wall(open_page)
    with wall.context.expect_page() as opening:
        wall.keyboard.press("w")
    notes = opening.value
    expect(notes.locator(".wall-state")).to_have_text("The wall follows this window.")
    expect(notes.locator(".presenter-notes")).to_contain_text("Why it is so")
    expect(notes.locator(".next-title")).to_have_text("Next: Zero linger: abort on purpose")
    expect(notes.locator("p.clock")).to_have_text(re.compile(r"\d:\d\d"))
    of_the_life = ".time-line .clock"
    clocks = wall.locator(of_the_life).all_text_contents()
    expect(notes.locator(of_the_life)).to_have_text(clocks)
    notes.keyboard.press("PageDown")
    expect(wall.locator(".slide.is-shown")).to_have_attribute("id", "abortive-linger")
    expect(notes.locator(".slide.is-shown")).to_have_attribute("id", "abortive-linger")
    notes.keyboard.press("b")
    expect(wall.locator(".black-screen")).to_be_visible()
    # The presenter goes on reading.
    expect(notes.locator(".wall-state")).to_have_text("The wall is black.")
    expect(notes.locator(".black-screen")).to_be_hidden()
    notes.keyboard.press("b")
    assert findings(notes) == []


def test_a_long_question_fits_the_wall_and_the_notes_stay(open_page: OpenPage) -> None:
    wall = open_wall(open_page, viewport={"width": 1024, "height": 768})
    start_room(wall)
    with wall.context.expect_page() as opening:
        wall.keyboard.press("w")
    notes = opening.value
    expect(notes.locator(".room-at")).to_contain_text("·")
    wall.keyboard.press("v")
    wall.locator("[data-question=sixty-one]").click()
    fits = "(box) => box.scrollHeight <= box.clientHeight + 1"
    for act in ("close-vote", "reveal", "go-on"):
        button = wall.locator(f"[data-do={act}]")
        expect(button).to_be_visible()
        assert wall.locator(".ballot").evaluate(fits), act
        expect(notes.locator(f"[data-do={act}]")).to_be_visible()
        expect(notes.locator(".presenter-notes")).to_be_visible()
        assert notes.locator(".ballot").evaluate(fits), act
        button.click()


def test_on_a_slow_line_the_servers_slide_stays_until_it_can_be_followed(
    open_page: OpenPage,
) -> None:
    wall = open_wall(open_page)
    code = start_room(wall)
    phone = open_page("/live", **PHONE)
    waiting: list[Route] = []

    def keep(route: Route) -> None:
        waiting.append(route)

    phone.route("**/present/traces*", keep)
    with (
        phone.expect_request("**/present/traces*"),
        phone.expect_response(re.compile(r"/present(\?|$)")),
    ):
        phone.goto(f"{phone.url}/{code}")
    expect(phone.locator(".audience")).to_have_attribute("data-state", "following")
    expect(phone.locator(".slide#unread-data")).to_be_visible()
    expect(phone.locator(".slide:visible")).to_have_count(1)
    for route in waiting:
        route.continue_()
    expect(phone.locator(".audience.is-live")).to_be_visible()
    same(phone, wall)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh", "dark")])
def test_axe_finds_nothing_in_a_class(open_page: OpenPage, language: str, theme: str) -> None:
    look: dict[str, Any] = {"locale": language, "color_scheme": theme}
    wall = open_wall(open_page, **look)
    assert findings(wall) == []
    code = start_room(wall)
    phone = open_phone(open_page, code, **look)
    ask_unread(wall)
    expect(phone.locator(".q-option").first).to_be_visible()
    assert findings(wall) == []
    assert findings(phone) == []
    # With the keyboard alone: the first answer, pressed by the space bar.
    for _ in range(20):
        phone.keyboard.press("Tab")
        if phone.locator(".q-option:focus").count():
            break
    phone.keyboard.press("Space")
    expect(phone.locator(".q-option[aria-pressed=true]")).to_be_focused()
    wall.keyboard.press("v")
    expect(wall.locator("[data-do=close-vote]")).to_be_hidden()
    wall.keyboard.press("v")
    expect(phone.locator(".q-option[data-right]")).to_be_visible()
    for page in (wall, phone):
        assert findings(page, COLOURS) == []
    wall.keyboard.press("r")
    assert findings(wall) == []
    assert findings(open_page("/live?code=abcd2345", **(PHONE | look))) == []


def test_nothing_is_wider_than_a_phone(open_page: OpenPage) -> None:
    wall = open_wall(open_page)
    code = start_room(wall)
    ask_unread(wall)
    phone = open_phone(open_page, code)
    expect(phone.locator(".q-option").first).to_be_visible()
    plain = PHONE | {"java_script_enabled": False}
    pages = [
        phone,
        open_page("/live", **PHONE),
        open_wall(open_page, "/tcp_close/present", **PHONE),
        open_page("/tcp_close/present", **plain),
        open_page(f"/live/{code}", **plain),
    ]
    for page in pages:
        width = page.locator("body").bounding_box()
        assert width is not None
        assert width["width"] <= 390
        assert page.locator("main").evaluate("(main) => main.scrollWidth") <= 390, page.url
    for slide in ("drain", "fin-wait2", "limits"):
        assert (
            pages[2]
            .locator(f"#{slide} .slide-frame")
            .evaluate("(frame) => frame.scrollWidth <= frame.clientWidth + 1")
        )


def test_the_handout_has_every_line_and_the_notes(open_page: OpenPage) -> None:
    wall = open_wall(open_page, "/tcp_close/present", viewport={"width": 1032, "height": 700})
    wall.emulate_media(media="print")
    expect(
        wall.locator(".stage-foot, .black-screen, dialog").locator("visible=true")
    ).to_have_count(0)
    for line in (1, 38, 61, 85, 171):
        expect(wall.locator(f".line[data-line='{line}'] code")).to_be_visible()
    for slide in wall.locator(".slide[data-lines]").all():
        expect(slide.locator(".s-why")).to_be_visible()
