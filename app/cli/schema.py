# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough schema`."""

from __future__ import annotations

import json

import click

from app.walkthrough.load import FILES


@click.command()
@click.argument("file", required=False, type=click.Choice(list(FILES)), metavar="[FILE]")
def schema(file: str | None) -> None:
    """Print the JSON schema of a content folder's FILE, for an editor that completes and checks.

    Without FILE the names of all of them are printed. The schema says what may stand where;
    whether it fits the source, `walkthrough check` says.
    """
    if file is None:
        click.echo("\n".join(FILES))
        return
    # Imported here, so that the other commands don't wait for it.
    from pydantic import TypeAdapter

    found = TypeAdapter(FILES[file]).json_schema()
    dialect = "https://json-schema.org/draft/2020-12/schema"
    body = {"$schema": dialect, **found, "title": file}
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))
