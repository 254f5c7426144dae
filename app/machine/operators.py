# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""C's binary operators on Python's integers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from app.errors import ExecutionError

COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
COMPUTE: Final[dict[str, Callable[[int, int], int]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}


def shift(sign: str, bits: int, outside: ExecutionError) -> Callable[[int, int], int]:
    """`<<` or `>>` of a type of `bits` bits; `outside` is raised for a count that C leaves open."""
    move: Callable[[int, int], int] = operator.lshift if sign == "<<" else operator.rshift

    def apply(value: int, count: int) -> int:
        if not 0 <= count < bits:
            raise outside
        return move(value, count)

    return apply


def division(sign: str, zero: ExecutionError) -> Callable[[int, int], int]:
    """`/` or `%`, which round towards zero; `zero` is raised for a division by it."""

    def apply(dividend: int, divisor: int) -> int:
        if divisor == 0:
            raise zero
        quotient = abs(dividend) // abs(divisor)
        if (dividend < 0) != (divisor < 0):
            quotient = -quotient
        return quotient if sign == "/" else dividend - quotient * divisor

    return apply
