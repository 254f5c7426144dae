# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough serve`."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli import fail
from app.cli.common import content, interruptible
from app.cli.places import HERE, check_modules, kernels_option, modules_option, place_of, yes_option
from app.cli.settings import settings_options
from app.web.settings import Settings, SettingsError, in_words, is_loopback, read_settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from starlette.applications import Starlette

    from app.lab.place import Place
    from app.web.operation.sample import Meter

#: What was sent to somebody who takes nothing is kept for so long.
_UNANSWERED_MS: Final = 60_000


@click.command()
@settings_options
@click.option(
    "--lab",
    is_flag=True,
    help="Let the pages run recipes on this kernel; only on a loopback address.",
)
@kernels_option
@modules_option
@yes_option
def serve(
    lab: bool,
    kernels: tuple[str, ...],
    modules: Path | None,
    yes: bool,
    **options: str | None,
) -> None:
    """Serve the walkthroughs; the address is printed.

    Each option can be set by the environment variable that stands behind it, too; docs/operation.md
    says more. SIGTERM and Ctrl+C end it, with exit status 0.

    With --lab the pages have a button that makes the socket on this machine's kernel and closes
    it, and a page that watches this host's counters. That is refused on any address but
    loopback, with exit status 2. Kernels that are named by --kernel can be chosen there, too, and
    are booted in an emulator for each run.
    """
    if kernels and not lab:
        raise click.UsageError("--kernel is one of the lab's: it takes --lab.")
    try:
        settings = read_settings(options, has_lab=lab)
    except SettingsError as error:
        fail(error, 2)
    check_modules(kernels, modules)
    if lab:
        _prepare_lab(settings.host)
    # What is made until the first request stays for good: looking for garbage among it would
    # only cost time, now and at every later collection.
    gc.disable()

    # Imported here, so that the other commands don't wait for a web server.
    from app.errors import ContentError
    from app.web import server
    from app.web.app import create_app
    from app.web.http.rendering import RenderQueue
    from app.web.operation.descriptors import raise_limit
    from app.web.operation.logs import request_log, set_up_logs

    raise_limit()
    with (
        interruptible(),
        _guests(kernels, modules, yes) as guests,
        server.folder_of_numbers(settings) as numbers,
    ):
        meter, registry = _meter(settings, numbers)
        try:
            # With workers this is only to see that all is well: each makes its own.
            app = create_app(
                content(),
                settings,
                request_log=request_log(settings.log_format, settings.log_level),
                meter=meter,
                render_queue=RenderQueue() if settings.workers == 1 else None,
                lab_guests=guests,
            )
        except (ContentError, ValueError) as error:
            fail(error)
        listening = _listen(settings.host, settings.port)
        _prepare(listening)
        metrics = None
        if settings.metrics is not None and registry is not None:
            metrics = _serve_metrics(settings, registry, app)
        server.begin_answering()
        set_up_logs(settings.log_format, settings.log_level)
        server.end_quietly()
        _announce(settings, listening.getsockname()[1], metrics)
        if settings.workers == 1:
            server.serve_alone(settings, app, listening)
        else:
            from app.web.workers import serve_with_workers

            serve_with_workers(content(), settings, listening, numbers)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        fail(f"Can't listen on {host} port {port}: {error}")


def _meter(
    settings: Settings, numbers: Path | None
) -> tuple[Meter | None, CollectorRegistry | None]:
    """Who counts in this process, and what is served of it; with workers, of them."""
    if settings.metrics is None:
        return None, None
    # A library that few need.
    from app.web.operation.metrics import all_workers, one_process

    return one_process() if numbers is None else (None, all_workers(numbers))


def _serve_metrics(settings: Settings, registry: CollectorRegistry, app: Starlette) -> str:
    """Begin to serve the metrics; gives their address."""
    from app.web.operation.metrics import serve_metrics
    from app.web.server import version

    assert settings.metrics is not None
    host, port = settings.metrics
    revisions = app.state.site.revisions
    try:
        port = serve_metrics((host, port), registry, version(), revisions, settings.workers)
    except (OSError, OverflowError) as error:
        fail(f"Can't listen on {host} port {port}: {error}")
    return f"http://{in_words((host, port))}/metrics"


