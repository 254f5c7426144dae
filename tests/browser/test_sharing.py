# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Copying through the browser's clipboard, lines as code hosts have them, a frame elsewhere."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.reading import keep_what_is_said
from tests.conftest import OpenPage

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_block_is_copied_from_its_heading_by_keyboard(
    open_page: OpenPage, live_server: str
) -> None:
    page = open_page("/tcp_close?recv=300", **CLIPBOARD)
    keep_what_is_said(page)
    control = page.locator("#unread-data .notes > .copy-link")
    control.focus()
    page.keyboard.press("Enter")
    sheet = page.locator(".copy-sheet")
    expect(sheet).to_be_visible()
    button = sheet.locator("[data-form=link] button")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Copied")
    expect(sheet.locator("[role=status]")).to_contain_text("Copied")
    assert clipboard(page) == f"{live_server}/tcp_close/unread-data"
    mail = sheet.locator("[data-form=mail] button")
    mail.click()
    expect(mail).to_have_text("Copied")
    text = clipboard(page)
    assert "47 |     } else if (data_was_unread) {" in text
    assert text.endswith(f"{live_server}/tcp_close/unread-data\n")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(control).to_be_focused()


def test_a_page_without_tls_copies_too(open_page: OpenPage, live_server: str) -> None:
    page = open_page("/tcp_close?recv=300", **CLIPBOARD)
    # As at the address of a laptop in the lecture room: the browser offers no clipboard there.
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', {get() {}})")
    page.reload()
    keep_what_is_said(page)
    page.locator("#unread-data .notes > .copy-link").click()
    mail = page.locator(".copy-sheet [data-form=mail] button")
    mail.click()
    expect(mail).to_have_text("Copied")
    expect(mail).to_be_focused()
    expect(page.locator(".copy-sheet")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{live_server}/api")
    assert clipboard(other).endswith(f"{live_server}/tcp_close/unread-data\n")


def test_the_step_that_is_shown_is_copied(open_page: OpenPage, live_server: str) -> None:
    page = open_page("/tcp_close?recv=300", **CLIPBOARD)
    keep_what_is_said(page)
    page.locator(".player [data-go=forward]").click()
    page.locator(".player [data-go=forward]").click()
    expect(page).to_have_url(f"{live_server}/tcp_close?recv=300&step=2")
    page.locator(".extras [data-copy]").click()
    page.locator(".copy-sheet [data-form=link] button").click()
    expect(page.locator(".copy-sheet [data-form=link] button")).to_have_text("Copied")
    assert clipboard(page) == f"{live_server}/tcp_close?recv=300&step=2"


def test_lines_are_selected_as_on_a_code_host(open_page: OpenPage, live_server: str) -> None:
    page = open_page("/tcp_close")
    page.locator("#L42 .no").click()
    expect(page).to_have_url(f"{live_server}/tcp_close/L42")
    page.locator("#L45 .no").click(modifiers=["Shift"])
    expect(page).to_have_url(f"{live_server}/tcp_close/L42-L45")
    expect(page.locator(".line.is-focus")).to_have_count(4)
    expect(page.locator(".text > .copy-link")).to_have_count(1)


def test_a_fragment_of_lines_is_understood(open_page: OpenPage, live_server: str) -> None:
    page = open_page("/tcp_close#L20-L10")
    expect(page).to_have_url(f"{live_server}/tcp_close/L10-L20")
    expect(page.locator(".line.is-focus")).to_have_count(11)


def test_without_scripts_the_texts_are_on_a_page(open_page: OpenPage) -> None:
    page = open_page("/tcp_close/unread/true", java_script_enabled=False)
    page.locator("#unread-data .notes > .copy-link").click()
    expect(page.locator("textarea")).to_have_count(5)
    assert "47 |     } else if" in page.locator("[data-form=mail] textarea").input_value()
    expect(page.locator("button[data-copy]").first).to_be_hidden()


# A frame in a page of another origin


@pytest.fixture(scope="module")
def elsewhere(live_server: str) -> Iterator[str]:
    """The address of a page of another origin that has a frame of ours, and listens to it."""
    html = f"""<!doctype html><title>A blog</title>
        <iframe src="{live_server}/embed/tcp_close/unread/true?lang=en" width="700" height="300"
          title="ours"></iframe><iframe src="{live_server}/tcp_close" title="not ours"></iframe>
        <script>addEventListener("message", ({{ data, origin }}) => {{
          if (origin !== "{live_server}" || data.type !== "tcp_close:height") return;
          document.querySelector("iframe").height = data.height;
          document.body.dataset.told = data.height;
        }});</script>"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # By another name it is another site, too.
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def blog(browser: Browser, elsewhere: str) -> Iterator[Page]:
    context = browser.new_context(locale="en", color_scheme="light")
    context.set_default_timeout(300_000)
    page = context.new_page()
    page.goto(elsewhere)
    yield page
    context.close()


def test_a_frame_elsewhere_shows_steps_and_says_how_high_it_is(blog: Page) -> None:
    frame = blog.frame_locator("iframe[title=ours]")
    expect(frame.locator("h1")).to_have_text("Line 47, Unread data? true")
    expect(blog.locator("body[data-told]")).to_have_count(1)
    told = float(blog.locator("body").get_attribute("data-told") or 0)
    assert 200 < told < 900
    frame.locator("[data-go=forward]").click()
    expect(frame.locator(".where")).to_contain_text("Step 1 of 36")
    expect(frame.locator("[data-when=now]")).to_have_count(1)
    frame.locator("[data-go=decision]").click()
    expect(frame.locator("[data-when=now] .way")).to_have_text("false")
    # The reader's way back is not paved with steps.
    assert blog.evaluate("history.length") <= 2


def test_another_page_of_ours_cannot_be_framed(blog: Page) -> None:
    refused = blog.frame_locator("iframe[title='not ours']")
    expect(refused.locator("walk-through")).to_have_count(0)
