# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs a command as an ordinary user who can reach this checkout and its interpreter.

Both may be below a folder that is root's alone. In a mount namespace of its own such a folder is
covered by an empty one, in which nothing but what is needed is mounted again.
"""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

NOBODY = 65534
CLONE_NEWNS = 0x0002_0000


def mount(*words: str | Path) -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


def closed_parent(path: Path) -> Path | None:
    """The outermost folder on the way to a path that others may not enter."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def main() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        sys.exit("unshare: " + os.strerror(ctypes.get_errno()))
    mount("--make-rprivate", "/")
    needed = {Path.cwd().resolve(), Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    covered: dict[Path, list[Path]] = {}
    for path in needed:
        parent = closed_parent(path)
        if parent is not None:
            covered.setdefault(parent, []).append(path)
    cwd = Path.cwd().resolve()
    for number, (parent, paths) in enumerate(covered.items()):
        keep = Path(f"/mnt/{number}")
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/mnt")
        keep.mkdir()
        mount("--bind", parent, keep)
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", parent)
        for path in paths:
            path.mkdir(parents=True, exist_ok=True)
            mount("--bind", keep / path.relative_to(parent), path)
    os.chdir(cwd)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])


if __name__ == "__main__":
    main()
