# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Bundle of pages that are nearly the same: each line of text is there once.

A thousand sockets of a walkthrough fit into less than a megabyte; a page is the numbers of its
lines, and a browser puts it together without knowing what is in it.
"""

from __future__ import annotations

import gzip
import json
from typing import Any


class Bundle:
    """Pages by name; `facts` are written beside them."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self._lines: dict[str, int] = {}
        self._pages: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._pages)

    def add(self, name: str, html: str) -> None:
        """A page under its name."""
        self._pages[name] = self.runs(html)

    def runs(self, text: str) -> list[int]:
        """A text as runs of lines: first line, count, first line, count, and so on."""
        runs: list[int] = []
        for line in text.split("\n"):
            number = self._lines.setdefault(line, len(self._lines))
            if runs and number == runs[-2] + runs[-1]:
                runs[-1] += 1
            else:
                runs += [number, 1]
        return runs

    def encode(self) -> bytes:
        """Everything as JSON, compressed: hosts leave a file alone whose type they do not know."""
        whole = {"lines": list(self._lines), "pages": self._pages, **self.facts}
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        return gzip.compress(text.encode(), mtime=0)
