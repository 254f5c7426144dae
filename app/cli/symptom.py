# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough symptom`."""

from __future__ import annotations

import click

from app.cli.common import find_walkthrough, json_option, lang_option, told, walkthrough_option
from app.i18n import language
from app.walkthrough.report import json_text


@click.command()
@click.argument("symptom", required=False)
@walkthrough_option
@click.option("--markdown", is_flag=True, help="Print Markdown, for a ticket.")
@json_option
@lang_option
def symptom(
    symptom: str | None, name: str | None, markdown: bool, as_json: bool, lang: str
) -> None:
    """Say what does a symptom, how to confirm it and what to change; without SYMPTOM list them.

    For example: walkthrough symptom reset-after-close

    The exit status is 2 where SYMPTOM is none; the nearest one is named.
    """
    # Imported here, so that the other commands don't wait for it.
    from app.web.addresses import Addresses
    from app.web.sharing.symptom_texts import SymptomTexts
    from app.web.study.places import symptom_of
    from app.web.study.shelf import Shelf

    with told(lang):
        walkthrough = find_walkthrough(name)
        known = walkthrough.symptoms.symptoms
        wanted = known if symptom is None else (symptom_of(walkthrough, symptom),)
    words = language(lang)
    shelf = Shelf(walkthrough, words, Addresses("", ""))
    texts = [
        SymptomTexts(
            walkthrough=walkthrough,
            symptom=one,
            language=words,
            link=f"/{walkthrough.id}/symptoms/{one.id}",
            resolve=lambda link: shelf.resolve(link, None),
        )
        for one in wanted
    ]
    if symptom is None and as_json:
        click.echo(json_text({"symptoms": [one.report() for one in texts]}))
    elif symptom is None:
        width = max((len(one.id) for one in wanted), default=0)
        for one in texts:
            click.echo(f"{one.symptom.id:<{width}}  {one.title}")
    elif as_json:
        click.echo(json_text(texts[0].report()))
    else:
        click.echo(texts[0].markdown() if markdown else texts[0].mail(), nl=False)
