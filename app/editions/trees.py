# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Kernel trees: the few files that matter, from a folder, a tarball, a file or git's objects.

A tree is a stranger's: time, memory, the size and number of files are bounded, and nothing is read
through a link that leads out of it, nor from anything but a plain file.
"""

from __future__ import annotations

import bz2
import lzma
import os
import re
import stat
import subprocess
import tarfile
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.errors import NotTaken, printable

#: The file that has the function, and those that have what it calls.
MAIN: Final = "net/ipv4/tcp.c"
WANTED: Final = (
    "Makefile",
    MAIN,
    "include/net/tcp.h",
    "net/ipv4/inet_connection_sock.c",
    "net/core/sock.c",
)
#: Seconds of a processor that one source may take, and bytes: of one file, of a whole tarball
#: unpacked, and of the memory that unpacking takes.
SECONDS: Final = 45
FILE_BYTES: Final = 4_000_000
UNPACKED_BYTES: Final = 4_000_000_000
UNPACKING_BYTES: Final = 80_000_000
MEMBERS: Final = 200_000
#: Commits of a range, at most.
REVISIONS: Final = 200
_CHUNK: Final = 1 << 18
_WANTED_IN: Final = re.compile(r"(?:\./)?([^/]+/)?(" + "|".join(map(re.escape, WANTED)) + r")")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The files of a source that matter, by their path from the root of the kernel.

    `name` is what the source is called (a folder, a package, a revision); `origin` how a reader
    would find it again; `is_named` says that the name is a version by itself (a tag).
    """

    files: Mapping[str, bytes]
    name: str
    origin: str
    is_named: bool = False


def read_trees(source: str, revisions: tuple[str, ...] = ()) -> Iterator[Tree]:
    """The trees of a source, of a git clone one for each revision. Raises NotTaken."""
    path = Path(source)
    if revisions:
        yield from _revisions(path, revisions)
        return
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise NotTaken(f"{source}: there is no such file or folder") from error
    if stat.S_ISDIR(mode):
        yield _folder(path)
    elif not stat.S_ISREG(mode):
        raise NotTaken(f"{source}: neither a folder nor a plain file")
    elif path.suffix == ".c":
        data = read_plain(path, path.parent.resolve())
        yield Tree(files={MAIN: data}, name=path.stem, origin=printable(str(path)))
    else:
        yield _tarball(path)


# A folder


def _folder(path: Path) -> Tree:
    inner = [path]
    try:
        if not (path / MAIN).exists():
            inner = sorted(item for item in path.iterdir() if (item / MAIN).exists())
    except OSError as error:
        raise NotTaken(f"{path!s}: {error.strerror or str(error)}") from error
    if not inner or not (inner[0] / MAIN).exists():
        raise NotTaken(f"{path!s}: no {MAIN} in it")
    if len(inner) > 1:
        raise NotTaken(f"{path!s}: several kernels in it; name one of them")
    root = inner[0].resolve()
    files = {
        wanted: read_plain(root / wanted, root)
        for wanted in WANTED
        if os.path.lexists(root / wanted)
    }
    return Tree(files=files, name=root.name, origin=printable(str(root)))


def read_plain(path: Path, root: Path) -> bytes:
    """A plain file within a root, whatever it is called. Raises NotTaken."""
    real = path.resolve()
    if not real.is_relative_to(root):
        raise NotTaken(f"{path!s}: a link that leads out of the tree")
    try:
        if not stat.S_ISREG(real.stat().st_mode):
            raise NotTaken(f"{path!s}: not a plain file")
        with real.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise NotTaken(f"{path!s}: {error.strerror or str(error)}") from error
    return _within(data, str(path))


def _within(data: bytes, name: str) -> bytes:
    if len(data) > FILE_BYTES:
        raise NotTaken(f"{name}: more than {FILE_BYTES:,} bytes")
    return data


# A tarball


class _Unpacked:
    """A stream of what a file unpacks to; who reads it gets no more than the bounds allow."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._held = bytearray()
        self._count = 0
        self._deadline = time.process_time() + SECONDS
        start = file.read(6)
        file.seek(0)
        self._decoder: Any = None
        if start.startswith(b"\xfd7zXZ\0"):
            self._decoder = lzma.LZMADecompressor(memlimit=UNPACKING_BYTES)
        elif start.startswith(b"BZh"):
            self._decoder = bz2.BZ2Decompressor()
        elif start.startswith(b"\x1f\x8b"):
            self._decoder = _Gzip()
        elif start.startswith(b"\x28\xb5\x2f\xfd"):
            raise NotTaken(f"{name}: packed with zstd; unpack it first: zstd -d")

    def read(self, size: int) -> bytes:
        """As of a file."""
        while len(self._held) < size:
            data = self._more(size)
            if not data:
                break
            self._held += data
            self._count += len(data)
            if self._count > UNPACKED_BYTES:
                raise NotTaken(f"{self._name}: unpacks to more than {UNPACKED_BYTES // 10**9} GB")
            if time.process_time() > self._deadline:
                raise NotTaken(f"{self._name}: not done after {SECONDS} s of work")
        found = bytes(self._held[:size])
        del self._held[:size]
        return found

    def _more(self, size: int) -> bytes:
        if self._decoder is None:
            return self._file.read(max(size, _CHUNK))
        while not self._decoder.eof:
            packed = self._file.read(_CHUNK) if self._decoder.needs_input else b""
            if self._decoder.needs_input and not packed:
                raise NotTaken(f"{self._name}: cut off")
            data: bytes = self._decoder.decompress(packed, _CHUNK * 4)
            if data:
                return data
        return b""


class _Gzip:
    """zlib's decoder in the manner of the others."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(31)
        self._rest = b""

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._rest

    def decompress(self, data: bytes, size: int) -> bytes:
        found = self._decoder.decompress(self._rest + data, size)
        self._rest = self._decoder.unconsumed_tail
        return found


