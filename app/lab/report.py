# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Report of an experiment: the contract of `walkthrough lab --json`."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from app.i18n import Language
from app.lab.experiment import Experiment, Result
from app.lab.prediction import Prediction
from app.lab.stage import Observation
from app.walkthrough.records import Walkthrough


class CheckReport(TypedDict):
    """One thing compared; `explained` is why this kernel knowingly differs."""

    what: str
    predicted: Any
    observed: Any
    agrees: bool | None
    explained: str | None


class ResultReport(TypedDict):
    """One preset. `agree` is true only for agreement; null where nothing was observed."""

    id: str
    scenario: dict[str, int | str]
    supported: bool
    reason: str | None
    recipe: str | None
    predicted: Prediction
    observed: Observation | None
    agree: bool | None
    verdict: str
    checks: list[CheckReport]
    attempts: int


class SummaryReport(TypedDict):
    """How many presets came out how, and how many branches agreement confirms."""

    agree: int
    explained: int
    disagree: int
    left_out: int
    branches_confirmed: int
    branches: int


class ExperimentReport(TypedDict):
    """An experiment on one kernel; `text` is what predicted: a variant, or an imported kernel."""

    kernel: str
    text: str | None
    namespace: str
    presets: list[ResultReport]
    summary: SummaryReport


def report_experiment(
    walkthrough: Walkthrough, experiment: Experiment, language: Language
) -> ExperimentReport:
    """Kernel, presets, summary; texts in the language."""
    return {
        "kernel": experiment.place.kernel.version,
        "text": experiment.text,
        "namespace": experiment.place.namespace,
        "presets": [report_result(result, language) for result in experiment.results],
        "summary": {
            "agree": experiment.count("agree"),
            "explained": experiment.count("explained"),
            "disagree": experiment.count("disagree"),
            "left_out": experiment.count("left_out"),
            "branches_confirmed": len(confirmed(walkthrough, experiment)),
            "branches": 2 * len(walkthrough.decisions),
        },
    }


def report_result(result: Result, language: Language) -> ResultReport:
    """One preset."""
    return {
        "id": result.case.id,
        "scenario": result.case.trace.scenario.changed(),
        "supported": result.left_out is None,
        "reason": result.left_out.sentence(language) if result.left_out else None,
        "recipe": result.plan.recipe if result.plan else None,
        "predicted": result.predicted,
        "observed": result.observed,
        "agree": None if result.verdict is None else result.word == "agree",
        "verdict": result.word,
        "checks": [
            {
                "what": check.what,
                "predicted": check.predicted,
                "observed": check.observed,
                "agrees": check.agrees,
                "explained": language.gettext(check.difference.reason)
                if check.difference
                else None,
            }
            for check in (result.verdict.checks if result.verdict else ())
        ],
        "attempts": result.attempts,
    }


def confirmed(walkthrough: Walkthrough, experiment: Experiment) -> set[tuple[str, bool]]:
    """The branches that were taken in a case in which kernel and model agree."""
    return {
        branch
        for result in experiment.results
        if result.word == "agree"
        for branch in result.case.trace.branches
        if branch[0] in walkthrough.decisions_by_id
    }
