# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The bench: one case at a time, for a program that must not stand still meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

from app.errors import LabError
from app.lab.experiment import (
    ATTEMPTS,
    ROOT,
    WORKER,
    Case,
    Result,
    is_final,
    order_for,
    plan_here,
    result_of,
)
from app.lab.left_out import LeftOut
from app.lab.machine import best_namespace, this_kernel
from app.lab.plan import Plan
from app.lab.prediction import predict

#: A worker that has said nothing for so long, besides what close() sleeps, has gone astray.
PATIENCE_S: Final = 30.0


async def run_case(case: Case, say: Callable[[str], None] = lambda word: None) -> Result:
    """Perform one case, as often as it takes to believe it.

    `say` hears `ready` (the namespace is there), `arrived`, `closed`, and `again` before each
    further attempt. Raises LabError. Whoever cancels this ends everything that it has started.
    """
    kernel = this_kernel()
    # It is tried in a process, and remembered.
    namespace = await asyncio.to_thread(best_namespace)
    plan = plan_here(case, namespace)
    if isinstance(plan, LeftOut):
        return Result(
            case=case,
            predicted=predict(case.trace),
            plan=None,
            observed=None,
            verdict=None,
            left_out=plan,
        )
    attempt = 1
    while True:
        answer = await _perform(plan, namespace, say)
        result = result_of(case, plan, answer, kernel, attempt, namespace)
        if is_final(result) or attempt == ATTEMPTS:
            return result
        attempt += 1
        say("again")


async def _perform(plan: Plan, namespace: str, say: Callable[[str], None]) -> Mapping[str, Any]:
    """A worker's answer to one plan."""
    async with _worker() as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(order_for([plan], namespace))
        try:
            await worker.stdin.drain()
            while line := await asyncio.wait_for(
                worker.stdout.readline(), PATIENCE_S + (plan.sleeps_s or 0)
            ):
                answer: dict[str, Any] = json.loads(line)
                if "progress" not in answer:
                    return answer
                say(answer["progress"])
        except TimeoutError:
            raise LabError("worker", "the lab's worker has gone silent") from None
        except OSError as error:
            raise LabError("worker", f"the lab's worker: {error.strerror or error}") from None
    raise LabError("worker", "the lab's worker has ended before its work was done")


@contextlib.asynccontextmanager
async def _worker() -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that does the work; it ends when this does, in whatever way."""
    try:
        worker = await asyncio.create_subprocess_exec(
            *WORKER,
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
        except (TimeoutError, asyncio.CancelledError):
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            raise
