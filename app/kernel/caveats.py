# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Caveats: why no real kernel can be in a scenario, each with its rule and its sentence.

Source: the receive path of Linux 4.19 (net/ipv4/tcp_input.c): tcp_fin leaves ESTABLISHED,
SYN_RECV, FIN_WAIT1 and FIN_WAIT2 in the same breath in which a FIN is queued, and a FIN
that is queued leaves the queue after all data before it; the FIN of this end, and so its ACK,
comes after all of its data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import Phrase
from app.kernel.inputs import MAX_SEGMENT_BYTES
from app.kernel.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """One reason why a scenario is only hypothetical."""

    code: str  # stable, for programs
    text: Phrase
    applies: Callable[[Scenario], bool]


def _has_fin(scenario: Scenario) -> bool:
    return any(segment.fin for segment in scenario["recv"])


CAVEATS: Final[Mapping[str, Caveat]] = {
    caveat.code: caveat
    for caveat in (
        Caveat(
            code="data-before-connection",
            text=Phrase("Only hypothetical: a socket in LISTEN or SYN_SENT has no data to read."),
            applies=lambda s: bool(s["recv"]) and s["state"] in {"LISTEN", "SYN_SENT"},
        ),
        Caveat(
            code="fin-without-transition",
            text=Phrase(
                "Only hypothetical: a FIN on the receive queue has already moved the socket on, "
                "to CLOSE_WAIT, CLOSING or TIME_WAIT."
            ),
            applies=lambda s: (
                _has_fin(s) and s["state"] in {"ESTABLISHED", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2"}
            ),
        ),
        Caveat(
            code="data-without-fin",
            text=Phrase(
                "Only hypothetical: in this state the peer's FIN has come, and it leaves the "
                "receive queue only after the data in front of it; the same data with the FIN is "
                "300-fin."
            ),
            applies=lambda s: (
                bool(s["recv"])
                and s["state"] in {"CLOSE_WAIT", "CLOSING", "LAST_ACK"}
                and not _has_fin(s)
            ),
        ),
        Caveat(
            code="data-after-fin",
            text=Phrase("Only hypothetical: nothing can follow the peer's FIN."),
            applies=lambda s: any(segment.fin for segment in s["recv"][:-1]),
        ),
        Caveat(
            code="beyond-window",
            text=Phrase(
                "Only hypothetical: no receive window holds more than 1 GiB, so so much can't be "
                "unread."
            ),
            applies=lambda s: sum(segment.bytes for segment in s["recv"]) > MAX_SEGMENT_BYTES,
        ),
        Caveat(
            code="read-beyond-queue",
            text=Phrase("Only hypothetical: no more can be read than was queued."),
            applies=lambda s: s["copied"] > sum(segment.bytes for segment in s["recv"]),
        ),
        Caveat(
            code="repair-on-listen",
            text=Phrase("Only hypothetical: a listening socket refuses TCP_REPAIR."),
            applies=lambda s: bool(s["repair"]) and s["state"] == "LISTEN",
        ),
        Caveat(
            code="children-without-listener",
            text=Phrase("Only hypothetical: only a listener has an accept queue."),
            applies=lambda s: bool(s["accept_queue"]) and s["state"] != "LISTEN",
        ),
        Caveat(
            code="fastopen-elsewhere",
            text=Phrase(
                "Only hypothetical: a Fast Open request is left over in SYN_RECV and FIN_WAIT1 "
                "alone."
            ),
            applies=lambda s: bool(s["fastopen"]) and s["state"] not in {"SYN_RECV", "FIN_WAIT1"},
        ),
        Caveat(
            code="pending-elsewhere",
            text=Phrase(
                "Only hypothetical: a listener has nothing to send, and in FIN_WAIT2 our FIN was "
                "acknowledged, so everything before it was sent."
            ),
            applies=lambda s: bool(s["pending"]) and s["state"] in {"LISTEN", "FIN_WAIT2"},
        ),
        Caveat(
            code="ack-before-fin",
            text=Phrase(
                "Only hypothetical: the ACK of our FIN can't come while data is unsent, "
                "because the FIN goes out after it."
            ),
            applies=lambda s: bool(s["pending"]) and "ack" in (*s["wait"], *s["backlog"]),
        ),
        Caveat(
            code="memory-without-data",
            text=Phrase(
                "Only hypothetical: only a socket with data queued is reset for want of memory, "
                "and here there can be none."
            ),
            # net/ipv4/tcp.c, tcp_out_of_memory(): more than SOCK_MIN_SNDBUF has to be queued.
            applies=lambda s: (
                bool(s["memory"] and not s["pending"])
                and (
                    s["state"] == "FIN_WAIT2"
                    or (s["state"] == "SYN_RECV" and not s["fastopen"])
                    or "ack" in (*s["wait"], *s["backlog"])
                )
            ),
        ),
    )
}


def is_hypothetical(scenario: Scenario) -> bool:
    """Whether no real kernel can be in the scenario."""
    return any(caveat.applies(scenario) for caveat in CAVEATS.values())


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
    for caveat in CAVEATS.values():
        values = _Noted(scenario.values)
        if caveat.applies(Scenario(values)):
            return frozenset(values.keys_read)
    return frozenset()


def caveats_of(scenario: Scenario) -> tuple[str, ...]:
    """The codes of the caveats that apply; empty where a real kernel can be in the scenario."""
    return tuple(code for code, caveat in CAVEATS.items() if caveat.applies(scenario))
