# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What no recipe does, because it would hurt others or because no program can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.kernel.scenario import Scenario
from app.lab.left_out import LeftOut

#: The first window that a socket offers is not smaller than this.
MOST_UNREAD: Final = 32_000

LIMITS: Final[tuple[tuple[str, Callable[[Scenario], bool]], ...]] = (
    ("orphans", lambda s: bool(s["orphans"])),
    ("memory", lambda s: bool(s["memory"])),
    ("netns", lambda s: s["netns"] != "alive"),
)
"""The inputs that are left out, by the code of the reason."""


def refusal(scenario: Scenario) -> LeftOut | None:
    """Why a scenario is left out; None where a recipe may try."""
    for code, applies in LIMITS:
        if applies(scenario):
            return LeftOut(code)
    if sum(segment.bytes for segment in scenario["recv"]) > MOST_UNREAD:
        return LeftOut("recv-too-much", {"limit": MOST_UNREAD})
    return None
