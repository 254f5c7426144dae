# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Places where the lab works: this machine's kernel, or a guest's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from app.errors import LabError
from app.lab.guest import emulator, files
from app.lab.guest.emulator import memory_file
from app.lab.guest.image import KernelImage
from app.lab.guest.init import MODULES
from app.lab.machine import Kernel, best_namespace, this_kernel

#: The worker's command; it has to be started in the program's own folder.
WORKER: Final = (sys.executable, "-m", "app.lab.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A kernel, and the command of a process that takes the worker's order there.

    `namespace` is one of `NAMESPACES` but `auto`. A disagreement, and a failure of the lab itself,
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


@contextmanager
def guest(image: KernelImage) -> Iterator[Place]:
    """A machine that boots an image for each order. Raises LabError where it cannot be made.

    One attempt is enough: another would give the same bytes.
    """
    emulator.qemu()
    modules = {f"{MODULES}/{n}.ko": image.modules[n] for n in sorted(image.modules)}
    try:
        with (
            memory_file(image.image) as kernel,
            memory_file(files.base(), files.archive(modules)) as initrd,
        ):
            yield Place(
                kernel=image.kernel,
                namespace="root",
                command=(sys.executable, "-m", "app.lab.guest.emulator", kernel, initrd),
                attempts=1,
                patience_s=emulator.LIMIT_S,
                is_guest=True,
            )
    except OSError as error:
        raise LabError("guest", f"the guest's files: {error.strerror or error}") from None
