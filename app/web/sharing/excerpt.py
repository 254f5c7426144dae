# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Excerpt of the code: the few lines that tell the most about a place, for cards, mails, frames."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from pygments.token import Token

from app.web.study.code import token_lines
from app.web.study.study import Study

#: Kinds of effects, those first that tell more of a scenario.
_TELLING: Final = ("segment", "timer", "fate")


def telling_lines(study: Study) -> tuple[int, int]:
    """The lines of the place; without one those of the decision that tells the most.

    That is the last decision before the function does what the scenario is known by.
    """
    if study.callee:
        calls = (
            view for view in study.steps if any(it.function == study.callee for it in view.within)
        )
        line = next((view.line for view in calls), 1)
        return line, line
    if study.focus is not None:
        return study.focus.start, study.focus.end
    last, before = 1, dict[str, int]()
    for view in study.steps:
        if view.decision_id:
            last = view.line
        for effect in view.effects:
            before.setdefault(effect.kind, last)
    line = next((before[kind] for kind in _TELLING if kind in before), last)
    return line, line


def excerpt(study: Study, start: int, end: int, most: int) -> list[int | None]:
    """The lines to show for a place: its own, what stands around it, where the path goes on.

    At most so many. Blank lines and comments are left out where there is code to show; None
    stands for lines that are left out before the next one.
    """
    source = study.walkthrough.edition_of(study.variant).source
    coded = [
        number
        for number, tokens in enumerate(token_lines(source), 1)
        if any(Token.Comment not in token.split() and text.strip() for token, text in tokens)
    ]
    inside = [number for number in coded if start <= number <= end]
    if not inside:
        return [*range(start, end + 1)][:most]
    first = coded.index(inside[0])
    if start == end and first:
        first -= 1
    shown: list[int | None] = [*coded[first : first + most]]
    focus = study.focus
    if focus is not None and focus.decision is not None:
        goes_on = _next_line(study, focus.decision.line, focus.taken)
        if goes_on is not None and goes_on > coded[min(first + most, len(coded)) - 1]:
            tail = coded.index(goes_on)
            return [*shown[: most - 3], None, *coded[tail : tail + 2]]
    return shown


def _next_line(study: Study, line: int, taken: bool | None) -> int | None:
    """Where the path goes after a decision's last answer (of that kind)."""
    found = None
    for step, following in pairwise(study.trace.steps):
        if step.site.span.line == line and taken in (None, step.taken):
            found = following.site.span.line
    return found
