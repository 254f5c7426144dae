# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough compare`."""

from __future__ import annotations

import click

from app.cli.common import Asked, asking, show, table_of
from app.walkthrough.comparison.report import compare as compare_sides
from app.walkthrough.comparison.report import report_comparison
from app.walkthrough.comparison.sides import decision_in, read_side, read_sides
from app.walkthrough.comparison.traces import Comparison
from app.walkthrough.comparison.words import ComparisonWords
from app.walkthrough.pairs import Side
from app.walkthrough.records import Walkthrough
from app.walkthrough.wording import Wording, kernel_name


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@asking("json", "walkthrough", "lang")
def compare(asked: Asked, a: str, b: str | None) -> None:
    """Show where two scenarios part, and what differs from there on.

    A and B are inputs joined by commas, the id of a preset, or default; variant:… runs one in a
    variant of the source. For example: walkthrough compare recv:300,linger:0 zero-linger

    Without B it is A in the walkthrough's own text and in each kernel that was imported, grouped
    by what is left.

    The exit status is 2 for bad input; every problem is named.
    """
    walkthrough = asked.walkthrough
    if b is None:
        _in_every_text(asked, read_side("a", a, walkthrough))
        return
    sides = read_sides(a, b, walkthrough)
    comparison = compare_sides(walkthrough, *sides)
    wording = Wording(walkthrough, asked.words)
    report = report_comparison(
        walkthrough,
        comparison,
        sides,
        wording,
        compare_url=lambda one, other: f"/{walkthrough.id}/compare?a={one}&b={other}",
        side_url=lambda one: _page(walkthrough, one),
    )
    if not asked.printed(report):
        _print(comparison, sides, ComparisonWords(wording))
        asked.echo_source()


def _in_every_text(asked: Asked, side: Side) -> None:
    from app.editions.difference import report_same_ends, same_ends

    walkthrough, language = asked.walkthrough, asked.words
    if asked.as_json:
        asked.printed(report_same_ends(walkthrough, side.scenario))
        return
    wording = Wording(walkthrough, language)
    for end in same_ends(walkthrough, side.scenario):
        names = (kernel_name(walkthrough, language, label) for label in end.labels)
        click.echo(language.gettext(", ").join(names))
        said = language.space.join(wording.outcome(end.trace)).replace("`", "")
        click.echo(f"  {said}")
        for name, (one, other) in end.differs.items():
            click.echo(f"  {name:<14}{one} → {other}")


def _page(walkthrough: Walkthrough, side: Side) -> str:
    variant = f"variant={side.variant}" if side.variant else ""
    query = "&".join(part for part in (side.scenario.query(), variant) if part)
    return f"/{walkthrough.id}" + (f"?{query}" if query else "")


def _print(comparison: Comparison, sides: tuple[Side, Side], words: ComparisonWords) -> None:
    from rich.text import Text

    heads = (
        Text(f"{name}  ", style="bold") + Text(words.side(side))
        for name, side in zip("AB", sides, strict=True)
    )
    show(*heads, "", *words.summary(comparison, *sides))
    walkthrough = words.walkthrough
    _ = words.language.gettext
    if sides[0] == sides[1]:
        pairs = (
            f"  {words.language.pick(one.title)}\n    walkthrough compare {one.a} {one.b}"
            for one in walkthrough.pairs
        )
        show("\n" + _("Pairs worth comparing:"), *pairs)
        return

    def way(index: int, name: str, taken: tuple[bool, ...]) -> Text:
        """The ways of a decision on a side, and the reason of the last one."""
        trace = (comparison.a, comparison.b)[index]
        edition = walkthrough.edition_of(sides[index].variant)
        steps = [step for step in trace.steps if step.site.decision == name]
        if not steps:
            return Text(_("not met"), style="dim")
        said = " ".join(str(item).lower() for item in taken)
        reason = words.wording.reason(steps[-1], edition).short.replace("`", "")
        return Text(said, style="bold") + Text(f"  {reason}", style="not bold")

    differing = [pair for pair in comparison.decisions if not pair.is_same]
    if differing:
        decisions = table_of(_("line"), _("decision"), "A", "B")
        for pair in differing:
            decision = decision_in(walkthrough, sides, pair.decision)
            decisions.add_row(
                str(decision.line),
                decision.id,
                way(0, pair.decision, pair.a),
                way(1, pair.decision, pair.b),
            )
        show("", decisions)
    left = table_of("", _("what is left"), "A", "B")
    for fact in sorted(comparison.outcome, key=lambda pair: pair.same):
        left.add_row(
            "=" if fact.same else "≠",
            words.fact(fact),
            words.value(fact, fact.a),
            words.value(fact, fact.b),
            style="dim" if fact.same else "",
        )
    show("", left, "", f"/{walkthrough.id}/compare?a={sides[0]}&b={sides[1]}")
