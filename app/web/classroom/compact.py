# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Traces for the slides, small enough to be loaded with them.

::

    {"texts": [HTML, each once],
     "steps": [{"line", "end", "origin", "decision", "verdict", "reason", "why",
                "effects": [{"kind", "name", "text", "isOutward"}]}, each once],
     "traces": [{"query", "tone", "outcome": [HTML], "title": text|null, "story": text|null,
                 "ladder", "states", "life", "says": indexes in `texts`,
                 "steps": [index in `steps`, …]}]}

Each once, because forty-five presets have the same few steps and pictures over and over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.web.life.view import life_view
from app.web.study.contexts import StepView
from app.web.study.outcome import outcome_view
from app.web.study.study import Study
from app.web.world.view import WorldView


def compact_traces(studies: Iterable[Study]) -> dict[str, Any]:
    """The traces of some views, none of which has a step."""
    texts, steps = _Table(), _Table()
    traces = [_trace(study, texts, steps) for study in studies]
    return {"texts": texts.each, "steps": steps.each, "traces": traces}


class _Table:
    def __init__(self) -> None:
        self.each: list[Any] = []
        self._known: dict[str, int] = {}

    def __call__(self, one: Any) -> int:
        number = self._known.setdefault(json.dumps(one), len(self.each))
        if number == len(self.each):
            self.each.append(one)
        return number


def _trace(study: Study, text: _Table, step: _Table) -> dict[str, Any]:
    outcome = outcome_view(study)
    world = WorldView(study, is_linked=False)
    life = life_view(study)
    preset, pick = study.preset, study.pick
    return {
        "query": study.query,
        "tone": outcome.tone,
        "outcome": outcome.sentences,
        "title": None if preset is None else pick(preset.title),
        "story": None if preset is None else pick(preset.story),
        "ladder": text(world.ladder),
        "states": text(world.diagram),
        "life": text(life.picture if life else ""),
        "says": text(life.says if life else ""),
        "steps": [step(_step(one)) for one in study.steps],
    }


def _step(step: StepView) -> dict[str, Any]:
    return {
        "line": step.line,
        "end": step.end_line,
        "origin": step.origin,
        "decision": step.decision_id,
        "verdict": step.verdict,
        "reason": step.reason,
        "why": step.why,
        "effects": [
            {"kind": one.kind, "name": one.name, "text": one.text, "isOutward": one.is_outward}
            for one in step.effects
        ],
    }
