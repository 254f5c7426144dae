# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How long a card takes that nobody has asked for yet, how large it is, how much a frame loads."""

from __future__ import annotations

import gzip
import re
import statistics
import time
from urllib.parse import urljoin

from benchmarks.figures import Budget, Figure
from benchmarks.servers import PROGRAM, Server, running

PART = "sharing"
_KB = 1000
_PLACES = ("unread/true", "drain", "L23-L30", "in-fin-wait2/false", "limits")


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Cold cards in both languages, and frames with all that they load."""
    places = _PLACES[: 2 if is_quick else None]
    with running(*PROGRAM) as program:
        # The first card of all loads the library.
        program.get("/card/index.png")
        times, sizes = [], []
        for place in places:
            for lang in ("en", "zh"):
                start = time.perf_counter()
                card = program.get(f"/card/tcp_close/{place}.png?lang={lang}")
                times.append(time.perf_counter() - start)
                sizes.append(len(card.body))
        frames = [_frame(program, f"/embed/tcp_close/{place}") for place in places]
    return [
        Figure(PART, "cold card, median", statistics.median(times) * 1000, "ms", Budget(300)),
        Figure(PART, "largest card", round(max(sizes) / _KB, 1), "kB", Budget(200)),
        Figure(PART, "largest frame and what it loads", max(frames) / _KB, "kB", Budget(30)),
    ]


def _frame(program: Server, path: str) -> int:
    """The bytes of a frame, its sheets and its script, as they travel."""
    page = program.get(path)
    is_small = page.headers.get("content-encoding") == "gzip"
    text = (gzip.decompress(page.body) if is_small else page.body).decode()
    loaded = re.findall(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"', text)
    return len(page.body) + sum(len(program.get(urljoin(path, name)).body) for name in loaded)
