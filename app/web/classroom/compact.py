# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Traces for the slides, small enough to be loaded with them.

::

    {"texts": [HTML or plain, each once],
     "traces": [{"query", "tone", "outcome": [text], "title": text|null, "story": text|null,
                 "ladder": text, "states": text, "life": text, "says": text,
                 "steps": [[line, end_line, origin, decision|0, verdict, reason, why,
                            [kind, name, text, is_outward], …]]}]}

Where a text is meant, its index in `texts` stands. Numbers instead of keys, because thirty steps of
forty-five presets have the same few texts over and over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.web.life.view import life_view
from app.web.study.contexts import EffectView, StepView
from app.web.study.outcome import outcome_view
from app.web.study.study import Study
from app.web.world.view import WorldView


def compact_traces(studies: Iterable[Study]) -> dict[str, Any]:
    """The traces of some views, none of which has a step."""
    table = _Texts()
    traces = [_trace(study, table) for study in studies]
    return {"texts": list(table.known), "traces": traces}


class _Texts:
    def __init__(self) -> None:
        self.known: dict[str, int] = {"": 0}

    def __call__(self, text: str) -> int:
        return self.known.setdefault(str(text), len(self.known))


def _trace(study: Study, text: _Texts) -> dict[str, Any]:
    outcome = outcome_view(study)
    world = WorldView(study, is_linked=False)
    life = life_view(study)
    preset, pick = study.preset, study.pick
    return {
        "query": study.query,
        "tone": outcome.tone,
        "outcome": [text(sentence) for sentence in outcome.sentences],
        "title": None if preset is None else text(pick(preset.title)),
        "story": None if preset is None else text(pick(preset.story)),
        "ladder": text(world.ladder),
        "states": text(world.diagram),
        "life": text(life.picture if life else ""),
        "says": text(life.says if life else ""),
        "steps": [_step(step, text) for step in study.steps],
    }


def _step(step: StepView, text: _Texts) -> list[Any]:
    return [
        step.line,
        step.end_line,
        text(step.origin),
        text(step.decision_id or ""),
        text(step.verdict),
        text(step.reason),
        text(step.why),
        *(_effect(effect, text) for effect in step.effects),
    ]


def _effect(effect: EffectView, text: _Texts) -> list[int]:
    return [text(effect.kind), text(effect.name), text(effect.text), int(effect.is_outward)]
