# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough new`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli import fail
from app.cli.common import MAX_LINE, library
from app.errors import ContentError, NotTaken, printable
from app.i18n import LANGUAGE_CODES
from app.walkthrough.content.reading import TODO, Reading
from app.walkthrough.content.schema import Helper
from app.walkthrough.load import load_walkthrough
from app.walkthrough.skeleton import Skeleton, make_skeleton


@click.command()
@click.argument("name", metavar="ID")
@click.argument("file", metavar="FILE.c|FUNCTION", type=click.Path(path_type=Path))
@click.option("--function", help="Which function of the file; else its last.")
@click.option(
    "--from",
    "origin",
    metavar="TREE/FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take FUNCTION out of this file of a kernel's tree, with what it calls there.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGE_CODES),
    help="A language of its texts, once for each; else all.",
)
@click.option(
    "--into",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the folder ID is made; else here.",
)
def new(
    name: str,
    file: Path,
    function: str | None,
    origin: Path | None,
    languages: tuple[str, ...],
    into: Path,
) -> None:
    """Begin a walkthrough: write the folder ID for a function of FILE.c.

    Functions of the same file that it calls are executed too. Out of a kernel's tree:
    walkthrough new shutdown --from linux/net/ipv4/tcp.c tcp_shutdown

    It has the function's blocks, decisions and helpers, and presets that take every branch. What
    only a person can say is marked TODO; `walkthrough check ID` lists that, and accepts the folder
    once it is written. Nothing is overwritten.

    The exit status is 1 if the function cannot be run as it is, 2 for bad input.
    """
    # Imported here, so that the other commands don't wait for it.
    from app.csource.parse import functions_in
    from app.csource.source import Source
    from app.walkthrough.content.schema import is_id

    if not is_id(name):
        allowed = "lower case letters and digits, joined by - or _, at most 40"
        raise click.BadParameter(allowed, param_hint="ID")
    folder = into / name
    if folder.exists():
        raise click.BadParameter(f"{folder} is there already", param_hint="ID")
    if origin is None and not file.exists():
        raise click.BadParameter(f"there is no file {file}", param_hint="FILE.c")
    path = file.resolve()
    reading = Reading(path.parent)
    try:
        with reading.in_time():
            if origin is None:
                text = reading.text(path.name)
                reading.stop_if_broken()
                source = Source(path.name, text or "")
            else:
                function = str(file)
                source = Source(f"{name}.c", _taken(origin, function))
            skeleton = make_skeleton(
                name,
                source,
                function or next(reversed(functions_in(source)), ""),
                [code for code in LANGUAGE_CODES if code in (languages or LANGUAGE_CODES)],
                _explained(),
            )
        reading.stop_if_broken()
    except (ContentError, NotTaken) as error:
        fail(printable(str(error), MAX_LINE) if origin else error)
    for written, text in skeleton.files.items():
        place = folder / written
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    _tell(folder, skeleton)


def _taken(origin: Path, function: str) -> str:
    """The function of a kernel's file, and what it calls there. Raises NotTaken."""
    from app.editions.cutting import decoded, take
    from app.editions.trees import read_plain
    from app.kernel.model import ENVIRONMENT

    modelled = {*ENVIRONMENT.functions, *ENVIRONMENT.macros, *ENVIRONMENT.silent}
    text = decoded(read_plain(origin, origin.parent.resolve()))
    return take(str(origin), text, function, modelled)


def _explained() -> dict[str, Helper]:
    """The kernel functions that a walkthrough of the library explains, by how they are called."""
    return {
        called: helper
        for folder in library().values()
        for called, helper in load_walkthrough(folder).helpers.items()
    }


def _tell(folder: Path, skeleton: Skeleton) -> None:
    """What was written, and what is to be done."""
    total = sum(text.count(TODO) for text in skeleton.files.values())
    click.echo(f"{folder}: {len(skeleton.files)} files, {total} sentences to write. Then:")
    click.echo(f"  walkthrough check {folder}")
    click.echo(f"  walkthrough --content {folder.parent} serve")
    for decision, taken in skeleton.unreached:
        click.echo(
            f"Nothing takes {decision}/{str(taken).lower()}: the walkthrough needs a preset that "
            "does, or the source goes without that decision.",
            err=True,
        )
