# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Functions that stand in the same file and are called: executed in a frame of the step that does.

One with the name of a modelled function is executed in its place, by the model's functions too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.csource.decisions import calls_of
from app.csource.nodes import Function as FunctionNode
from app.csource.nodes import TypeName
from app.csource.parse import functions_in, parse_function
from app.csource.source import Source
from app.errors import CSyntaxError
from app.kernel.host import Kernel, World
from app.machine.program import Program
from app.machine.trace import DEPTH_LIMIT
from app.machine.types import Type
from app.machine.values import Function, RuleBroken


def in_a_frame(name: str, program_of: Callable[[], Program]) -> Callable[..., Any]:
    """What executes a function's text when it is called."""

    def body(world: World, *arguments: Any) -> Any:
        recorder = world.recorder
        if recorder.depth >= DEPTH_LIMIT:
            raise RuleBroken(f"{name} is called {DEPTH_LIMIT} calls deep")
        limit = max(recorder.budget, 1)
        outer = recorder.enter(name)
        try:
            return program_of().run(world, recorder, arguments, step_limit=limit)
        finally:
            recorder.leave(*outer)

    return body


def with_neighbours(function: FunctionNode, kernel: Kernel) -> Kernel:
    """The kernel with the functions of the same file that it calls, and that those call.

    Raises SourceError where one of them is no C that can be run.
    """
    source = function.source
    if source.text.count("\n}") < 2:
        return kernel
    wanted = _called(function, source)
    if not wanted:
        return kernel
    programs: dict[str, Program] = {}
    functions = dict(kernel.functions)
    for name, node in wanted.items():
        functions[name] = Function(
            name,
            _type(kernel, node, node.returns),
            tuple(_type(kernel, node, item.type) for item in node.parameters),
            in_a_frame(name, lambda name=name: programs[name]),  # type: ignore[misc]
        )
    kernel = replace(kernel, functions=functions, neighbours=programs)
    programs.update((name, Program(node, kernel)) for name, node in wanted.items())
    return kernel


def neighbours_of(program: Program) -> Mapping[str, Program]:
    """The functions of the same file that a program executes beside its own."""
    kernel = program.environment
    return kernel.neighbours if isinstance(kernel, Kernel) else {}


def places(source: Source, program: Program) -> tuple[dict[str, Source], dict[str, int]]:
    """The texts of these functions by name, and their first lines in the file."""
    programs = neighbours_of(program)
    return (
        {name: found.function.source for name, found in programs.items()},
        {name: parse_function(source, name).span.line for name in programs},
    )


def calls_outside(source: Source, program: Program) -> dict[str, int]:
    """The functions that are called and do not stand in the file, by the line of the first call."""
    neighbours = neighbours_of(program)
    _, first = places(source, program)
    found: dict[str, int] = {}
    for name, item in {"": program, **neighbours}.items():
        for called, span in calls_of(item.function):
            if called not in neighbours:
                found.setdefault(called, span.line + first.get(name, 1) - 1)
    return found


def _called(function: FunctionNode, source: Source) -> dict[str, FunctionNode]:
    """The functions of the file that are called, each in a text of its own."""
    defined = set(functions_in(source)) - {function.name}
    found: dict[str, FunctionNode] = {}
    left = [function]
    while left:
        for name, _ in calls_of(left.pop()):
            if name in defined and name not in found:
                whole = parse_function(source, name)
                lines = source.lines[whole.span.line - 1 : whole.span.end_line]
                piece = Source(source.file, "\n".join(lines) + "\n")
                found[name] = parse_function(piece, name)
                left.append(found[name])
    return found


def _type(kernel: Kernel, node: FunctionNode, name: TypeName) -> Type:
    type_ = kernel.resolve(name)
    if type_ is None:
        raise CSyntaxError(
            f"unknown type {name.base}",
            file=node.source.file,
            line=node.span.line,
            text=node.source.line(node.span.line),
        )
    return type_
