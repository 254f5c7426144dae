# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the commands share: finding a walkthrough, saying what is wrong with what was typed."""

from __future__ import annotations

from app.errors import InputProblem, NotFound, nearest
from app.i18n import language
from app.paths import CONTENT
from app.walkthrough.load import list_walkthroughs, load_walkthrough
from app.walkthrough.records import Walkthrough
from app.walkthrough.refusals import sentence


def find_walkthrough(name: str) -> Walkthrough:
    """The walkthrough of an id. Raises NotFound, and ContentError where it has mistakes."""
    known = list_walkthroughs(CONTENT)
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
    return load_walkthrough(CONTENT / name)


def problem_line(problem: InputProblem) -> str:
    """A problem in a line: what is wrong, the nearest match, what is allowed."""
    near = f" Did you mean {problem.nearest}?" if problem.nearest else ""
    return f"{sentence(problem, language('en'))}{near} Allowed: {problem.allowed}"
