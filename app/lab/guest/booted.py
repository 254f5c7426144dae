# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Guest as a place for the lab; not in the module of places, which every server loads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import LabError
from app.lab.guest import emulator, files
from app.lab.guest.emulator import memory_file
from app.lab.guest.image import KernelImage
from app.lab.guest.init import MODULES
from app.lab.place import Place


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
