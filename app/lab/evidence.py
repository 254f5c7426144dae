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
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from app.errors import nearest
from app.kernel.inputs import MINI_SOCKETS, STATES
from app.kernel.life.conditions import Conditions
from app.kernel.scenario import Scenario
from app.lab.known import Difference, Version, explanation
from app.lab.left_out import REASONS
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

    def observed(self) -> dict[str, Any]:
        """The fields of an observation, as far as they were kept."""
        return {
            "segments": tuple(self.segments),
            "counters": self.counters,
            "left": self.left,
            "timer": self.timer,
            "timer_ms": None if self.timer_s is None else self.timer_s * 1000,
            "transitions": None if self.transitions is None else tuple(self.transitions),
            "reset_reasons": None if self.reset_reasons is None else tuple(self.reset_reasons),
            "errno": None,
            "sleep": self.sleep,
        }


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
        major, minor, patch = map(int, self.kernel.split("."))
        return major, minor, patch


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


def life_id(scenario: Scenario, conditions: Conditions) -> str:
    """The query by which a life is known: the peer is always in it."""
    words = {**scenario.changed(), "peer": conditions["peer"], **conditions.changed()}
    return "&".join(f"{key}={value}" for key, value in words.items())


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


def _otherwise(preset: Preset, found: list[tuple[Evidence, Seen]]) -> Otherwise | None:
    if not found:
        return None
    newest, seen = found[0]
    return Otherwise(
        kernels=tuple(evidence.kernel for evidence, _ in found),
        seen=seen,
        difference=explanation(preset.scenario, seen.observed(), newest.version),
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
