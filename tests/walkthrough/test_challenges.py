# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Challenges: each can be solved, not by doing nothing, and not by what no kernel could be in."""

from typing import Final
from urllib.parse import parse_qsl

import pytest

from app.kernel.life.conditions import CONDITIONS, Conditions
from app.kernel.scenario import DEFAULT, parse_scenario
from app.walkthrough.challenges import LEVELS, Finding, is_solved, judge
from app.walkthrough.records import Walkthrough
from tests.walkthrough import building

#: A scenario that solves it, and one that comes near and does not.
WITNESSES: Final = {
    "close-second": ("state=CLOSE_WAIT", "state=LAST_ACK"),
    "leave-unread": ("recv=300", "recv=300&repair=1"),
    "reset-nothing-unread": ("linger=0", "recv=300"),
    "three-guests": ("state=LISTEN&accept_queue=3", "accept_queue=3"),
    "bare-fin": ("state=CLOSE_WAIT&recv=fin", "recv=fin"),
    "silent-unread": ("recv=300&repair=1", "recv=300&state=CLOSE"),
    "forty-seconds": ("state=FIN_WAIT2&linger2=100", "state=FIN_WAIT2&linger2=40"),
    "abort-on-linger": ("state=FIN_WAIT2&linger2=-1", "linger2=-1"),
    "fin-and-rst": ("orphans=1", "state=CLOSE_WAIT&memory=1"),
    "killed-but-rude": ("exiting=1&linger=0", "exiting=1&linger=5"),
    "zero-linger-no-rst": ("state=SYN_SENT&linger=0", "linger=0"),
    "sixty-second-cliff": ("state=FIN_WAIT2&linger2=61", "state=FIN_WAIT2&linger2=60"),
    "five-minutes": ("pending=1&peer=shut-window", "pending=1&peer=silent"),
    "forty-four-seconds": (
        "linger2=82&fin_timeout=82&peer=never-closes",
        "linger2=104&fin_timeout=104&peer=never-closes",
    ),
    "destroyed-in-backlog": ("backlog=rst", "linger=5&wait=rst"),
    "time-wait-lingering": ("linger=5&wait=fin-ack", "linger=5&wait=ack-fin"),
    "linger2-established": ("linger=5&linger2=-1&wait=ack", "state=FIN_WAIT2&linger2=-1"),
    "same-option-other-counter": ("linger2=-1&backlog=ack", "linger=5&linger2=-1&wait=ack"),
    "rst-no-limits": ("backlog=data", "orphans=1"),
    "armed-and-cancelled": ("state=FIN_WAIT2&linger2=100&orphans=1", "state=FIN_WAIT2&orphans=1"),
    "fast-open-left": ("state=SYN_RECV&fastopen=1&linger=0", "fastopen=1&linger=0"),
}


def judged(
    walkthrough: Walkthrough, name: str, query: str, variant: str | None = None
) -> tuple[Finding, ...]:
    pairs = parse_qsl(query)
    inputs = [pair for pair in pairs if pair[0] not in CONDITIONS]
    conditions = Conditions.parse(pair for pair in pairs if pair[0] in CONDITIONS)
    trace = walkthrough.trace(parse_scenario(inputs), variant)
    return judge(walkthrough.challenges_by_id[name], trace, variant, conditions)


def test_each_challenge_has_a_witness_here_and_the_levels_rise(tcp_close: Walkthrough) -> None:
    assert [item.id for item in tcp_close.challenges] == list(WITNESSES)
    levels = [LEVELS.index(item.level) for item in tcp_close.challenges]
    assert levels == sorted(levels)
    assert set(levels) == set(range(len(LEVELS)))


@pytest.mark.parametrize("name", WITNESSES)
def test_it_is_solved_by_its_witness_and_not_by_a_near_miss(
    tcp_close: Walkthrough, name: str
) -> None:
    witness, near = WITNESSES[name]
    findings = judged(tcp_close, name, witness)
    assert is_solved(findings), [item for item in findings if not item.holds]
    assert not is_solved(judged(tcp_close, name, near))
    assert not is_solved(judged(tcp_close, name, DEFAULT.query()))


@pytest.mark.parametrize("name", WITNESSES)
def test_a_variant_of_the_text_never_counts(tcp_close: Walkthrough, name: str) -> None:
    assert not is_solved(judged(tcp_close, name, WITNESSES[name][0], "article"))


def test_a_scenario_that_is_only_hypothetical_never_counts(tcp_close: Walkthrough) -> None:
    findings = judged(tcp_close, "leave-unread", "recv=300-fin")
    assert [item.condition.kind for item in findings if not item.holds] == ["real"]


@pytest.mark.parametrize(
    ("old", "new", "says", "near"),
    [
        ("takes: [gone/true], fate", "takes: [gon/true], fate", "branch gon/true", "gone/true"),
        ("{TCPAbortOnMemory: 1}", "{TCPAbortOnMemry: 1}", "TCPAbortOnMemry", "TCPAbortOnMemory"),
        ("state: LAST_ACK, fate", "state: LAST_ACKK, fate", "state LAST_ACKK", "LAST_ACK"),
        ("inputs: {exiting: 1,", "inputs: {exitin: 1,", "exitin=1: unknown-key", "exiting"),
        ("needs: {segments: [RST, RST, RST]}", "needs: {segments: [FIN]}", "default", None),
        ("keepalive_ms: {max: 1000}", "keepalive_ms: {equals: 1, max: 2}", "stands alone", None),
        ("{orphan: {min: 3", "{orphn: {min: 3", "part of a life orphn", "orphan"),
        ("id: bare-fin", "id: three-guests", "three-guests stands twice", None),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_at_its_line(
    copied: building.Folder, old: str, new: str, says: str, near: str | None
) -> None:
    line = copied.edit("challenges.yaml", old, new)
    problem = copied.problem()
    assert says in problem.message
    assert problem.nearest == near
    assert problem.file == "tcp_close/challenges.yaml"
    assert problem.line == line
