# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The variables of a function, and which of them a name means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.machine.types import IntegerType, Type


@dataclass(slots=True)
class Variable:
    """A parameter or local variable."""

    name: str
    type: Type
    slot: int
    is_const: bool = False
    is_parameter: bool = False
    names: Mapping[int, str] | None = None


@dataclass
class Scope:
    """The variables of the function, block by block; slots are never used twice."""

    blocks: list[dict[str, Variable]] = field(default_factory=lambda: [{}])
    slots: int = 0

    def declare(
        self, name: str, type_: Type, *, is_const: bool = False, is_parameter: bool = False
    ) -> Variable:
        """A new variable of the innermost block."""
        variable = Variable(name, type_, self.slots, is_const, is_parameter)
        if isinstance(type_, IntegerType):
            variable.names = type_.names
        self.blocks[-1][name] = variable
        self.slots += 1
        return variable

    def has_here(self, name: str) -> bool:
        """Whether the innermost block declares the name already."""
        return name in self.blocks[-1]

    def find(self, name: str) -> Variable | None:
        """The variable that the name means, None where there is none."""
        for block in reversed(self.blocks):
            if name in block:
                return block[name]
        return None

    def names(self) -> set[str]:
        """Every name that can be used here."""
        return {name for block in self.blocks for name in block}
