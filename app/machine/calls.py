# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Calls of modelled functions: what is recorded, and how arguments get there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.errors import ExecutionError
from app.machine.compiled import Getter, Run
from app.machine.types import VoidType
from app.machine.values import Function

Arguments = tuple[Getter, ...]


def slot_getter(slot: int) -> Getter:
    """The argument as it lies in the slot, unread if it is deferred."""
    return lambda run: run.slots[slot]


def direct_call(function: Function, arguments: Arguments) -> Getter:
    """A call of a function known while compiling, without a loop over few arguments."""
    name, body = function.name, function.body
    keeps = not isinstance(function.returns, VoidType) and not function.is_macro

    if len(arguments) == 1:
        (only,) = arguments

        def one(run: Run) -> Any:
            value = only(run)
            recorder = run.recorder
            recorder.calls.append(name)
            result = body(run.world, value)
            if keeps:
                recorder.current.results += ((name, result),)
            return result

        return one

    def several(run: Run) -> Any:
        values = [argument(run) for argument in arguments]
        recorder = run.recorder
        recorder.calls.append(name)
        result = body(run.world, *values)
        if keeps:
            recorder.current.results += ((name, result),)
        return result

    return several


def pointer_call(
    callee: Getter,
    arguments: Callable[[Function], Arguments],
    null: ExecutionError,
) -> Getter:
    """A call through a pointer; `arguments` gives those of the function that it points at."""
    last: tuple[Function | None, Getter] = (None, callee)

    def get(run: Run) -> Any:
        nonlocal last
        function = callee(run)
        if function is None:
            raise null
        known, call = last
        if known is not function:
            call = direct_call(function, arguments(function))
            last = (function, call)
        return call(run)

    return get
