# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Cache of atlases: in memory, and on disk below the user's cache folder.

An atlas depends on the text of the function and on the program, so the key is a digest of both:
nothing has to expire. A file is written beside its place and then moved there, so a reader sees
all of it or none; a file that is broken is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from app import paths
from app.csource.source import Source
from app.errors import OutsideFailure
from app.kernel.texts import Text
from app.walkthrough.atlas.records import Atlas, Bounds
from app.walkthrough.content.shapes import adapter
from app.walkthrough.records import Edition

#: Files that are kept on disk, at most; the oldest go first.
MAX_FILES: Final = 32
#: Seconds that the making may take in a process of its own.
TIMEOUT_S: Final = 300
#: Who was told that it could not be made may ask again after so many seconds.
RETRY_S: Final = 5
#: What an atlas is made by.
_PARTS: Final = ("csource", "machine", "kernel", "walkthrough/atlas")
Queries = tuple[str, ...]
"""Scenarios, as addresses have them."""
Made = TypeVar("Made", Atlas, Queries)
#: Several texts that are asked for at once are made one after the other: one core is enough.
_ONE_AT_A_TIME: Final = threading.Lock()


_LOGGER: Final = logging.getLogger("walkthrough.atlas")


class AtlasFailed(OutsideFailure):
    """The atlas could not be made: a mistake of this program, or no memory or time left."""

    code = "no-atlas"
    does = "could not be made"


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


def _digest(edition: Edition, function: str, bounds: Bounds) -> str:
    """What tells atlases apart, as a name for a file."""
    source, kernel = edition.source, edition.text
    text = "" if kernel is None else adapter(Text).dump_json(kernel).decode()
    ids = edition.program.ids
    parts = (_program_digest(), source.file, source.text, function, repr(bounds), text, *ids)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


class Maker(Protocol):
    """Makes the atlas of the function of that name in a source; `ids` are its decisions'.

    `text` is what the source is a part of, where it is a kernel's.
    """

    def __call__(
        self,
        source: Source,
        function: str,
        bounds: Bounds,
        ids: Sequence[str],
        *,
        text: Text | None = None,
    ) -> Atlas:
        """The atlas. Raises AtlasFailed."""


def make_here(
    source: Source,
    function: str,
    bounds: Bounds,
    ids: Sequence[str] | None = None,
    *,
    text: Text | None = None,
) -> Atlas:
    """In this process."""
    # Most have it made in another.
    from app.walkthrough.atlas.making import make

    return make(source, function, bounds, ids, text)


def make_apart(
    source: Source, function: str, bounds: Bounds, ids: Sequence[str], *, text: Text | None = None
) -> Atlas:
    """In a process of its own, so that this one stays responsive and small.

    One that was killed, as by a kernel that has no memory left, is begun again once.
    """
    return _made([_order(source, function, ids, text)], bounds, function, Atlas)


def parting_of(one: Edition, other: Edition, function: str, *, is_apart: bool) -> Queries:
    """The scenarios that two texts end differently in: see `app.walkthrough.atlas.both`.

    Raises AtlasFailed where a process of its own is asked.
    """
    if not is_apart:
        from app.walkthrough.atlas.both import parting

        return tuple(item.query() for item in parting(one.program, other.program))
    orders = [_order(item.source, function, item.program.ids, item.text) for item in (one, other)]
    return _made(orders, Bounds(), function, Queries)


def _order(source: Source, function: str, ids: Sequence[str], text: Text | None) -> list[Any]:
    kernel = None if text is None else adapter(Text).dump_python(text, mode="json")
    return [source.file, source.text, function, list(ids), kernel]


def _made(orders: list[list[Any]], bounds: Bounds, function: str, shape: type[Made]) -> Made:
    order = json.dumps([asdict(bounds), *orders])
    try:
        with _ONE_AT_A_TIME:
            done = _make(order)
            if done.returncode < 0:
                killed = signal.Signals(-done.returncode).name
                _LOGGER.warning(
                    "what makes the atlas of %s was ended by %s; begun again", function, killed
                )
                done = _make(order)
        done.check_returncode()
        return adapter(shape).validate_json(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        failed = AtlasFailed(f"the atlas of {function}", str(error), RETRY_S)
        _LOGGER.error("%s", failed)
        raise failed from error


def _make(order: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "app.walkthrough.atlas"],
        input=order.encode(),
        cwd=paths.PACKAGE.parent,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )


class AtlasStore:
    """The atlases of the texts that were asked for; each is made once.

    `folder` is where they are kept, None for nowhere.
    """

    def __init__(self, folder: Path | None, make: Maker = make_here) -> None:
        self.folder = folder
        self._make = make
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Any]] = {}

    def get(self, edition: Edition, function: str, bounds: Bounds | None = None) -> Atlas:
        """The atlas of a text. Waits for it. Raises AtlasFailed."""
        return self.ask(edition, function, bounds).result()

    def ask(self, edition: Edition, function: str, bounds: Bounds | None = None) -> Future[Atlas]:
        """The same, for who must not wait: who asks first has it made, the others share it."""
        within = bounds or Bounds()

        def make() -> Atlas:
            return self._make(
                edition.source, function, within, edition.program.ids, text=edition.text
            )

        return self._ask(_digest(edition, function, within), Atlas, make)

    def ask_both(self, one: Edition, other: Edition, function: str) -> Future[Queries]:
        """The scenarios that two texts end differently in, as queries, in the same way."""
        digests = [_digest(item, function, Bounds()) for item in (one, other)]
        key = hashlib.sha256("\0".join(digests).encode()).hexdigest()[:32]
        is_apart = self._make is make_apart
        return self._ask(key, Queries, lambda: parting_of(one, other, function, is_apart=is_apart))

    def _ask(self, key: str, shape: type[Made], make: Callable[[], Made]) -> Future[Made]:
        with self._lock:
            known = self._asked.get(key)
            # What has failed is tried again by who asks next.
            if known is not None and not (known.done() and known.exception()):
                return known
            future: Future[Made] = Future()
            self._asked[key] = future

        def work() -> None:
            try:
                found = self._load(key, shape)
                if found is None:
                    found = make()
                    self._save(key, adapter(shape).dump_json(found))
                future.set_result(found)
            except Exception as error:
                # Whoever waits has to hear of it, whatever it is.
                future.set_exception(error)

        # A thread that mostly waits: for the disk, or for a process of its own.
        threading.Thread(target=work, daemon=True).start()
        return future

    def states(self) -> dict[str, int]:
        """How many of those that were asked for are being made, are ready, have failed."""
        with self._lock:
            asked = list(self._asked.values())
        counts = Counter(
            "making" if not future.done() else "failed" if future.exception() else "ready"
            for future in asked
        )
        return {state: counts[state] for state in ("making", "ready", "failed")}

    # The disk

    def _load(self, key: str, shape: type[Made]) -> Made | None:
        """What the disk has; None where it has nothing that can be used."""
        if self.folder is None:
            return None
        try:
            return adapter(shape).validate_json((self.folder / f"{key}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def _save(self, key: str, found: bytes) -> None:
        """Keep it, and not too many."""
        if self.folder is None:
            return
        paths.keep(self.folder / f"{key}.json", found)
        with contextlib.suppress(OSError):
            files = sorted(self.folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
            for old in files[:-MAX_FILES]:
                old.unlink(missing_ok=True)
