# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Takes the pictures in docs/: `python -m tools.screenshots`, after the look has changed.

The program is started on a free port and looked at with the Chromium that the tests use. With names
of views only those are taken.
"""

import os
import socket
import struct
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.servers import PROGRAM, REPOSITORY, running
from tools.chromium import find_chromium

FOLDER = REPOSITORY / "docs"
_WALK = "/tcp_close?state=CLOSE_WAIT&recv=300-fin"


@dataclass(frozen=True, slots=True)
class View:
    """A picture: its name, the address, and what is clicked before it is taken.

    `awaited` is there when it may be taken; `has_traffic` says that closes are aborted meanwhile.
    """

    name: str
    address: str
    theme: Literal["light", "dark"] = "light"
    width: int = 1440
    height: int = 900
    clicks: tuple[str, ...] = ()
    awaited: str | None = None
    has_traffic: bool = False


VIEWS = (
    View("study-light", f"{_WALK}&step=20"),
    View("study-dark", f"{_WALK}&step=20", theme="dark"),
    View("study-outcome", "/tcp_close?recv=300"),
    View("study-zh", "/tcp_close?linger=5&wait=ack&step=28&lang=zh"),
    View("study-phone", f"{_WALK}&step=16", width=390, height=844),
    View("socket-phone", _WALK, width=390, height=844, clicks=(".buttons > .to-socket",)),
    View("predict", "/tcp_close?recv=300&step=3", clicks=("[data-predict]", "[data-go=decision]")),
    View("symptoms", "/tcp_close/symptoms"),
    View("atlas", "/tcp_close/atlas?branch=needs-fin/true"),
    View("compare", "/tcp_close/compare?a=recv:300&b=default"),
    View("challenges", "/tcp_close/challenges"),
    View("lab", "/tcp_close/lab?recv=300", clicks=(".l-start",), awaited=".l-result"),
    View("watch", "/tcp_close/watch", awaited="[data-busy]", has_traffic=True),
)
#: A class in the middle of a vote: its wall, and a phone.
WALL = View("present", "/tcp_close/present?state=CLOSE_WAIT&recv=300-fin#unread-data", height=810)
PHONE = View("live-phone", "", width=390, height=844)
NAMES = tuple(view.name for view in (*VIEWS, WALL, PHONE))


def take(chromium: Path, names: Collection[str]) -> None:
    """Write `docs/<name>.png` for each view that is named, or for all of them."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        tempfile.TemporaryDirectory() as rooms,
        running(*PROGRAM, "--lab", "--data", rooms) as program,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        host = f"http://127.0.0.1:{program.port}"
        for view in VIEWS:
            if not names or view.name in names:
                page = _tab(browser, view)
                _show(page, f"{host}{view.address}", view)
                _save(page, view)
                page.close()
        if not names or {WALL.name, PHONE.name} & set(names):
            _take_class(browser, host)
        browser.close()


def _take_class(browser: Browser, host: str) -> None:
    wall, phones = _tab(browser, WALL), [_tab(browser, PHONE) for _ in range(3)]
    _show(wall, f"{host}{WALL.address}", WALL)
    wall.locator("[data-do=room]").click()
    wall.locator("[data-do=start-room]").click()
    code = wall.locator(".big-code")
    code.wait_for()
    wall.keyboard.press("Escape")
    for phone in phones:
        phone.goto(f"{host}/live/{code.inner_text().replace('-', '')}")
        phone.locator(".audience.is-live").wait_for()
    wall.keyboard.press("v")
    wall.locator("[data-decision=unread]").click()
    for phone, way in zip(phones, ("true", "false", "true"), strict=True):
        phone.locator(f".q-option[value={way}]").click()
        phone.wait_for_load_state("networkidle")
    wall.get_by_text("Votes: 3").wait_for()
    _save(phones[0], PHONE)
    for part in ("close-vote", "reveal"):
        wall.locator(f".ballot [data-do={part}]").click()
        wall.locator(f".ballot [data-do={part}]").wait_for(state="hidden")
    wall.mouse.move(0, 0)
    _save(wall, WALL)


def _tab(browser: Browser, view: View) -> Page:
    return browser.new_page(
        viewport={"width": view.width, "height": view.height},
        color_scheme=view.theme,
        reduced_motion="reduce",
        locale="en",
    )


def _save(page: Page, view: View) -> None:
    page.screenshot(path=FOLDER / f"{view.name}.png", animations="disabled")


def _show(page: Page, address: str, view: View) -> None:
    page.goto(address)
    if view.has_traffic:
        # What the page shows are rates, which take their time.
        for second in range(12):
            _abort(2 + second * 5 % 7)
            page.wait_for_timeout(1000)
    else:
        page.wait_for_load_state("networkidle")
    if page.locator("walk-world").count():
        page.locator("walk-world:defined").wait_for(state="attached")
    for selector in view.clicks:
        page.locator(selector).click()
    if view.awaited is not None:
        page.locator(view.awaited).first.wait_for()
    if not view.has_traffic:
        page.wait_for_load_state("networkidle")


def _abort(times: int) -> None:
    """Closes over loopback with unread data, and every third by SO_LINGER 0."""
    at_once = struct.pack("ii", 1, 0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for number in range(times):
            peer = socket.create_connection(listener.getsockname())
            one, _ = listener.accept()
            if number % 3 == 2:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            else:
                peer.send(b"never read")
                one.recv(1, socket.MSG_PEEK)
            one.close()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            peer.close()


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit("no Chromium found")
    if unknown := set(sys.argv[1:]) - set(NAMES):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    FOLDER.mkdir(exist_ok=True)
    take(found, sys.argv[1:])
