# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough serve`."""

from __future__ import annotations

import contextlib
import gc
import socket
import sys

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free one.",
)
def serve(host: str, port: int) -> None:
    """Serve the walkthroughs; the address is printed."""
    # What is made until the first request stays for good: looking for garbage among it would
    # only cost time, now and at every later collection.
    gc.disable()

    # Imported here, so that the other commands don't wait for a web server.
    import uvicorn

    from app.errors import ContentError
    from app.web.app import create_app

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        app = create_app()
    except ContentError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        click.echo(f"Can't listen on {host} port {port}: {error}", err=True)
        sys.exit(1)
    gc.freeze()
    gc.enable()
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    click.echo(f"Serving on http://{shown}:{listening.getsockname()[1]}/ (Ctrl+C ends it)")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
    # Ctrl+C is how one ends it, and no error; uvicorn raises it again when it has shut down.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
