# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs the program in several processes, and looks after them; imported where that is wanted."""

from __future__ import annotations

import functools
import gc
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors.multiprocess import Multiprocess

from app.background import starting_processes
from app.walkthrough.load import Content
from app.web.app import create_app
from app.web.http.rendering import RenderQueue
from app.web.operation.logs import request_log, set_up_logs
from app.web.server import GRACE_S, begin_answering, config_of
from app.web.settings import Settings

_LOGGER: Final = logging.getLogger("walkthrough.server")


def make_worker(content: Content, settings: Settings) -> Starlette:
    """The program in a worker, a process that begins here."""
    set_up_logs(settings.log_format, settings.log_level)
    # As in `walkthrough serve`: what is made until the first request stays for good.
    gc.disable()
    meter = None
    if settings.metrics is not None:
        from app.web.operation.metrics import a_worker

        meter = a_worker()
    app = create_app(
        content,
        settings,
        request_log=request_log(settings.log_format, settings.log_level),
        meter=meter,
        render_queue=RenderQueue(),
    )
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()
    # From here on it is uvicorn's; who interrupted before that is heard by the first process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    begin_answering()
    return app


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


class Workers(Multiprocess):
    """Starts workers, replaces one that died, and ends all within a bounded time."""

    def __init__(
        self, config: uvicorn.Config, sockets: list[socket.socket], numbers: Path | None
    ) -> None:
        super().__init__(config, sockets)
        self._numbers = numbers

    def init_processes(self) -> None:
        with starting_processes(signal.SIGINT):
            super().init_processes()

    def keep_subprocess_alive(self) -> None:
        """Replace those that died, say so, and forget what they had at that moment."""
        before = {process.pid for process in self.processes}
        with starting_processes(signal.SIGINT):
            super().keep_subprocess_alive()
        alive = {process.pid for process in self.processes}
        for pid in before - alive:
            _LOGGER.error("worker %s died; another takes its place", pid)
        if self._numbers is not None and alive != before:
            from app.web.operation.metrics import forget_the_dead

            forget_the_dead(self._numbers, {pid for pid in alive if pid is not None})

    def join_all(self) -> None:
        """Wait for the workers; those that do not end are killed."""
        timeout_s = self.config.timeout_graceful_shutdown or 0
        until = time.monotonic() + timeout_s + GRACE_S
        for process in self.processes:
            process.process.join(max(0.0, until - time.monotonic()))
            if process.process.is_alive():
                _LOGGER.error("worker %s does not end by itself, and is killed", process.pid)
                process.process.kill()
                process.process.join()


def serve_with_workers(
    content: Content, settings: Settings, listening: socket.socket, numbers: Path | None = None
) -> None:
    """Serve until a signal ends it. The workers hand in their metrics in the folder `numbers`."""
    config = config_of(
        settings, functools.partial(make_worker, content, settings), workers=settings.workers
    )
    Workers(config, [listening], numbers).run()
