# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A student predicts: before each decision the player stops and asks which way it goes."""

import json
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import TraceOf
from tests.browser.reading import address, expect_address, move, noted, shown
from tests.conftest import OpenPage

#: 300 unread bytes and the peer's FIN: two rounds of the loop, and a reset.
QUERY = "state=CLOSE_WAIT&recv=300-fin"
PAGE = f"/tcp_close?{QUERY}"


def question(page: Page) -> Locator:
    return page.locator(".predict .q-text")


def start(page: Page) -> None:
    page.get_by_role("button", name="Predict").click()
    expect(page.locator(".predict")).to_be_visible()


def ask(page: Page) -> None:
    """Goes on until the player asks."""
    move(page, "decision")
    expect(question(page)).to_contain_text("which way?")


def answer(page: Page, way: bool) -> None:
    page.locator(f".predict [data-answer='{str(way).lower()}']").click()


def verdicts(trace_of: TraceOf, query: str = QUERY) -> list[tuple[str, int, bool]]:
    """Decision, line and way of each question that a path asks."""
    return [(one["id"], one["line"], one["taken"]) for one in trace_of(query)["decisions"]]


def stored(page: Page) -> dict[str, object]:
    """The predictions that the browser keeps."""
    text = page.evaluate("localStorage.getItem('progress:tcp_close')")
    predictions: dict[str, object] = json.loads(text or "{}").get("predictions", {})
    return predictions


# The questions


def test_the_player_stops_before_every_decision_of_the_path(
    open_page: OpenPage, trace_of: TraceOf
) -> None:
    page = open_page(PAGE)
    start(page)
    for _, line, way in verdicts(trace_of):
        move(page, "last")
        expect(question(page)).to_have_text(f"Line {line}: which way?")
        expect(page.locator(".line[data-asked]")).to_have_attribute("data-line", str(line))
        answer(page, way)
        expect(question(page)).to_have_text(f"Right: it is {str(way).lower()}.")
    move(page, "last")
    asked = len(verdicts(trace_of))
    expect(question(page)).to_have_text(f"The end of this path: {asked} of {asked} right.")


