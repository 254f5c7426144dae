# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How long a pasted text takes to be read."""

from __future__ import annotations

import time
from pathlib import Path

from app.pasted import read_pasted
from benchmarks.figures import Budget, Figure

PART = "pasted"
_TEXTS = Path(__file__).parent.parent / "tests" / "javascript" / "pasted"
_LENGTH = 256 * 1024


def measure(*, is_quick: bool = False) -> list[Figure]:
    """Milliseconds for the first text at all, and for 256 kB of the slowest kind of text."""
    first = _milliseconds("TcpOutRsts 5 0.0")
    texts = sorted(path.read_bytes().decode() for path in _TEXTS.glob("*.txt"))
    if is_quick:
        texts = texts[::20]
    whole = [(text * (_LENGTH // len(text) + 1))[:_LENGTH] for text in texts]
    # Other work only ever adds time.
    took = [min(_milliseconds(text) for _ in range(1 if is_quick else 3)) for text in whole]
    budget = Budget(100)
    return [
        Figure(PART, "the first text, which loads V8", first, "ms"),
        Figure(PART, f"256 kB of the slowest of {len(texts)} kinds", max(took), "ms", budget),
    ]


def _milliseconds(text: str) -> float:
    start = time.process_time()
    read_pasted(text)
    return (time.process_time() - start) * 1000
