# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Numbers of the states; apart from other constants, since the lab's worker needs no machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: include/net/tcp_states.h
STATE_NUMBERS: Final[Mapping[str, int]] = {
    "ESTABLISHED": 1,
    "SYN_SENT": 2,
    "SYN_RECV": 3,
    "FIN_WAIT1": 4,
    "FIN_WAIT2": 5,
    "TIME_WAIT": 6,
    "CLOSE": 7,
    "CLOSE_WAIT": 8,
    "LAST_ACK": 9,
    "LISTEN": 10,
    "CLOSING": 11,
    "NEW_SYN_RECV": 12,
}
STATE_NAMES: Final[Mapping[int, str]] = {number: name for name, number in STATE_NUMBERS.items()}
