# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough lab`."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Final

import click

from app.cli.common import content, find_walkthrough, lang_option, padded, told, walkthrough_option
from app.errors import InputProblem, LabError, NotFound, ReaderError, nearest
from app.i18n import Language, language, marked
from app.kernel.scenario import parse_scenario
from app.walkthrough.records import Walkthrough
from app.walkthrough.report import json_text

if TYPE_CHECKING:
    from app.lab.experiment import Case, Experiment, Result

#: The lab itself could not work; 1 is for a kernel that contradicts the model, 2 for bad input.
FAILED: Final = 3
_SIGNS: Final = {
    "agree": (marked("agrees"), "green"),
    "explained": (marked("explained"), "cyan"),
    "disagree": (marked("DISAGREES"), "red"),
    "left_out": (marked("left out"), "yellow"),
}


@click.command()
@click.argument("presets", nargs=-1, metavar="[PRESET | SCENARIO]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--record", is_flag=True, help="Write what was seen into the content folder.")
@walkthrough_option
@click.option("--variant", help="Hold a variant of the source against the kernel.")
@click.option(
    "--namespace",
    type=click.Choice(["auto", "root", "user", "none"]),
    default="auto",
    show_default=True,
    help="Make a network namespace as root, with a user namespace, or stay on plain loopback.",
)
@lang_option
def lab(
    presets: tuple[str, ...],
    as_json: bool,
    record: bool,
    name: str | None,
    variant: str | None,
    namespace: str,
    lang: str,
) -> None:
    """Make real sockets, close them, and lay this kernel beside the model.

    Without a PRESET all of them are run. A SCENARIO is a query string, for example:
    walkthrough lab 'state=FIN_WAIT2&linger2=-1'

    No packet leaves the machine, and nothing is changed outside of the lab's own network namespace.
    The exit status is 1 if the kernel contradicts the model, 2 for bad input, and 3 if the lab
    itself could not work.
    """
    from app.lab.evidence import record_evidence
    from app.lab.experiment import longest_s, run_cases
    from app.lab.report import report_experiment

    words = language(lang)
    try:
        with told(lang, broken_content=2):
            walkthrough = find_walkthrough(name)
            if record and (variant is not None or presets):
                raise LabError(
                    "record", "evidence is recorded for all presets, of the source itself"
                )
            cases = _cases(walkthrough, presets, variant)
            slowest = longest_s(cases)
            if slowest and not as_json:
                said = words.gettext(
                    "close() has to sleep in some of these, for up to {seconds} s."
                )
                click.echo(said.format(seconds=slowest), err=True)
            show = functools.partial(_print_result, words)
            experiment = run_cases(cases, namespace=namespace, on_result=None if as_json else show)
            if as_json:
                report = report_experiment(walkthrough, experiment, words)
                click.echo(json_text(report))
            else:
                _print_summary(walkthrough, experiment, words)
            if record:
                written = record_evidence(walkthrough, experiment, content() / walkthrough.id)
                click.echo(f"Recorded: {written}", err=True)
    except LabError as error:
        click.echo(f"The lab itself failed: {error.message}", err=True)
        sys.exit(FAILED)
    if experiment.count("disagree"):
        sys.exit(1)
    if any(r.left_out is not None and r.left_out.code == "lab-failed" for r in experiment.results):
        sys.exit(FAILED)


def _cases(walkthrough: Walkthrough, words: tuple[str, ...], variant: str | None) -> list[Case]:
    from app.lab.experiment import Case

    problems: list[InputProblem] = []
    cases: list[Case] = []
    known = walkthrough.presets_by_id
    for word in words or tuple(known):
        if "=" in word:
            pairs = [tuple(part.partition("=")[::2]) for part in word.split("&")]
            try:
                scenario = parse_scenario((key, value) for key, value in pairs)
            except ReaderError as error:
                problems.extend(error.problems)
                continue
            cases.append(
                Case(id=scenario.query() or "default", trace=walkthrough.trace(scenario, variant))
            )
        elif word in known:
            cases.append(Case(id=word, trace=walkthrough.trace(known[word].scenario, variant)))
        else:
            problems.append(
                InputProblem("not-allowed", "preset", word, ", ".join(known), nearest(word, known))
            )
    if problems:
        raise NotFound(problems)
    return cases


def _print_result(words: Language, result: Result) -> None:
    sign, colour = _SIGNS[result.word]
    click.echo(click.style(padded(words.gettext(sign), 10), fg=colour) + result.case.id)
    if result.left_out is not None:
        click.echo(f"          {result.left_out.sentence(words)}")
    if result.verdict is None:
        return
    for check in result.verdict.checks:
        if check.agrees is False:
            said = words.gettext("{what}: predicted {predicted}, observed {observed}").format(
                what=check.what,
                predicted=_shown(check.predicted, words),
                observed=_shown(check.observed, words),
            )
            click.echo(f"          {said}")
    for reason in dict.fromkeys(c.difference.reason for c in result.verdict.checks if c.difference):
        click.echo(f"          {words.gettext(reason)}")


def _shown(value: object, words: Language) -> str:
    none = words.gettext("none")
    if isinstance(value, dict):
        return " ".join(f"{key}+{count}" for key, count in value.items()) or none
    if isinstance(value, tuple):
        return " ".join(">".join(i) if isinstance(i, tuple) else str(i) for i in value) or none
    return none if value is None else str(value)


def _print_summary(walkthrough: Walkthrough, experiment: Experiment, words: Language) -> None:
    from app.lab.report import confirmed

    counts = words.gettext(", ").join(
        f"{experiment.count(word)} {words.gettext(sign).lower()}"
        for word, (sign, _) in _SIGNS.items()
    )
    said = words.gettext("Linux {version}: {counts}; {count} of {all} branches confirmed.")
    click.echo(
        said.format(
            version=experiment.kernel.version,
            counts=counts,
            count=len(confirmed(walkthrough, experiment)),
            all=2 * len(walkthrough.decisions),
        )
    )
