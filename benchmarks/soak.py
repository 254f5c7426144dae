# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Server whose rooms live by a faster clock: `python -m benchmarks.soak FOLDER`."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

from app.paths import CONTENT
from app.rooms.classroom import Classroom
from app.rooms.limits import Limits
from app.rooms.sqlite_log import SqliteLog
from app.web.app import create_app
from app.web.http.rendering import RenderQueue
from app.web.server import serve_alone
from app.web.settings import Settings
from benchmarks.hold import SPEED


def main(folder: Path) -> None:
    """Serve on a free port, which is printed, until a signal ends it."""
    limits = Limits(starts_burst=1_000_000, votes_burst=1_000_000, follows_burst=1_000_000)
    settings = Settings(data=folder, limits=limits)
    began, began_ms = time.monotonic(), time.time_ns() // 1_000_000

    def clock() -> float:
        return began + (time.monotonic() - began) * SPEED

    def now_ms() -> int:
        return began_ms + int((clock() - began) * 1000)

    classroom = Classroom(SqliteLog(folder), limits, now_ms=now_ms, clock=clock)
    app = create_app(CONTENT, settings, classroom=classroom, render_queue=RenderQueue())
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"Serving on http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
    serve_alone(settings, app, listening)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
