# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Experiments: scenarios run on a kernel, and judged."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from app.errors import LabError
from app.kernel.life.records import Life
from app.kernel.model import Trace
from app.lab.left_out import LeftOut
from app.lab.lives import happened, judge_life, plan_life
from app.lab.machine import without_namespace
from app.lab.place import Place, here
from app.lab.plan import Plan, to_json
from app.lab.prediction import Prediction, predict
from app.lab.recipes import plan_for
from app.lab.stage import Observation
from app.lab.verdict import Verdict, judge

#: What a worker could not do without that being a failure of the lab.
_CODES: Final = {
    "sysctl": "no-sysctl",
    "late": "answer-late",
    "peer-late": "peer-late",
    "put-off": "shutdown-put-off",
    "one-processor": "one-processor",
}
_OBSERVATION: Final = TypeAdapter(Observation)
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabCase:
    """One scenario that was asked for: `id` is the preset's, or the query string.

    With a `life` it is that which is held against the kernel, not close() alone.
    """

    id: str
    trace: Trace
    life: Life | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a case. `left_out` is why nothing was observed; else all others are there.

    `attempts` says how often it was performed until it was believed.
    """

    case: LabCase
    predicted: Prediction
    plan: Plan | None
    observed: Observation | None = None
    verdict: Verdict | None = None
    left_out: LeftOut | None = None
    attempts: int = 0

    @property
    def word(self) -> str:
        """`agree`, `explained`, `disagree` or `left_out`."""
        return self.verdict.word if self.verdict is not None else "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """All results, in the order of the cases.

    `text` is the variant, or the imported kernel, that said what to expect; None is the source.
    """

    place: Place
    results: tuple[Result, ...]
    text: str | None = None

    def count(self, word: str) -> int:
        """How many results have this verdict."""
        return sum(result.word == word for result in self.results)


def longest_s(cases: Sequence[LabCase]) -> int:
    """How long close() will sleep in the slowest of the cases, in seconds."""
    plans = [plan_for(case.trace) for case in cases]
    return max((plan.sleeps_s or 0 for plan in plans if isinstance(plan, Plan)), default=0)


def run_cases(
    cases: Sequence[LabCase],
    *,
    place: Place | None = None,
    follow_s: int = 0,
    on_result: Callable[[Result], None] | None = None,
) -> Experiment:
    """`perform_cases` for a program that has nothing else to do meanwhile."""
    return asyncio.run(perform_cases(cases, place=place, follow_s=follow_s, on_result=on_result))


async def perform_cases(
    cases: Sequence[LabCase],
    *,
    place: Place | None = None,
    follow_s: int = 0,
    on_result: Callable[[Result], None] | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Experiment:
    """Perform every case that can be, as often as it takes to believe it.

    What is left of a socket is followed for `follow_s` seconds, at most until nothing is.

    `on_result` hears of each as soon as it is final; `on_progress` hears `ready` (the namespace is
    there), `arrived` and `closed` of each, and `again` before each further attempt. Without a
    `place` it is this machine. Raises LabError where nothing can be run at all. Whoever cancels
    this ends everything that it has started.
    """
    if place is None:
        # What the machine allows is tried in a process, and remembered.
        place = await asyncio.to_thread(here)
    tell = on_result or (lambda result: None)
    say = on_progress or (lambda word: None)
    results: dict[int, Result] = {}
    plans: dict[int, Plan] = {}
    for index, case in enumerate(cases):
        plan = plan_at(case, place)
        if isinstance(plan, LeftOut):
            results[index] = _left_out(case, None, plan)
            tell(results[index])
        else:
            plans[index] = replace(plan, follow_s=plan.follow_s or follow_s)
    for attempt in range(1, place.attempts + 1):
        if not plans:
            break
        if attempt > 1:
            say("again")
        async with _worker(place) as worker:
            async for index, answer in _answers(worker, dict(plans), place, say):
                case, plan = cases[index], plans[index]
                results[index] = result_of(case, plan, answer, place, attempt)
                if is_final(results[index]) or attempt == place.attempts:
                    del plans[index]
                    tell(results[index])
    return Experiment(
        place=place,
        results=tuple(results[index] for index in range(len(cases))),
    )


def plan_at(case: LabCase, place: Place) -> Plan | LeftOut:
    """How to bring a real socket into a case at a place, or why that is not done."""
    if case.life is not None:
        if place.namespace == "none":
            return LeftOut("needs-namespace")
        return plan_life(case.trace, case.life, has_machine=place.is_guest)
    plan = plan_for(case.trace, has_machine=place.is_guest)
    if isinstance(plan, Plan) and place.namespace == "none":
        return without_namespace(plan, frozenset(case.trace.reads)) or plan
    return plan


def result_of(
    case: LabCase, plan: Plan, answer: Mapping[str, Any], place: Place, attempt: int
) -> Result:
    """What comes of a worker's answer to the plan of a case."""
    predicted = predict(case.trace)
    if "failed" in answer:
        failed = answer["failed"]
        code = _CODES.get(failed["code"], "lab-failed")
        return _left_out(case, plan, LeftOut(code, {"message": failed["message"]}), attempt)
    observed = _OBSERVATION.validate_python(answer["observed"])

    def judged(late_ms: int) -> Verdict:
        if case.life is None:
            return judge(plan, predicted, observed, place.kernel.numbers, late_ms=late_ms)
        told, counted = happened(case.life, observed), observed.counted or {}
        return judge_life(case.trace, case.life, told, counted, observed, late_ms=late_ms)

    verdict = judged(0)
    late_ms = answer.get("late_ms", 0)
    if verdict.word == "disagree" and judged(late_ms).word != "disagree":
        # The machine's lateness is no disagreement of the kernel.
        return _left_out(case, plan, LeftOut("machine-late", {"message": f"{late_ms} ms"}), attempt)
    result = Result(
        case=case,
        predicted=predicted,
        plan=plan,
        observed=observed,
        verdict=verdict,
        attempts=attempt,
    )
    if place.namespace == "none" and verdict.word == "disagree" and _only_more(predicted, observed):
        # The counters are those of everybody on this machine.
        return replace(result, verdict=None, left_out=LeftOut("other-traffic"))
    return result


