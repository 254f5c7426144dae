# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The ways in which kernels differ where the model stands in for their text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that was read off the tree: its value, and the line that says so.

    `file` is None where the tree does not say, and the value is what newer kernels have.
    """

    value: int | str | bool
    file: str | None = None
    line: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the modelled functions do in a kernel; as it stands, what they do in the own one.

    `timewait_ms` is how long TIME-WAIT lasts, None where the sysctl tcp_tw_timeout says so;
    `drops_request` whether tcp_disconnect removes the Fast Open request; `linger_bits` is the width
    of the product that the time to linger is stored as; `reasons` are what tcp_disconnect gives
    for its reset and for that with unsent data, empty where resets have no reason.
    """

    timewait_ms: int | None = None
    drops_request: bool = False
    linger_bits: int = 32
    reasons: tuple[str, ...] = ()
