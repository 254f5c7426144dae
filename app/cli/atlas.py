# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough atlas`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.common import Asked, asking, show, table_of
from app.i18n import Language

if TYPE_CHECKING:
    from app.walkthrough.atlas.report import PathReport


@click.command()
@click.argument("name", metavar="[WALKTHROUGH]", required=False)
@click.option("--branch", multiple=True, help="Only paths that take this branch: unread/true.")
@click.option(
    "--fate", help="Only paths that end like this: destroyed, timewait, orphan, kept, stopped."
)
@click.option("--state", help="Only paths that leave this sk_state.")
@click.option("--segment", help="Only paths that send this: FIN, RST, none.")
@click.option("--counter", help="Only paths that count this: TCPAbortOnClose.")
@asking("edition", "json", "lang")
def atlas(asked: Asked, branch: tuple[str, ...], **filters: str | None) -> None:
    """Show every path through a function, with the conditions that lead to each.

    For example: walkthrough atlas --branch unread/true --fate destroyed

    The first time takes some seconds; the result is kept in the user's cache folder. The exit
    status is 2 for bad input; every problem is named.
    """
    # Imported here, so that the other commands don't wait for it.
    from app.walkthrough.atlas.filters import filtered, read_filter
    from app.walkthrough.atlas.report import report_path
    from app.walkthrough.atlas.words import AtlasWords

    fields = {key: value for key, value in filters.items() if value}
    fields["branch"] = ",".join(branch)
    wanted = read_filter(asked.walkthrough, fields, asked.variant)
    found, words = asked.atlas, AtlasWords(asked.words)
    paths = [report_path(asked.edition, path, words) for path in filtered(found, wanted)]
    body = {
        "walkthrough": asked.walkthrough.id,
        "variant": asked.variant,
        "total": len(paths),
        "bounds": found.bounds,
        "paths": paths,
    }
    if asked.printed(body):
        return
    _print_table(paths, asked.words)
    said = asked.words.gettext(
        "{count} of {all} paths; queues up to {segments} segments, lists up to {events} events"
    )
    click.echo(
        "\n"
        + said.format(
            count=len(paths),
            all=len(found.paths),
            segments=found.bounds.segments,
            events=found.bounds.events,
        )
    )
    asked.echo_source()


def _print_table(paths: list[PathReport], spoken: Language) -> None:
    from rich.text import Text

    _ = spoken.gettext
    table = table_of(_("path"), _("fate"), _("sends"), _("counts"), _("simplest scenario"))
    for path in paths:
        outcome = path["outcome"]
        scenario = Text(path["witness"].replace("&", " ") or _("the defaults"))
        if path["witness_caveats"]:
            scenario.append(" " + _("(hypothetical)"), style="yellow")
        table.add_row(
            path["id"],
            outcome.fate,
            " ".join(outcome.segments) or _("nothing"),
            " ".join(outcome.counters) or _("nothing"),
            scenario,
        )
    show(table)
