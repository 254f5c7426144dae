# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Real stores: a SQLite file, and a redis-server of the test's own."""

import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from app.rooms.log import Log
from app.rooms.sqlite_log import SqliteLog
from tests.conftest import leave_out

MakeLog: TypeAlias = Callable[[], Log]
"""A new connection to the same store, as another process would have it."""


class RedisServer:
    """A redis-server on a socket in a folder; it keeps what it has when it is started again."""

    def __init__(self, program: str, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "redis.sock"
        self.url = f"unix://{self.path}"
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [
                *(self._program, "--port", "0", "--unixsocket", str(self.path)),
                *("--dir", str(self.folder), "--save", "", "--appendonly", "yes"),
                *("--appendfsync", "always"),
            ],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 300
        while not self._answers():
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.01)  # another process's start has nothing to wait on

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self.path.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.path))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False


@pytest.fixture(scope="session")
def redis_program() -> str:
    """The path of redis-server; without one the test is left out."""
    return shutil.which("redis-server") or leave_out(
        "no redis-server here, so rooms in Redis were not tested"
    )


@pytest.fixture(scope="module")
def redis_server(
    redis_program: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedisServer]:
    """A running redis-server for a module's tests."""
    # The path of a socket has to be short.
    server = RedisServer(redis_program, tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["sqlite", "redis"])
def make_log(request: pytest.FixtureRequest, tmp_path: Path) -> MakeLog:
    """Makes logs of the same store."""
    if request.param == "sqlite":
        return lambda: SqliteLog(tmp_path)
    from app.rooms.redis_log import RedisLog

    url = request.getfixturevalue("redis_server").url
    return lambda: RedisLog(url)


@asynccontextmanager
async def closing(*logs: Log) -> AsyncIterator[None]:
    """Closes logs at the end."""
    try:
        yield
    finally:
        for log in logs:
            await log.close()
