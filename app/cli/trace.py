# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough trace`."""

from __future__ import annotations

import click

from app.cli.common import Asked, asking, named, show, table_of
from app.errors import InputProblem, ReaderError
from app.i18n import Language
from app.kernel.scenario import parse_scenario
from app.walkthrough.report import TraceReport, query_of, report_trace
from app.walkthrough.wording import Wording


@click.command()
@click.argument("name", metavar="WALKTHROUGH")
@click.argument("inputs", nargs=-1, metavar="[KEY=VALUE]...")
@asking("json", "edition", "lang")
def trace(asked: Asked, inputs: tuple[str, ...]) -> None:
    """Show what a function does in a scenario.

    For example: walkthrough trace tcp_close state=FIN_WAIT2 linger2=-1

    The exit status is 2 for bad input; every problem is named.
    """
    report = _report(asked, inputs)
    if not asked.printed(report):
        _print_table(report, asked.words)
        asked.echo_source()


def _report(asked: Asked, inputs: tuple[str, ...]) -> TraceReport:
    problems: list[InputProblem] = []
    pairs = []
    for text in inputs:
        key, equals, value = text.partition("=")
        if equals:
            pairs.append((key, value))
        else:
            problems.append(InputProblem("not-allowed", text, None, "KEY=VALUE"))
    for attempt in (lambda: asked.edition, lambda: parse_scenario(pairs)):
        try:
            attempt()
        except ReaderError as error:
            problems.extend(error.problems)
    if problems:
        raise ReaderError(problems)
    walkthrough = asked.walkthrough
    found = walkthrough.trace(parse_scenario(pairs), asked.variant)
    query = query_of(found, asked.variant)
    return report_trace(
        walkthrough,
        found,
        Wording(walkthrough, asked.words),
        url=f"/{walkthrough.id}" + (f"?{query}" if query else ""),
        variant=asked.variant,
    )


def _print_table(report: TraceReport, words: Language) -> None:
    from rich.text import Text

    _ = words.gettext
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
    show(
        table,
        "",
        *report["summary"],
        *(named(name, str(value)) for name, value in facts),
        *(Text(caveat, style="yellow") for caveat in report["caveats"]),
    )