def _announce(settings: Settings, port: int, metrics: str | None) -> None:
    """Print where it is served, and for how many; as JSON, where the log is."""
    from app.web.operation.descriptors import most_streams

    most = settings.limits.max_followers_in_all
    streams = most_streams()
    allowed = most if streams is None else streams
    where = f"http://{in_words((settings.host, port))}{settings.root_path}/"
    if settings.log_format == "json":
        line = {"event": "serving", "address": where, "metrics": metrics}
        followers = {"followers": min(allowed, most)}
        click.echo(json.dumps(line | {"workers": settings.workers} | followers))
    else:
        click.echo(f"Serving on {where} (Ctrl+C ends it)")
        if metrics is not None:
            click.echo(f"Metrics on {metrics}")
        each = " in each worker" if settings.workers > 1 else ""
        click.echo(f"Room for {min(allowed, most)} followers of live rooms{each}")
    if allowed < most:
        logging.getLogger("walkthrough.server").warning(
            "the limit of open files allows %d followers, fewer than --max-followers-in-all %d; "
            "docs/operation.md says how to raise it",
            allowed,
            most,
        )
    if settings.workers > 1 and settings.redis is None:
        logging.getLogger("walkthrough.server").warning(
            "%d workers without --redis: rooms are shared through a file on this host (%s), "
            "which is enough to try it; a class wants --redis",
            settings.workers,
            settings.data,
        )
    if settings.redis is None and not _can_be_written(settings.data):
        # Not the end: pages need no folder, and it may come to be there.
        logging.getLogger("walkthrough.server").warning(
            "--data %s cannot be written: pages are served, but there are no rooms", settings.data
        )


def _can_be_written(folder: Path) -> bool:
    """Whether files can be made in a folder, which itself may have to be made first."""
    folder = folder.absolute()
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))  # noqa: PTH110
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _prepare(listening: socket.socket) -> None:
    """No connection hangs on for nobody."""
    if listening.family in {socket.AF_INET, socket.AF_INET6} and hasattr(
        socket, "TCP_USER_TIMEOUT"
    ):
        # Inherited by each connection: a phone that has gone, or does not read, holds what was
        # sent to it for so long and no longer.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)


@contextlib.contextmanager
def _guests(kernels: tuple[str, ...], modules: Path | None, yes: bool) -> Iterator[list[Place]]:
    """The kernels that may be booted; ends the program where one cannot be."""
    from app.errors import LabError
    from app.i18n import DEFAULT_LANGUAGE, language

    ask = None if yes else language(DEFAULT_LANGUAGE)
    with contextlib.ExitStack() as stack:
        try:
            guests = [
                stack.enter_context(place_of(kernel, modules, ask=ask))
                for kernel in kernels
                if kernel != HERE
            ]
        except LabError as error:
            fail(f"--kernel: {error.message}", 2)
        yield guests


def _prepare_lab(host: str) -> None:
    """Say what the lab may do here; ends the program where it must not or cannot be there."""
    from app.errors import LabError
    from app.lab.machine import best_namespace, this_kernel

    if not is_loopback(host):
        fail(
            "--lab makes sockets on this machine for whoever asks, so it is served on a loopback "
            f"address only (127.0.0.1, ::1, localhost), not on {host}.",
            2,
        )
    try:
        kernel = this_kernel()
    except LabError as error:
        fail(f"--lab: {error.message}", 2)
    how = {
        "root": "in network namespaces of its own, as root",
        "user": "in network namespaces of its own, as an ordinary user",
        "none": "on plain loopback, since no network namespace can be made here: "
        "some recipes are left out",
    }
    click.echo(f"The lab runs on Linux {kernel.version}, {how[best_namespace()]}.")
