# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How the segments that a close sends are written, everywhere in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby


def counted(name: str, count: int) -> str:
    """`RST`, or `RST × 3`."""
    return f"{name} × {count}" if count > 1 else name


def segment_list(segments: Iterable[str]) -> str:
    """In order, equal ones counted: `FIN, RST × 2`; empty where there are none."""
    return ", ".join(counted(name, len([*run])) for name, run in groupby(segments))
