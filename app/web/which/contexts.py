# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the template of the question page is given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """An answer that may be given."""

    answer: str  # as in the query
    text: Markup
    #: How many paths it leaves, in words; empty where one does not know.
    leaves: str
    #: The branch that it decides, if there is one that is taken.
    decides: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """What is asked now."""

    id: str
    text: str
    hint: Markup  # where to look
    choices: tuple[ChoiceView, ...]  # its answers


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredView:
    """An answer that was given, what it did, and the page without it."""

    text: str
    answer: Markup  # in words
    did: str  # how many paths it left
    without: str  # address of the page that forgets it


@dataclass(frozen=True, slots=True, kw_only=True)
class FitView:
    """A path that fits."""

    id: str
    ends: str  # how it ends, in words
    #: Whether none of its FINs was seen: one would still wait behind unsent data.
    is_behind: bool
    #: When it is taken; empty where that is too long to be read.
    when: Markup
    scenario: LinkView  # its simplest


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartView:
    """A decision in which the paths differ."""

    title: str
    line: int  # 1-based
    href: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichPage:
    """`which.html`; while the atlas is being made `count` is None and the rest is empty."""

    frame: PageFrame
    walkthrough: Walkthrough
    action: str
    count: int | None
    #: How many paths there are, and what else is not among them.
    considered: str
    anew: str  # its address without answers
    #: The answers so far and the text, as hidden fields.
    given: tuple[tuple[str, str], ...]
    answered: tuple[AnsweredView, ...]  # so far
    question: QuestionView | None  # None where nothing is left to ask
    #: Other questions that tell something apart.
    others: tuple[LinkView, ...]
    #: Where nothing else tells the paths apart: the questions of which the answer is not known.
    unknown: tuple[LinkView, ...]
    #: Branches that all of the paths take, and not every path.
    branches: tuple[LinkView, ...]
    apart: tuple[ApartView, ...]  # decisions in which the paths differ
    paths: tuple[FitView, ...]
    #: The same as JSON.
    api: str
