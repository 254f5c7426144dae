# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough lab`."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli import fail
from app.cli.common import Asked, asking, interruptible, library, padded
from app.cli.places import HERE, check_modules, kernels_option, modules_option, place_of, yes_option
from app.errors import InputProblem, LabError, NotFound, ReaderError, not_among
from app.i18n import Language, marked
from app.kernel.scenario import parse_scenario
from app.walkthrough.records import Walkthrough

if TYPE_CHECKING:
    from app.lab.experiment import Experiment, LabCase, Result
    from app.lab.place import Place

#: The lab itself could not work; 1 is for a kernel that contradicts the model, 2 for bad input.
FAILED: Final = 3
#: No life is followed for longer: an orphan behind a closed window lives for 338 s.
_LIFE_S: Final = 400
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
@click.option("--variant", help="Hold a variant of the source against the kernel.")
@click.option(
    "--namespace",
    type=click.Choice(["auto", "root", "user", "none"]),
    default="auto",
    show_default=True,
    help="Make a network namespace as root, with a user namespace, or stay on plain loopback.",
)
@kernels_option
@modules_option
@yes_option
@click.option(
    "--sweep",
    "is_sweep",
    is_flag=True,
    help="Not the presets, but the scenarios of every path of the atlas, and their neighbours.",
)
@click.option(
    "--lives",
    "is_lives",
    is_flag=True,
    help="Not the presets, but what comes after close(): every way in which a life can go.",
)
@click.option(
    "--to-the-end",
    is_flag=True,
    help="Follow what is left of each socket until nothing is; in the emulator, which skips the "
    "waiting.",
)
@asking("walkthrough", "lang", broken_content=2)
def lab(
    asked: Asked,
    presets: tuple[str, ...],
    record: bool,
    namespace: str,
    kernels: tuple[str, ...],
    modules: Path | None,
    yes: bool,
    is_sweep: bool,
    is_lives: bool,
    to_the_end: bool,
) -> None:
    """Make real sockets, close them, and lay this kernel, or others, beside the model.

    Without a PRESET all of them are run. A SCENARIO is a query string, for example:
    walkthrough lab 'state=FIN_WAIT2&linger2=-1'. Where the kernel's own text was imported, that
    says what to expect of it. With a peer in it the whole life is held against
    the kernel, as --lives does with all of them: 'state=CLOSE_WAIT&peer=silent'

    No packet leaves the machine, and nothing is changed outside of the lab's own network namespace.
    The exit status is 1 if the kernel contradicts the model, 2 for bad input, 3 if the lab itself
    could not work, and 130 if it was interrupted.
    """
    from app.lab.experiment import longest_s, run_cases
    from app.lab.recording import record_evidence
    from app.lab.report import report_experiment
    from app.lab.sweep import lives

    words, variant, as_json = asked.words, asked.variant, asked.as_json
    experiments: list[Experiment] = []
    try:
        with interruptible():
            walkthrough = asked.walkthrough
            if (is_sweep or is_lives) and (variant is not None or presets or is_sweep is is_lives):
                raise click.UsageError(
                    "--sweep and --lives have their own scenarios, of the source itself; "
                    "they take no PRESET and no --variant, and not each other"
                )
            check_modules(kernels, modules)
            if to_the_end and (not kernels or HERE in kernels):
                raise click.UsageError("--to-the-end takes --kernel: only there no time is lost")
            cases = lives(walkthrough) if is_lives else _cases(walkthrough, presets, variant)
            of_lives = all(case.life is not None for case in cases)
            if record and (variant is not None or is_sweep or (presets and not of_lives)):
                raise click.UsageError(
                    "evidence is recorded for all presets, or for lives, of the source itself"
                )
            slowest = longest_s(cases)
            if slowest and not as_json and not kernels:
                said = words.gettext(
                    "close() has to sleep in some of these, for up to {seconds} s."
                )
                click.echo(said.format(seconds=slowest), err=True)
            show = functools.partial(_print_result, words)
            for kernel in kernels or (HERE,):
                asks = None if yes else words
                with place_of(kernel, modules, namespace=namespace, ask=asks) as place:
                    text = variant
                    if variant is None and not (record or is_sweep or is_lives):
                        text = _text_of(walkthrough, place)
                        cases = _cases(walkthrough, presets, text)
                    if not as_json and place.is_guest:
                        said = words.gettext("Linux {version}, emulated:")
                        click.echo(said.format(version=place.kernel.version))
                    if not as_json and text is not None and text != variant:
                        said = words.gettext(
                            "What to expect is read off this kernel’s own text, {label}."
                        )
                        click.echo(said.format(label=text))
                    if is_sweep:
                        cases = _sweep(walkthrough, place)
                    experiment = run_cases(
                        cases,
                        place=place,
                        follow_s=_LIFE_S if to_the_end else 0,
                        on_result=None if as_json else show,
                    )
                experiment = replace(experiment, text=text)
                experiments.append(experiment)
                if not as_json:
                    _print_summary(walkthrough, experiment, words)
                if record:
                    written = record_evidence(walkthrough, experiment, library()[walkthrough.id])
                    click.echo(f"Recorded: {written}", err=True)
            if as_json:
                reports = [report_experiment(walkthrough, one, words) for one in experiments]
                asked.printed(reports[0] if len(reports) == 1 else {"kernels": reports})
            elif len(experiments) > 1:
                _print_table(experiments, words)
    except LabError as error:
        fail(f"The lab itself failed: {error.message}", FAILED)
    if any(one.count("disagree") for one in experiments):
        sys.exit(1)
    results = [result for one in experiments for result in one.results]
    if any(r.left_out is not None and r.left_out.code == "lab-failed" for r in results):
        sys.exit(FAILED)


