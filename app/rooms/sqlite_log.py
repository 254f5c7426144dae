# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The log in a SQLite file.

One thread has the connection. It takes all that waits for it at once and commits it in one
transaction, so that a thousand votes cost a few commits; nobody is answered before the commit.
The file is in WAL mode with `synchronous=FULL`: what was committed survives a killed process and
a power cut. Several processes on one host may share the file; they learn of each other's entries
by asking every `POLL_S` seconds for SQLite's own change counter, which costs microseconds.

A file that turns out to be damaged is set aside under another name, and a new one is begun; so it
is where somebody has deleted the file, or put another one in its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from app.errors import StoreFailure, StoreFull
from app.rooms.log import PAGE, TRIAL_BYTES, Entry, Log, Vote

FILE: Final = "rooms.sqlite3"
#: What SQLite keeps beside the file, by the ends of their names.
_BESIDE: Final = ("", "-wal", "-shm")
#: Damaged files that are kept; a disk that damages more than so many has to be looked at.
MAX_DAMAGED: Final = 9
POLL_S: Final = 0.025
_BATCH: Final = 1000
_BUSY_S: Final = 5.0
_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE rooms (
  code TEXT PRIMARY KEY, last INTEGER NOT NULL, at_ms INTEGER NOT NULL, ballot INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX rooms_by_age ON rooms (at_ms);
CREATE TABLE events (
  code TEXT NOT NULL, number INTEGER NOT NULL, at_ms INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (code, number)
) WITHOUT ROWID;
CREATE TABLE votes (
  code TEXT NOT NULL, question INTEGER NOT NULL, voter TEXT NOT NULL, option TEXT NOT NULL,
  PRIMARY KEY (code, question, voter)
) WITHOUT ROWID;
"""
#: No part of the schema's version: who does not know it has nothing to read in it.
_TRIAL: Final = "CREATE TABLE IF NOT EXISTS trial (id INTEGER PRIMARY KEY, body BLOB NOT NULL)"
_TRY: Final = "INSERT OR REPLACE INTO trial VALUES (1, zeroblob(?))"
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LOGGER: Final = logging.getLogger("walkthrough.rooms")

_T = TypeVar("_T")
_Work = Callable[[sqlite3.Connection], Any]
_Job = tuple[_Work, asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class SqliteLog(Log):
    """A file `rooms.sqlite3` in a folder, which is made (for its owner alone) when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        #: The thread's alone: the connection, and which file it has.
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._opened = 0
        self._looked_at = ""
        self._seen: tuple[int, int] | None = None

    # The interface

    async def create(self, code: str, entry: Entry) -> bool:
        def work(db: sqlite3.Connection) -> bool:
            made = db.execute(
                "INSERT OR IGNORE INTO rooms VALUES (?, ?, ?, 0)", (code, entry.number, entry.at_ms)
            )
            if made.rowcount == 0:
                return False
            _insert(db, code, entry)
            return True

        return await self._do(work)

    async def append(self, code: str, entry: Entry, ballot: int) -> bool:
        def work(db: sqlite3.Connection) -> bool:
            moved = db.execute(
                "UPDATE rooms SET last = ?, at_ms = ?, ballot = ? WHERE code = ? AND last = ?",
                (entry.number, entry.at_ms, ballot, code, entry.number - 1),
            )
            if moved.rowcount == 0:
                return False
            _insert(db, code, entry)
            return True

        return await self._do(work)

    async def read(
        self, after: Mapping[str, int], most: int = PAGE
    ) -> Mapping[str, Sequence[Entry] | None]:
        def work(db: sqlite3.Connection) -> dict[str, Sequence[Entry] | None]:
            return {code: _read(db, code, number, most) for code, number in after.items()}

        return await self._do(work)

    async def changed(self) -> None:
        while True:
            # A counter begins anew with each connection.
            seen = (await self._do(_data_version), self._opened)
            if seen != self._seen:
                self._seen = seen
                return
            await asyncio.sleep(POLL_S)

    async def vote(self, code: str, question: int, voter: str, option: str, most: int) -> Vote:
        def work(db: sqlite3.Connection) -> Vote:
            row = db.execute("SELECT ballot FROM rooms WHERE code = ?", (code,)).fetchone()
            if row is None or row[0] != question:
                return Vote.CLOSED
            place = (code, question, voter)
            changed = db.execute(
                "UPDATE votes SET option = ? WHERE code = ? AND question = ? AND voter = ?",
                (option, *place),
            )
            if changed.rowcount == 0:
                if _voted(db, code, question) >= most:
                    return Vote.FULL
                db.execute("INSERT INTO votes VALUES (?, ?, ?, ?)", (*place, option))
            return Vote.COUNTED

        return await self._do(work)

    async def vote_of(self, code: str, question: int, voter: str) -> str | None:
        def work(db: sqlite3.Connection) -> str | None:
            row = db.execute(
                "SELECT option FROM votes WHERE code = ? AND question = ? AND voter = ?",
                (code, question, voter),
            ).fetchone()
            return None if row is None else str(row[0])

        return await self._do(work)

    async def voted(self, code: str, question: int) -> int:
        return await self._do(lambda db: _voted(db, code, question))

    async def tally(self, code: str, question: int) -> Mapping[str, int]:
        def work(db: sqlite3.Connection) -> dict[str, int]:
            return dict(
                db.execute(
                    "SELECT option, COUNT(*) FROM votes WHERE code = ? AND question = ?"
                    " GROUP BY option",
                    (code, question),
                ).fetchall()
            )

        return await self._do(work)

    async def check(self) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute(_TRY, (TRIAL_BYTES,))
            # One room after the other, so that damage is found before somebody needs the room.
            following = "SELECT code FROM rooms WHERE code > ? ORDER BY code LIMIT 1"
            [code] = db.execute(following, (self._looked_at,)).fetchone() or ("",)
            db.execute("SELECT * FROM trial").fetchall()
            for table in ("events", "votes"):
                db.execute(f"SELECT * FROM {table} WHERE code = ?", (code,)).fetchall()  # noqa: S608
            self._looked_at = code

        await self._do(work)

    async def count(self) -> int:
        return await self._do(
            lambda db: int(db.execute("SELECT COUNT(*) FROM rooms").fetchone()[0])
        )

    async def keep(self, codes: Collection[str], at_ms: int) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "UPDATE rooms SET at_ms = MAX(at_ms, ?) WHERE code = ?",
                [(at_ms, code) for code in codes],
            )

        if codes:
            await self._do(work)

    async def older(self, before_ms: int) -> Mapping[str, int]:
        def work(db: sqlite3.Connection) -> dict[str, int]:
            found = db.execute("SELECT code, at_ms FROM rooms WHERE at_ms < ?", (before_ms,))
            return dict(found.fetchall())

        if self._thread is None and not (self.folder / FILE).exists():
            # Nobody has had a room here: no reason to begin a file.
            return {}
        return await self._do(work)

    async def delete(self, rooms: Mapping[str, int]) -> Collection[str]:
        def work(db: sqlite3.Connection) -> list[str]:
            gone = []
            for code, at_ms in rooms.items():
                same = "DELETE FROM rooms WHERE code = ? AND at_ms = ?"
                if db.execute(same, (code, at_ms)).rowcount:
                    for table in ("votes", "events"):
                        db.execute(f"DELETE FROM {table} WHERE code = ?", (code,))  # noqa: S608
                    gone.append(code)
            return gone

        return await self._do(work)

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    # The thread

    async def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()
        if self._thread is None:
            # A daemon, so that a program that ends without closing the log does end; everything
            # that was answered is committed.
            self._thread = threading.Thread(target=self._serve, name="rooms log", daemon=True)
            self._thread.start()
        self._jobs.put((work, loop, future))
        return await future

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch = [job]
            ends = False
            while len(batch) < _BATCH and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    ends = True
                    break
                batch.append(following)
            answers: list[Any] = []
            failure: StoreFailure | None = None
            try:
                answers = self._work(batch)
            except Exception as error:
                # Whatever it is, the thread goes on, and whoever waits is told. Opened anew by
                # who comes next: the folder may not be writable yet, the disk full.
                kind = StoreFull if _is_full(error) else StoreFailure
                failure = kind("the file of the rooms", f"{self.folder}: {error}")
                self._let_go()
            _deliver(batch, answers, failure)
            if ends:
                break
        self._let_go()

    def _work(self, batch: Sequence[_Job]) -> list[Any]:
        """The answers of a batch, if need be of a new file."""
        try:
            return _transact(self._connection(), batch)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                raise
            self._set_aside(error)
            return _transact(self._connection(), batch)

    def _connection(self) -> sqlite3.Connection:
        if self._db is not None and _identity(self.folder / FILE) != self._file:
            _LOGGER.error(
                "%s was deleted or replaced while it was in use: rooms are now those of the file "
                "that is there, or begin anew",
                self.folder / FILE,
            )
            self._let_go()
        if self._db is None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.folder):
                self._db = self._open(self.folder / FILE)
            self._opened += 1
        return self._db

    def _let_go(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Give the damaged file another name, unless another process has done that already."""
        self._let_go()
        path = self.folder / FILE
        with _locked(self.folder):
            if _identity(path) != self._file:
                return
            free = (path.with_name(f"{FILE}.damaged-{n}") for n in range(1, MAX_DAMAGED + 1))
            aside = next((place for place in free if not place.exists()), None)
            if aside is None:
                raise error
            for end in _BESIDE:
                with contextlib.suppress(FileNotFoundError):
                    path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
        _LOGGER.error("%s is damaged (%s): kept as %s, and a new one is begun", path, error, aside)

    def _open(self, path: Path) -> sqlite3.Connection:
        path.touch(mode=0o600)
        self._file = _identity(path)
        db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, cached_statements=64)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            # A deleted vote is gone from the file too.
            db.execute("PRAGMA secure_delete = ON")
            db.execute("BEGIN IMMEDIATE")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise sqlite3.DatabaseError(f"{FILE} is of another version: {version}")
            db.execute(_TRIAL)
            db.execute("COMMIT")
        except sqlite3.Error:
            db.close()
            raise
        return db


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Of several processes one at a time opens the file, or sets it aside."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is that has this name; None for none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _transact(db: sqlite3.Connection, batch: Sequence[_Job]) -> list[Any]:
    """The answers of a batch, once they are on the disk."""
    if all(work is _data_version for work, _, _ in batch):
        # Asked all the time: it must not take the lock from other processes.
        return [work(db) for work, _, _ in batch]
    db.execute("BEGIN IMMEDIATE")
    try:
        answers = [work(db) for work, _, _ in batch]
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return answers


def _deliver(batch: Sequence[_Job], answers: Sequence[Any], failure: Exception | None) -> None:
    """Hand the answers over, with one call for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for number, (_, loop, future) in enumerate(batch):
        answer = None if failure else answers[number]
        by_loop.setdefault(loop, []).append((future, answer))

    def settle(pairs: list[tuple[asyncio.Future[Any], Any]]) -> None:
        for future, answer in pairs:
            if future.done():  # whoever waited was cancelled
                continue
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(answer)

    for loop, pairs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, pairs)


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _insert(db: sqlite3.Connection, code: str, entry: Entry) -> None:
    db.execute(
        "INSERT INTO events VALUES (?, ?, ?, ?)", (code, entry.number, entry.at_ms, entry.body)
    )


def _read(db: sqlite3.Connection, code: str, after: int, most: int) -> list[Entry] | None:
    if db.execute("SELECT 1 FROM rooms WHERE code = ?", (code,)).fetchone() is None:
        return None
    rows = db.execute(
        "SELECT number, at_ms, body FROM events WHERE code = ? AND number > ?"
        " ORDER BY number LIMIT ?",
        (code, after, most),
    )
    return [Entry(*row) for row in rows]


def _voted(db: sqlite3.Connection, code: str, question: int) -> int:
    row = db.execute(
        "SELECT COUNT(*) FROM votes WHERE code = ? AND question = ?", (code, question)
    ).fetchone()
    return int(row[0])


def _data_version(db: sqlite3.Connection) -> int:
    """Changes whenever another connection has changed the file."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])
