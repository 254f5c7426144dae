# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Known differences of newer kernels from the one whose source is shown (4.19).

A difference counts as explained, never as agreement. Each says since which versions, for which
scenarios, and what is observed then; anything else stays a disagreement.

Source: net/core/sock.c (SO_LINGER) and net/ipv4/tcp.c (the others) of those versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.i18n import marked
from app.kernel.inputs import Segment
from app.kernel.scenario import Scenario

#: Major and minor number, and patch level.
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A known difference: `reason` is English, for the catalogues.

    `since` is mainline's first version with it; `stable` are those to which it was carried over,
    each the first of its series.
    """

    id: str
    since: Version
    reason: str
    stable: tuple[Version, ...] = ()

    @property
    def versions(self) -> str:
        """Since when it is there: `Linux 6.18 (6.1.158, 6.12.57)`."""
        texts = [
            ".".join(map(str, version)).removesuffix(".0") for version in (self.since, *self.stable)
        ]
        return f"Linux {texts[0]}" + (f" ({', '.join(texts[1:])})" if self.stable else "")

    def is_in(self, kernel: Version) -> bool:
        """Whether a kernel has it."""
        return kernel >= self.since or any(
            first[:2] == kernel[:2] and kernel >= first for first in self.stable
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    """`applies` says for which scenarios; `observed` whether that is what is seen then."""

    difference: Difference
    applies: Callable[[Scenario], bool]
    observed: Callable[[Mapping[str, Any]], bool]


def is_sent_again(scenario: Scenario) -> bool:
    """Whether the one segment of the queue has a FIN, and data that was all read."""
    return bool(scenario["recv"] == (Segment(scenario["copied"], True),))


#: include/net/tcp.h of newer kernels: TCP_FIN_TIMEOUT_MAX, in seconds.
_LINGER2_CAP: Final = 120
_HZ_4_19: Final = 1000

DIFFERENCES: Final[tuple[_Rule, ...]] = (
    _Rule(
        Difference(
            "linger-64-bit",
            (6, 6, 0),
            marked(
                "l_linger in jiffies no longer wraps at 32 bits: what was 0 for 4.19 is a very "
                "long time here, and close() sleeps."
            ),
            stable=((6, 1, 55),),
        ),
        lambda s: s["linger"] is not None and not 0 <= s["linger"] * _HZ_4_19 < 1 << 32,
        lambda seen: seen["sleep"] == "whole-time",
    ),
    _Rule(
        Difference(
            "already-read",
            (6, 18, 0),
            marked(
                "what the program has read already is not unread, even if it came again and still "
                "sits in the queue, so that close() sends a FIN and no RST."
            ),
            stable=((6, 1, 158), (6, 12, 57)),
        ),
        is_sent_again,
        lambda seen: not seen["counters"].get("TCPAbortOnClose"),
    ),
    _Rule(
        Difference(
            "linger2-cap",
            (5, 7, 0),
            marked(
                "setsockopt() stores at most 120 s for TCP_LINGER2 (4.19 stored 0, and so the "
                "sysctl, for a value above the sysctl), so the socket stays 60 s on the timer."
            ),
        ),
        lambda s: s["linger2"] > _LINGER2_CAP,
        lambda seen: seen["left"] == "FIN_WAIT2" and abs((seen["timer_ms"] or 0) - 60_000) < 2000,
    ),
)
"""All known differences; each is told by its own observation, not by its scenario alone."""


def differences(scenario: Scenario) -> tuple[Difference, ...]:
    """The known differences that a scenario may show."""
    return tuple(rule.difference for rule in DIFFERENCES if rule.applies(scenario))


def explanation(scenario: Scenario, seen: Mapping[str, Any], kernel: Version) -> Difference | None:
    """The known difference that explains what was seen (by check); None where there is none."""
    for rule in DIFFERENCES:
        if rule.difference.is_in(kernel) and rule.applies(scenario) and rule.observed(seen):
            return rule.difference
    return None