def _left_out(case: LabCase, plan: Plan | None, why: LeftOut, attempts: int = 0) -> Result:
    predicted = predict(case.trace)
    return Result(case=case, predicted=predicted, plan=plan, left_out=why, attempts=attempts)


def is_final(result: Result) -> bool:
    """Whether another attempt could not change it."""
    if result.left_out is not None:
        return result.left_out.code in {"no-sysctl", "shutdown-put-off", "one-processor"}
    return result.word != "disagree"


def _only_more(predicted: Prediction, observed: Observation) -> bool:
    """Whether nothing but counters differs, and those by having counted too much."""
    same = replace(observed, counters=predicted.counters)
    more = all(observed.counters.get(name, 0) >= n for name, n in predicted.counters.items())
    return more and same != observed and same.left == predicted.left


async def _answers(
    worker: asyncio.subprocess.Process,
    plans: Mapping[int, Plan],
    place: Place,
    say: Callable[[str], None],
) -> AsyncIterator[tuple[int, Mapping[str, Any]]]:
    """What a worker answers to these plans, as it comes."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    numbers = list(plans)
    missing = set(numbers)
    silence = place.patience_s + max(
        (plan.sleeps_s or 0) + plan.follow_s for plan in plans.values()
    )
    order = {
        "namespace": place.namespace,
        "is_guest": place.is_guest,
        "plans": [to_json(plan) for plan in plans.values()],
    }
    worker.stdin.write(json.dumps(order).encode() + b"\n")
    try:
        await worker.stdin.drain()
        while missing and (line := await asyncio.wait_for(worker.stdout.readline(), silence)):
            answer: dict[str, Any] = json.loads(line)
            if "broken" in answer:
                raise LabError("worker", answer["broken"])
            if "progress" in answer:
                say(answer["progress"])
                continue
            number = numbers[answer["index"]]
            missing.discard(number)
            yield number, answer
    except TimeoutError:
        raise LabError("worker", "the lab's worker has gone silent") from None
    except OSError as error:
        raise LabError("worker", f"the lab's worker: {error.strerror or error}") from None
    if missing:
        raise LabError("worker", "the lab's worker has ended before its work was done")


@contextlib.asynccontextmanager
async def _worker(place: Place) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that does the work; it ends when this does, in whatever way."""
    try:
        worker = await asyncio.create_subprocess_exec(
            *place.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            limit=1 << 22,
            # Ctrl+C is for the server, which ends the worker by closing its input.
            start_new_session=True,
        )
    except OSError as error:
        raise LabError("worker", f"the lab's worker: {error.strerror or error}") from None
    try:
        yield worker
    finally:
        assert worker.stdin is not None
        worker.stdin.close()
        try:
            await asyncio.wait_for(asyncio.shield(worker.wait()), 5)
        except (TimeoutError, asyncio.CancelledError) as error:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            if isinstance(error, asyncio.CancelledError):
                raise
            await worker.wait()
