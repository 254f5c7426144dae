# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough symptom`."""

from __future__ import annotations

import click

from app.cli.common import Asked, asking


@click.command()
@click.argument("symptom", required=False)
@click.option("--markdown", is_flag=True, help="Print Markdown, for a ticket.")
@asking("walkthrough", "json", "lang")
def symptom(asked: Asked, symptom: str | None, markdown: bool) -> None:
    """Say what does a symptom, how to confirm it and what to change; without SYMPTOM list them.

    For example: walkthrough symptom reset-after-close

    The exit status is 2 where SYMPTOM is none; the nearest one is named.
    """
    # Imported here, so that the other commands don't wait for it.
    from app.web.addresses import Addresses
    from app.web.sharing.symptom_texts import SymptomTexts
    from app.web.study.page_cache import PageCache
    from app.web.study.places import symptom_of

    walkthrough = asked.walkthrough
    known = walkthrough.symptoms.symptoms
    wanted = known if symptom is None else (symptom_of(walkthrough, symptom),)
    cache = PageCache(walkthrough, asked.words, Addresses("", ""))
    texts = [
        SymptomTexts(
            walkthrough=walkthrough,
            symptom=one,
            language=asked.words,
            link=f"/{walkthrough.id}/symptoms/{one.id}",
            resolve=lambda link: cache.resolve(link, None),
        )
        for one in wanted
    ]
    reports = [one.report() for one in texts]
    if asked.printed({"symptoms": reports} if symptom is None else reports[0]):
        return
    if symptom is None:
        width = max((len(one.id) for one in wanted), default=0)
        for one in texts:
            click.echo(f"{one.symptom.id:<{width}}  {one.title}")
    else:
        click.echo(texts[0].markdown() if markdown else texts[0].mail(), nl=False)
