# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough atlas`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.common import (
    echo_source,
    edition_option,
    find_walkthrough,
    json_option,
    lang_option,
    table_of,
    told,
)
from app.i18n import Language, language
from app.walkthrough.report import json_text

if TYPE_CHECKING:
    from app.walkthrough.atlas.report import PathReport


@click.command()
@click.argument("walkthrough", required=False)
@click.option("--branch", multiple=True, help="Only paths that take this branch: unread/true.")
@click.option(
    "--fate", help="Only paths that end like this: destroyed, timewait, orphan, kept, stopped."
)
@click.option("--state", help="Only paths that leave this sk_state.")
@click.option("--segment", help="Only paths that send this: FIN, RST, none.")
@click.option("--counter", help="Only paths that count this: TCPAbortOnClose.")
@edition_option
@json_option
@lang_option
def atlas(
    walkthrough: str | None,
    branch: tuple[str, ...],
    variant: str | None,
    as_json: bool,
    lang: str,
    **filters: str | None,
) -> None:
    """Show every path through a function, with the conditions that lead to each.

    For example: walkthrough atlas --branch unread/true --fate destroyed

    The first time takes some seconds; the result is kept in the user's cache folder. The exit
    status is 2 for bad input; every problem is named.
    """
    with told(lang):
        _show(
            name=walkthrough,
            branch=",".join(branch),
            variant=variant,
            as_json=as_json,
            lang=lang,
            filters=filters,
        )


def _show(
    name: str | None,
    branch: str,
    variant: str | None,
    as_json: bool,
    lang: str,
    filters: dict[str, str | None],
) -> None:
    # Imported here, so that the other commands don't wait for it.
    from app.walkthrough.atlas.filters import filtered, read_filter
    from app.walkthrough.atlas.report import report_path
    from app.walkthrough.atlas.store import AtlasStore, cache_folder
    from app.walkthrough.atlas.words import AtlasWords

    walkthrough = find_walkthrough(name)
    fields = {key: value for key, value in filters.items() if value} | {"branch": branch}
    wanted = read_filter(walkthrough, fields, variant)
    edition = walkthrough.edition_of(variant)
    found = AtlasStore(cache_folder()).get(edition, walkthrough.function)
    spoken = language(lang)
    words = AtlasWords(spoken)
    paths = [report_path(edition, path, words) for path in filtered(found, wanted)]
    if as_json:
        body = {
            "walkthrough": walkthrough.id,
            "variant": variant,
            "total": len(paths),
            "bounds": found.bounds,
            "paths": paths,
        }
        click.echo(json_text(body))
        return
    _print_table(paths, spoken)
    said = spoken.gettext(
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
    echo_source(walkthrough, spoken, variant)


def _print_table(paths: list[PathReport], spoken: Language) -> None:
    from rich.console import Console
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
    Console(highlight=False).print(table)
