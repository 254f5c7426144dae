# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How long the page takes for a step of the player, on a processor that is four times slower."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.figures import Budget, Figure
from benchmarks.servers import PROGRAM, running
from tools.chromium import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

PART = "steps"
#: A reset, and one of the longest walks.
PATHS = ("/tcp_close?recv=300", "/tcp_close?linger=5&wait=fin-ack&recv=fin")
_SLOWER = 4
_FRAME = Budget(16)

#: Every step once, each in a frame of its own and with its layout made at once. It is called by the
#: timer itself: Chromium counts no script that goes on after `await`.
_WALK = """async (count) => {
    const walk = document.querySelector("walk-through");
    for (let step = 1; step <= count; step++) {
        await new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
            walk.go(step);
            document.body.getBoundingClientRect();
            done();
        })));
    }
}"""
_WORK = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")


def measure(*, is_quick: bool = False) -> list[Figure]:
    """The mean step with the dock open; nothing where there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        return []
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    rounds: list[float] = []
    with running(*PROGRAM) as program, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for path in PATHS[: 1 if is_quick else None]:
            with walking(browser, program.port, path, most=6 if is_quick else None) as walk:
                rounds += [walk() for _ in range(1 if is_quick else 5)]
        browser.close()
    name = f"a step, processor {_SLOWER} times slower"
    return [
        Figure(PART, f"{name}, median of the rounds", statistics.median(rounds), "ms", _FRAME),
        Figure(PART, f"{name}, slowest round", max(rounds), "ms"),
    ]


@contextmanager
def walking(
    browser: Browser, port: int, path: str, *, most: int | None = None
) -> Iterator[Callable[[], float]]:
    """A function that walks the page's path, or its first `most` steps: milliseconds a step."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://127.0.0.1:{port}{path}")
    page.wait_for_selector("walk-world:defined", state="attached")
    page.wait_for_load_state("networkidle")
    chrome = page.context.new_cdp_session(page)
    chrome.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    chrome.send("Performance.enable", {"timeDomain": "threadTicks"})
    # The first step looks the nodes up and opens the dock.
    page.evaluate(_WALK, 1)
    count = most or page.locator("#steps > li").count()

    def walk() -> float:
        before = _work_seconds(chrome)
        page.evaluate(_WALK, count)
        return (_work_seconds(chrome) - before) / count * 1000

    yield walk
    page.close()


def _work_seconds(chrome: CDPSession) -> float:
    """Processor time that the page's thread has used so far for scripts, styles and layout."""
    metrics = chrome.send("Performance.getMetrics")["metrics"]
    seconds: float = sum(metric["value"] for metric in metrics if metric["name"] in _WORK)
    return seconds
