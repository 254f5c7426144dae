# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs scenarios on this machine's kernel and judges what came out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.errors import LabError
from app.kernel.model import Trace
from app.lab.left_out import LeftOut
from app.lab.machine import Kernel, best_namespace, this_kernel, without_namespace
from app.lab.plan import Plan, to_json
from app.lab.prediction import Prediction, predict
from app.lab.recipes import plan_for
from app.lab.stage import Observation
from app.lab.verdict import Verdict, judge

#: A disagreement, and a failure of the lab itself, is looked at this often before it is believed.
ATTEMPTS: Final = 3
#: What a worker could not do without that being a failure of the lab.
_CODES: Final = {"sysctl": "no-sysctl", "late": "answer-late"}
#: The worker's command; it has to be started in the folder `ROOT`.
WORKER: Final = (sys.executable, "-m", "app.lab.work")
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One scenario that was asked for: `id` is the preset's, or the query string."""

    id: str
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a case. `left_out` is why nothing was observed; else all others are there.

    `attempts` says how often it was performed until it was believed.
    """

    case: Case
    predicted: Prediction
    plan: Plan | None
    observed: Observation | None
    verdict: Verdict | None
    left_out: LeftOut | None
    attempts: int = 0

    @property
    def word(self) -> str:
        """`agree`, `explained`, `disagree` or `left_out`."""
        return self.verdict.word if self.verdict is not None else "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """All results, in the order of the cases."""

    kernel: Kernel
    namespace: str
    results: tuple[Result, ...]

    def count(self, word: str) -> int:
        """How many results have this verdict."""
        return sum(result.word == word for result in self.results)


def longest_s(cases: Sequence[Case]) -> int:
    """How long close() will sleep in the slowest of the cases, in seconds."""
    plans = [plan_for(case.trace) for case in cases]
    return max((plan.sleeps_s or 0 for plan in plans if isinstance(plan, Plan)), default=0)


def run_cases(
    cases: Sequence[Case],
    *,
    namespace: str = "auto",
    on_result: Callable[[Result], None] | None = None,
) -> Experiment:
    """Perform every case that can be; `on_result` hears of each as soon as it is final.

    `namespace` is one of `NAMESPACES`. Raises LabError where nothing can be run at all.
    """
    kernel = this_kernel()
    namespace = best_namespace() if namespace == "auto" else namespace
    say = on_result or (lambda result: None)
    results: dict[int, Result] = {}
    plans: dict[int, Plan] = {}
    for index, case in enumerate(cases):
        plan = plan_here(case, namespace)
        if isinstance(plan, LeftOut):
            results[index] = Result(
                case=case,
                predicted=predict(case.trace),
                plan=None,
                observed=None,
                verdict=None,
                left_out=plan,
            )
            say(results[index])
        else:
            plans[index] = plan
    for attempt in range(1, ATTEMPTS + 1):
        for index, answer in _perform(plans, namespace):
            result = result_of(cases[index], plans[index], answer, kernel, attempt, namespace)
            results[index] = result
            if is_final(result) or attempt == ATTEMPTS:
                del plans[index]
                say(result)
        if not plans:
            break
    return Experiment(
        kernel=kernel,
        namespace=namespace,
        results=tuple(results[index] for index in range(len(cases))),
    )


def plan_here(case: Case, namespace: str) -> Plan | LeftOut:
    """How to bring a real socket into a case on this machine, or why that is not done."""
    plan = plan_for(case.trace)
    if isinstance(plan, Plan) and namespace == "none":
        return without_namespace(plan, frozenset(case.trace.reads)) or plan
    return plan


def result_of(
    case: Case,
    plan: Plan,
    answer: Mapping[str, Any],
    kernel: Kernel,
    attempt: int,
    namespace: str,
) -> Result:
    """What comes of a worker's answer to the plan of a case."""
    predicted = predict(case.trace)
    if "failed" in answer:
        failed = answer["failed"]
        code = _CODES.get(failed["code"], "lab-failed")
        why = LeftOut(code, {"message": failed["message"]})
        return Result(
            case=case,
            predicted=predicted,
            plan=plan,
            observed=None,
            verdict=None,
            left_out=why,
            attempts=attempt,
        )
    observed = _observation(answer["observed"])
    verdict = judge(plan, predicted, observed, kernel.pair)
    if namespace == "none" and verdict.word == "disagree" and _only_more(predicted, observed):
        # The counters are those of everybody on this machine.
        return Result(
            case=case,
            predicted=predicted,
            plan=plan,
            observed=observed,
            verdict=None,
            left_out=LeftOut("other-traffic"),
            attempts=attempt,
        )
    return Result(
        case=case,
        predicted=predicted,
        plan=plan,
        observed=observed,
        verdict=verdict,
        left_out=None,
        attempts=attempt,
    )


def is_final(result: Result) -> bool:
    """Whether another attempt could not change it."""
    if result.left_out is not None:
        return result.left_out.code == "no-sysctl"
    return result.word != "disagree"


def _only_more(predicted: Prediction, observed: Observation) -> bool:
    """Whether nothing but counters differs, and those by having counted too much."""
    same = replace(observed, counters=predicted.counters)
    more = all(observed.counters.get(name, 0) >= n for name, n in predicted.counters.items())
    return more and same != observed and same.left == predicted.left


def _observation(data: Mapping[str, Any]) -> Observation:
    """The observation that a worker sent; JSON knows no tuples."""
    pairs = data["transitions"]
    return Observation(
        **{
            **data,
            "segments": None if data["segments"] is None else tuple(data["segments"]),
            "wire": None if data["wire"] is None else tuple(data["wire"]),
            "moments": None if data["moments"] is None else tuple(map(tuple, data["moments"])),
            "transitions": None if pairs is None else tuple((old, new) for old, new in pairs),
            "reset_reasons": (
                None if data["reset_reasons"] is None else tuple(data["reset_reasons"])
            ),
        }
    )


def order_for(plans: Iterable[Plan], namespace: str) -> bytes:
    """The line that tells a worker what to do."""
    order = {"namespace": namespace, "plans": [to_json(plan) for plan in plans]}
    return json.dumps(order).encode() + b"\n"


def _perform(plans: Mapping[int, Plan], namespace: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The answers of a worker to these plans, as they come."""
    numbers = list(plans)
    missing = set(numbers)
    with _worker() as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(order_for(plans.values(), namespace))
        worker.stdin.flush()
        for line in worker.stdout:
            answer = json.loads(line)
            if "progress" in answer:
                continue
            number = numbers[answer["index"]]
            missing.discard(number)
            yield number, answer
    if missing:
        raise LabError("worker", "the lab's worker has ended before its work was done")


@contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    """The process that does the work; it ends when this does, in whatever way."""
    worker = subprocess.Popen(  # noqa: S603 our own interpreter, our own words
        WORKER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        # Ctrl+C is for the parent, which ends the worker by closing its input.
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.close()
        worker.stdout.close()
        try:
            worker.wait(timeout=5)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
