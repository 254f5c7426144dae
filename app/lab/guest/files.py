# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The guest's initial file system: this interpreter and the worker, as a cpio archive.

Source: Documentation/driver-api/early-userspace/buffer-format.rst (newc; several may follow each
other).
"""

from __future__ import annotations

import importlib.util
import io
import json
import marshal
import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from app.errors import LabError

#: What runs in the guest; all that these import goes with them.
_MODULES: Final = ("app.lab.worker", "app.lab.guest.init")
_ROOT: Final = Path(__file__).resolve().parents[3]
#: Where the program is in the guest.
_PROGRAM: Final = PurePosixPath("/lab")
_CONSOLE: Final = (5, 1)
_FOLDERS: Final = ("/dev", "/proc", "/sys", "/tmp", "/run")  # noqa: S108 the guest's own


def archive(files: Mapping[str, bytes]) -> bytes:
    """A cpio archive of files by absolute path, executable, with the folders that they are in."""
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents[:-1]}
    out = io.BytesIO()
    numbers = iter(range(1, 1 << 20))
    for folder in sorted(folders):
        out.write(_member(folder, b"", stat.S_IFDIR | 0o755, next(numbers)))
    for path, content in files.items():
        out.write(_member(path, content, stat.S_IFREG | 0o755, next(numbers)))
    return out.getvalue() + _member("/TRAILER!!!", b"", 0, 0)


def _member(
    path: str, content: bytes, mode: int, number: int, device: tuple[int, int] = (0, 0)
) -> bytes:
    name = path.removeprefix("/").encode() + b"\0"
    # ino, mode, uid, gid, nlink, mtime, filesize, two devices, the length of the name, check.
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return head + b"\0" * (-len(head) % 4) + content + b"\0" * (-len(content) % 4)


@cache
def base() -> bytes:
    """The archive of all that is the same for each kernel and order. Raises LabError."""
    files: dict[str, bytes] = {}
    python = os.path.realpath(sys.executable)
    modules = _imported()
    for path in modules:
        files[_place(path)] = _content(path)
    binaries = [python, *(path for path in modules if path.endswith(".so"))]
    for library in _libraries(binaries):
        files[library] = Path(library).read_bytes()
    files[python] = Path(python).read_bytes()
    # Python looks for these to find its library.
    lib = Path(os.__file__).parent
    files.setdefault(f"{lib}/os.pyc", _content(str(lib / "os.py")))
    files[f"{lib}/os.py"] = b""
    files[f"{lib}/lib-dynload/.keep"] = b""
    start = f"#!{python} -sSB\nimport sys\nsys.path.insert(0, '{_PROGRAM}')\n"
    files["/init"] = (start + "from app.lab.guest.init import main\nmain()\n").encode()
    return (
        archive(files)
        + archive(dict.fromkeys((f"{folder}/.keep" for folder in _FOLDERS), b""))
        + _member("/dev/console", b"", stat.S_IFCHR | 0o600, 1, _CONSOLE)
        + _member("/TRAILER!!!", b"", 0, 0)
    )


def _imported() -> list[str]:
    """The files of the modules that the guest runs, asked of an interpreter that has them."""
    code = (
        f"import sys, json; sys.path.insert(0, {str(_ROOT)!r}); "
        f"import {', '.join(_MODULES)}; "
        "print(json.dumps([m.__file__ for m in list(sys.modules.values()) "
        "if getattr(m, '__file__', None)]))"
    )
    try:
        done = subprocess.run(  # noqa: S603 our own interpreter, our own words
            [os.path.realpath(sys.executable), "-sSB", "-c", code],
            capture_output=True,
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LabError("guest", f"this Python cannot be packed for the guest: {error}") from None
    found: list[str] = json.loads(done.stdout)
    return sorted(set(found))


def _place(path: str) -> str:
    """Where a module's file is in the guest; compiled already, and without its source."""
    file = Path(path)
    if file.is_relative_to(_ROOT):
        path = str(_PROGRAM / file.relative_to(_ROOT).as_posix())
    return f"{path}c" if path.endswith(".py") else path


def _content(path: str) -> bytes:
    if not path.endswith(".py"):
        return Path(path).read_bytes()
    source = Path(path).read_bytes()
    code = marshal.dumps(compile(source, path, "exec", dont_inherit=True))
    # PEP 552: a hash that nobody checks.
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
    return head + importlib.util.source_hash(source) + code


def _libraries(binaries: Iterable[str]) -> Iterator[str]:
    """The shared libraries of some binaries, and what loads them."""
    try:
        done = subprocess.run(  # noqa: S603
            ["ldd", *binaries],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LabError("guest", f"ldd, which names the libraries of a program: {error}") from None
    seen = set()
    for line in done.stdout.splitlines():
        # Either "name => /path (0x…)" or "/path (0x…)".
        path = line.rpartition("=>")[2].strip().partition(" (")[0]
        if path.startswith("/") and not path.endswith(":") and path not in seen:
            seen.add(path)
            yield path
