# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Predicted and observed laid side by side: agree, explained, disagree, or left out.

Compared are the segments that end a connection (FIN, RST), the counters in `COUNTERS`, what is left
of the socket, its timer where the model has one, how close() slept, and the state transitions
where the kernel shows them. References, locks and the order of inner steps cannot be seen from
outside, and are not compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from app.lab.known import Difference, Version, explanation
from app.lab.plan import Plan
from app.lab.prediction import COUNTERS, Prediction
from app.lab.stage import Observation

#: A timer may be off by this much: it is read a little later, and kept in jiffies.
TOLERANCE_MS: Final = 500
_TOLERANCE_PART: Final = 0.02
#: The least of the kernel's own timers: include/net/tcp.h, TCP_RTO_MIN.
LATE_MS: Final = 200
#: What keeps its order and its time where the lab looks late.
_SEEN_IN_TIME: Final = frozenset({"segments", "transitions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing compared: `agrees` is None where it could not be observed."""

    what: str
    predicted: Any
    observed: Any
    agrees: bool | None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`word` is `agree`, `explained` or `disagree`; `checks` what it rests on."""

    word: str
    checks: tuple[Check, ...]


def judge(
    plan: Plan,
    predicted: Prediction,
    observed: Observation,
    kernel: Version,
    *,
    late_ms: int = 0,
) -> Verdict:
    """The verdict for one plan on a kernel of this version, on a machine that was late by so much.

    Where the kernel's own timers may have run out before the lab has looked, only what is on the
    wire and the transitions speak against the model.
    """
    checks = tuple(_compare(predicted, observed))
    if late_ms >= LATE_MS:
        checks = tuple(
            replace(check, agrees=None)
            if check.agrees is False and check.what not in _SEEN_IN_TIME
            else check
            for check in checks
        )
    known = explanation(plan.scenario, asdict(observed), kernel)
    checks = tuple(
        replace(check, difference=known) if check.agrees is False else check for check in checks
    )
    if all(check.agrees is not False for check in checks):
        word = "agree"
    elif all(check.agrees is not False or check.difference for check in checks):
        word = "explained"
    else:
        word = "disagree"
    return Verdict(word=word, checks=checks)


def _compare(predicted: Prediction, observed: Observation) -> Iterable[Check]:
    yield _same_if_seen("segments", predicted.segments, observed.segments)
    counted = {name: observed.counters[name] for name in COUNTERS if observed.counters.get(name)}
    yield _same("counters", dict(predicted.counters), counted)
    yield _same("left", predicted.left, observed.left)
    if predicted.timer is not None:
        yield _same("timer", predicted.timer, observed.timer)
        wanted, found = predicted.timer_ms, observed.timer_ms
        if wanted is not None:
            agrees = found is not None and _is_about(found, wanted)
            yield Check(what="timer_ms", predicted=wanted, observed=found, agrees=agrees)
    yield _same_if_seen("transitions", predicted.transitions, observed.transitions)
    yield _same("sleep", predicted.sleep, observed.sleep)


def _same(what: str, predicted: Any, observed: Any) -> Check:
    agrees = predicted == observed
    return Check(what=what, predicted=predicted, observed=observed, agrees=agrees)


def _same_if_seen(what: str, predicted: Any, observed: Any) -> Check:
    """What could not be observed neither agrees nor disagrees."""
    check = _same(what, predicted, observed)
    return check if observed is not None else replace(check, agrees=None)


def _is_about(observed_ms: int, predicted_ms: int) -> bool:
    return abs(observed_ms - predicted_ms) <= TOLERANCE_MS + predicted_ms * _TOLERANCE_PART
