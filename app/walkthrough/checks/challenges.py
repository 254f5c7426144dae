# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `challenges.yaml`: its ids, counters, states, branches and inputs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from app.kernel.inputs import STATES
from app.kernel.model import run
from app.kernel.scenario import DEFAULT
from app.machine.program import Program
from app.walkthrough.challenges import (
    Challenge,
    input_problem,
    is_solved,
    judge,
    values_of,
)
from app.walkthrough.content.reading import Teller
from app.walkthrough.counters import COUNTERS, nstat_name
from app.walkthrough.records import Decision

_WAYS: Final = ("true", "false")
#: What may be asked of how long it lasts afterwards.
LASTING: Final = ("life", "orphan", "mini", "TIME_WAIT", *STATES)


def check_challenges(
    tell: Teller,
    entries: Sequence[Challenge],
    decisions: Sequence[Decision],
    known: Collection[str] | None,
    program: Program,
) -> tuple[Challenge, ...]:
    """The challenges that are right; the problems of the others are told.

    `known` are the ids that decisions have; None where they could not be read.
    """
    places = None if known is None else [f"{name}/{way}" for name in known for way in _WAYS]
    counters = [name.removeprefix("TcpExt").removeprefix("Tcp") for name in COUNTERS]
    default = None if tell.is_checked else run(program, DEFAULT)
    tell.once("challenge", (item.id for item in entries))
    found: dict[str, Challenge] = {}
    for index, item in enumerate(entries):
        needs, path, before = item.needs, (index, "needs"), tell.count
        if needs.state is not None:
            tell.unknown((*path, "state"), "state", needs.state, STATES)
        for name in needs.lasts_ms:
            if name not in LASTING:
                tell.unknown((*path, "lasts_ms", name), "part of a life", name, LASTING)
        for name in needs.counters:
            if nstat_name(name) not in COUNTERS:
                tell.unknown((*path, "counters", name), "counter", name, counters)
        for key, branches in (("takes", needs.takes), ("avoids", needs.avoids)):
            for number, place in enumerate(branches):
                tell.unknown((*path, key, number), "branch", place, places)
        for key, inputs in (("inputs", needs.inputs), ("inputs_not", needs.inputs_not)):
            for name, texts in inputs.items():
                for text in values_of(texts):
                    error = input_problem(name, text)
                    for problem in error.problems if error else ():
                        tell(
                            (*path, key, name),
                            f"challenge {item.id}: {name}={text}: {problem.code}, "
                            f"allowed: {problem.allowed}",
                            problem.nearest,
                        )
        if tell.count > before:
            continue
        is_whole = len(decisions) == len(program.decisions)
        if is_whole and default and is_solved(judge(item, default)):
            tell(path, f"challenge {item.id}: the default scenario solves it")
        found.setdefault(item.id, item)
    return tuple(found.values())
