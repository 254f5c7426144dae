# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""An imported kernel in a browser: chosen, gone into and out of, on a phone and in Chinese."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, Route, expect
from starlette.testclient import TestClient

from app.cli import main
from app.web.app import create_app
from app.web.settings import Settings
from tests.editions import making

HOST = "http://kernels.test"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The program with a kernel whose functions call each other; no server of its own."""
    folder: Path = tmp_path_factory.mktemp("kernels")
    before = making.SET_STATE + making.CLOSE_STATE
    tree = making.tree(folder / "linux", making.split(), before=before)
    environment = {"WALKTHROUGH_EDITIONS": str(folder / "store")}
    assert CliRunner().invoke(main, ["import", str(tree)], env=environment).exit_code == 0
    return TestClient(create_app(settings=Settings(editions=folder / "store")), base_url=HOST)


@pytest.fixture
def page(browser: Browser, answers: TestClient) -> Iterator[Page]:
    def answer(route: Route) -> None:
        request, url = route.request, urlsplit(route.request.url)
        if url.path.endswith("/events"):
            # The room as it is; the browser asks again and again.
            state = answers.get(url.path.replace("/events", "/state")).text
            body = f"retry: 100\nevent: snapshot\ndata: {state}\n\n"
            route.fulfill(headers={"content-type": "text/event-stream"}, body=body)
            return
        sent = {
            name: value
            for name, value in request.headers.items()
            if name in ("content-type", "authorization")
        }
        address = f"{url.path}?{url.query}"
        got = answers.request(
            request.method, address, content=request.post_data_buffer, headers=sent
        )
        kept = {
            name: got.headers[name]
            for name in ("content-type", "content-security-policy")
            if name in got.headers
        }
        route.fulfill(status=got.status_code, headers=kept, body=got.content)

    problems: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.route("**/*", answer)
    yield context.new_page()
    context.close()
    assert problems == []


def test_one_goes_into_a_function_by_the_keyboard_and_out_again(page: Page) -> None:
    page.goto(f"{HOST}/tcp_close?state=CLOSE_WAIT")
    page.click("button.kernel")
    page.click("#texts a >> text=9.8.7")
    page.wait_for_url("**kernel=9.8.7**")
    expect(page.locator(".player [data-play]")).to_be_visible()
    page.click(".way-in >> nth=0")
    opened, spoken = page.locator(".callee.is-open"), page.locator(".player .spoken")
    expect(opened).to_have_id("tcp_close_state")
    page.focus("#player")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(spoken).to_contain_text("tcp_close_state(), line 7")
    page.keyboard.press("i")
    expect(opened).to_have_id("tcp_set_state")
    box, call = opened.bounding_box(), page.locator(".blocks .line[data-when=now]").bounding_box()
    assert box
    assert call
    assert box["y"] < call["y"] < box["y"] + box["height"]
    assert call["x"] < box["x"]
    inside: str = page.evaluate("location.href")
    page.keyboard.press("o")
    expect(opened).to_have_id("tcp_close_state")
    page.keyboard.press("o")
    expect(opened).to_have_count(0)
    expect(page).to_have_url(re.compile(f"step={inside.split('step=')[1].split('.')[0]}$"))
    page.goto(inside)
    expect(opened).to_have_id("tcp_set_state")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_the_function_is_a_sheet_above_the_player(page: Page, lang: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{HOST}/tcp_close?state=CLOSE_WAIT&kernel=9.8.7&lang={lang}")
    expect(page.locator(".player [data-play]")).to_be_visible()
    page.locator(".way-in").first.click()
    sheet, player = (
        page.locator(".callee.is-open").bounding_box(),
        page.locator(".player").bounding_box(),
    )
    call = page.locator(".blocks .line[data-when=now]").bounding_box()
    assert sheet
    assert player
    assert call
    assert call["y"] + call["height"] / 2 < sheet["y"]
    # Its last line can be had above the player.
    page.locator(".callee.is-open .line").last.scroll_into_view_if_needed()
    last = page.locator(".callee.is-open .line .no").last.bounding_box()
    assert last
    assert sheet["y"] < last["y"] < player["y"] - last["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.locator(".in-outs")).to_contain_text("Out of" if lang == "en" else "离开")


def test_a_class_sees_the_kernel_that_the_presenter_reads(page: Page) -> None:
    """The text is changed on the wall, without a load; who follows goes along, and back."""
    page.goto(f"{HOST}/tcp_close/present?state=CLOSE_WAIT#fin")
    expect(page.locator(".stage.is-ready")).to_be_visible()
    page.keyboard.press("r")
    page.click("[data-do=start-room]")
    code = page.locator(".big-code")
    expect(code).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    page.keyboard.press("Escape")
    phone = page.context.new_page()
    phone.goto(f"{HOST}/live/{code.inner_text().replace('-', '')}")
    expect(phone.locator(".audience.is-live")).to_be_visible()
    expect(phone.locator(".of-text")).to_have_count(0)
    page.evaluate("document.body.dataset.loaded = 'once'")
    page.keyboard.press("m")
    page.click(".situations-menu .texts >> text=9.8.7")
    page.wait_for_url("**kernel=9.8.7*")
    page.keyboard.press("s")
    for shown in (page, phone):
        expect(shown.locator(".of-text")).to_contain_text("Linux 9.8.7")
        expect(shown.locator(".slide.is-shown")).to_have_attribute("id", "fin")
    expect(page.locator(".cap-at")).to_contain_text("Step ")
    expect(phone.locator(".cap-at")).to_have_text(page.locator(".cap-at").inner_text())
    study = phone.locator(".study-link a")
    expect(study).to_have_attribute("href", re.compile(r"/fin\?state=CLOSE_WAIT&step=\d+&kernel="))
    # What can be asked is on the path of this text, and is asked of it.
    page.keyboard.press("v")
    page.locator(".asking [data-decision]:visible").first.click()
    expect(phone.locator(".vote .q-option")).to_have_count(2)
    page.keyboard.press("m")
    page.locator(".situations-menu .texts a").first.click()
    expect(phone.locator(".of-text")).to_have_count(0)
    assert page.evaluate("document.body.dataset.loaded") == "once"
