# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The worker: a process that stages plans, each in a process and a network namespace of its own.

It is started as `python -m app.lab.worker`. The first line of its input is the order (JSON:
`namespace`, `is_guest`, `plans`); it answers with a line for each plan as it ends (`late_ms` says
how late this machine was meanwhile, at most), and before that with lines that say how far it is.
When its input ends, it ends, and with it everything that it has started: a parent that is killed
cannot say goodbye.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from app.errors import LabError
from app.lab.bystanders import limits_of
from app.lab.namespace import die_with_parent, enter, mount_tracing, set_sysctls
from app.lab.observe.lateness import Lateness
from app.lab.observe.sockets import list_sockets
from app.lab.observe.tracepoints import Tracepoints
from app.lab.plan import Plan, from_json
from app.lab.stage import Stage

#: Stages at once: they mostly wait. Of those that follow a life there are twice as many.
AT_ONCE: Final = 6
#: For the namespace: the kernel may take its time under load.
SETUP_S: Final = 20.0
#: For everything else, without what close() sleeps: only what hangs takes so long.
LIMIT_S: Final = 20.0


@dataclass(slots=True)
class _Running:
    index: int
    pid: int
    deadline: float
    allowed_s: float
    text: bytes = b""
    late_s: float = 0.0


def main() -> None:
    """Obey one order."""
    order = json.loads(sys.stdin.buffer.readline())
    namespace: str = order["namespace"]
    plans = [from_json(plan) for plan in order["plans"]]
    try:
        # Without it no socket can be looked at, and one sentence is enough.
        list_sockets(0)
    except LabError as error:
        sys.stdout.write(json.dumps({"broken": error.message}) + "\n")
        return
    folder = mount_tracing() if namespace == "root" else None
    # Ordinary loopback is shared, and so are its counters: one at a time there. A guest has one
    # processor, and what it idles away costs nothing: there each has it for itself.
    at_once = AT_ONCE * (2 if any(plan.follow_s for plan in plans) else 1)
    if namespace == "none" or order["is_guest"]:
        at_once = 1
    # Nobody takes a guest's time away: it goes by what its processor does.
    lateness = None if order["is_guest"] else Lateness()
    try:
        _run(plans, namespace, folder, at_once, lateness)
    finally:
        if lateness is not None:
            lateness.end()


def _run(
    plans: list[Plan],
    namespace: str,
    folder: Path | None,
    most: int,
    lateness: Lateness | None,
) -> None:
    # From the end, so what has the machine for itself comes last.
    waiting = sorted(enumerate(plans), key=lambda one: (not one[1].needs_machine, -one[0]))
    running: dict[int, _Running] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        try:
            while waiting or running:
                while waiting and len(running) < (1 if waiting[-1][1].needs_machine else most):
                    index, plan = waiting.pop()
                    fd, one = _start(index, plan, namespace, folder)
                    running[fd] = one
                    selector.register(fd, selectors.EVENT_READ)
                # No look in between: what a guest does costs more than what it idles away.
                until = min(one.deadline for one in running.values())
                ready = selector.select(max(until - time.monotonic(), 0.001))
                late_s = 0.0 if lateness is None else lateness.take()
                for one in running.values():
                    one.late_s = max(one.late_s, late_s)
                for key, _ in ready:
                    if key.fileobj is sys.stdin.buffer:
                        return
                    if _listen(key.fd, running[key.fd]):
                        selector.unregister(key.fd)
                        _finish(key.fd, running.pop(key.fd))
                for fd, one in list(running.items()):
                    if time.monotonic() > one.deadline:
                        selector.unregister(fd)
                        running.pop(fd)
                        _give_up(fd, one)
        finally:
            for one in running.values():
                os.kill(one.pid, signal.SIGKILL)
                os.waitpid(one.pid, 0)


def _start(index: int, plan: Plan, namespace: str, folder: Path | None) -> tuple[int, _Running]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _stage(writing, plan, namespace, folder)
    os.close(writing)
    allowed = LIMIT_S + (plan.sleeps_s or 0) + plan.follow_s
    return reading, _Running(index, pid, time.monotonic() + SETUP_S, allowed)


def _listen(fd: int, one: _Running) -> bool:
    """Take what the stage wrote; True at its end."""
    part = os.read(fd, 1 << 16)
    if not part:
        return True
    one.text += part
    # The result is JSON, and the last line: a word before it says how far the stage is.
    while (end := one.text.find(b"\n")) >= 0 and (word := one.text[:end]).isalpha():
        one.text = one.text[end + 1 :]
        if word == b"ready":
            one.deadline = time.monotonic() + one.allowed_s
        _say(one.index, {"progress": word.decode()})
    return False


def _finish(fd: int, one: _Running) -> None:
    os.close(fd)
    os.waitpid(one.pid, 0)
    if one.text:
        answer = json.loads(one.text)
        late_ms = max(answer.get("late_ms", 0), round(one.late_s * 1000))
        _say(one.index, {**answer, "late_ms": late_ms})
    else:
        _say(one.index, _failed("stage", "a process of the lab has died"))


def _give_up(fd: int, one: _Running) -> None:
    os.close(fd)
    os.kill(one.pid, signal.SIGKILL)
    os.waitpid(one.pid, 0)
    _say(one.index, _failed("too-slow", f"this took more than {one.allowed_s:g} s"))


def _say(index: int, result: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"index": index, **result}) + "\n")
    sys.stdout.flush()


def _failed(code: str, message: str) -> dict[str, Any]:
    return {"failed": {"code": code, "message": message}}


def _stage(writing: int, plan: Plan, namespace: str, folder: Path | None) -> NoReturn:
    """The process of one stage: it writes how far it is, and then its result."""

    def say(word: str) -> None:
        os.write(writing, f"{word}\n".encode())

    try:
        die_with_parent()
        tracepoints = Tracepoints.open(folder)
        with limits_of(plan) as limits:
            is_own = namespace != "none"
            if is_own:
                enter(as_user=namespace == "user")
                set_sysctls(plan.sysctls)
            say("ready")
            stage = Stage(plan, is_own=is_own, tracepoints=tracepoints, limits=limits)
            observed = stage.perform(say)
            result: dict[str, Any] = {"observed": asdict(observed), "late_ms": stage.late_ms}
    except LabError as error:
        result = _failed(error.code, error.message)
    except OSError as error:
        result = _failed("stage", f"{error.strerror or error}")
    except BaseException:
        result = _failed("stage", traceback.format_exc(limit=-3))
    os.write(writing, json.dumps(result).encode())
    os._exit(0)


if __name__ == "__main__":
    main()
