# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough witness`."""

from __future__ import annotations

import click

from app.cli.common import Asked, asking, padded


@click.command()
@click.argument("branch")
@asking("walkthrough", "edition", "json", "lang")
def witness(asked: Asked, branch: str) -> None:
    """Show the simplest scenario that takes a branch, and when it is taken at all.

    For example: walkthrough witness unread/true

    The exit status is 2 where BRANCH is none, or nothing takes it; the nearest one is named.
    """
    from app.walkthrough.atlas.filters import read_branch
    from app.walkthrough.atlas.report import report_branch, simplest
    from app.walkthrough.atlas.words import AtlasWords

    place = read_branch(asked.walkthrough, branch, asked.variant)
    record = asked.atlas.branch(place)
    _, words = asked.words.gettext, AtlasWords(asked.words)
    # Another text's branches are on no page.
    is_shown = asked.variant is None and record.witness
    shown = simplest(asked.walkthrough, asked.atlas, place) if is_shown else None
    body = report_branch(asked.edition, asked.atlas, record, words, shown)
    if asked.printed(body):
        return
    if body["witness"] is None:
        click.echo(
            _("{branch}: nothing takes this branch within the bounds").format(branch=body["id"])
        )
        return
    where = _("{branch}, line {line}, on {count} paths")
    click.echo(where.format(branch=body["id"], line=body["line"], count=body["total_paths"]))
    click.echo(padded(_("witness"), 11) + (body["witness"].replace("&", " ") or _("the defaults")))
    if body["witness_caveats"]:
        real = (body["real_witness"] or "").replace("&", " ") or _("none within the search")
        said = _("only hypothetical; one that can be: {scenario}").format(scenario=real)
        click.echo(" " * 11 + said)
    text = words.branch(record)
    if not text.is_exact:
        head = _("only when {condition}").format(condition=text.common) if text.common else "–"
    elif not text.cases:
        head = text.common
    elif text.common:
        head = _("{condition}, and one of these {count}:").format(
            condition=text.common, count=len(text.cases)
        )
    else:
        head = _("one of these {count}:").format(count=len(text.cases))
    click.echo(padded(_("condition"), 11) + head)
    for case in text.cases:
        click.echo(f"           - {case}")
    asked.echo_source()
