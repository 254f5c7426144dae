# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How long the export of the site as files takes, and how large it is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Budget, Figure

PART = "export"


def measure() -> list[Figure]:
    """Seconds on the wall, start of the program included; megabytes and files of the folder."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "app", "export", str(site), "--quiet"],
            check=True,
            capture_output=True,
        )
        seconds = time.perf_counter() - started
        files = [path for path in site.rglob("*") if path.is_file()]
        megabytes = sum(path.stat().st_size for path in files) / 1e6
    return [
        Figure(PART, "time", seconds, "s", Budget(60)),
        Figure(PART, "size", megabytes, "MB", Budget(25)),
        Figure(PART, "files", len(files), ""),
    ]
