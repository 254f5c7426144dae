# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The emulator: `python -m app.lab.guest.emulator IMAGE INITRD`, a worker whose kernel is another.

It takes the order that a worker takes, boots the image, and answers what the worker in the guest
answers. It ends when its input ends, and qemu with it, however that happens.

The guest's clock counts instructions, and what the guest idles away is skipped. So a busy host
changes nothing, a minute of waiting costs nothing, and two runs give the same bytes; but for a
microsecond of one time, seen in one run of some twenty.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.errors import LabError
from app.lab.guest.files import archive
from app.lab.guest.init import ORDER
from app.lab.namespace import die_with_parent

QEMU: Final = "qemu-system-x86_64"
INSTALL: Final = "sudo apt-get install --no-install-recommends qemu-system-x86"
#: No order takes longer, by the host's clock.
LIMIT_S: Final = 900.0
_MEMORY_MB: Final = 512
#: Two nanoseconds an instruction.
_MACHINE: Final = (
    *("-accel", "tcg,thread=single", "-icount", "shift=1,sleep=off"),
    *("-rtc", "base=2026-01-01,clock=vm", "-smp", "1", "-cpu", "max,-rdrand,-rdseed"),
    *("-M", "pc", "-m", str(_MEMORY_MB), "-nodefaults", "-no-user-config", "-no-reboot"),
    *("-display", "none"),
)
#: The last word of a command line goes to the first process as its environment.
_WORDS: Final = (
    "console=ttyS0 panic=-1 quiet nokaslr norandmaps random.trust_cpu=off mitigations=off "
    "tsc=reliable no_timer_check lpj=4000000 acpi=off selinux=0 apparmor=0 audit=0 "
    "cryptomgr.notests reboot=t PYTHONHASHSEED=0"
)


def qemu() -> str:
    """The emulator's path. Raises LabError, with the command that installs it."""
    found = shutil.which(QEMU)
    if found is None:
        raise LabError("guest", f"{QEMU} is missing. On Debian and Ubuntu: {INSTALL}")
    return found


@contextmanager
def memory_file(*parts: bytes) -> Iterator[str]:
    """The path of a file that is nowhere but in memory, and goes with this process however it ends.

    Raises OSError.
    """
    file = os.memfd_create("lab")
    try:
        with os.fdopen(file, "wb", closefd=False) as opened:
            opened.writelines(parts)
        yield f"/proc/{os.getpid()}/fd/{file}"
    finally:
        os.close(file)


def main(image: str, initrd: Path) -> int:
    """Obey one order; the exit status."""
    order = sys.stdin.buffer.readline()
    parts = initrd.read_bytes(), archive({ORDER: order})
    with memory_file(*parts) as whole, memory_file() as console:
        command = [
            *(qemu(), *_MACHINE, "-kernel", image, "-initrd", whole),
            *("-append", _WORDS, "-serial", f"file:{console}", "-serial", "stdio"),
        ]
        guest = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=die_with_parent,  # noqa: PLW1509 there is one thread here
        )
        try:
            return _watch(guest, Path(console))
        finally:
            guest.kill()
            guest.wait()


def _watch(guest: subprocess.Popen[bytes], console: Path) -> int:
    """Wait until the guest, the input or the time has ended."""
    until = time.monotonic() + LIMIT_S
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        while guest.poll() is None:
            if selector.select(0.2):
                return 0
            if time.monotonic() > until:
                return _broken(f"the guest has run for {LIMIT_S:g} s and was ended")
    assert guest.stderr is not None
    said = guest.stderr.read().decode(errors="replace").strip()
    last = console.read_text(errors="replace")
    if guest.returncode:
        return _broken(f"{QEMU}: {said or f'exit status {guest.returncode}'}")
    # Of a guest that has done its work nobody asks; else the last lines say most.
    lines = [line.strip() for line in last.splitlines() if line.strip()]
    return _broken("the guest has ended early: " + " | ".join(lines[-8:])[-1500:])


def _broken(message: str) -> int:
    """Say what has become of the guest, in place of an answer."""
    sys.stdout.write(json.dumps({"broken": message}) + "\n")
    sys.stdout.flush()
    return 1


if __name__ == "__main__":
    die_with_parent()
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
