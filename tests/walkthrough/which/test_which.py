# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The way back against independent runs: what is observed of a run never excludes its path."""

from collections.abc import Collection, Iterator
from functools import cache

import pytest

from app.kernel.caveats import caveats_of
from app.kernel.model import Trace, run
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.records import Edition
from app.walkthrough.which.asking import Observed, Which, common, observed_of
from app.walkthrough.which.looks import QUESTIONS, UNKNOWN
from tests.conftest import shipped
from tests.walkthrough.atlas.test_atlas import bounded, decided


@cache
def edition() -> Edition:
    return shipped().edition


@cache
def which() -> Which:
    return Which(edition(), make_atlas(edition().program))


def paths_of(observed: Observed) -> tuple[AtlasPath, ...]:
    return tuple({look.path.id: look.path for look in which().fitting(observed)}.values())


def seen(chosen: Scenario, trace: Trace) -> Iterator[tuple[str, str]]:
    """What somebody would answer who watched this run, told by the run alone."""
    outcome, state = trace.outcome, chosen["state"]
    effects = [effect for step in trace.steps for effect in step.effects]
    wire = [
        effect.name.lower()
        for effect in effects
        if effect.kind == "segment" and effect.name != "ACK" and effect.cause != "behind-data"
    ]
    yield "sent", "several" if wire.count("rst") > 1 else "-".join(wire) or "none"
    rose = [name for name in outcome.counters if name.startswith("TCPAbort")]
    yield "counter", "".join(rose) or "none"
    yield "estabresets", "yes" if "EstabResets" in outcome.counters else "no"
    mini = {"FIN_WAIT2": "FIN_WAIT2-mini", "TIME_WAIT": "TIME_WAIT", None: None}[outcome.timewait]
    yield "left", mini or (outcome.state if outcome.fate == "orphan" else "none")
    if any(effect.kind == "sleep" for effect in effects):
        yield "blocked", "yes"
    yield "before", state
    came = state in {"CLOSE_WAIT", "LAST_ACK", "CLOSING"}
    yield "peer", "over" if state == "CLOSE" else "fin" if came else "none"
    yield (
        "shutdown",
        "yes" if state.startswith("FIN_") or state in {"LAST_ACK", "CLOSING"} else "no",
    )
    yield "unread", "yes" if any(segment.bytes for segment in chosen["recv"]) else "no"
    linger = chosen["linger"]
    yield "linger", "off" if linger is None else "seconds" if linger % (1 << 29) else "zero"
    ends = (chosen["linger2"] > 0) - (chosen["linger2"] < 0)
    yield "linger2", ("default", "seconds", "negative")[ends]
    for flag in ("repair", "fastopen"):
        yield flag, "yes" if chosen[flag] else "no"
    yield "netns", chosen["netns"]
    events = {effect.name for effect in effects if effect.kind == "event"}
    if not events - {"ack", "fin"} and not {*chosen["wait"], *chosen["backlog"]} - events:
        yield "during", "both" if len(events) == 2 else next(iter(events), "none")
    if events & {"data", "rst"}:
        yield "during", next(iter(events & {"data", "rst"}))
    sends = "fin" in wire or state in {"FIN_WAIT2", "TIME_WAIT"}
    if "rst" in wire:
        yield "reader", "reset"
    elif sends:
        yield "reader", "eof"


def test_what_is_observed_of_a_run_never_excludes_its_path() -> None:
    program, met = edition().program, set[str]()
    for chosen in bounded(4_000):
        if caveats_of(chosen):
            continue
        trace = run(program, chosen)
        observed = {question: (answer,) for question, answer in seen(chosen, trace)}
        ways = decided(program, trace)
        right = [
            path
            for path in paths_of(observed)
            if path.decisions == ways and path.ending.fate == trace.outcome.fate
        ]
        assert right, (chosen.query(), observed)
        met.add(right[0].id)
    assert len(met) > 55


def test_an_answer_alone_excludes_something_and_every_one_is_given_by_some_path() -> None:
    for question, answers in QUESTIONS.items():
        given = {choice.answer for choice in which().choices(which().looks, question)}
        assert given == set(answers), question


@pytest.mark.parametrize(
    ("answers", "branch"),
    [
        ({"sent": "rst", "counter": "TCPAbortOnClose"}, ("unread", True)),
        ({"sent": "rst", "counter": "TCPAbortOnData", "linger": "zero"}, ("zero-linger", True)),
        ({"sent": "rst", "counter": "TCPAbortOnLinger"}, ("linger2-negative", True)),
        ({"sent": "fin-rst", "counter": "TCPAbortOnMemory"}, ("oom", True)),
        ({"sent": "several"}, ("listening", True)),
        ({"sent": "none", "estabresets": "yes", "before": "ESTABLISHED"}, ("in-repair", True)),
    ],
)
def test_what_a_reset_and_its_counter_say(
    answers: dict[str, str], branch: tuple[str, bool]
) -> None:
    assert branch in common(paths_of(observed_of(answers)))


def test_the_question_that_is_asked_leaves_the_fewest() -> None:
    """Of a RST without more, the counter tells most: unread data, zero linger, TCP_LINGER2."""
    looks = which().fitting({"sent": ("rst",)})
    first, *others = which().best(looks, {"sent"})

    def mean(question: str) -> float:
        sizes = [len(choice.paths) for choice in which().choices(looks, question)]
        return sum(size * size for size in sizes) / sum(sizes)

    assert first == "counter"
    assert all(mean(first) <= mean(other) for other in others)


def test_true_answers_lead_to_each_path_or_to_those_that_show_the_same() -> None:
    one_a_path = {look.path.id: look for look in which().looks}
    for look in one_a_path.values():
        observed: dict[str, Collection[str]] = {}
        while asked := which().best(which().fitting(observed), observed):
            observed[asked[0]] = (min(look.shows[asked[0]], key=QUESTIONS[asked[0]].index),)
            assert len(observed) <= len(QUESTIONS)
        left = paths_of(observed)
        assert look.path in left
        assert len(left) <= 4, [path.witness.query for path in left]


def test_what_nobody_knows_excludes_nothing() -> None:
    unknown = dict.fromkeys(QUESTIONS, UNKNOWN)
    assert paths_of(observed_of(unknown)) == which().paths
    assert {ruled.after for ruled in which().ruled(unknown)} == {len(which().paths)}
