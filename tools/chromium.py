# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Finds a Chromium for the browser tests. As a command it prints the path, or fails."""

import shutil
import subprocess
import sys
from pathlib import Path

#: The first has no windows, and needs half of the time: where it is there, it is taken.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
_PLAYWRIGHTS_OWN = (
    "chromium_headless_shell-*/*/*headless*shell",
    "chromium-*/chrome-linux*/chrome",
)


def find_chromium() -> Path | None:
    """The system's Chromium, else one that Playwright downloaded, else None.

    Each candidate is started once: on Ubuntu `chromium-browser` may be a script that only says
    which snap to install.
    """
    found = [Path(path) for name in NAMES if (path := shutil.which(name))]
    cache = Path.home() / ".cache" / "ms-playwright"
    found += [path for pattern in _PLAYWRIGHTS_OWN for path in sorted(cache.glob(pattern))]
    return next((path for path in found if _starts(path)), None)


def _starts(path: Path) -> bool:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"Chrom" in answer.stdout


if __name__ == "__main__":
    chromium = find_chromium()
    print(chromium or "no Chromium found", file=sys.stdout if chromium else sys.stderr)
    sys.exit(chromium is None)
