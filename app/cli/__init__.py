# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The command line: a command per module."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.atlas import atlas
from app.cli.check import check
from app.cli.common import editions_option
from app.cli.compare import compare
from app.cli.export import export
from app.cli.kernels import editions, import_
from app.cli.lab import lab
from app.cli.schema import schema
from app.cli.serve import serve
from app.cli.settings import settings
from app.cli.trace import trace
from app.cli.watch import watch
from app.cli.witness import witness
from app.walkthrough.load import list_walkthroughs
from app.web.settings import CONTENT


def _with_walkthroughs(_: click.Context, __: click.Parameter, folder: Path | None) -> Path | None:
    if folder is not None and not list_walkthroughs(folder):
        raise click.BadParameter(f"{folder} has no folder with a walkthrough.yaml")
    return folder


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--content",
    envvar=CONTENT,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_with_walkthroughs,
    help="Folder of the walkthroughs, one folder each; else those that came with the program.",
)
@editions_option
def main(content: Path | None) -> None:
    """Read a kernel function, choose a socket, see its path."""


main.add_command(serve)
main.add_command(settings)
main.add_command(check)
main.add_command(trace)
main.add_command(import_)
main.add_command(editions)
main.add_command(atlas)
main.add_command(witness)
main.add_command(lab)
main.add_command(watch)
main.add_command(compare)
main.add_command(export)
main.add_command(schema)
