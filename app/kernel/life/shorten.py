# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What would shorten a life: each input and each condition tried, as "why not" tries branches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.kernel.caveats import caveats_of
from app.kernel.inputs import INPUTS, ChoiceInput, Input
from app.kernel.life.conditions import CONDITIONS
from app.kernel.life.engine import live
from app.kernel.life.records import Life
from app.kernel.model import Trace
from app.kernel.scenario import Scenario

#: Another socket, or another call, and not the same one with a shorter life.
_NOT_TRIED: Final = frozenset(
    {"state", "accept_queue", "pending", "repair", "wait", "backlog", "fastopen", "copied", "rto"}
)
#: Smaller values than those that matter to the function.
_SMALLER: Final[Mapping[str, tuple[int, ...]]] = {"fin_timeout": (10,), "linger2": (10,)}
#: What is less than so much of the time is no shorter life, but a round trip or a timer.
_SHARE: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Shorter:
    """An input or a condition by whose other value the life is shorter, and that life.

    `value` is the parsed one; of several numbers the one with the shortest life, the first of
    equals.
    """

    item: Input
    value: Any
    life: Life


def shorten(life: Life, run: Callable[[Scenario], Trace]) -> tuple[Shorter, ...]:
    """What shortens a life; conditions first. `run` is the function.

    It costs a trace and a life for each value, some 20 ms in all.
    """
    if life.ends_us == 0:
        return ()
    trace = run(life.scenario)
    found: list[Shorter] = []
    for item in (*CONDITIONS.values(), *INPUTS.values()):
        if item.key in _NOT_TRIED or item.is_out_of_lab:
            continue
        lives = list(_lives(item, life, trace, run))
        lives = [other for other in lives if _is_shorter(other.life, life)]
        if lives and not isinstance(item, ChoiceInput):
            lives = [min(lives, key=lambda other: other.life.ends_us or 0)]
        found.extend(lives)
    return tuple(found)


def _lives(
    item: Input,
    life: Life,
    trace: Trace,
    run: Callable[[Scenario], Trace],
) -> Iterator[Shorter]:
    is_condition = item.key in CONDITIONS
    now = (life.conditions if is_condition else life.scenario)[item.key]
    for value in (*item.tried, *_SMALLER.get(item.key, ())):
        if value == now:
            continue
        conditions, tried = life.conditions, trace
        if is_condition:
            conditions = conditions.but(**{item.key: value})
        else:
            scenario = life.scenario.but(**{item.key: value})
            if caveats_of(scenario):
                continue
            tried = run(scenario)
        yield Shorter(item=item, value=value, life=live(tried, conditions))


def _is_shorter(other: Life, life: Life) -> bool:
    if other.ends_us is None or other.notes != life.notes:
        return False
    return life.ends_us is None or other.ends_us < life.ends_us * _SHARE
