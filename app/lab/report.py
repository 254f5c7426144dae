# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of an experiment: the contract of `walkthrough lab --json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.i18n import Language
from app.lab.experiment import Experiment, Result
from app.walkthrough.records import Walkthrough


def report_experiment(
    walkthrough: Walkthrough, experiment: Experiment, language: Language
) -> dict[str, Any]:
    """Kernel, presets, summary; texts in the language."""
    return {
        "kernel": experiment.kernel.version,
        "namespace": experiment.namespace,
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


def report_result(result: Result, language: Language) -> dict[str, Any]:
    """One preset. `agree` is true only for agreement; None where nothing was observed."""
    observed = result.observed
    return {
        "id": result.case.id,
        "scenario": result.case.trace.scenario.changed(),
        "supported": result.left_out is None,
        "reason": result.left_out.sentence(language) if result.left_out else None,
        "recipe": result.plan.recipe if result.plan else None,
        "predicted": asdict(result.predicted),
        "observed": asdict(observed) if observed is not None else None,
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
        (walkthrough.decisions[number].id, taken)
        for result in experiment.results
        if result.word == "agree"
        for number, taken in result.case.trace.branches
    }
