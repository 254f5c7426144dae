# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough export`."""

from __future__ import annotations

import errno
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from app.cli import fail
from app.cli.common import content, library

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "that is not permitted",
    errno.EPERM: "that is not permitted",
}
_INTERRUPTING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace an earlier export.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def export(folder: Path, force: bool, quiet: bool) -> None:
    """Write a site of plain files into FOLDER, which is new or empty.

    Any static host serves it, under any path: every page in every language, every path of the
    function, and the sockets that those pages lead to. Another socket is answered by the nearest.
    """
    # Imported here, so that the other commands don't wait for it.
    from app.editions.store import Store
    from app.errors import ContentError, OutsideFailure, printable
    from app.paths import editions_folder
    from app.web.export.building import build
    from app.web.export.folder import FolderRefused, complete_folder
    from app.web.export.rendering import NotRendered

    labels = [kept.label for name in library() for kept in Store(editions_folder(), name).all()]
    if labels:
        said = (
            f"Left out: the text of {', '.join(labels)}. It is its authors', under the GPL, and "
            "kept for you; an export is for everybody. A server shows it: walkthrough serve."
        )
        click.echo(printable(said), err=True)
    # As Ctrl+C does: what was begun is cleaned up on the way out.
    for number in _INTERRUPTING:
        signal.signal(number, _interrupt)
    started = time.monotonic()
    is_shown = not quiet and sys.stderr.isatty()
    last = -1

    def progress(done: int, known: int) -> None:
        nonlocal last
        if is_shown:
            click.echo(f"\r{done} of {known} pages", nl=False, err=True)
        elif not quiet and done // 100 > last:
            last = done // 100
            click.echo(f"{done} of {known} pages", err=True)

    try:
        with complete_folder(folder, force=force) as site:
            build(site, progress, content())
    except (ContentError, FolderRefused, NotRendered, OutsideFailure) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail(f"\nInterrupted; {folder} is as it was.", 130)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        place = f" ({error.filename})" if error.filename else ""
        fail(f"Can't write {folder}: {reason}{place}. Nothing was changed there.")
    if is_shown:
        click.echo("\r\x1b[K", nl=False, err=True)
    click.echo(
        f"{folder}: {len(site.names)} files, {site.bytes / 1e6:.1f} MB, "
        f"in {time.monotonic() - started:.0f} s"
    )


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    # Once is enough: a second one must not interrupt the cleaning up.
    for other in _INTERRUPTING:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt
