# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Worlds and traces for the tests: tcp_close run by a query, helpers called one by one."""

from functools import cache
from typing import Any

from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel import model
from app.kernel.helpers import FUNCTIONS
from app.kernel.host import World
from app.kernel.model import Trace
from app.kernel.scenario import Scenario, parse_scenario
from app.kernel.states import STATE_NUMBERS
from app.machine.program import Program
from app.machine.trace import Effect, Note, Recorder
from app.paths import CONTENT

SOURCE = Source("tcp_close.c", (CONTENT / "tcp_close" / "tcp_close.c").read_text())


@cache
def tcp_close() -> Program:
    """The quoted function, compiled once."""
    return model.compile_function(parse_function(SOURCE, "tcp_close"))


def scenario(query: str) -> Scenario:
    """The scenario that a query string means."""
    pairs = (word.split("=", 1) for word in query.split("&") if word)
    return parse_scenario((key, value) for key, value in pairs)


def close(query: str = "") -> Trace:
    """What tcp_close does in a scenario; an error fails the test."""
    trace = model.run(tcp_close(), scenario(query))
    if trace.error is not None:
        raise trace.error
    return trace


def run_body(body: str, query: str = "") -> Trace:
    """What another function body does to the socket; line 3 is its first."""
    text = f"void f(struct sock *sk, long timeout)\n{{\n{body}\n}}\n"
    program = model.compile_function(parse_function(Source("test.c", text), "f"))
    return model.run(program, scenario(query))


def effects(trace: Trace, *kinds: str) -> list[Effect]:
    """The effects of a trace in order; with kinds, only those."""
    return [e for s in trace.steps for e in s.effects if not kinds or e.kind in kinds]


def decisions(trace: Trace) -> list[tuple[int, bool]]:
    """Line and outcome of each decision, in the order of evaluation."""
    return [(s.site.span.line, s.taken) for s in trace.steps if s.taken is not None]


def taken(trace: Trace, line: int) -> bool | None:
    """How the decision of a line came out last; None where it was not reached."""
    return dict(decisions(trace)).get(line)


class Bench:
    """One world in which helpers are called from Python, as the C would call them.

    `state` sets the state whatever the scenario says, so that TIME_WAIT is possible too.
    """

    def __init__(self, query: str = "", state: str | None = None) -> None:
        self.recorder = Recorder()
        self.world = World(scenario(query), self.recorder, model.ENVIRONMENT)
        self.sk = self.world.sk
        if state is not None:
            self.sk.store("sk_state", STATE_NUMBERS[state])

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a helper by its name in the C."""
        return FUNCTIONS[name].body(self.world, *arguments)

    def orphan(self) -> "Bench":
        """As after lines 93 to 97: a reference held, no process, spinlock, bottom halves off."""
        self.call("lock_sock", self.sk)
        self.call("sock_hold", self.sk)
        self.call("sock_orphan", self.sk)
        self.call("local_bh_disable")
        self.call("bh_lock_sock", self.sk)
        return self

    @property
    def state(self) -> str:
        names = {number: name for name, number in STATE_NUMBERS.items()}
        return names[self.sk.state]

    @property
    def effects(self) -> list[Effect]:
        return list(self.recorder.current.effects)

    @property
    def notes(self) -> list[Note]:
        return list(self.recorder.current.notes)

    @property
    def counters(self) -> dict[str, int]:
        return dict(self.world.counters)

    @property
    def errno(self) -> list[Any]:
        """Each value that sk_err was given."""
        return [effect.after for effect in self.effects if effect.kind == "errno"]
