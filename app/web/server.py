# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs the program under uvicorn in this process; app/web/workers.py does it in several.

A signal ends it within a bounded time: streams end at once, with a hint when to connect again;
answers may become complete for `shutdown_seconds`; what hangs after that is cut off.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette

from app import paths
from app.web.settings import Settings

#: Beyond `shutdown_seconds`: to close the store, and to end.
GRACE_S: Final = 5.0
#: A worker that is starting on a busy machine is not dead.
_STARTING_S: Final = 120
#: Where the library of the metrics is told the folder by which workers hand in their numbers; it
#: reads it when it is imported.
_METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
#: A page leaves some thousand objects for the pages after it, and hardly one that holds itself:
#: Python's 700 would have garbage looked for several times a page.
_NEW_OBJECTS: Final = 20_000
_LOGGER: Final = logging.getLogger("walkthrough.server")


def begin_answering() -> None:
    """What was made until now stays for good; garbage is looked for among the rest, and seldom."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()


def end_quietly() -> None:
    """SIGTERM is how a server is ended, and no error: the exit status is 0."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(0)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)


def version() -> str:
    """The program's: of the package that is installed, else of the checkout."""
    # Only the metrics want to know.
    import importlib.metadata
    import tomllib

    try:
        return importlib.metadata.version("tcp-close-walkthrough")
    except importlib.metadata.PackageNotFoundError:
        project = paths.PACKAGE.parent / "pyproject.toml"
        return str(tomllib.loads(project.read_text())["project"]["version"])


class BoundedServer(uvicorn.Server):
    """Ends for certain: some time after its timeout, whatever still hangs."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin the end, and the time that it may take."""
        if not self.should_exit:
            timeout_s = self.config.timeout_graceful_shutdown or 0
            timer = threading.Timer(timeout_s + GRACE_S, _cut_off)
            timer.daemon = True
            timer.start()
        super().handle_exit(sig, frame)


def _cut_off() -> None:
    _LOGGER.error("the process does not end by itself, and is cut off")
    os._exit(1)


def config_of(
    settings: Settings, app: Callable[..., Any], workers: int | None = None
) -> uvicorn.Config:
    """What uvicorn is told; with `workers` the `app` is a factory."""
    return uvicorn.Config(
        app,
        factory=workers is not None,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=_STARTING_S,
        http=_connection(),
        # There are none, whatever is installed beside the program.
        ws="none",
        # The lab is for who sits at this machine: no proxy speaks for anybody.
        proxy_headers=not settings.has_lab,
        forwarded_allow_ips=settings.forwarded_allow_ips,
    )


def _connection() -> Any:
    try:
        from app.web.connections import BoundedConnection
    except ImportError:
        # No httptools on this platform: uvicorn has another parser, with bounds of its own.
        return "auto"
    return BoundedConnection


def serve_alone(settings: Settings, app: Starlette, listening: socket.socket) -> None:
    """Serve until a signal ends it."""
    # Ctrl+C is how one ends it, and no error; uvicorn raises it again when it has shut down.
    with contextlib.suppress(KeyboardInterrupt):
        BoundedServer(config_of(settings, app)).run(sockets=[listening])


@contextlib.contextmanager
def folder_of_numbers(settings: Settings) -> Iterator[Path | None]:
    """Where workers hand in their metrics, while they run; None where they do not.

    To be entered before the library of the metrics is imported.
    """
    # What is left in the environment of something else must not choose the mode.
    os.environ.pop(_METRICS_FOLDER, None)
    if settings.metrics is None or settings.workers == 1:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="walkthrough-metrics-"))
    os.environ[_METRICS_FOLDER] = str(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
