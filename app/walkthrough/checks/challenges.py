# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `challenges.yaml`: its ids, counters, states, branches and inputs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.errors import nearest
from app.kernel.inputs import STATES
from app.kernel.model import run
from app.kernel.scenario import DEFAULT
from app.machine.program import Program
from app.walkthrough.challenges import (
    Challenge,
    ChallengeEntry,
    input_problem,
    is_solved,
    judge,
    make_challenge,
    values_of,
)
from app.walkthrough.content.reading import Report
from app.walkthrough.content.yaml_lines import Document, Path
from app.walkthrough.counters import COUNTERS, nstat_name
from app.walkthrough.records import Decision


def check_challenges(
    document: Document,
    entries: Sequence[ChallengeEntry],
    decisions: Sequence[Decision],
    known: Collection[str] | None,
    program: Program,
    report: Report,
) -> tuple[Challenge, ...]:
    """The challenges that are right; the problems of the others are reported.

    `known` are the ids that decisions have; None where they could not be read.
    """
    places = [f"{name}/{way}" for name in known or () for way in ("true", "false")]
    counters = [name.removeprefix("TcpExt").removeprefix("Tcp") for name in COUNTERS]
    default = run(program, DEFAULT)
    found: dict[str, Challenge] = {}
    for index, item in enumerate(entries):
        needs, before = item.needs, _Count(report)

        def unknown(
            path: Path,
            what: str,
            name: str,
            known: Collection[str],
            tell: Report = before,
            at: Path = (index, "needs"),
        ) -> None:
            if name not in known:
                tell(document.line((*at, *path)), f"{what} {name} is unknown", nearest(name, known))

        if item.id in found:
            before(document.line((index, "id")), f"challenge {item.id} stands twice", None)
        if needs.state is not None:
            unknown(("state",), "state", needs.state, STATES)
        for name in needs.counters:
            if nstat_name(name) not in COUNTERS:
                unknown(("counters", name), "counter", name, counters)
        for key, branches in (("takes", needs.takes), ("avoids", needs.avoids)):
            for number, place in enumerate(branches if known is not None else ()):
                unknown((key, number), "branch", place, places)
        for key, inputs in (("inputs", needs.inputs), ("inputs_not", needs.inputs_not)):
            for name, texts in inputs.items():
                for text in values_of(texts):
                    error = input_problem(name, text)
                    for problem in error.problems if error else ():
                        before(
                            document.line((index, "needs", key, name)),
                            f"challenge {item.id}: {name}={text}: {problem.code}, "
                            f"allowed: {problem.allowed}",
                            problem.nearest,
                        )
        if before.count:
            continue
        challenge = make_challenge(item)
        is_whole = len(decisions) == len(program.decisions)
        if is_whole and is_solved(judge(challenge, default)):
            before(
                document.line((index, "needs")),
                f"challenge {item.id}: the default scenario solves it",
                None,
            )
        found[item.id] = challenge
    return tuple(found.values())


class _Count:
    """Passes problems on, and counts them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.count = 0

    def __call__(self, line: int | None, message: str, near: str | None) -> None:
        self.count += 1
        self.report(line, message, near)
