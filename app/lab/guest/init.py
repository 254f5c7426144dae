# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The guest's first process: it makes the machine ready, has the worker obey, and ends the machine.

Its console is the first serial line; on the second it says what the worker says.
"""

from __future__ import annotations

import ctypes
import os
import sys
import termios
import traceback
import tty
from pathlib import Path
from typing import Final

#: Where the order is: what the worker reads, a line of JSON.
ORDER: Final = "/order"
#: Where kernel modules are, in the order of their names.
MODULES: Final = "/modules"
_ANSWERS: Final = "/dev/ttyS1"
_FINIT_MODULE: Final = 313
_RB_AUTOBOOT: Final = 0x01234567
_MOUNTS: Final = (
    ("devtmpfs", "/dev"),
    ("proc", "/proc"),
    ("sysfs", "/sys"),
    ("tracefs", "/sys/kernel/tracing"),
    ("tmpfs", "/tmp"),  # noqa: S108 the guest's own
    ("tmpfs", "/run"),
)

_libc: Final = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Do all of it; the machine is switched off at the end, whatever happens."""
    try:
        for kind, folder in _MOUNTS:
            # What a kernel lacks is told by the part of the lab that misses it.
            _libc.mount(kind.encode(), folder.encode(), kind.encode(), 0, None)
        for module in sorted(Path(MODULES).glob("*.ko")):
            with module.open("rb") as file:
                if _libc.syscall(_FINIT_MODULE, file.fileno(), b"", 0) != 0:
                    why = os.strerror(ctypes.get_errno())
                    sys.stderr.write(f"{module.name}: {why}\n")
        _work()
    except BaseException:
        traceback.print_exc()
    finally:
        _libc.reboot(_RB_AUTOBOOT)


def _work() -> None:
    """The worker, its order on a pipe that stays open, since it ends with its input."""
    answers = os.open(_ANSWERS, os.O_WRONLY | os.O_NOCTTY)
    tty.setraw(answers, termios.TCSANOW)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writing)
        os.dup2(reading, 0)
        os.dup2(answers, 1)
        from app.lab import worker

        worker.main()
        os._exit(0)
    os.close(reading)
    os.write(writing, Path(ORDER).read_bytes())
    # Orphans of the stages come here too.
    while os.wait()[0] != pid:
        pass
    termios.tcdrain(answers)
