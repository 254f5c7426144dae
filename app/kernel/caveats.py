# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Caveats: why no real kernel can be in a scenario, each a rule.

What each says is in `content/words/caveats.yaml`.

Source: the receive path of Linux 4.19 (net/ipv4/tcp_input.c): tcp_fin leaves ESTABLISHED,
SYN_RECV, FIN_WAIT1 and FIN_WAIT2 in the same breath in which a FIN is queued, and a FIN
that is queued leaves the queue after all data before it; the FIN of this end, and so its ACK,
comes after all of its data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.kernel.inputs import MAX_SEGMENT_BYTES
from app.kernel.scenario import Scenario


def _has_fin(scenario: Scenario) -> bool:
    return any(segment.fin for segment in scenario["recv"])


#: Whether each applies, by its code, which is stable, for programs.
CAVEATS: Final[Mapping[str, Callable[[Scenario], bool]]] = {
    "data-before-connection": lambda s: bool(s["recv"]) and s["state"] in {"LISTEN", "SYN_SENT"},
    "fin-without-transition": lambda s: (
        _has_fin(s) and s["state"] in {"ESTABLISHED", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2"}
    ),
    "data-without-fin": lambda s: (
        bool(s["recv"]) and s["state"] in {"CLOSE_WAIT", "CLOSING", "LAST_ACK"} and not _has_fin(s)
    ),
    "data-after-fin": lambda s: any(segment.fin for segment in s["recv"][:-1]),
    "beyond-window": lambda s: sum(segment.bytes for segment in s["recv"]) > MAX_SEGMENT_BYTES,
    "read-beyond-queue": lambda s: s["copied"] > sum(segment.bytes for segment in s["recv"]),
    "repair-on-listen": lambda s: bool(s["repair"]) and s["state"] == "LISTEN",
    "children-without-listener": lambda s: bool(s["accept_queue"]) and s["state"] != "LISTEN",
    "fastopen-elsewhere": lambda s: (
        bool(s["fastopen"]) and s["state"] not in {"SYN_RECV", "FIN_WAIT1"}
    ),
    "pending-elsewhere": lambda s: bool(s["pending"]) and s["state"] in {"LISTEN", "FIN_WAIT2"},
    "ack-before-fin": lambda s: bool(s["pending"]) and "ack" in (*s["wait"], *s["backlog"]),
    # net/ipv4/tcp.c, tcp_out_of_memory(): more than SOCK_MIN_SNDBUF has to be queued.
    "memory-without-data": lambda s: (
        bool(s["memory"] and not s["pending"])
        and (
            s["state"] == "FIN_WAIT2"
            or (s["state"] == "SYN_RECV" and not s["fastopen"])
            or "ack" in (*s["wait"], *s["backlog"])
        )
    ),
}


def is_hypothetical(scenario: Scenario) -> bool:
    """Whether no real kernel can be in the scenario."""
    return any(applies(scenario) for applies in CAVEATS.values())


class _Noted(dict[str, Any]):
    """Values that note which of them are read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.keys_read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.keys_read.add(key)
        return super().__getitem__(key)


def keys_of_caveat(scenario: Scenario) -> frozenset[str]:
    """The inputs one of which has to be another for the first caveat not to apply; maybe none."""
    for applies in CAVEATS.values():
        values = _Noted(scenario.values)
        if applies(Scenario(values)):
            return frozenset(values.keys_read)
    return frozenset()


def caveats_of(scenario: Scenario) -> tuple[str, ...]:
    """The codes of the caveats that apply; empty where a real kernel can be in the scenario."""
    return tuple(code for code, applies in CAVEATS.items() if applies(scenario))
