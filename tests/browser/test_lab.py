# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A server with a lab, in a browser: the button that runs a recipe, and the page that watches."""

import os
import re
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from app.lab.machine import best_namespace
from tests.browser.axe import findings
from tests.lab.conftest import left_out_here

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lab_server() -> Iterator[str]:
    """The address of a server that has a lab; told to end while a page still listens."""
    if sys.platform != "linux":
        left_out_here("this is not Linux, so there is no lab")
    quiet = ("--log-level", "warning")  # a request has no line, so a line is a fault
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--lab", "--port", "0", *quiet],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("The lab runs on Linux ")
    found = re.match(r"Serving on (http://\S+)/ ", process.stdout.readline())
    assert found
    yield found[1]
    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=300)
    assert log == ""


@pytest.fixture
def tab(browser: Browser, lab_server: str) -> Iterator[Page]:
    problems: list[str] = []
    context = browser.new_context(base_url=lab_server, locale="en", reduced_motion="reduce")
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda message: note(message, problems))
    yield context.new_page()
    context.close()
    assert problems == []


def note(message: ConsoleMessage, problems: list[str]) -> None:
    """Chromium logs an answer that refuses; that one is meant."""
    if message.type == "error" and "status of 403" not in message.text:
        problems.append(message.text)


def test_a_recipe_runs_and_two_ladders_stand_side_by_side(tab: Page) -> None:
    if best_namespace() == "none":
        left_out_here("no network namespace can be made here")
    tab.goto("/tcp_close/lab?recv=300")
    tab.get_by_role("button", name="Run it on this kernel").click()
    expect(tab.locator(".l-verdict")).to_contain_text("did what the model says")
    boxes = [figure.bounding_box() for figure in tab.locator(".l-ladders figure").all()]
    assert len({box["y"] for box in boxes if box}) == 1
    assert len({box["x"] for box in boxes if box}) == 2
    expect(tab.locator(".l-outcome")).to_be_focused()
    assert findings(tab) == []
    # The same again, from the keyboard; it is not done before it was seen to be at work.
    waiting: list[Route] = []

    def keep(route: Route) -> None:
        waiting.append(route)

    tab.route("**/lab/run", keep)
    tab.locator(".l-start").press("Enter")
    expect(tab.locator(".l-progress")).to_be_visible()
    waiting.pop().continue_()
    expect(tab.locator(".l-verdict")).to_be_visible()


def test_what_is_refused_is_said(tab: Page) -> None:
    tab.goto("/tcp_close/lab?recv=300")
    tab.locator("input[name=token]").evaluate("field => (field.value = 'x')")
    with tab.expect_response("**/lab/run") as answer:
        tab.get_by_role("button", name="Run it on this kernel").click()
    assert answer.value.status == 403
    expect(tab.locator(".l-said")).to_contain_text("Load it again.")


def test_rates_rise_where_closes_are_aborted(tab: Page) -> None:
    tab.goto("/tcp_close/watch")
    expect(tab.locator(".v-state")).to_have_text("Live, once a second.")
    tile = tab.locator(".v-tiles > [data-name=TcpExtTCPAbortOnClose]")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(3):
            peer = socket.create_connection(listener.getsockname())
            one, _ = listener.accept()
            peer.send(b"never read")
            one.recv(1, socket.MSG_PEEK)
            one.close()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()
    expect(tile.locator(".v-since dd")).not_to_have_text("0")
    expect(tab.locator("#heat-49 .value")).to_have_text(re.compile(r"^[\d.]+ /s$"))
    assert findings(tab) == []
