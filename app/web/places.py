# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a permalink points at."""

from __future__ import annotations

from dataclasses import dataclass

from app.walkthrough.records import Block, Decision


@dataclass(frozen=True, slots=True)
class Focus:
    """What a permalink points at: `place` as in the address, and the lines it marks."""

    kind: str
    place: str
    start: int
    end: int
    decision: Decision | None = None
    taken: bool | None = None
    block: Block | None = None
