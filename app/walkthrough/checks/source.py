# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks the source: C of which one function can be run, by what the model has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.csource.parse import parse_function
from app.csource.source import Source
from app.errors import ContentError, ContentProblem, ExecutionError, SourceError, UndeclaredName
from app.kernel.model import compile_function
from app.kernel.neighbours import neighbours_of, places
from app.machine.program import Program


def compile_source(source: Source, function: str) -> tuple[Program | None, list[ContentProblem]]:
    """The program of a function, and what is wrong with it; None where that is not even C."""
    try:
        program = compile_function(parse_function(source, function))
    except SourceError as error:
        return None, [ContentProblem(source.file, error.line, f"{error.message}: {error.text}")]
    problems = list(_problems(source, program.faults, 0))
    _, first_lines = places(source, program)
    for name, neighbour in neighbours_of(program).items():
        problems += _problems(source, neighbour.faults, first_lines[name] - 1)
    return program, problems


def whole_program(source: Source, function: str) -> Program:
    """The program of a function. Raises ContentError where something is wrong with it."""
    program, problems = compile_source(source, function)
    if program is None or problems:
        raise ContentError(problems)
    return program


def _problems(
    source: Source, faults: Sequence[ExecutionError], before: int
) -> Iterator[ContentProblem]:
    """What is wrong with a function, `before` whose text so many lines of the file stand."""
    for fault in faults:
        near = fault.nearest if isinstance(fault, UndeclaredName) else None
        said = f"{fault.message}: {fault.text}"
        yield ContentProblem(source.file, fault.line + before, said, near)
