# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Texts of other kernels: the function with its small callees, ready to run.

A callee whose text is there is executed from it, in a frame of the step that calls it; what is not
there, or is no C that the machine reads, is the model's. So is everything that touches a list, a
packet, a lock, a timer or another socket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.csource.parse import parse_function
from app.csource.source import Source
from app.errors import CSyntaxError, UnsupportedConstruct
from app.kernel.constants import CONSTANTS
from app.kernel.features import Features
from app.kernel.helpers import FUNCTIONS
from app.kernel.helpers.elsewhere import NAMES, OTHERS, SILENT, fitted
from app.kernel.helpers.state import note_close_state
from app.kernel.host import Kernel, World
from app.kernel.model import ENVIRONMENT, compile_function
from app.kernel.neighbours import in_a_frame
from app.kernel.socket import TCP_SOCK
from app.machine.environment import Constant, integer
from app.machine.program import Program
from app.machine.types import pointer_to
from app.machine.values import Function

#: The functions that are executed from a kernel's text where it has them, each after those that it
#: may call.
CALLEES: Final = (
    "tcp_set_state",
    "tcp_close_state",
    "tcp_fin_time",
    "inet_csk_destroy_sock",
    "tcp_done",
    "tcp_too_many_orphans",
    "tcp_out_of_memory",
    "tcp_check_oom",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """The text of a function that is called: one function in a source of its own."""

    name: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A kernel's text.

    `source` has the function `entry`, and what is shown beside it: `inlined`, a function that it
    calls and that does its work. `tables` are constant arrays that the texts read.
    """

    source: Source
    entry: str
    inlined: tuple[str, ...] = ()
    callees: tuple[Callee, ...] = ()
    tables: Mapping[str, Sequence[int]]
    features: Features


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A text as a program; `callees` are the programs of those that are executed from it.

    `refused` says of the others why they are the model's: their error, by name.
    """

    program: Program
    callees: Mapping[str, Program]
    refused: Mapping[str, CSyntaxError | UnsupportedConstruct]


def compile_text(text: Text, ids: Sequence[str] | None = None) -> Compiled:
    """The program of a text; `ids` are those of its decisions.

    Raises CSyntaxError or UnsupportedConstruct where the function itself cannot be run.
    """
    function = parse_function(text.source, text.entry)
    shown = [parse_function(text.source, name) for name in text.inlined]
    everything = "\n".join(
        (text.source.text, *(callee.source.text for callee in text.callees), *text.features.reasons)
    )
    kernel = fitted(
        replace(
            ENVIRONMENT,
            constants={**_constants(text.features), **CONSTANTS},
            functions={**FUNCTIONS, **OTHERS},
            tables={**ENVIRONMENT.tables, **text.tables},
            silent=SILENT,
            is_lenient=True,
            features=text.features,
        ),
        everything,
    )
    functions = dict(kernel.functions)
    kernel = replace(kernel, functions=functions)
    programs: dict[str, Program] = {}
    refused: dict[str, CSyntaxError | UnsupportedConstruct] = {}
    texts = {callee.name: callee for callee in text.callees}
    for name in CALLEES:
        if name not in texts:
            continue
        try:
            callee = parse_function(texts[name].source, name)
            if len(callee.parameters) != len(functions[name].parameters):
                raise UnsupportedConstruct(
                    "other parameters than the model's",
                    file=callee.source.file,
                    line=1,
                    text=callee.source.line(1),
                )
            program = Program(callee, kernel)
        except (CSyntaxError, UnsupportedConstruct) as error:
            refused[name] = error
            continue
        # Callees that call each other find the text of the other, whichever comes first.
        programs[name] = program
        functions[name] = _executed(program, functions[name], kernel)
    return Compiled(
        program=compile_function(function, ids, kernel, shown),
        callees=programs,
        refused=refused,
    )


def _constants(features: Features) -> dict[str, Constant]:
    """Names that only texts of other kernels have."""
    found = dict(NAMES)
    if features.timewait_ms is not None:
        found["TCP_TIMEWAIT_LEN"] = integer(features.timewait_ms)
    return found


def _executed(program: Program, model: Function, kernel: Kernel) -> Function:
    """The function as its text has it, in a frame of the step that calls it."""
    name = program.function.name
    types = [kernel.resolve(item.type) for item in program.function.parameters]
    assert None not in types, "it was compiled"
    takes_tp = types[:1] in ([pointer_to(TCP_SOCK)], [pointer_to(TCP_SOCK, is_const=True)])
    note = _NOTES.get(name)
    execute = in_a_frame(name, lambda: program)

    def body(world: World, *arguments: Any) -> Any:
        if takes_tp and arguments[0] is world.sk:
            # What the model calls with the socket was called with TCP's part of it.
            arguments = (world.sk.tp, *arguments[1:])
        before = world.sk.state
        result = execute(world, *arguments)
        if note is not None and world.recorder.has_effects:
            note(world, before, result)
        return result

    return replace(model, body=body, parameters=tuple(filter(None, types)))


def _note_fin_time(world: World, before: int, result: Any) -> None:
    tp = world.sk.tp
    if result == tp.load("linger2"):
        code = "from-linger2"
    elif not tp.load("linger2") and result == world.sk.ipv4.load("sysctl_tcp_fin_timeout"):
        code = "from-sysctl"
    else:
        code = "from-rto"
    world.recorder.note("tcp_fin_time", code, tmo_ms=result)


def _note_limit(world: World, before: int, result: Any) -> None:
    # tcp_too_many_orphans tested the memory too from 2.6.22 to 3.3.
    if result:
        code = "too-many-orphans" if world.door.read("orphans") else "out-of-memory"
        world.recorder.note("tcp_check_oom", code)


def _note_memory(world: World, before: int, result: Any) -> None:
    if result:
        world.recorder.note("tcp_check_oom", "out-of-memory")


def _note_oom(world: World, before: int, result: Any) -> None:
    if not result:
        world.recorder.note("tcp_check_oom", "within-limits")


#: What a callee's reasons are, told from what it did; the model tells them itself.
_NOTES: Final = {
    "tcp_close_state": note_close_state,
    "tcp_fin_time": _note_fin_time,
    "tcp_too_many_orphans": _note_limit,
    "tcp_out_of_memory": _note_memory,
    "tcp_check_oom": _note_oom,
}
