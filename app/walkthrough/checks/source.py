# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks the source: C of which one function can be run, by what the model has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.csource.parse import functions_in, parse_function
from app.csource.source import Source
from app.errors import ContentError, ContentProblem, ExecutionError, SourceError, UndeclaredName
from app.kernel.model import compile_function
from app.machine.program import Program


def compile_source(source: Source, function: str) -> tuple[Program | None, list[ContentProblem]]:
    """The program of a function, and what is wrong with it; None where that is not even C."""
    try:
        program = compile_function(parse_function(source, function))
    except SourceError as error:
        return None, [ContentProblem(source.file, error.line, f"{error.message}: {error.text}")]
    return program, list(_problems(source, function, program.faults))


def whole_program(source: Source, function: str) -> Program:
    """The program of a function. Raises ContentError where something is wrong with it."""
    program, problems = compile_source(source, function)
    if program is None or problems:
        raise ContentError(problems)
    return program


def _problems(
    source: Source, function: str, faults: Sequence[ExecutionError]
) -> Iterator[ContentProblem]:
    others = set(functions_in(source)) - {function} if faults else set()
    for fault in faults:
        if isinstance(fault, UndeclaredName) and fault.name in others:
            yield ContentProblem(
                source.file,
                fault.line,
                f"{fault.name}() stands in this file, but only {function}() is run; what it calls "
                "has to be a kernel function that the program models (CONTRIBUTING.md, A kernel "
                f"helper): {fault.text}",
                fault.nearest if fault.nearest not in others else None,
            )
        else:
            near = fault.nearest if isinstance(fault, UndeclaredName) else None
            yield ContentProblem(source.file, fault.line, f"{fault.message}: {fault.text}", near)
