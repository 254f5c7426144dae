# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Recording of evidence, and what the model, as it is now, says against what was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from app.errors import LabError, ReaderError
from app.lab.evidence import FOLDER, Evidence, LifeNotSeen, LifeSeen, NotSeen, Seen
from app.lab.experiment import Experiment, Result
from app.lab.left_out import LeftOut
from app.lab.lives import Happening, compared, happened, judge_life
from app.lab.prediction import COUNTERS, predict
from app.lab.recipes import plan_for
from app.lab.stage import Observation
from app.lab.sweep import life_case, lives
from app.lab.verdict import Verdict, judge
from app.walkthrough.records import Walkthrough


def record_evidence(walkthrough: Walkthrough, experiment: Experiment, folder: Path) -> Path:
    """Write into the file of this kernel what it did in all presets, or in lives; its path.

    The other half of the file stays as it is, and so do lives that were not looked at. Raises
    LabError.
    """
    if experiment.place.namespace == "none":
        raise LabError(
            "record", "on shared loopback segments are not seen, so there is nothing to record"
        )
    of_lives = all(result.case.life is not None for result in experiment.results)
    if not of_lives and [r.case.id for r in experiment.results] != list(walkthrough.presets_by_id):
        raise LabError("record", "evidence is recorded for all presets at once")
    failed = [
        r.case.id for r in experiment.results if r.left_out and r.left_out.code == "lab-failed"
    ]
    if failed:
        raise LabError(
            "record", f"nothing is recorded, because the lab failed in {', '.join(failed)}"
        )
    kernel = experiment.place.kernel.version
    path = folder / FOLDER / f"linux-{kernel}.json"
    looked_at = [result for result in experiment.results if result.observed is not None]
    left_out = [(r.case.id, r.left_out.code) for r in experiment.results if r.left_out is not None]
    try:
        found = Evidence.model_validate_json(path.read_text()) if path.exists() else None
    except (OSError, ValidationError):
        found = None
    found = found or Evidence(
        walkthrough=walkthrough.id,
        kernel=kernel,
        run="emulated" if experiment.place.is_guest else "host",
        presets=[],
        left_out=[],
    )
    if of_lives:
        now = {result.case.id for result in experiment.results}
        order = {case.id: number for number, case in enumerate(lives(walkthrough))}
        known = [one for one in found.lives if one.id not in now]
        unknown = [one for one in found.lives_left_out if one.id not in now]
        known += [_life_seen(result) for result in looked_at]
        unknown += [LifeNotSeen(id=id_, reason=code) for id_, code in left_out]
        half: dict[str, object] = {
            "lives": sorted(
                (one for one in known if one.id in order), key=lambda one: order[one.id]
            ),
            "lives_left_out": sorted(
                (one for one in unknown if one.id in order), key=lambda one: order[one.id]
            ),
        }
    else:
        half = {
            "presets": [_seen(result) for result in looked_at],
            "left_out": [NotSeen(id=id_, reason=code) for id_, code in left_out],
        }
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(_text(found.model_copy(update=half)))
    except OSError as error:
        raise LabError("record", f"{path}: {error.strerror}") from None
    return path


def _life_seen(result: Result) -> LifeSeen:
    assert result.observed is not None
    assert result.case.life is not None
    return LifeSeen.model_validate(
        {
            "id": result.case.id,
            "verdict": result.word,
            "told": [
                (round(one.at_ms), one.what) for one in happened(result.case.life, result.observed)
            ],
            "counters": compared(result.observed.counted or {}),
        }
    )


def _seen(result: Result) -> Seen:
    observed = result.observed
    assert observed is not None
    assert result.plan is not None
    # A timer that is not modelled, such as that of a retransmission, is no evidence of anything.
    timer = observed.timer if observed.timer in {"keepalive", "timewait"} else None
    return Seen.model_validate(
        {
            "id": result.case.id,
            "scenario": result.case.trace.scenario.changed(),
            "recipe": result.plan.recipe,
            "verdict": result.word,
            "segments": list(observed.segments or ()),
            "counters": {
                name: observed.counters[name] for name in COUNTERS if observed.counters.get(name)
            },
            "left": observed.left,
            "timer": timer,
            "timer_s": round((observed.timer_ms or 0) / 1000) if timer else None,
            "transitions": observed.transitions,
            "reset_reasons": observed.reset_reasons,
            "sleep": observed.sleep,
        }
    )


def _text(evidence: Evidence) -> str:
    """One preset a line, so that a new recording shows what has changed."""
    data = evidence.model_dump(mode="json")
    parts = []
    for key, value in data.items():
        if isinstance(value, list):
            lines = ",\n".join(f"    {json.dumps(item)}" for item in value)
            parts.append(f'  "{key}": [\n{lines}\n  ]')
        else:
            parts.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def contradictions(walkthrough: Walkthrough, evidence: Evidence) -> Iterator[str]:
    """What the model, as it is now, says against what was recorded.

    It takes some milliseconds a life, and half of one a preset, which no page needs.
    """
    for seen in evidence.presets:
        trace = walkthrough.trace(walkthrough.presets_by_id[seen.id].scenario)
        plan = plan_for(trace, has_machine=evidence.run == "emulated")
        if isinstance(plan, LeftOut):
            yield f"{seen.id}: no recipe makes this scenario any more"
            continue
        verdict = judge(plan, predict(trace), Observation(**seen.observed()), evidence.version)
        yield from _differing(seen, verdict)
    for one in evidence.lives:
        try:
            case = life_case(walkthrough, one.id)
        except ReaderError as error:
            yield f"{one.id}: {error}"
            continue
        assert case.life is not None
        told = [
            Happening(at_ms=at, what=what, is_state=what[0] not in "<>") for at, what in one.told
        ]
        verdict = judge_life(case.trace, case.life, told, one.counters)
        yield from _differing(one, verdict)


def _differing(recorded: Seen | LifeSeen, verdict: Verdict) -> Iterator[str]:
    if verdict.word != recorded.verdict:
        differing = ", ".join(c.what for c in verdict.checks if c.agrees is False) or "nothing"
        yield (
            f"{recorded.id}: recorded as {recorded.verdict}, but the model as it is now makes it "
            f"{verdict.word} (different: {differing})"
        )
