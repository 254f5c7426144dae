# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What decisions look at on each path, and find there: why a branch is not taken after another."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from app.kernel.model import run
from app.machine.program import Program
from app.machine.trace import Step, shown
from app.walkthrough.atlas.records import AtlasPath, Values
from app.walkthrough.atlas.witnesses import scenario_of

#: More values than these are no reason that anybody reads.
_MAX_VALUES = 5


class Looks:
    """Each path once more, in the scenario of its witness, for what its decisions found.

    Names (CLOSE) only: a number may be another in the next run of the same path.
    """

    def __init__(self, program: Program, paths: Iterable[AtlasPath]) -> None:
        self._paths = [
            (
                path.decisions,
                {
                    step.site.decision: _found(step)
                    for step in run(program, scenario_of(path.witness.query)).steps
                    if step.site.decision is not None and step.taken is not None
                },
            )
            for path in paths
        ]

    def after(self, first: tuple[int, bool], second: int) -> tuple[str, Values]:
        """What the second decision looks at where it comes after a branch: its name and values."""
        found = [
            looks[second]
            for decisions, looks in self._paths
            if first in decisions and any(number == second for number, _ in decisions)
        ]
        if not found or any(one is None for one in found):
            return "", ()
        names, values = zip(*filter(None, found), strict=True)
        known = tuple(sorted(set(values)))
        if any(a != b for a, b in pairwise(names)) or len(known) > _MAX_VALUES:
            return "", ()
        return names[0], known


def _found(step: Step) -> tuple[str, str] | None:
    """What decided, and the name that it had; None where several things did, or a number."""
    operands, logic = step.operands, step.site.logic
    if (logic == "&&" and not step.taken) or (logic == "||" and step.taken):
        operands = operands[-1:]
    if len(operands) != 1:
        return None
    leaf, left, *_ = operands[0]
    value = shown(left, leaf.names)
    return (leaf.left, value) if leaf.names and isinstance(value, str) else None