def _tarball(path: Path) -> Tree:
    name = str(path)
    found: dict[str, dict[str, bytes]] = {}
    try:
        with path.open("rb") as file:
            unpacked: Any = _Unpacked(file, name)
            with tarfile.open(fileobj=unpacked, mode="r|", bufsize=_CHUNK) as tar:
                for count, member in enumerate(tar):
                    # What tarfile remembers of each member is not wanted.
                    tar.members.clear()  # type: ignore[attr-defined]
                    if count >= MEMBERS:
                        raise NotTaken(f"{name}: more than {MEMBERS} files")
                    match = _WANTED_IN.fullmatch(member.name)
                    if match is None:
                        continue
                    root, wanted = match[1] or "", match[2]
                    if not member.isreg():
                        raise NotTaken(f"{name}: {wanted} is not a plain file")
                    held = tar.extractfile(member)
                    assert held is not None, "a plain file"
                    data = _within(held.read(FILE_BYTES + 1), f"{name}: {wanted}")
                    found.setdefault(root, {})[wanted] = data
                    if MAIN in found[root] and len(found[root]) == len(WANTED):
                        break
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, ValueError) as error:
        raise NotTaken(f"{name}: no tarball: {error!s}") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise NotTaken(f"{name}: {why}") from error
    roots = [root for root, files in found.items() if MAIN in files]
    if not roots:
        raise NotTaken(f"{name}: no {MAIN} in it")
    root = roots[0]
    folder = root.strip("/") or path.name.split(".tar")[0]
    return Tree(files=found[root], name=folder, origin=name)


# A git clone


def _revisions(path: Path, revisions: tuple[str, ...]) -> Iterator[Tree]:
    for given in revisions:
        names = [given]
        if ".." in given:
            names = [commit.id for commit in list_commits(path, given, REVISIONS)]
        for name in names:
            commit = git(path, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
            described = commit.decode().strip()
            tree = read_commit(path, described)
            shown = name if name in revisions else described[:12]
            yield replace(
                tree,
                name=shown.removeprefix("v"),
                is_named=bool(re.fullmatch(r"v?\d+(\.\d+)+(-rc\d+)?", name)),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit of a clone; `parents` are the ids of those that it was made on."""

    id: str
    parents: tuple[str, ...]
    date: str
    subject: str


def list_commits(path: Path, given: str, most: int, *, with_merges: bool = False) -> list[Commit]:
    """The commits of a range that touched the files that matter, the oldest first.

    Raises NotTaken, also where they are more than `most`.
    """
    form = "--format=%H%x00%P%x00%cs%x00%s"
    choice = ("--topo-order", "--reverse", form, *(() if with_merges else ("--no-merges",)))
    said = git(path, "rev-list", *choice, "--end-of-options", given, "--", *WANTED[1:])
    # Before each stands a line without its facts.
    lines = [line for line in said.decode(errors="replace").split("\n") if "\0" in line]
    if len(lines) > most:
        raise NotTaken(f"{path!s}: {given} is {len(lines)} commits; at most {most}")
    found = []
    for line in lines:
        name, parents, date, subject = line.split("\0", 3)
        found.append(Commit(id=name, parents=tuple(parents.split()), date=date, subject=subject))
    return found


def read_commit(path: Path, commit: str) -> Tree:
    """The files of a commit, by its id in full. Raises NotTaken."""
    listed = git(path, "ls-tree", "-l", "-z", "--full-tree", commit, "--", *WANTED)
    files = {}
    for entry in listed.decode(errors="replace").split("\0")[:-1]:
        about, _, name = entry.partition("\t")
        mode, kind, blob, size = about.split()
        if kind != "blob" or mode == "120000":
            raise NotTaken(f"{path!s} {commit[:12]}: {name}: not a plain file")
        if int(size) > FILE_BYTES:
            raise NotTaken(f"{path!s} {commit[:12]}: {name}: more than {FILE_BYTES:,} bytes")
        files[name] = _blob(path, blob)
    if MAIN not in files:
        raise NotTaken(f"{path!s} {commit[:12]}: no {MAIN} in it")
    return Tree(files=files, name=commit[:12], origin=printable(f"{path} {commit}"))


@lru_cache(maxsize=32)
def _blob(path: Path, blob: str) -> bytes:
    return git(path, "cat-file", "blob", blob)


def git(path: Path, *words: str, data: bytes | None = None) -> bytes:
    """What git says; nothing of the clone is executed, and nothing is checked out.

    With `data`, which it reads, it works on files, whatever clone is around them. Raises NotTaken.
    """
    # Who calls from a hook has named another clone.
    environment = {key: text for key, text in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    if data is not None:
        environment |= {"GIT_CEILING_DIRECTORIES": str(path.parent), "GIT_CONFIG_NOSYSTEM": "1"}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no word is an option
            ["git", "-c", "core.fsmonitor=false", "-C", str(path), *words],  # noqa: S607 - from the PATH
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=environment,
            input=data,
        )
    except FileNotFoundError:
        raise NotTaken("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise NotTaken(f"{path!s}: not done after {SECONDS} s") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotTaken(f"{path!s}: git: {said[0] if said else 'failed'}")
    return done.stdout
