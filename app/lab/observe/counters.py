# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The TCP counters of this process's network namespace.

Source: /proc/net/snmp and /proc/net/netstat: a line of names, then a line of numbers, by group.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.errors import LabError

_FILES: Final = (Path("/proc/thread-self/net/snmp"), Path("/proc/thread-self/net/netstat"))
_GROUPS: Final = frozenset({"Tcp", "TcpExt"})


def read_counters() -> dict[str, int]:
    """Every counter of the groups Tcp and TcpExt, without its group's name. Raises LabError."""
    try:
        return {
            name: value
            for path in _FILES
            for name, value in parse_counters(path.read_text()).items()
        }
    except OSError as error:
        raise LabError("counters", f"{error.filename}: {error.strerror}") from None


def parse_counters(text: str) -> dict[str, int]:
    """The counters in the text of one of the two files."""
    found: dict[str, int] = {}
    lines = text.splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=False):
        group, _, rest = names.partition(":")
        if group in _GROUPS:
            numbers = values.partition(":")[2].split()
            found.update(zip(rest.split(), map(int, numbers), strict=True))
    return found


def change(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """What was counted in between; counters that stayed the same are left out."""
    return {
        name: value - before.get(name, 0)
        for name, value in after.items()
        if value != before.get(name, 0)
    }
