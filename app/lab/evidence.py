# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Evidence: what a real kernel did in the presets, kept beside the content.

`evidence/linux-<version>.json` in a walkthrough's folder, the version up to the patch level, since
stable series carry changes over. It says nothing of the machine: no names, addresses, ports or
times; timers are rounded to seconds, so that two recordings on one kernel are the same text. What
was recorded is judged again by every check: a model that has changed since and now contradicts it
is a mistake of the content.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from app.errors import LabError, ReaderError, nearest
from app.kernel.inputs import MINI_SOCKETS, STATES
from app.lab.experiment import Experiment, Result
from app.lab.known import Difference, Version, explanation
from app.lab.left_out import REASONS, LeftOut
from app.lab.lives import Happening, compared, happened, judge_life
from app.lab.machine import Kernel
from app.lab.prediction import COUNTERS, predict
from app.lab.recipes import plan_for
from app.lab.stage import Observation
from app.lab.sweep import life_case, lives
from app.lab.verdict import Verdict, judge
from app.walkthrough.content.reading import MAX_SECONDS, Reading
from app.walkthrough.content.strict import Strict
from app.walkthrough.records import Preset, Walkthrough

FOLDER: Final = "evidence"

_State = Annotated[str, Field(pattern=f"^({'|'.join((*STATES, *MINI_SOCKETS))})$")]
_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,40}$")]
_Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
_Query = Annotated[str, Field(pattern=r"^[A-Za-z0-9_=&.,+-]{1,300}$")]
_Reason = Annotated[str, Field(pattern=f"^({'|'.join(REASONS)})$")]


class Seen(Strict):
    """What was observed in one preset; the fields are those of an observation.

    `timer_s` is in seconds, None where no timer was compared.
    """

    id: _Id
    scenario: dict[_Word, int | str]
    recipe: Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]
    verdict: Literal["agree", "explained", "disagree"]
    segments: list[Literal["FIN", "RST"]]
    counters: dict[_Word, int]
    left: _State | None
    timer: Literal["keepalive", "timewait"] | None
    timer_s: int | None
    transitions: list[tuple[_State, _State]] | None
    reset_reasons: list[_Word] | None
    sleep: Literal["none", "woken", "whole-time"]

    def observation(self) -> Observation:
        """As it was observed, as far as it was kept."""
        return Observation(
            segments=tuple(self.segments),
            counters=self.counters,
            left=self.left,
            timer=self.timer,
            timer_ms=None if self.timer_s is None else self.timer_s * 1000,
            transitions=None if self.transitions is None else tuple(self.transitions),
            reset_reasons=None if self.reset_reasons is None else tuple(self.reset_reasons),
            errno=None,
            sleep=self.sleep,
        )


class NotSeen(Strict):
    """A preset that was left out, and the code of the reason."""

    id: _Id
    reason: _Reason


class LifeSeen(Strict):
    """What was observed of one life, `id` its query.

    `told` is what happened since close() had returned: ms, and a segment on our wire or a state of
    our end, as `app.lab.lives` writes them.
    """

    id: _Query
    verdict: Literal["agree", "explained", "disagree"]
    told: list[tuple[int, Annotated[str, Field(pattern=r"^[<>A-Za-z0-9_ ]{1,40}$")]]]
    counters: dict[_Word, int]

    def happenings(self) -> list[Happening]:
        return [
            Happening(at_ms=at, what=what, is_state=what[0] not in "<>") for at, what in self.told
        ]


class LifeNotSeen(Strict):
    """A life that was left out, and the code of the reason."""

    id: _Query
    reason: _Reason


