# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Conditions: what a life depends on beside the scenario; how the peer behaves, and what governs.

They are inputs as those of a scenario are, in the same query: `peer=silent&orphan_retries=3`. What
is an input of the scenario already is taken from there: `linger2`, `fin_timeout`, `tw_timeout`,
`rto`, `pending`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.errors import Phrase
from app.kernel.inputs import ChoiceInput, Input, NumberInput, flag
from app.kernel.scenario import Values

#: closes: its program closes as soon as it reads the end of the data; sends: its program goes on
#: sending; shut-window: nobody reads, its kernel answers probes; shut-window-gone: its window is
#: shut, and nothing answers; reboots: switched off before it learns of our close, and back.
PEERS: Final = (
    "closes",
    "never-closes",
    "sends",
    "resets",
    "silent",
    "shut-window",
    "shut-window-gone",
    "reboots",
)
LIMITS: Final = ("none", "orphans", "memory", "buckets")
_DAY_MS: Final = 86_400_000
#: include/net/tcp.h, TCP_RTO_MIN.
_RTO_MIN_MS: Final = 200
_MS: Final = Phrase("{low} to {high} ms")

CONDITIONS: Final[Mapping[str, Input]] = {
    item.key: item
    for item in (
        ChoiceInput(key="peer", field="the other end", default="closes", tried=PEERS),
        NumberInput(
            key="after",
            field="the other end",
            tried=(0, 1000, 10_000),
            high=_DAY_MS,
            range=_MS,
        ),
        NumberInput(key="rtt", field="tp->srtt_us", tried=(0, 20, 150), high=60_000, range=_MS),
        flag("sack", "tcp_is_sack", default=1),
        NumberInput(
            key="orphan_retries",
            field="sysctl_tcp_orphan_retries",
            tried=(0, 1, 3),
            high=255,
        ),
        NumberInput(
            key="user_timeout",
            field="icsk->icsk_user_timeout",
            tried=(0, 5000, 30_000),
            high=_DAY_MS,
            range=_MS,
        ),
        NumberInput(
            key="rto_max",
            field="sysctl_tcp_rto_max_ms",
            default=120_000,
            tried=(120_000, 10_000, 1000),
            low=1000,
            high=120_000,
            range=_MS,
        ),
        NumberInput(
            key="keepalive",
            field="tp->keepalive_time",
            tried=(0, 30),
            high=32_767,
            range=Phrase("{low} to {high} seconds"),
        ),
        ChoiceInput(
            key="limit",
            field="tcp_check_oom, tcp_max_tw_buckets",
            default="none",
            tried=LIMITS,
        ),
        NumberInput(key="netns_ends", field="check_net", tried=(0, 5000), high=_DAY_MS, range=_MS),
    )
}


class Conditions(Values):
    """The chosen conditions of a life; `Conditions.parse` reads them of a query."""

    __slots__ = ()
    inputs = CONDITIONS

    def rto_ms(self, wanted: int) -> int:
        """The retransmission timeout of a life whose scenario wants another, in ms.

        None is less than the round trip and what it varies by; without a round trip, and so with
        one of less than a millisecond, a route's rto_min may allow any. Source:
        net/ipv4/tcp_input.c, tcp_rtt_estimator, tcp_set_rto.
        """
        least = min(self["rtt"] + _RTO_MIN_MS, self["rto_max"]) if self["rtt"] else 0
        return max(wanted, least)


#: As a page without any of the keys has them.
USUAL: Final = Conditions.default()
