# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Takes the README's pictures: `python -m tools.screenshots`, after the look has changed.

The program is started on a free port and looked at with the Chromium that the tests use.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.servers import PROGRAM, REPOSITORY, running
from tools.chromium import find_chromium

ADDRESS = "/tcp_close?state=CLOSE_WAIT&recv=300-fin&step=20"
FOLDER = REPOSITORY / "docs"


def take(chromium: Path) -> None:
    """Write `docs/study-light.png` and `docs/study-dark.png`, 1440 by 900."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with running(*PROGRAM) as program, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for theme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": 1440, "height": 900},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
                locale="en",
            )
            page.goto(f"http://127.0.0.1:{program.port}{ADDRESS}")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"study-{theme}.png", animations="disabled")
        browser.close()


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit("no Chromium found")
    FOLDER.mkdir(exist_ok=True)
    take(found)
