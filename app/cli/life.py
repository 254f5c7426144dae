# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough life`."""

from __future__ import annotations

import click

from app.cli.common import Asked, asking, named, show, table_of
from app.i18n import Language
from app.kernel.life.engine import live
from app.kernel.life.records import Life
from app.walkthrough.life.many import steady
from app.walkthrough.life.many_words import ManyReport, ManyWords, report_many
from app.walkthrough.life.report import report_life
from app.walkthrough.life.ss_writer import ss_short
from app.walkthrough.life.words import LifeWords
from app.walkthrough.pairs import edition_key


@click.command()
@click.argument("name", metavar="WALKTHROUGH")
@click.argument("inputs", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--many", is_flag=True, help="Of many closed a second: what is there of them.")
@asking("edition", "json", "lang")
def life(asked: Asked, inputs: tuple[str, ...], many: bool) -> None:
    """Show what becomes of the socket after the call, until nothing is left.

    \b
    For example: walkthrough life tcp_close peer=silent orphan_retries=3
                 walkthrough life tcp_close --many rate=2000 silent=20

    The exit status is 2 for bad input; every problem is named.
    """  # noqa: D301 - click looks for the character
    edition = asked.edition.id
    text = "&".join((*inputs, f"{edition_key(edition)}={edition}") if edition else inputs)
    (_many if many else _one)(asked, text)


def _one(asked: Asked, text: str) -> None:
    from app.kernel.life.conditions import CONDITIONS
    from app.web.addresses import LIFE, Addresses
    from app.web.query import TEXTS, read_query

    found = asked.walkthrough
    query = read_query(text, found, view_keys=(*CONDITIONS, *TEXTS))
    life = live(found.trace(query.scenario, query.variant), query.conditions)
    words = LifeWords(found, asked.words)
    report = report_life(life, words, Addresses("", "").page(found.id, LIFE, query=query.whole))
    if not asked.printed(report):
        says = [report["says"], *report["notes"], *(item["text"] for item in report["shorten"])]
        _print_life(life, words, says, report["url"])


def _many(asked: Asked, text: str) -> None:
    # Imported here, as above, so that the other commands don't wait for it.
    from app.web.addresses import LIFE, MANY, Addresses
    from app.web.life.pages import read_many

    found = asked.walkthrough
    query, crowd = read_many(text, found)
    text = "&".join(filter(None, (crowd.query(), query.whole)))
    report = report_many(
        steady(found.edition_of(query.variant), query.scenario, query.conditions, crowd),
        LifeWords(found, asked.words),
        Addresses("", "").page(found.id, f"{LIFE}/{MANY}", query=text),
    )
    if not asked.printed(report):
        _print_many(report, asked.words)


def _print_life(life: Life, words: LifeWords, says: list[str], url: str) -> None:
    from rich.text import Text

    _ = words.language.gettext
    table = table_of(_("time"), _("end"), _("what happens"), _("this end"), _("peer"))
    for one in words.told(life):
        lines = (ss_short(one.this, one.at_us), ss_short(one.peer, one.at_us))
        texts = (one.text.replace("`", ""), *lines)
        table.add_row(words.clock(one.at_us), words.end(one.end), *map(Text, texts))
    show(table, "", *(line.replace("`", "") for line in says), named(_("link"), url))


def _print_many(report: ManyReport, words: Language) -> None:
    from rich.text import Text

    _, count = words.gettext, ManyWords(words).count
    table = table_of(_("limit"), _("allows"), _("used"), _("met at closes a second"), _("default"))
    for limit in report["limits"]:
        rate = "" if limit["rate"] is None else count(limit["rate"])
        used = count(limit["used"])
        table.add_row(limit["name"], f"{limit['limit']:,}", used, rate, Text(limit["source"]))
    says = [line.replace("`", "") for line in (report["says"], *report["notes"])]
    show(table, "", *says, named(_("link"), report["url"]))
