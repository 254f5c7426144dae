# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Preview of a scenario in the lab: its recipe and its scripts, without touching a kernel."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import TypedDict

from app.i18n import Language
from app.kernel.model import Trace
from app.lab.left_out import LeftOut
from app.lab.plan import Plan
from app.lab.prediction import Prediction, predict
from app.lab.recipes import plan_for
from app.lab.takehome.packetdrill import packetdrill, why_not
from app.lab.takehome.python_script import python_script
from app.lab.takehome.watching import Watch, watching


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A scenario's recipe and texts.

    `left_out` is why there is none; then `python` and `packetdrill` are None. `no_packetdrill` is
    the code of why there is a recipe but no such script.
    """

    trace: Trace
    predicted: Prediction
    watch: tuple[Watch, ...]
    plan: Plan | None = None
    left_out: LeftOut | None = None
    python: str | None = None
    packetdrill: str | None = None
    no_packetdrill: str | None = None


def preview_of(trace: Trace, title: str) -> Preview:
    """The recipe and the texts; `title` goes into their first lines."""
    predicted, plan = predict(trace), plan_for(trace)
    watch = watching(predicted)
    if isinstance(plan, LeftOut):
        return Preview(trace=trace, predicted=predicted, watch=watch, left_out=plan)
    reason = why_not(plan)
    return Preview(
        trace=trace,
        predicted=predicted,
        plan=plan,
        python=python_script(plan, predicted, title),
        packetdrill=None if reason else packetdrill(plan, predicted, title),
        no_packetdrill=reason,
        watch=watch,
    )


class WatchReport(TypedDict):
    """A command line for a host, and what it shows."""

    run: str
    shows: str


class PreviewReport(TypedDict):
    """A scenario's recipe; `python` and `packetdrill` are the texts of scripts, or null."""

    scenario: dict[str, int | str]
    supported: bool
    reason: str | None
    recipe: str | None
    sleeps_s: int | None
    predicted: Prediction
    python: str | None
    packetdrill: str | None
    watch: list[WatchReport]


def report_preview(preview: Preview, language: Language) -> PreviewReport:
    """The JSON of a preview."""
    return {
        "scenario": preview.trace.scenario.changed(),
        "supported": preview.plan is not None,
        "reason": preview.left_out.sentence(language) if preview.left_out else None,
        "recipe": preview.plan.recipe if preview.plan else None,
        "sleeps_s": preview.plan.sleeps_s if preview.plan else None,
        "predicted": preview.predicted,
        "python": preview.python,
        "packetdrill": preview.packetdrill,
        "watch": [{"run": w.run, "shows": language.gettext(w.shows)} for w in preview.watch],
    }
