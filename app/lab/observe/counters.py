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

_FILES: Final = ("snmp", "netstat")
_GROUPS: Final = frozenset({"Tcp", "TcpExt"})


def read_counters(process: int | None = None) -> dict[str, int]:
    """Every counter of the groups Tcp and TcpExt, without its group's name. Raises LabError.

    They are those of this thread's network namespace, or of that which a process is in.
    """
    folder = Path("/proc", "thread-self" if process is None else str(process), "net")
    try:
        return {
            name: value
            for file in _FILES
            for name, value in parse_counters((folder / file).read_text()).items()
        }
    except OSError as error:
        raise LabError("counters", f"{error.filename}: {error.strerror}") from None


def read_sockets(process: int | None = None) -> dict[str, int]:
    """How many TCP sockets there are: `in use`, `orphans` (of the whole host), `in TIME_WAIT`.

    Source: net/ipv4/proc.c, sockstat_seq_show. Nothing where it cannot be read.
    """
    folder = Path("/proc", "thread-self" if process is None else str(process), "net")
    try:
        lines = (folder / "sockstat").read_text().splitlines()
    except OSError:
        return {}
    words = next((line.split() for line in lines if line.startswith("TCP:")), [])
    told = dict(zip(words[1::2], words[2::2], strict=False))
    names = {"inuse": "in use", "orphan": "orphans", "tw": "in TIME_WAIT"}
    return {name: int(told[key]) for key, name in names.items() if key in told}


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
