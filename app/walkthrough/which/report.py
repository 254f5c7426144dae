# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Report of what fits: the JSON of the API, as in `app.walkthrough.report`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.walkthrough.atlas.records import AtlasPath, Ending
from app.walkthrough.atlas.report import BranchId, branch_name
from app.walkthrough.records import Walkthrough
from app.walkthrough.which.asking import Which, common, observed_of
from app.walkthrough.which.words import WhichWords


class FittingReport(TypedDict):
    """A path that fits; `text` says when it is taken, where that is short."""

    id: str
    witness: Annotated[str, Field(examples=["recv=300"], description="The simplest scenario.")]
    outcome: Ending
    branches: list[BranchId]
    text: str


class ChoiceReport(TypedDict):
    """An answer to the question, how many paths it leaves, and what it decides."""

    answer: str
    text: str
    paths: int
    branches: list[BranchId]


class QuestionReport(TypedDict):
    """A question that tells paths apart."""

    id: str
    text: str
    hint: str
    answers: list[ChoiceReport]


class WhichReport(TypedDict):
    """Which paths fit the answers, and what to look at next.

    `question` is the one that tells them apart best, null where none does any more; `branches` are
    those that all of the paths take, `apart` the decisions in which they differ.
    """

    walkthrough: str
    answers: dict[str, str]
    total: int
    considered: int
    branches: list[BranchId]
    apart: list[str]
    question: QuestionReport | None
    others: Annotated[list[str], Field(description="Other questions that would tell some apart.")]
    paths: list[FittingReport]


def report_which(
    walkthrough: Walkthrough, which: Which, answers: Mapping[str, str], words: WhichWords
) -> WhichReport:
    """What fits `answers`, one a question."""
    looks = which.fitting(observed_of(answers))
    paths = {look.path.id: look.path for look in looks}.values()
    open_ = which.best(looks, answers)
    return {
        "walkthrough": walkthrough.id,
        "answers": dict(answers),
        "total": len(paths),
        "considered": len(which.paths),
        "branches": [branch_name(branch) for branch in common(paths)],
        "apart": list(which.apart(paths)),
        "question": {
            "id": open_[0],
            "text": words.question(open_[0]),
            "hint": words.hint(open_[0]),
            "answers": [
                {
                    "answer": choice.answer,
                    "text": words.answer(open_[0], choice.answer),
                    "paths": len(choice.paths),
                    "branches": [branch_name(branch) for branch in choice.branches],
                }
                for choice in which.choices(looks, open_[0])
            ],
        }
        if open_
        else None,
        "others": list(open_[1:]),
        "paths": report_paths(paths, words),
    }


def report_paths(paths: Iterable[AtlasPath], words: WhichWords) -> list[FittingReport]:
    """Each path, by its simplest scenario that a kernel can be in."""
    return [
        {
            "id": path.id,
            "witness": (path.real_witness or path.witness).query,
            "outcome": path.ending,
            "branches": [branch_name(branch) for branch in path.decisions],
            "text": words.condition(path),
        }
        for path in paths
    ]
