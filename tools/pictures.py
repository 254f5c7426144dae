# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Contact sheets of every page: `make pictures`, for a person to look at before a change ships.

Writes `pictures/<name>.png`, a sheet for each page state with its widths, themes and languages side
by side, into a folder that git ignores. With names only those are taken.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from benchmarks.servers import PROGRAM, REPOSITORY, running
from tools.chromium import find_chromium
from tools.page_states import PAGE_STATES, PageState, bring

FOLDER = REPOSITORY / "pictures"
#: What a window shows and a little below; a whole study page would be 20,000 pixels high.
_MOST_PIXELS_HIGH = 2200


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a page is looked at with."""

    width: int
    theme: Literal["light", "dark"]
    language: str
    has_scripts: bool = True

    @property
    def name(self) -> str:
        """For a file and for the caption: `390-dark-zh`."""
        scripts = "" if self.has_scripts else "-noscript"
        return f"{self.width}-{self.theme}-{self.language}{scripts}"


#: Each width, theme and language is there with each of the others at least once.
WINDOWS = (
    Window(width=1440, theme="light", language="en"),
    Window(width=1440, theme="dark", language="zh"),
    Window(width=1024, theme="dark", language="en"),
    Window(width=1440, theme="light", language="en", has_scripts=False),
    Window(width=390, theme="light", language="zh"),
    Window(width=390, theme="dark", language="en"),
)


def take(chromium: Path, names: Collection[str]) -> list[str]:
    """Write the sheets of the states that are named, or of all; gives what could not be taken."""
    FOLDER.mkdir(exist_ok=True)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    missed: list[str] = []
    with (
        tempfile.TemporaryDirectory() as rooms,
        tempfile.TemporaryDirectory() as single,
        running(*PROGRAM, "--data", rooms) as program,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        contexts = {window: _context(browser, window) for window in WINDOWS}
        host = f"http://127.0.0.1:{program.port}"
        for state in PAGE_STATES:
            if names and state.name not in names:
                continue
            taken: list[tuple[str, Path]] = []
            for window in _windows(state):
                file = Path(single) / f"{state.name}-{window.name}.png"
                try:
                    _picture(contexts[window], host, state, window, file)
                except Error as error:
                    missed.append(f"{state.name} at {window.name}: {error.message.splitlines()[0]}")
                else:
                    taken.append((window.name, file))
            _sheet(browser, state, taken)
        browser.close()
    return missed


def _windows(state: PageState) -> Iterator[Window]:
    for window in WINDOWS:
        if window.width < 1000 and state.is_wide_only:
            continue
        if not window.has_scripts and (state.clicks or state.keys or state.fills or state.awaited):
            continue
        yield window


def _context(browser: Browser, window: Window) -> BrowserContext:
    return browser.new_context(
        viewport={"width": window.width, "height": 844 if window.width < 1000 else 900},
        color_scheme=window.theme,
        reduced_motion="reduce",
        locale="zh-CN" if window.language == "zh" else "en",
        java_script_enabled=window.has_scripts,
    )


def _picture(
    context: BrowserContext, host: str, state: PageState, window: Window, file: Path
) -> None:
    page = context.new_page()
    try:
        bring(page, host, state)
        high = min(int(page.evaluate("() => document.body.scrollHeight")), _MOST_PIXELS_HIGH)
        if not (state.keys or state.clicks) and "#" not in state.address:
            page.set_viewport_size({"width": window.width, "height": max(high, 600)})
        page.screenshot(path=file, animations="disabled")
    finally:
        page.close()


def _sheet(browser: Browser, state: PageState, taken: list[tuple[str, Path]]) -> None:
    """One picture of all windows of a state, each under its name."""
    figures = "".join(
        f'<figure><figcaption>{escape(name)}</figcaption><img src="{file.as_uri()}"></figure>'
        for name, file in taken
    )
    page = browser.new_page(viewport={"width": 3000, "height": 800})
    sheet = taken[0][1].with_suffix(".html") if taken else None
    if sheet is not None:
        sheet.write_text(
            "<style>body{font:20px sans-serif;background:#888;display:flex;gap:16px}"
            "figure{margin:0;flex:0 1 auto}img{max-width:100%;max-height:2000px}</style>"
            f"<title>{escape(state.address)}</title>{figures}",
            encoding="utf-8",
        )
        page.goto(sheet.as_uri())
        page.screenshot(path=FOLDER / f"{state.name}.png", full_page=True)
    page.close()


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit("no Chromium found")
    known = {state.name for state in PAGE_STATES}
    if unknown := set(sys.argv[1:]) - known:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    problems = take(found, sys.argv[1:])
    print("\n".join(problems) or f"all taken, in {FOLDER}/")
    sys.exit(bool(problems))
