# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The command line: a command per module."""

from __future__ import annotations

from pathlib import Path

import click

from app import paths
from app.cli.atlas import atlas
from app.cli.capture import capture
from app.cli.check import check
from app.cli.common import editions_option
from app.cli.compare import compare
from app.cli.differences import diff, history
from app.cli.export import export
from app.cli.kernels import editions, import_
from app.cli.lab import lab
from app.cli.life import life
from app.cli.new import new
from app.cli.schema import schema
from app.cli.serve import serve
from app.cli.settings import settings
from app.cli.symptom import symptom
from app.cli.trace import trace
from app.cli.watch import watch
from app.cli.witness import witness
from app.errors import printable
from app.walkthrough.load import list_walkthroughs
from app.web.settings import ALONE, CONTENT


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
    help="Folder of walkthroughs, one folder each, beside those that came with the program.",
)
@click.option(
    "--alone", envvar=ALONE, is_flag=True, help="Only those of --content, not the program's own."
)
@editions_option
def main(content: Path | None, alone: bool) -> None:
    """Read a kernel function, choose a socket, see its path."""
    if alone and content is None:
        raise click.UsageError("--alone needs --content: without both there is nothing to read")
    if content is not None and not alone:
        for name in list_walkthroughs(content).keys() & list_walkthroughs(paths.CONTENT).keys():
            said = f"{name}: the one in {content} is taken, not the one that came with the program"
            click.echo(printable(said), err=True)


main.add_command(serve)
main.add_command(settings)
main.add_command(check)
main.add_command(new)
main.add_command(trace)
main.add_command(life)
main.add_command(import_)
main.add_command(editions)
main.add_command(diff)
main.add_command(history)
main.add_command(atlas)
main.add_command(witness)
main.add_command(symptom)
main.add_command(lab)
main.add_command(capture)
main.add_command(watch)
main.add_command(compare)
main.add_command(export)
main.add_command(schema)
