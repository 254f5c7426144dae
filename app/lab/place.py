# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Places where the lab works: a kernel, and a process that takes orders there."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

from app.lab.machine import Kernel, best_namespace, this_kernel

#: The worker's command; it has to be started in the program's own folder.
WORKER: Final = (sys.executable, "-m", "app.lab.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A kernel, and the command of a process that takes the worker's order there.

    `namespace` is `root`, `user` or `none`. A disagreement, and a failure of the lab itself,
    is looked at `attempts` times before it is believed. A worker that has said nothing for
    `patience_s`, besides what close() sleeps, has gone astray. The whole machine of a guest is the
    lab's, so that its limits may be met.
    """

    kernel: Kernel
    namespace: str
    command: tuple[str, ...] = WORKER
    attempts: int = 3
    patience_s: float = 30.0
    is_guest: bool = False


def here(namespace: str = "auto") -> Place:
    """This machine; `auto` tries what it allows. Raises LabError where it is not Linux."""
    kernel = this_kernel()
    return Place(kernel=kernel, namespace=best_namespace() if namespace == "auto" else namespace)