def _text_of(walkthrough: Walkthrough, place: Place) -> str | None:
    """The label of an imported text of the very kernel; None without one."""
    labels = (label for label in walkthrough.kernels if label == place.kernel.version)
    return next(labels, None)


def _sweep(walkthrough: Walkthrough, place: Place) -> list[LabCase]:
    from app.lab.sweep import sweep
    from app.walkthrough.atlas.store import AtlasStore, cache_folder

    atlas = AtlasStore(cache_folder()).get(walkthrough.edition, walkthrough.function)
    return sweep(walkthrough, atlas, has_machine=place.is_guest)


def _cases(walkthrough: Walkthrough, words: tuple[str, ...], variant: str | None) -> list[LabCase]:
    from app.kernel.life.conditions import CONDITIONS
    from app.lab.experiment import LabCase
    from app.lab.sweep import life_case

    problems: list[InputProblem] = []
    cases: list[LabCase] = []
    known = walkthrough.presets_by_id
    for word in words or tuple(known):
        if "=" in word:
            pairs = [tuple(part.partition("=")[::2]) for part in word.split("&")]
            try:
                if any(key in CONDITIONS for key, _ in pairs):
                    cases.append(life_case(walkthrough, word, variant))
                    continue
                scenario = parse_scenario((key, value) for key, value in pairs)
            except ReaderError as error:
                problems.extend(error.problems)
                continue
            cases.append(
                LabCase(
                    id=scenario.query() or "default", trace=walkthrough.trace(scenario, variant)
                )
            )
        elif word in known:
            cases.append(LabCase(id=word, trace=walkthrough.trace(known[word].scenario, variant)))
        else:
            problems.append(not_among("not-allowed", "preset", word, known))
    if problems:
        raise NotFound(problems)
    return cases


def _print_result(words: Language, result: Result) -> None:
    sign, colour = _SIGNS[result.word]
    lasts = _lasts(words, result)
    name = result.case.id.ljust(58) + "  " + lasts if lasts else result.case.id
    click.echo(click.style(padded(words.gettext(sign), 10), fg=colour) + name)
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
    if result.observed is not None and result.case.life is None:
        for microseconds, kind, text in result.observed.life or ():
            if kind in {"timer", "lost"}:
                # What is left names the timer, and each report of it is in the JSON.
                continue
            what = words.gettext("left: {what}").format(what=text) if kind == "left" else text
            click.echo(f"          {microseconds / 1e6:9.3f} s  {what}")
    for reason in dict.fromkeys(c.difference.reason for c in result.verdict.checks if c.difference):
        click.echo(f"          {words.gettext(reason)}")


def _lasts(words: Language, result: Result) -> str:
    """How long a life lasts; empty for what is none, or leaves nothing from the beginning."""
    from app.lab.lives import happened

    life = result.case.life
    if life is None or result.observed is None or not life.ends_us:
        return ""
    ends = [one.at_ms for one in happened(life, result.observed) if one.what == "nothing"]
    return words.gettext("lasts {predicted} s, observed {observed} s").format(
        predicted=f"{life.ends_us / 1e6:.3f}", observed=f"{ends[0] / 1e3:.3f}" if ends else "-"
    )


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
            version=experiment.place.kernel.version,
            counts=counts,
            count=len(confirmed(walkthrough, experiment)),
            all=2 * len(walkthrough.decisions),
        )
    )


def _print_table(experiments: Sequence[Experiment], words: Language) -> None:
    """What each kernel did, a preset a line; those on which all agree are one line."""
    heads = [one.place.kernel.version for one in experiments]
    widths = [max(len(head), 10) for head in heads]
    names = max(len(result.case.id) for one in experiments for result in one.results)
    click.echo()
    click.echo(" " * names + "  " + "  ".join(map(str.ljust, heads, widths)))
    ids = dict.fromkeys(result.case.id for one in experiments for result in one.results)
    by_id = [{result.case.id: result.word for result in one.results} for one in experiments]
    alike = 0
    for name in ids:
        # A guest is swept further than this machine.
        row = [words_of.get(name, "left_out") for words_of in by_id]
        if set(row) == {"agree"}:
            alike += 1
            continue
        cells = [
            padded(words.gettext(_SIGNS[word][0]), w) for word, w in zip(row, widths, strict=True)
        ]
        click.echo(name.ljust(names) + "  " + "  ".join(cells).rstrip())
    if alike:
        click.echo(words.gettext("{count} others agree on all of them.").format(count=alike))
