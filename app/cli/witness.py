# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough witness`."""

from __future__ import annotations

import click

from app.cli.common import (
    echo_source,
    edition_option,
    find_walkthrough,
    json_option,
    lang_option,
    padded,
    told,
    walkthrough_option,
)
from app.i18n import language
from app.walkthrough.report import json_text


@click.command()
@click.argument("branch")
@walkthrough_option
@edition_option
@json_option
@lang_option
def witness(branch: str, name: str | None, variant: str | None, as_json: bool, lang: str) -> None:
    """Show the simplest scenario that takes a branch, and when it is taken at all.

    For example: walkthrough witness unread/true

    The exit status is 2 where BRANCH is none, or nothing takes it; the nearest one is named.
    """
    with told(lang):
        _show(branch, name, variant, as_json, lang)


def _show(branch: str, name: str | None, variant: str | None, as_json: bool, lang: str) -> None:
    from app.walkthrough.atlas.filters import read_branch
    from app.walkthrough.atlas.report import report_branch, simplest
    from app.walkthrough.atlas.store import AtlasStore, cache_folder
    from app.walkthrough.atlas.words import AtlasWords

    walkthrough = find_walkthrough(name)
    place = read_branch(walkthrough, branch, variant)
    edition = walkthrough.edition_of(variant)
    found = AtlasStore(cache_folder()).get(edition, walkthrough.function)
    record = found.branch(place)
    spoken = language(lang)
    _ = spoken.gettext
    words = AtlasWords(spoken)
    # Another text's branches are on no page.
    shown = simplest(walkthrough, found, place) if variant is None and record.witness else None
    body = report_branch(edition, found, record, words, shown)
    if as_json:
        click.echo(json_text(body))
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
    echo_source(walkthrough, spoken, variant)
