# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Takes the pictures in docs/: `python -m tools.screenshots`, after the look has changed.

The program is started on a free port and looked at with the Chromium that the tests use. With names
of views only those are taken.
"""

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from benchmarks.servers import PROGRAM, REPOSITORY, running
from tools.chromium import find_chromium

FOLDER = REPOSITORY / "docs"
_WALK = "/tcp_close?state=CLOSE_WAIT&recv=300-fin"


@dataclass(frozen=True, slots=True)
class View:
    """A picture: its name, the address, and what is clicked before it is taken."""

    name: str
    address: str
    theme: Literal["light", "dark"] = "light"
    width: int = 1440
    height: int = 900
    clicks: tuple[str, ...] = ()


VIEWS = (
    View("study-light", f"{_WALK}&step=20"),
    View("study-dark", f"{_WALK}&step=20", theme="dark"),
    View("study-outcome", "/tcp_close?recv=300"),
    View("study-zh", "/tcp_close?linger=5&wait=ack&step=28&lang=zh"),
    View("study-phone", f"{_WALK}&step=16", width=390, height=844),
    View("socket-phone", _WALK, width=390, height=844, clicks=(".buttons > .to-socket",)),
    View("predict", "/tcp_close?recv=300&step=3", clicks=("[data-predict]", "[data-go=decision]")),
    View("symptoms", "/tcp_close/symptoms"),
    View("challenges", "/tcp_close/challenges"),
)


def take(chromium: Path, names: Collection[str]) -> None:
    """Write `docs/<name>.png` for each view that is named, or for all of them."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with running(*PROGRAM) as program, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for view in VIEWS:
            if names and view.name not in names:
                continue
            page = browser.new_page(
                viewport={"width": view.width, "height": view.height},
                color_scheme=view.theme,
                reduced_motion="reduce",
                locale="en",
            )
            _show(page, f"http://127.0.0.1:{program.port}{view.address}", view)
            page.screenshot(path=FOLDER / f"{view.name}.png", animations="disabled")
            page.close()
        browser.close()


def _show(page: Page, address: str, view: View) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if page.locator("walk-world").count():
        page.locator("walk-world:defined").wait_for(state="attached")
    for selector in view.clicks:
        page.locator(selector).click()
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit("no Chromium found")
    if unknown := set(sys.argv[1:]) - {view.name for view in VIEWS}:
        sys.exit(
            f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(v.name for v in VIEWS)}"
        )
    FOLDER.mkdir(exist_ok=True)
    take(found, sys.argv[1:])