def test_nothing_gives_the_way_away_before_the_answer(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    ask(page)
    line = page.locator(".line[data-asked]")
    expect(line.locator(".way[data-taken]")).to_have_count(0)
    expect(line.locator(".why-not")).to_be_hidden()
    for hidden in (".outcome", "#steps", ".mark"):
        expect(page.locator(hidden).first).to_be_hidden()
    # Code of the path looks like code that it leaves out.
    paths = page.evaluate(
        "[...document.querySelectorAll('.line[data-path=off]')].map((line) => line.id)"
    )
    assert paths == []
    ahead = [one for one in shown(page)["lines"] if int(one["number"]) > 10]
    assert not any(one["taken"] for one in ahead)


@pytest.mark.parametrize("is_right", [True, False])
def test_the_explanation_follows_the_answer(
    open_page: OpenPage, trace_of: TraceOf, is_right: bool
) -> None:
    page = open_page(PAGE)
    start(page)
    ask(page)
    decision, line, way = verdicts(trace_of)[0]
    step = next(one for one in trace_of(QUERY)["steps"] if one["decision"] == decision)
    why = page.locator(".player .why")
    expect(why).not_to_contain_text("sk_state is CLOSE_WAIT")
    answer(page, way is is_right)
    said = "Right: it is false." if is_right else "Not so: it is false."
    expect(question(page)).to_have_text(said)
    expect(why).to_contain_text(step["why"].split(",")[0].replace("`", ""))
    expect(page.locator(f"#L{line} .way[data-taken]")).to_have_text("false")
    expect(page.locator(".predict [data-answer]:visible")).to_have_count(0)


def test_what_was_answered_is_not_asked_again_on_the_way_back(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    ask(page)
    answer(page, False)
    step = page.locator("walk-through").get_attribute("data-step")
    move(page, "back")
    move(page, "forward")
    expect(page.locator("walk-through")).to_have_attribute("data-step", step or "")
    expect(page.locator(".predict [data-answer]:visible")).to_have_count(0)


def test_playing_stops_for_the_question_and_goes_on_after_the_answer(
    open_page: OpenPage, trace_of: TraceOf
) -> None:
    page = open_page(PAGE)
    page.clock.install()
    start(page)
    page.locator(".player [data-play]").click()
    page.clock.run_for(30_000)
    for _, line, way in verdicts(trace_of)[:4]:
        expect(question(page)).to_have_text(f"Line {line}: which way?")
        expect(page.locator(".player [data-play]")).to_have_attribute("aria-pressed", "false")
        answer(page, way)
        page.clock.run_for(30_000)


def test_the_slider_stops_at_the_question_too(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    slider = page.get_by_role("slider", name="Step")
    slider.press("End")
    expect(question(page)).to_contain_text("which way?")
    expect(slider).to_have_value(page.locator("walk-through").get_attribute("data-step") or "")


def test_true_and_false_in_the_code_answer_as_well(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    ask(page)
    place = address(page)
    page.locator(".line[data-asked] .way[data-way='false']").click()
    expect(question(page)).to_have_text("Right: it is false.")
    assert address(page).partition("&step")[0] == place.partition("&step")[0]


def test_another_socket_is_asked_about_from_its_beginning(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    ask(page)
    answer(page, False)
    page.get_by_role("radio", name="LISTEN").check()
    expect_address(page, "/tcp_close?state=LISTEN&recv=300-fin&step=1")
    ask(page)
    answer(page, True)
    expect(question(page)).to_have_text("Right: it is true.")


# By keyboard, and heard


def test_the_keyboard_alone_is_enough(open_page: OpenPage, trace_of: TraceOf) -> None:
    page = open_page(PAGE)
    page.locator(".player [data-go='forward']").focus()
    page.keyboard.press("g")
    expect(page.locator(".predict")).to_be_visible()
    for _, line, way in verdicts(trace_of)[:4]:
        page.keyboard.press("d")
        expect(question(page)).to_have_text(f"Line {line}: which way?")
        page.keyboard.press("t" if way else "f")
        expect(question(page)).to_contain_text("Right:")
        page.wait_for_function("() => document.activeElement.matches('.player *, .code *')")
    page.keyboard.press("g")
    expect(page.locator(".predict")).to_be_hidden()
    expect(page.locator(".outcome")).to_be_visible()


def test_a_button_that_goes_away_hands_the_focus_on(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    ask(page)
    page.locator("[data-answer='false']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".player [data-go='forward']")).to_be_focused()


def test_question_and_answer_are_each_said_once(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    page.evaluate(
        """() => {
            window.heard = [];
            const live = "[aria-live=polite], [role=status], [role=alert]";
            for (const region of document.querySelectorAll(live)) {
                new MutationObserver(() => window.heard.push(region.textContent)).observe(
                    region, { childList: true, characterData: true, subtree: true });
            }
        }"""
    )
    ask(page)
    page.wait_for_function("() => window.heard.length > 0")
    heard = page.evaluate("window.heard.splice(0)")
    assert heard == ["Line 10: which way? sk->sk_state == TCP_LISTEN"]
    answer(page, False)
    page.wait_for_function("() => window.heard.length > 0")
    heard = page.evaluate("window.heard.splice(0)")
    assert len(heard) == 1
    assert heard[0].startswith("Right: it is false. sk_state is CLOSE_WAIT")


@pytest.mark.parametrize(
    ("lang", "heading", "first"),
    [("en", "Not as predicted:", "Line 47 is true."), ("zh", "与预测不符：", "第 47 行为 true。")],
)
def test_the_end_lists_what_was_predicted_otherwise_and_leads_there(
    open_page: OpenPage, trace_of: TraceOf, lang: str, heading: str, first: str
) -> None:
    page = open_page(f"/tcp_close?recv=300&lang={lang}", viewport={"width": 390, "height": 844})
    page.locator(".player [data-go='forward']").focus()
    page.keyboard.press("g")
    expect(page.locator(".predict")).to_be_visible()
    for name, line, way in verdicts(trace_of, "recv=300"):
        page.keyboard.press("d")
        expect(question(page)).to_contain_text(str(line))
        page.keyboard.press("t" if way is not (name == "unread") else "f")
    missed = page.locator(".q-missed")
    expect(missed).to_be_hidden()
    page.keyboard.press("End")
    expect(missed).to_contain_text(heading)
    expect(missed.locator("li")).to_have_count(1)
    expect(missed.locator("li")).to_contain_text("300")
    expect(page.locator(".player > .spoken")).to_contain_text(first)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    link = missed.get_by_role("link", name=first)
    link.focus()
    page.keyboard.press("Enter")
    expect_address(page, f"/tcp_close/unread/true?recv=300&lang={lang}")
    # It is shown with all that is known of it.
    expect(page.locator(".predict")).to_be_hidden()
    expect(page.locator(".branch").first).to_be_visible()
    expect(page.locator("#L47 .no")).to_be_focused()


# Score and mastery


def test_each_decision_has_its_score(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    ask(page)
    expect(page.locator(".q-score")).to_have_text("")
    answer(page, True)
    expect(page.locator(".q-score")).to_have_text("On this path: 0 of 1 right")
    ask(page)
    answer(page, True)
    expect(page.locator(".q-score")).to_have_text("On this path: 1 of 2 right")
    assert stored(page) == {
        "listening": {"right": 0, "all": 1, "streak": 0},
        "queued": {"right": 1, "all": 1, "streak": 1},
    }


def test_three_right_in_a_row_master_a_decision_and_a_reload_keeps_it(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    for _ in range(3):
        page.goto("/tcp_close")
        start(page)
        ask(page)
        answer(page, False)
        expect(question(page)).to_have_text("Right: it is false.")
    expect(page.locator(".q-map")).to_have_accessible_name("Mastered: 1 of 17 decisions")
    expect(page.locator(".q-map [data-decision='listening']")).to_have_attribute(
        "data-level", "mastered"
    )
    page.goto("/tcp_close/challenges")
    decision = page.locator("li[data-decision='listening']")
    expect(decision).to_contain_text("3 of 3 right · mastered")
    expect(page.locator("[data-sum='predictions']")).to_have_text("3 / 3")
    expect(page.locator("[data-sum='mastered']")).to_have_text("1 / 17")


def test_predictions_of_a_variant_do_not_count(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300-fin&variant=article")
    start(page)
    ask(page)
    answer(page, False)
    expect(question(page)).to_have_text("Right: it is false.")
    assert stored(page) == {}


def test_progress_is_exported_and_reset(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(PAGE)
    noted(page)
    start(page)
    ask(page)
    answer(page, False)
    expect(question(page)).to_have_text("Right: it is false.")
    page.goto("/tcp_close/challenges")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSON").click()
    assert download.value.suggested_filename == "tcp_close-progress.json"
    download.value.save_as(tmp_path / "progress.json")
    exported = json.loads((tmp_path / "progress.json").read_text())
    assert exported["predictions"] == {"listening": {"right": 1, "all": 1, "streak": 1}}
    assert "listening/false" in exported["branches"]
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator("[data-sum='predictions']")).to_have_text("1 / 1")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator("[data-sum='predictions']")).to_have_text("0 / 0")
    page.reload()
    expect(page.locator("[data-sum='predictions']")).to_have_text("0 / 0")
    assert stored(page) == {}


def offered(page: Page, name: str, content: str | bytes) -> str:
    """What is said of a file that is imported."""
    data = content.encode() if isinstance(content, str) else content
    page.get_by_label("Import").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": data}
    )
    said = page.locator(".imported")
    expect(said).to_contain_text(name)
    return said.inner_text()


def test_progress_is_imported_and_nothing_is_lost(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/challenges")
    expect(page.locator("reader-progress")).to_be_visible()
    page.evaluate(
        """localStorage.setItem("progress:tcp_close", JSON.stringify({version: 1, paths: [],
            branches: ["unread/true"], challenges: ["leave-unread"], predictions:
            {unread: {right: 2, all: 5, streak: 0}, listening: {right: 1, all: 1, streak: 1}}}))"""
    )
    page.reload()
    file = {
        "version": 1, "walkthrough": "tcp_close", "paths": ["wtf"],
        "branches": ["unread/false", "unread/true", "<b>"], "challenges": [], "predictions":
        {"unread": {"right": 3, "all": 3, "streak": 3},
         "listening": {"right": 4, "all": 4, "streak": 4}},
    }  # fmt: skip
    for _ in range(2):  # a file that comes twice counts once
        assert offered(page, "mine.json", json.dumps(file)).endswith("what was here is kept.")
        expect(page.locator("[data-sum='branches']")).to_have_text("2 / 34")
        expect(page.locator("[data-sum='challenges']")).to_contain_text("1 / ")
        expect(page.locator("[data-sum='predictions']")).to_have_text("6 / 9")
    page.reload()
    expect(page.locator("[data-sum='predictions']")).to_have_text("6 / 9")


#: A file that is offered, and what is said of it.
FILES: Final[tuple[tuple[str | bytes, str], ...]] = (
    ("lorem ipsum", "no progress that was exported here"),
    ("null", "no progress that was exported here"),
    ('{"version": 1, "branches": 7}', "no progress that was exported here"),
    ('{"version": 2}', "a newer version"),
    (
        (
            '{"version": 1, "walkthrough": "tiny", "branches": [], "challenges": [],'
            ' "predictions": {}}'
        ),
        "another walkthrough",
    ),
    (b" " * (2**20 + 1), "larger than 1 MiB"),
    (b"\xff\x00\xfe", "no progress that was exported here"),
)


def test_a_file_that_is_no_progress_is_told_and_changes_nothing(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/challenges")
    expect(page.locator("reader-progress")).to_be_visible()
    kept = page.evaluate("localStorage.getItem('progress:tcp_close')")
    for number, (content, said) in enumerate(FILES):
        text = offered(page, f"some-{number}.json", content)
        assert said in text
        assert text.endswith("Nothing is changed.")
        assert page.evaluate("localStorage.getItem('progress:tcp_close')") == kept


def test_answers_never_leave_the_browser(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    start(page)
    page.wait_for_load_state("networkidle")
    requests: list[str] = []
    page.context.on("request", lambda request: requests.append(request.url))
    for way in (False, True, False):
        ask(page)
        answer(page, way)
    # Chromium fetches the icon again whenever the address changes.
    assert [one for one in requests if not one.endswith("/icon.svg")] == []
    assert page.context.cookies() == []
    assert page.evaluate("sessionStorage.length") == 0


def test_storage_of_somebody_else_and_no_storage_do_no_harm(open_page: OpenPage) -> None:
    page = open_page("/tcp_close")
    page.evaluate("localStorage.setItem('progress:tcp_close', '{\"version\": 1, \"branches\": 7}')")
    page.goto(PAGE)
    start(page)
    ask(page)
    answer(page, False)
    expect(question(page)).to_have_text("Right: it is false.")
    assert stored(page) == {"listening": {"right": 1, "all": 1, "streak": 1}}
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaError'); }; }"
    )
    ask(page)
    answer(page, True)
    expect(question(page)).to_have_text("Right: it is true.")


def test_on_a_phone_the_question_fits_above_the_player(open_page: OpenPage) -> None:
    page = open_page(PAGE, viewport={"width": 390, "height": 800})
    start(page)
    ask(page)
    for way in ("true", "false"):
        box = page.locator(f".predict [data-answer='{way}']").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
