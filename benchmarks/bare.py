# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The bare Starlette route: `python -m benchmarks.bare <folder>` returns what the folder holds.

`body` is the answer's body as it travels, `headers.json` its headers. uvicorn is started as
`walkthrough serve` starts it.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def create_app(path: str, body: bytes, headers: dict[str, str]) -> Starlette:
    """One route, one answer."""

    async def page(request: Request) -> Response:
        return Response(body, headers=headers)

    return Starlette(routes=[Route(path, page)])


def main(folder: Path) -> None:
    """Serve `/tcp_close` on a free port, and print the address."""
    headers = json.loads((folder / "headers.json").read_text())
    app = create_app("/tcp_close", (folder / "body").read_bytes(), headers)
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"Serving on http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(app, log_level="warning", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
