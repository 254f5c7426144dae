# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs a program on a modelled socket: scenario in, trace out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.csource.nodes import Function as FunctionNode
from app.csource.source import fold
from app.errors import ExecutionError, UnsupportedConstruct
from app.kernel.caveats import caveats_of
from app.kernel.constants import CONSTANTS, SOCK_DEAD
from app.kernel.features import Features
from app.kernel.helpers import FUNCTIONS
from app.kernel.helpers.elsewhere import GLOBALS, MACROS, NAMES, OTHERS, SILENT, TABLES, fitted
from app.kernel.host import Kernel, World
from app.kernel.neighbours import with_neighbours
from app.kernel.scenario import Scenario
from app.kernel.socket import STRUCTS
from app.kernel.states import STATE_NAMES
from app.machine.program import STEP_LIMIT, Program
from app.machine.trace import Branch, Recorder, Step
from app.machine.values import Deferred

#: What a walkthrough's function may take, as many of them as it names.
_PARAMETERS: Final = (("struct sock", 1), ("long", 0))

#: Words of other kernels' texts are known here too; what both have is the own model's.
ENVIRONMENT: Final = Kernel(
    constants={**NAMES, **CONSTANTS},
    structs=STRUCTS,
    functions={**OTHERS, **FUNCTIONS},
    macros=MACROS,
    tables=TABLES,
    globals=GLOBALS,
    silent=SILENT - FUNCTIONS.keys(),
)


#: What became of the socket: see `Outcome`.
Fate = Literal["destroyed", "timewait", "orphan", "kept", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is left when the function has returned; also what the API says of it.

    `state` is sk_state; `timewait` the sub-state of the mini-socket that took over, or None;
    `fate` one of `destroyed`, `timewait`, `orphan`, `kept` (its program still has it), `stopped`
    (the C could not go on);
    `segments` the FINs and RSTs of this end, in order; `reasons` of its resets, where the text
    gives any; `counters` and `gauges` the changes;
    times in ms or None; `orphans` and `refs` relative to the start of the call.
    """

    state: str
    destroyed: bool
    timewait: Literal["FIN_WAIT2", "TIME_WAIT"] | None
    fate: Fate
    segments: tuple[Literal["FIN", "RST"], ...]
    counters: Mapping[str, int]
    gauges: Mapping[str, int]
    keepalive_ms: int | None
    timewait_ms: int | None
    orphans: int
    refs: int
    locks_balanced: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What a function did in a scenario; `function` is its name.

    `reads` maps the inputs that were read to the step (from 0) that read each first; `caveats`
    are codes; `error` is why the C could not go on, None where it returned; `features` are what
    the modelled functions do in the kernel that the text is of.
    """

    scenario: Scenario
    reads: Mapping[str, int]
    caveats: tuple[str, ...]
    steps: tuple[Step, ...]
    calls: tuple[str, ...]
    outcome: Outcome
    error: ExecutionError | None
    function: str
    features: Features = Features()  # noqa: RUF009 - it is frozen

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Those taken, in order; a loop's once an evaluation."""
        return tuple(step.branch for step in self.steps if step.branch is not None)

    @property
    def lines(self) -> frozenset[int]:
        """The 1-based lines that the steps stand on."""
        return frozenset(line for step in self.steps for line in step.site.span.lines)


def compile_function(
    function: FunctionNode,
    ids: Sequence[str] | None = None,
    kernel: Kernel = ENVIRONMENT,
    inlined: Sequence[FunctionNode] = (),
) -> Program:
    """The function, ready to run on modelled sockets; `ids` are those of its decisions.

    `inlined` are functions of the same source that are laid out where it calls them; in the own
    kernel the others of the source are executed in frames.
    Raises UnsupportedConstruct where it takes anything but a socket and the time to linger: what
    other arguments would be, no input says.
    """
    given = tuple((item.type.base, item.type.pointers) for item in function.parameters)
    if not given or given != _PARAMETERS[: len(given)]:
        raise UnsupportedConstruct(
            "the parameters have to be (struct sock *) or (struct sock *, long)",
            file=function.source.file,
            line=function.span.line,
            text=fold(function.source.line(function.span.line)),
        )
    if kernel is ENVIRONMENT:
        kernel = with_neighbours(function, fitted(kernel, function.source.text))
    return Program(function, kernel, ids, inlined)


def run(
    program: Program,
    scenario: Scenario,
    *,
    step_limit: int = STEP_LIMIT,
    recorder: Recorder | None = None,
) -> Trace:
    """Execute `f(struct sock *sk)` or `f(struct sock *sk, long timeout)` in a scenario.

    C that cannot go on ends the trace early: see `Trace.error`. What the `recorder` does not
    keep, the trace does not have.
    """
    recorder = recorder or Recorder()
    world = world_of(program, scenario, recorder)
    error: ExecutionError | None = None
    try:
        program.run(world, recorder, arguments_of(program, world), step_limit=step_limit)
    except ExecutionError as raised:
        error = raised
    return Trace(
        scenario=scenario,
        reads=recorder.reads,
        caveats=caveats_of(scenario),
        steps=tuple(recorder.steps),
        calls=tuple(recorder.calls),
        outcome=outcome_of(world, error),
        error=error,
        function=program.function.name,
        features=world.kernel.features,
    )


def world_of(program: Program, scenario: Scenario, recorder: Recorder) -> World:
    """The world that a program runs in: its kernel's."""
    kernel = program.environment
    assert isinstance(kernel, Kernel), "a program of a kernel"
    return World(scenario, recorder, kernel)


def arguments_of(program: Program, world: World) -> tuple[Any, ...]:
    """What a program's function is called with in a world, as many as it takes."""
    given = (world.sk, Deferred(timeout_of, world))
    return given[: len(program.function.parameters)]


def timeout_of(world: World) -> int:
    """The time to linger that a caller hands over, in jiffies.

    Source: net/ipv4/af_inet.c, inet_release: l_linger if SO_LINGER is on and the process is not
    exiting, else 0.
    """
    if world.door.read("linger") is None or world.door.read("exiting"):
        return 0
    time: int = world.sk.load("sk_lingertime")
    return time


def outcome_of(world: World, error: ExecutionError | None) -> Outcome:
    """What is left in a world; `error` is why the C could not go on, None where it returned."""
    fate: Fate
    if error is not None:
        fate = "stopped"
    elif world.timewait:
        fate = "timewait"
    elif world.is_destroyed:
        fate = "destroyed"
    else:
        fate = "orphan" if SOCK_DEAD in world.sk.flags else "kept"
    return Outcome(
        state=STATE_NAMES[world.sk.state],
        destroyed=world.is_destroyed,
        timewait=world.timewait,
        fate=fate,
        segments=tuple(world.segments),
        counters=dict(world.counters),
        gauges=dict(world.gauges),
        keepalive_ms=world.timers.get("keepalive"),
        timewait_ms=world.timers.get("timewait"),
        orphans=world.orphans,
        refs=world.references - 1,
        locks_balanced=world.locks.are_free,
        reasons=tuple(world.reasons),
    )