class Evidence(Strict):
    """One file: a kernel's version, whether it ran on a machine or was emulated, what it did.

    `presets` is what close() did in each of them, `lives` what came afterwards.
    """

    walkthrough: _Word
    kernel: Annotated[str, Field(pattern=r"^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,4}$")]
    run: Literal["host", "emulated"]
    presets: list[Seen]
    left_out: list[NotSeen]
    lives: list[LifeSeen] = Field(default=[])
    lives_left_out: list[LifeNotSeen] = Field(default=[])

    @property
    def version(self) -> Version:
        """The kernel's version for comparing."""
        return Kernel(release=self.kernel).numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """Kernels, newest first, that did something else, what the newest did, and why it is known."""

    kernels: tuple[str, ...]
    seen: Seen
    difference: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Kernels, newest first, that did what the model says in a preset, and what the newest did.

    `other` is about those that did something else there.
    """

    kernels: tuple[str, ...]
    preset: Preset
    seen: Seen
    other: Otherwise | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """By branch (id of the decision, taken) the sighting in the simplest preset; and by preset.

    `lives` has by a life's id the kernels on which it went as the model says.
    """

    branches: Mapping[tuple[str, bool], Sighting]
    presets: Mapping[str, Sighting]
    lives: Mapping[str, tuple[str, ...]]


NOTHING_SEEN: Final = Sightings(branches={}, presets={}, lives={})


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


def load_evidence(
    walkthrough: Walkthrough, folder: Path, seconds: float = MAX_SECONDS
) -> tuple[Evidence, ...]:
    """All files, newest kernel first.

    Raises ContentError with every mistake in them; to take more than so many `seconds` of processor
    time is one too.
    """
    reading = Reading(folder)
    found: list[Evidence] = []
    # Before the clock runs: a validator whose making is interrupted is wrong for good (pydantic 2).
    Evidence.model_rebuild()
    with reading.in_time(seconds):
        for name in reading.names(FOLDER):
            file = f"{FOLDER}/{name}"
            if not name.endswith(".json") or (text := reading.text(file)) is None:
                continue
            try:
                evidence = Evidence.model_validate(json.loads(text))
            except ValidationError as error:
                for one in error.errors(include_url=False, include_input=False):
                    reading.report(file, None, f"{'.'.join(map(str, one['loc']))}: {one['msg']}")
            except ValueError as error:
                reading.report(file, None, str(error))
            except RecursionError:
                reading.report(file, None, "nested too deep")
            else:
                for message, near in _mistakes(walkthrough, evidence, name):
                    reading.report(file, None, message, near)
                found.append(evidence)
    reading.stop_if_broken()
    return tuple(sorted(found, key=lambda one: one.version, reverse=True))


def _mistakes(
    walkthrough: Walkthrough, evidence: Evidence, name: str
) -> Iterator[tuple[str, str | None]]:
    if name != f"linux-{evidence.kernel}.json":
        yield f"this is evidence of Linux {evidence.kernel}", f"linux-{evidence.kernel}.json"
    if evidence.walkthrough != walkthrough.id:
        yield f"this is evidence for {evidence.walkthrough}", walkthrough.id
        return
    known = walkthrough.presets_by_id
    ids = [one.id for one in evidence.presets] + [one.id for one in evidence.left_out]
    for name in sorted(name for name, times in Counter(ids).items() if times > 1):
        yield f"{name} is there twice", None
    for name in ids:
        if name not in known:
            yield f"{name} is no preset", nearest(name, known)
    for seen in evidence.presets:
        if seen.id in known and seen.scenario != known[seen.id].scenario.changed():
            yield f"{seen.id}: the preset's scenario has changed since; record it again", None


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
        verdict = judge(plan, predict(trace), seen.observation(), evidence.version)
        yield from _differing(seen, verdict)
    for one in evidence.lives:
        try:
            case = life_case(walkthrough, one.id)
        except ReaderError as error:
            yield f"{one.id}: {error}"
            continue
        assert case.life is not None
        verdict = judge_life(case.trace, case.life, one.happenings(), one.counters)
        yield from _differing(one, verdict)


def _differing(recorded: Seen | LifeSeen, verdict: Verdict) -> Iterator[str]:
    if verdict.word != recorded.verdict:
        differing = ", ".join(c.what for c in verdict.checks if c.agrees is False) or "nothing"
        yield (
            f"{recorded.id}: recorded as {recorded.verdict}, but the model as it is now makes it "
            f"{verdict.word} (different: {differing})"
        )


def _otherwise(preset: Preset, found: list[tuple[Evidence, Seen]]) -> Otherwise | None:
    if not found:
        return None
    newest, seen = found[0]
    return Otherwise(
        kernels=tuple(evidence.kernel for evidence, _ in found),
        seen=seen,
        difference=explanation(preset.scenario, asdict(seen.observation()), newest.version),
    )


def sightings(walkthrough: Walkthrough, found: tuple[Evidence, ...]) -> Sightings:
    """Which branches and presets have been seen, as the model has them, and on which kernels."""
    seen: dict[str, list[tuple[Evidence, Seen]]] = {}
    for evidence in found:
        for one in evidence.presets:
            seen.setdefault(one.id, []).append((evidence, one))
    presets = {}
    for name, all_of_it in seen.items():
        agreed = [(of.kernel, one) for of, one in all_of_it if one.verdict == "agree"]
        if agreed and name in walkthrough.presets_by_id:
            preset = walkthrough.presets_by_id[name]
            presets[name] = Sighting(
                kernels=tuple(kernel for kernel, _ in agreed),
                preset=preset,
                seen=agreed[0][1],
                other=_otherwise(preset, [it for it in all_of_it if it[1].verdict != "agree"]),
            )
    branches: dict[tuple[str, bool], Sighting] = {}
    for sighting in sorted(presets.values(), key=lambda one: len(one.preset.scenario.changed())):
        for branch in sighting.preset.branches:
            branches.setdefault(branch, sighting)
    lives: dict[str, tuple[str, ...]] = {}
    for evidence in found:
        for life in evidence.lives:
            if life.verdict == "agree":
                lives[life.id] = (*lives.get(life.id, ()), evidence.kernel)
    return Sightings(branches=branches, presets=presets, lives=lives)
