# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is wrong with what a reader sent, in a sentence: for pages, the API and the command line."""

from __future__ import annotations

from app.errors import InputProblem, Phrase
from app.i18n import Language
from app.walkthrough.told import words_in


def allowed(problem: InputProblem, language: Language) -> str:
    """What would be accepted: names as they are, a phrase in the reader's language."""
    text = problem.allowed
    if isinstance(text, Phrase):
        return language.phrase(text)
    return language.gettext(", ").join(text.split(", "))


def in_english(problem: InputProblem) -> str:
    """An author's mistake in a scenario, in a line."""
    value = "" if problem.value is None else f"={problem.value}"
    return f"{problem.key}{value}: {problem.code}, allowed: {problem.allowed}"


def sentence(problem: InputProblem, language: Language) -> str:
    """What is wrong, in a sentence."""
    known = words_in("refusals")
    text = known.get(problem.code, known["not-allowed"])
    value = "" if problem.value is None else problem.value
    said = language.pick(text).format(key=problem.key, value=value)
    if problem.side is None:
        return said
    return language.gettext("Side {side}: {problem}").format(
        side=problem.side.upper(), problem=said
    )
