# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Keeps atlases: in memory, and on disk below the user's cache folder.

An atlas depends on the text of the function and on the program, so the key is a digest of both:
nothing has to expire. A file is written beside its place and then moved there, so a reader sees
all of it or none; a file that is broken is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from app import paths
from app.csource.parse import parse_function
from app.csource.source import Source
from app.errors import WalkthroughError
from app.kernel.model import compile_function
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.atlas.space import Bounds
from app.walkthrough.records import Edition

#: Files that are kept on disk, and the bytes that one may have, at most.
MAX_FILES: Final = 32
MAX_BYTES: Final = 16 << 20
#: Seconds that the making may take in a process of its own.
TIMEOUT_S: Final = 300
#: What an atlas is made by.
_PARTS: Final = ("csource", "machine", "kernel", "walkthrough/atlas")


class AtlasFailed(WalkthroughError):
    """The atlas could not be made: a mistake of this program, or no memory or time left."""


def cache_folder() -> Path:
    """Where atlases are kept, unless somebody says otherwise."""
    return paths.cache_folder() / "atlas"


@cache
def _program_digest() -> str:
    """A digest of the modules that an atlas is made by."""
    digest = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((paths.PACKAGE / part).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def digest_of(source: Source, function: str, bounds: Bounds) -> str:
    """What tells atlases apart, as a name for a file."""
    parts = (_program_digest(), source.file, source.text, function, repr(bounds))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


#: Several texts that are asked for at once are made one after the other: one core is enough.
_ONE_AT_A_TIME: Final = threading.Lock()

Maker = Callable[[Source, str, Bounds], Atlas]
"""Makes the atlas of the function of that name in a source."""


def make_here(source: Source, function: str, bounds: Bounds) -> Atlas:
    """In this process."""
    return make_atlas(compile_function(parse_function(source, function)), bounds)


def make_apart(source: Source, function: str, bounds: Bounds) -> Atlas:
    """In a process of its own, so that this one stays responsive and small."""
    order = {
        "file": source.file,
        "text": source.text,
        "function": function,
        "bounds": asdict(bounds),
    }
    try:
        with _ONE_AT_A_TIME:
            done = subprocess.run(
                [sys.executable, "-m", "app.walkthrough.atlas"],
                input=json.dumps(order),
                cwd=paths.PACKAGE.parent,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=True,
            )
        return _read(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise AtlasFailed(f"the atlas of {function} could not be made: {error}") from error


class AtlasStore:
    """The atlases of the texts that were asked for; each is made once.

    `folder` is where they are kept, None for nowhere.
    """

    def __init__(self, folder: Path | None, make: Maker = make_here) -> None:
        self.folder = folder
        self._make = make
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Atlas]] = {}

    def get(self, edition: Edition, function: str, bounds: Bounds | None = None) -> Atlas:
        """The atlas of a text. Waits for it. Raises AtlasFailed."""
        return self.ask(edition, function, bounds).result()

    def ask(self, edition: Edition, function: str, bounds: Bounds | None = None) -> Future[Atlas]:
        """The same, for who must not wait: who asks first has it made, the others share it."""
        bounds = bounds or Bounds()
        key = digest_of(edition.source, function, bounds)
        with self._lock:
            known = self._asked.get(key)
            # What has failed is tried again by who asks next.
            if known is not None and not (known.done() and known.exception()):
                return known
            future: Future[Atlas] = Future()
            self._asked[key] = future
        # A thread that mostly waits: for the disk, or for a process of its own.
        thread = threading.Thread(
            target=self._work, args=(future, key, edition.source, function, bounds), daemon=True
        )
        thread.start()
        return future

    def known(self, edition: Edition, function: str) -> Atlas | None:
        """The atlas if it is in memory already."""
        future = self._asked.get(digest_of(edition.source, function, Bounds()))
        if future is None or not future.done() or future.exception() is not None:
            return None
        return future.result()

    def states(self) -> dict[str, int]:
        """How many of those that were asked for are being made, are ready, have failed."""
        counts = {"making": 0, "ready": 0, "failed": 0}
        with self._lock:
            asked = list(self._asked.values())
        for future in asked:
            if not future.done():
                counts["making"] += 1
            else:
                counts["ready" if future.exception() is None else "failed"] += 1
        return counts

    def _work(
        self, future: Future[Atlas], key: str, source: Source, function: str, bounds: Bounds
    ) -> None:
        try:
            atlas = self._load(key)
            if atlas is None:
                atlas = self._make(source, function, bounds)
                self._save(key, atlas)
            future.set_result(atlas)
        except Exception as error:
            # Whoever waits has to hear of it, whatever it is.
            future.set_exception(error)

    # The disk

    def _file(self, key: str) -> Path | None:
        return None if self.folder is None else self.folder / f"{key}.json"

    def _load(self, key: str) -> Atlas | None:
        """What the disk has; None where it has nothing that can be used."""
        file = self._file(key)
        if file is None:
            return None
        try:
            if file.stat().st_size > MAX_BYTES:
                return None
            return _read(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _save(self, key: str, atlas: Atlas) -> None:
        """Keep it; a disk that is full or read-only is no reason to fail."""
        file = self._file(key)
        if file is None:
            return
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as text:
                    text.write(written(atlas))
                os.replace(name, file)  # noqa: PTH105 - the temporary name is a string
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
            self._tidy(file.parent)

    def _tidy(self, folder: Path) -> None:
        """The oldest files go, so that there are never more than a few."""
        files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in files[MAX_FILES:]:
            old.unlink(missing_ok=True)


_ADAPTER: Final[TypeAdapter[Atlas]] = TypeAdapter(Atlas)


def written(atlas: Atlas) -> str:
    """An atlas as JSON text, for `_read`."""
    return json.dumps(asdict(atlas), separators=(",", ":"))


def _read(text: str) -> Atlas:
    """Raises ValueError where it is no atlas."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise ValueError("this is no atlas") from error


def answer(order: str) -> str:
    """What a process of its own is asked, and what it says: see `make_apart`."""
    asked: dict[str, Any] = json.loads(order)
    source = Source(asked["file"], asked["text"])
    return written(make_here(source, asked["function"], Bounds(**asked["bounds"])))
