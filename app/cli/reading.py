# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the commands share: finding a walkthrough, saying what is wrong with what was typed."""

from __future__ import annotations

from pathlib import Path

import click

from app.errors import InputProblem, NotFound, nearest
from app.i18n import Language
from app.paths import CONTENT
from app.walkthrough.load import list_walkthroughs, load_walkthrough
from app.walkthrough.records import Walkthrough
from app.walkthrough.refusals import allowed, sentence


def content() -> Path:
    """The folder of the walkthroughs: what `walkthrough --content` said, else the program's own."""
    given: Path | None = click.get_current_context().find_root().params.get("content")
    return given or CONTENT


def find_walkthrough(name: str | None) -> Walkthrough:
    """The walkthrough of an id, the first of the library for None.

    Raises NotFound, and ContentError where it has mistakes.
    """
    folder = content()
    known = list_walkthroughs(folder)
    name = name if name is not None else next(iter(known), "")
    if name not in known:
        raise NotFound(
            [
                InputProblem(
                    "unknown-walkthrough",
                    "walkthrough",
                    name,
                    ", ".join(known),
                    nearest(name, known),
                )
            ]
        )
    return load_walkthrough(folder / name)


def problem_line(problem: InputProblem, words: Language) -> str:
    """A problem in a line: what is wrong, the nearest match, what is allowed."""
    parts = [sentence(problem, words)]
    if problem.nearest:
        parts.append(words.gettext("Did you mean {nearest}?").format(nearest=problem.nearest))
    parts.append(words.gettext("Allowed: {allowed}").format(allowed=allowed(problem, words)))
    return words.space.join(parts)
