# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Challenges: bring about an outcome by choosing the inputs. Read, and judged.

`challenges.yaml` is a list with the shape of `Challenge`; `needs` is what a scenario has to
do. Two conditions are always there: the text is the kernel's own, and the scenario has no caveat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, get_args

from pydantic import Field, model_validator

from app.errors import ReaderError
from app.kernel.life.conditions import USUAL, Conditions
from app.kernel.life.engine import live
from app.kernel.life.records import Life
from app.kernel.model import Trace
from app.kernel.scenario import parse_scenario
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "challenges.yaml"

#: From easy to devious; the order on the page.
Level = Literal["easy", "medium", "hard", "devious"]
LEVELS: Final[tuple[str, ...]] = get_args(Level)
Scalar = str | int


class Range(Strict):
    """Milliseconds: `equals`, or `min` and `max`, both included."""

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)
    equals: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> Range:
        bounds = (self.min, self.max)
        if self.equals is None and bounds == (None, None):
            raise ValueError("give equals, min or max")
        if self.equals is not None and bounds != (None, None):
            raise ValueError("equals stands alone")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        return self


class Needs(Strict):
    """What has to be so.

    `segments` are all that go out, in order; `counters` rise by at least so much; `fate`, `state`
    and `timewait` (the mini-socket's sub-state) are the outcome's; `takes` and `avoids` are
    branches (`unread/true`); `inputs` have one of the values, `inputs_not` none of them; at most
    `changes` inputs differ from their defaults. `lasts_ms` is how long something lasts in the life
    afterwards: `life`, `orphan`, `mini` or a state.
    """

    segments: list[Literal["FIN", "RST"]] | None = None
    counters: dict[str, int] = Field(default={})
    fate: Literal["destroyed", "timewait", "orphan", "kept"] | None = None
    state: str | None = None
    timewait: Literal["FIN_WAIT2", "TIME_WAIT"] | None = None
    keepalive_ms: Range | None = None
    timewait_ms: Range | None = None
    lasts_ms: dict[str, Range] = Field(default={})
    takes: list[str] = Field(default=[])
    avoids: list[str] = Field(default=[])
    inputs: dict[str, Scalar | list[Scalar]] = Field(default={})
    inputs_not: dict[str, Scalar | list[Scalar]] = Field(default={})
    changes: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _needs_something(self) -> Needs:
        if not self.model_fields_set:
            raise ValueError("a challenge needs a condition")
        return self


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that has to be so: `kind` as in `needs`, of `subject` (an input, a counter)."""

    kind: str
    subject: str
    wanted: Any


class Challenge(Strict):
    """One challenge; `teaches` is shown when it is solved."""

    id: Id
    level: Level
    title: Text
    task: Text
    hint: Text
    teaches: Text
    needs: Needs

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What has to be so, ready to be judged. Raises ReaderError for a wrong input."""
        needs = self.needs
        found: list[Condition] = []
        for kind in ("segments", "fate", "state", "timewait", "keepalive_ms", "timewait_ms"):
            wanted = getattr(needs, kind)
            if wanted is not None:
                found.append(Condition(kind, "", tuple(wanted) if kind == "segments" else wanted))
        found += [Condition("counter", name, least) for name, least in needs.counters.items()]
        found += [Condition("lasts_ms", what, wanted) for what, wanted in needs.lasts_ms.items()]
        found += [Condition("takes", place, True) for place in needs.takes]
        found += [Condition("avoids", place, False) for place in needs.avoids]
        for kind, inputs in (("input", needs.inputs), ("input_not", needs.inputs_not)):
            for key, texts in inputs.items():
                values = tuple(parse_scenario([(key, text)])[key] for text in values_of(texts))
                found.append(Condition(kind, key, values))
        if needs.changes is not None:
            found.append(Condition("changes", "", needs.changes))
        return tuple(found)

    @property
    def is_about_life(self) -> bool:
        """Whether what comes after the call is judged, too."""
        return bool(self.needs.lasts_ms)


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a condition holds; `found` is what there is instead or all the same."""

    condition: Condition
    holds: bool
    found: Any


def values_of(wanted: Scalar | list[Scalar]) -> tuple[str, ...]:
    """One value or several, as a reader writes them."""
    return tuple(str(item) for item in (wanted if isinstance(wanted, list) else [wanted]))


def branches_of(trace: Trace) -> frozenset[str]:
    """The branches that a trace takes, as `unread/true`."""
    return frozenset(f"{name}/{str(taken).lower()}" for name, taken in trace.branches)


#: Always asked for, and only said where it does not hold.
OWN_TEXT: Final = Condition("own_text", "", True)
REAL: Final = Condition("real", "", True)


def judge(
    challenge: Challenge,
    trace: Trace,
    variant: str | None = None,
    conditions: Conditions = USUAL,
) -> tuple[Finding, ...]:
    """What holds in a trace and the life after it, and what does not; solved where all does."""
    branches = branches_of(trace)
    findings = [
        _judge_life(condition, live(trace, conditions))
        if condition.kind == "lasts_ms"
        else _judge(condition, trace, branches)
        for condition in challenge.conditions
    ]
    if variant is not None or trace.error is not None:
        findings.append(Finding(OWN_TEXT, False, None))
    if trace.caveats:
        findings.append(Finding(REAL, False, None))
    return tuple(findings)


def is_solved(findings: Sequence[Finding]) -> bool:
    """Whether every condition holds."""
    return all(finding.holds for finding in findings)


def _judge(condition: Condition, trace: Trace, branches: frozenset[str]) -> Finding:
    outcome, scenario, wanted = trace.outcome, trace.scenario, condition.wanted
    found: Any
    match condition.kind:
        case "segments" | "fate" | "state" | "timewait":
            found = getattr(outcome, condition.kind)
            return Finding(condition, found == wanted, found)
        case "keepalive_ms" | "timewait_ms":
            found = getattr(outcome, condition.kind)
            return Finding(condition, found is not None and _within(wanted, found), found)
        case "counter":
            found = outcome.counters.get(condition.subject, 0)
            return Finding(condition, found >= wanted, found)
        case "takes" | "avoids":
            found = condition.subject in branches
            return Finding(condition, found is wanted, found)
        case "input":
            found = scenario[condition.subject]
            return Finding(condition, found in wanted, found)
        case "input_not":
            found = scenario[condition.subject]
            return Finding(condition, found not in wanted, found)
        case "changes":
            found = len(scenario.changed())
            return Finding(condition, found <= wanted, found)
    raise AssertionError(f"no such condition: {condition.kind}")


def _judge_life(condition: Condition, life: Life) -> Finding:
    """Whether something lasts as long; what is found is in ms, None where it has no end."""
    found, wanted = life.lasted_us(condition.subject), condition.wanted
    if found is None:
        return Finding(condition, wanted.max is None and wanted.equals is None, None)
    return Finding(condition, _within(wanted, round(found / 1000)), round(found / 1000))


def _within(wanted: Range, found: int) -> bool:
    if wanted.equals is not None:
        return found == wanted.equals
    low = 0 if wanted.min is None else wanted.min
    return low <= found and (wanted.max is None or found <= wanted.max)


def input_problem(key: str, text: str) -> ReaderError | None:
    """What is wrong with an input's value, None for a good one."""
    try:
        parse_scenario([(key, text)])
    except ReaderError as error:
        return error
    return None
