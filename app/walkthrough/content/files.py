# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The files of a folder that a stranger may have written, and the time that they may take.

Everything under a content folder is read here: regular files inside of it, up to a size.
"""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final, NoReturn

#: Bytes that a file may have, by how its name ends; of what is named otherwise, such as the source.
MAX_BYTES: Final = {".yaml": 1 << 20, ".json": 1 << 20, ".md": 1 << 16}
MAX_OTHER_BYTES: Final = 1 << 17
#: Files that are looked at in a folder.
MAX_FILES: Final = 2000


class Unreadable(Exception):
    """A file that is not read; `message` says why, and nothing of what it holds."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def read_file(folder: Path, name: str) -> bytes:
    """The bytes of a file, by its path in the folder. Raises FileNotFoundError and Unreadable."""
    limit = MAX_BYTES.get(PurePosixPath(name).suffix, MAX_OTHER_BYTES)
    try:
        path = _inside(folder, name)
        # Looked at before it is opened: to open a device may already do something.
        _refuse_others(path.stat(), limit)
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            _refuse_others(os.fstat(handle), limit)
            # It may have grown since.
            body = file.read(limit + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"can't be read: {error.strerror}") from None
    if len(body) > limit:
        raise Unreadable(f"larger than {limit} bytes")
    return body


def _inside(folder: Path, name: str) -> Path:
    """The path of a file without links; those that stay in the folder are followed."""
    root = folder.resolve()
    try:
        path = (root / name).resolve(strict=True)
    except RuntimeError:
        raise Unreadable("can't be read: a link that leads to itself") from None
    if not path.is_relative_to(root):
        raise Unreadable("a link that leads out of the folder")
    return path


def _refuse_others(found: os.stat_result, limit: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("not a regular file")
    if found.st_size > limit:
        raise Unreadable(f"larger than {limit} bytes")


def decoded(body: bytes) -> str:
    """The text of a file. Raises Unreadable where it is not UTF-8."""
    try:
        # As files are read in text mode: one kind of line end.
        return body.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None


def names_in(folder: Path, below: str) -> list[str]:
    """The names in a folder of the folder, sorted; none where there is no such folder.

    Raises Unreadable where there are too many, or it is elsewhere.
    """
    try:
        with os.scandir(_inside(folder, below)) as found:
            names = [item.name for item in islice(found, MAX_FILES + 1)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Unreadable(f"can't be read: {error.strerror}") from None
    if len(names) > MAX_FILES:
        raise Unreadable(f"more than {MAX_FILES} files")
    return sorted(names)


def folder_digest(folder: Path) -> str:
    """A short hash of the names and bytes of all files that would be read."""
    digest = hashlib.sha256()
    for path in sorted(islice(folder.rglob("*"), MAX_FILES)):
        name = path.relative_to(folder).as_posix()
        try:
            body = read_file(folder, name)
        except (Unreadable, FileNotFoundError):
            continue
        digest.update(name.encode(errors="surrogateescape") + b"\0" + body)
    return digest.hexdigest()[:10]


class OutOfTime(Exception):
    """The time is over."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Ends what is done in it with OutOfTime after so many seconds of this process's own work.

    Time that other programs take does not count. Only a program's main thread can be interrupted
    so; in another nothing is limited but by the sizes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    is_over = False

    def end(*_: object) -> NoReturn:
        nonlocal is_over
        is_over = True
        raise OutOfTime

    before = signal.signal(signal.SIGVTALRM, end)
    # Once more and again: where it is raised in a library, that may swallow it.
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.5)
    try:
        yield
    except Exception as error:
        # A library may make another error of it.
        if is_over:
            raise OutOfTime from error
        raise
    else:
        # Or may swallow it.
        if is_over:
            raise OutOfTime
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
