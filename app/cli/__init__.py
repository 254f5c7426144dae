# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The command line: a command per module."""

from __future__ import annotations

import click

from app.cli.atlas import atlas
from app.cli.check import check
from app.cli.compare import compare
from app.cli.export import export
from app.cli.lab import lab
from app.cli.serve import serve
from app.cli.trace import trace
from app.cli.watch import watch
from app.cli.witness import witness


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Read a kernel function, choose a socket, see its path."""


main.add_command(serve)
main.add_command(check)
main.add_command(trace)
main.add_command(atlas)
main.add_command(witness)
main.add_command(lab)
main.add_command(watch)
main.add_command(compare)
main.add_command(export)
