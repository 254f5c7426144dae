# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A folder that is there as a whole or not at all.

Files are written into a folder beside the wanted one, which takes its place when it is complete.
What was there before is moved aside first and deleted last, so nothing is lost on the way. A run
that was killed can clean up nothing: the next one to the same place does.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.errors import WalkthroughError

#: A file that says that a folder was written by an export, so that it may be replaced: under a
#: line for people the names of all that was written.
MARK: Final = ".walkthrough-export"
_FIRST_LINE: Final = "Written by walkthrough export; --force replaces what is named here.\n"


#: Held locked in a folder that is being written.
_LOCK: Final = ".being-written"


class FolderRefused(WalkthroughError):
    """The export cannot go there; the text says why, and what can be done."""


def check_target(target: Path, *, force: bool) -> None:
    """Whether a folder may be written: new, or empty, or with force an older export's.

    Raises FolderRefused.
    """
    if target.is_symlink() and not target.exists():
        raise FolderRefused(f"{target} is a link that leads nowhere.")
    if not target.exists():
        return
    if not target.is_dir():
        raise FolderRefused(f"{target} is a file. Name a new or an empty folder.")
    if not any(target.iterdir()):
        return
    if not force:
        raise FolderRefused(
            f"{target} is not empty. Name a new or an empty folder, or replace an earlier export "
            "with --force."
        )
    if not (target / MARK).is_file():
        raise FolderRefused(
            f"{target} has other content: it was not written by walkthrough export "
            f"(there is no {MARK} in it), so --force does not replace it."
        )
    added = _added(target)
    if added is not None:
        raise FolderRefused(
            f"{target} has something that walkthrough export did not write: {added}. Move it away "
            "first; --force replaces the folder as a whole."
        )


def _added(target: Path) -> str | None:
    """The first file of an export that is not its own."""
    written = {*(target / MARK).read_text(encoding="utf-8").split("\n"), MARK}
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if name not in written and (path.is_symlink() or not path.is_dir()):
            return name
    return None


class Folder:
    """Where an export writes; `bytes` and `names` are what was written so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = 0
        self.names: list[str] = []

    def write(self, name: str, content: bytes) -> None:
        """One file; its folders are made. Raises OSError."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.bytes += len(content)
        self.names.append(name)


@contextmanager
def complete_folder(target: Path, *, force: bool = False) -> Iterator[Folder]:
    """A folder to write into, which becomes `target` at the end of the block.

    If the block raises, `target` is as it was, and nothing is left beside it. Raises
    FolderRefused, and OSError with the name of the file that could not be written.
    """
    target = target.absolute()
    place = Path(os.path.realpath(target))
    _clean_up(place)
    check_target(target, force=force)
    place.parent.mkdir(parents=True, exist_ok=True)
    _check_movable(place)
    # Beside the target and not in /tmp: a folder is only moved in one step within a file system.
    work = Path(tempfile.mkdtemp(prefix=f".{place.name}.part-", dir=place.parent))
    try:
        with (work / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            folder = Folder(work)
            yield folder
        (work / _LOCK).unlink()
        folder.write(MARK, (_FIRST_LINE + "\n".join(folder.names) + "\n").encode())
        work.chmod(0o755)
        # Somebody may have put something there meanwhile.
        check_target(target, force=force)
        _replace(place, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check_movable(place: Path) -> None:
    """What is there is moved away at the end: whether it can be is seen by doing it now.

    Where a folder is a mount point, or somebody else's in a folder like /tmp, no mode says so.
    """
    if not place.exists():
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.old-", dir=place.parent))
    try:
        place.rename(aside)
    except OSError as error:
        aside.rmdir()
        why = (
            "a mount point" if error.errno == errno.EBUSY else f"not to be moved: {error.strerror}"
        )
        raise FolderRefused(
            f"{place} is {why}. It would have to make way for the finished site; name a new folder "
            "in it."
        ) from error
    aside.rename(place)


def _replace(place: Path, work: Path) -> None:
    """Move a finished folder to its place; what was there comes back if that fails."""
    if not place.exists():
        work.rename(place)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}.old-", dir=place.parent))
    place.rename(old)
    try:
        work.rename(place)
    except BaseException:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _clean_up(place: Path) -> None:
    """Removes what killed runs left, and brings back what one of them had moved aside."""
    for old in sorted(place.parent.glob(f".{place.name}.old-*")):
        if not (old / MARK).is_file() and any(old.iterdir()):
            continue
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(place)
    for work in place.parent.glob(f".{place.name}.part-*"):
        try:
            with (work / _LOCK).open() as lock:
                # Another run may be writing to the same place at this moment.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        shutil.rmtree(work, ignore_errors=True)
