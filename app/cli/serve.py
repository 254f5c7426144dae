# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough serve`."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from app.cli.reading import content
from app.web.settings import DATA, FEEDBACK, PUBLIC_URL, REDIS

#: What was sent to somebody who takes nothing is kept for so long.
_UNANSWERED_MS: Final = 60_000


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free one.",
)
@click.option(
    "--data",
    envvar=DATA,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that rooms are kept in; else the user's state folder.",
)
@click.option(
    "--redis",
    envvar=REDIS,
    metavar="URL",
    help="Keep rooms in Redis instead (redis://host:6379/0), for several processes and hosts.",
)
@click.option(
    "--public-url",
    envvar=PUBLIC_URL,
    metavar="URL",
    help="How readers reach it (https://example.org), for canonical addresses and previews.",
)
@click.option(
    "--lab",
    is_flag=True,
    help="Let the pages run recipes on this kernel; only on a loopback address.",
)
@click.option(
    "--feedback",
    envvar=FEEDBACK,
    metavar="URL",
    help="Repository in which readers report mistakes; without one there is no link for it.",
)
def serve(
    host: str,
    port: int,
    data: Path | None,
    redis: str | None,
    public_url: str | None,
    feedback: str | None,
    lab: bool,
) -> None:
    """Serve the walkthroughs; the address is printed.

    With --lab the pages have a button that makes the socket on this machine's kernel and closes
    it, and a page that watches this host's counters. That is refused on any address but
    loopback, with exit status 2.
    """
    if lab:
        _prepare_lab(host)
    # What is made until the first request stays for good: looking for garbage among it would
    # only cost time, now and at every later collection.
    gc.disable()

    # Imported here, so that the other commands don't wait for a web server.
    import uvicorn

    from app.errors import ContentError
    from app.web.app import create_app
    from app.web.settings import Settings

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        settings = Settings.from_environment()
        settings = replace(
            settings,
            data=data or settings.data,
            redis=redis,
            public_url=public_url,
            feedback=feedback,
            has_lab=lab,
        )
        app = create_app(content(), settings)
    except (ContentError, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        click.echo(f"Can't listen on {host} port {port}: {error}", err=True)
        sys.exit(1)
    _prepare(listening)
    gc.freeze()
    gc.enable()
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    click.echo(f"Serving on http://{shown}:{listening.getsockname()[1]}/ (Ctrl+C ends it)")
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=10,
            # The lab is for who sits at this machine: no proxy speaks for anybody.
            proxy_headers=not lab,
        )
    )
    # Ctrl+C is how one ends it, and no error; uvicorn raises it again when it has shut down.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _prepare(listening: socket.socket) -> None:
    """Makes room for a class: more connections, and none that hang on for nobody."""
    import resource

    # The usual 1,024 are not enough for 1,000 followers; to raise it that far needs no privilege.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if listening.family in {socket.AF_INET, socket.AF_INET6} and hasattr(
        socket, "TCP_USER_TIMEOUT"
    ):
        # Inherited by each connection: a phone that has gone, or does not read, holds what was
        # sent to it for so long and no longer.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)


def _prepare_lab(host: str) -> None:
    """Say what the lab may do here; ends the program where it must not or cannot be there."""
    from app.errors import LabError
    from app.lab.machine import best_namespace, this_kernel

    if not _is_loopback(host):
        click.echo(
            f"--lab makes sockets on this machine for whoever asks, so it is served on a loopback "
            f"address only (127.0.0.1, ::1, localhost), not on {host}.",
            err=True,
        )
        sys.exit(2)
    try:
        kernel = this_kernel()
    except LabError as error:
        click.echo(f"--lab: {error.message}", err=True)
        sys.exit(2)
    how = {
        "root": "in network namespaces of its own, as root",
        "user": "in network namespaces of its own, as an ordinary user",
        "none": "on plain loopback, since no network namespace can be made here: "
        "some recipes are left out",
    }
    click.echo(f"The lab runs on Linux {kernel.version}, {how[best_namespace()]}.")


def _is_loopback(host: str) -> bool:
    """Whether everything that a name or an address stands for is loopback."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(a[4][0]).is_loopback for a in found)
