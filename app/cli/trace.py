# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough trace`."""

from __future__ import annotations

import click

from app.cli.common import (
    echo_source,
    edition_option,
    find_walkthrough,
    json_option,
    lang_option,
    padded,
    table_of,
    told,
)
from app.errors import InputProblem, ReaderError
from app.i18n import Language, language
from app.kernel.scenario import parse_scenario
from app.walkthrough.records import Walkthrough
from app.walkthrough.report import TraceReport, json_text, query_of, report_trace
from app.walkthrough.wording import Wording


@click.command()
@click.argument("walkthrough")
@click.argument("inputs", nargs=-1, metavar="[KEY=VALUE]...")
@json_option
@edition_option
@lang_option
def trace(
    walkthrough: str, inputs: tuple[str, ...], as_json: bool, variant: str | None, lang: str
) -> None:
    """Show what a function does in a scenario.

    For example: walkthrough trace tcp_close state=FIN_WAIT2 linger2=-1

    The exit status is 2 for bad input; every problem is named.
    """
    with told(lang):
        report = _report(walkthrough, inputs, variant, lang)
    if as_json:
        click.echo(json_text(report))
    else:
        _print_table(report, language(lang))
        echo_source(find_walkthrough(walkthrough), language(lang), variant)


def _report(name: str, inputs: tuple[str, ...], variant: str | None, lang: str) -> TraceReport:
    problems: list[InputProblem] = []
    walkthrough: Walkthrough | None = None
    pairs = []
    for text in inputs:
        key, equals, value = text.partition("=")
        if equals:
            pairs.append((key, value))
        else:
            problems.append(InputProblem("not-allowed", text, None, "KEY=VALUE"))
    for attempt in (lambda: find_walkthrough(name), lambda: parse_scenario(pairs)):
        try:
            result = attempt()
        except ReaderError as error:
            problems.extend(error.problems)
        else:
            if isinstance(result, Walkthrough):
                walkthrough = result
    if walkthrough is not None:
        try:
            walkthrough.edition_of(variant)
        except ReaderError as error:
            problems.extend(error.problems)
    if problems or walkthrough is None:
        raise ReaderError(problems)
    found = walkthrough.trace(parse_scenario(pairs), variant)
    query = query_of(found, variant)
    return report_trace(
        walkthrough,
        found,
        Wording(walkthrough, language(lang)),
        url=f"/{walkthrough.id}" + (f"?{query}" if query else ""),
        variant=variant,
    )


def _print_table(report: TraceReport, words: Language) -> None:
    from rich.console import Console
    from rich.text import Text

    _ = words.gettext
    console = Console(highlight=False)
    table = table_of(_("step"), _("line"), _("code"), "", _("why, and what it changed"))
    table.columns[1].justify = "right"
    for step in report["steps"]:
        taken = "" if step["taken"] is None else str(step["taken"]).lower()
        text = Text(step["why"].replace("`", ""))
        for effect in step["effects"]:
            text.append(f"\n· {effect['text']}", style="dim")
        table.add_row(
            str(step["index"]),
            str(step["line"]),
            Text(step["text"]),
            Text(taken, style="green" if step["taken"] else "yellow"),
            text,
        )
    console.print(table)
    console.print()
    for summary in report["summary"]:
        console.print(Text(summary))
    outcome = report["outcome"]
    none = _("none")
    facts = [
        (_("state"), outcome.state),
        (_("fate"), outcome.fate),
        (_("segments"), " ".join(outcome.segments) or none),
        (_("counters"), " ".join(f"{k}+{v}" for k, v in outcome.counters.items()) or none),
        (_("keepalive"), f"{outcome.keepalive_ms} ms" if outcome.keepalive_ms else none),
        (_("mini-socket"), f"{outcome.timewait_ms} ms" if outcome.timewait else none),
        (_("orphans, refs"), f"{outcome.orphans:+d}, {outcome.refs:+d}"),
        (_("inputs read"), " ".join(report["reads"])),
        (_("link"), report["url"]),
    ]
    for name, value in facts:
        console.print(Text(padded(name, 14), style="dim") + Text(str(value)))
    for caveat in report["caveats"]:
        console.print(Text(caveat, style="yellow"))
