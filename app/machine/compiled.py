# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What an expression compiles to: closures over a run, and the type that they give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.csource import nodes
from app.csource.source import fold
from app.errors import ExecutionError
from app.machine.trace import Recorder
from app.machine.types import Type


class Run:
    """The moving parts of one execution: local variables, the record, the modelled world."""

    __slots__ = ("recorder", "result", "slots", "world")

    def __init__(self, slots: list[Any], recorder: Recorder, world: Any) -> None:
        self.slots = slots
        self.recorder = recorder
        self.world = world
        self.result: Any = None


Getter = Callable[[Run], Any]


@dataclass(slots=True)
class Place:
    """Where an expression lives.

    `locate` finds the place, and so evaluates what C evaluates for it, once; the others work on
    what it found: `load` gives the value, `peek` the value for show (UNSET where it is not known
    yet: nothing is read for it), `store` writes a converted value, `address` gives a pointer.
    """

    locate: Getter
    load: Callable[[Any], Any]
    peek: Callable[[Any], Any]
    store: Callable[[Any, Any], None]
    address: Callable[[Any], Any]
    is_const: bool = False


@dataclass(slots=True)
class Value:
    """A compiled expression.

    `names` are the names that its values have in the kernel; `place` is where it lives, None for
    what can't be assigned to; `parameter` the slot of a parameter that is named directly.
    """

    node: nodes.Expression
    type: Type
    get: Getter
    names: Mapping[int, str] | None = None
    place: Place | None = None
    parameter: int | None = None

    @property
    def shown_text(self) -> str:
        """How messages name it: of an assignment, its target."""
        node = self.node
        return fold(node.target.text if isinstance(node, nodes.Assignment) else node.text)


def raiser(error: ExecutionError) -> Callable[..., Any]:
    """A closure that raises the error, whatever it is given."""

    def get(*_: Any) -> Any:
        raise error

    return get
