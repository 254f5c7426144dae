# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough check`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli import fail
from app.cli.common import library
from app.errors import ContentError, ContentProblem
from app.lab.evidence import FOLDER, load_evidence
from app.lab.recording import contradictions
from app.walkthrough.content.shapes import MAX_PROBLEMS
from app.walkthrough.load import is_walkthrough, list_walkthroughs, load_walkthrough


@click.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
def check(folder: Path | None) -> None:
    """Check a content folder, or all of them: every mistake with its file and line.

    FOLDER is one walkthrough's folder, or one that holds several. The exit status is 1 if there
    are mistakes; at most 100 are told, and the rest is counted.
    """
    if folder is None:
        folders = list(library().values())
    else:
        folders = [folder] if is_walkthrough(folder) else [*list_walkthroughs(folder).values()]
    if not folders:
        fail(f"{folder}: no walkthrough.yaml here, nor in a folder below")
    problems: list[ContentProblem] = []
    untold = 0
    for one in folders:
        try:
            walkthrough = load_walkthrough(one.resolve())
            evidence = load_evidence(walkthrough, one.resolve())
            for found in evidence:
                problems += [
                    ContentProblem(f"{FOLDER}/linux-{found.kernel}.json", None, said)
                    for said in contradictions(walkthrough, found)
                ]
        except ContentError as error:
            problems.extend(error.problems)
            untold += error.untold
        else:
            kernels = "".join(f"evidence of Linux {found.kernel}, " for found in evidence)
            click.echo(
                f"{walkthrough.id}: {len(walkthrough.edition.source.lines)} lines in "
                f"{len(walkthrough.blocks)} blocks, {len(walkthrough.decisions)} decisions, "
                f"{len(walkthrough.presets)} presets, {len(walkthrough.helpers)} helpers, "
                f"{kernels}languages {', '.join(walkthrough.languages)}: no mistakes"
            )
    for problem in problems[:MAX_PROBLEMS]:
        click.echo(str(problem), err=True)
    if problems:
        total = len(problems) + untold
        mistakes = "1 mistake" if total == 1 else f"{total} mistakes"
        told = f", of which {MAX_PROBLEMS} are told" if total > MAX_PROBLEMS else ""
        fail(mistakes + told)
