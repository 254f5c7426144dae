# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""This machine: its kernel, and what it lets the lab do."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from app.errors import LabError
from app.kernel.scenario import DEFAULT
from app.lab.left_out import LeftOut
from app.lab.plan import (
    CrossingSyn,
    FastOpen,
    Handshake,
    PeerSends,
    PeerVanishes,
    Plan,
    RouteMetric,
    SetOption,
)

_SYSCTLS: Final = Path("/proc/sys/net/ipv4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """`release` and `build` as uname has them (`-r`, `-v`)."""

    release: str
    build: str = ""

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The version for comparing, up to the patch level.

        Debian's release has 0 or the number of its binary interface where the patch level
        should be, and tells it in the build: `#1 SMP … Debian 6.1.192-3`.
        Raises LabError for what is no release.
        """
        for text in (*re.findall(r"Debian (\d+\.\d+\.\d+)", self.build), self.release):
            if match := re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text):
                return int(match[1]), int(match[2]), int(match[3] or 0)
        raise LabError("kernel", f"no version in {self.release}")

    @property
    def version(self) -> str:
        """Up to the patch level: `6.18.44`."""
        return ".".join(map(str, self.numbers))


def this_kernel() -> Kernel:
    """The running kernel. Raises LabError where it is not Linux."""
    if sys.platform != "linux":
        raise LabError("kernel", f"the lab needs Linux, and this is {sys.platform}")
    return Kernel(release=platform.release(), build=platform.version())


@cache
def best_namespace() -> str:
    """The first of `root`, `user`, `none` that works here; tried in a process of its own."""
    if os.geteuid() == 0 and _can_enter(as_user=False):
        return "root"
    return "user" if _can_enter(as_user=True) else "none"


def _can_enter(*, as_user: bool) -> bool:
    code = f"from app.lab.namespace import enter; enter(as_user={as_user})"
    try:
        done = subprocess.run(  # noqa: S603 our own interpreter, our own words
            [sys.executable, "-c", code],
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            timeout=20,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def without_namespace(plan: Plan, reads: frozenset[str]) -> LeftOut | None:
    """Why a plan cannot be performed on the loopback that everybody shares; None where it can."""
    if plan.inside:
        return LeftOut("needs-namespace")
    for act in plan.acts:
        match act:
            case (
                FastOpen() | CrossingSyn() | PeerVanishes() | RouteMetric() | PeerSends(again=True)
            ):
                return LeftOut("needs-namespace")
            case SetOption(name="TCP_REPAIR"):
                return LeftOut("needs-namespace")
            case Handshake(window=0):
                return LeftOut("needs-namespace")
    wanted = dict(plan.sysctls)
    if "fin_timeout" in reads:
        wanted.setdefault("tcp_fin_timeout", DEFAULT["fin_timeout"])
    for name, value in wanted.items():
        try:
            found = (_SYSCTLS / name).read_text().strip()
        except OSError:
            found = "?"
        if found != str(value):
            return LeftOut("needs-sysctl", {"name": name, "value": value, "found": found})
    return None
