# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A small C function, compiled and run in a small world of its own."""

from dataclasses import dataclass, field
from typing import Any

from app.csource.parse import parse_function
from app.csource.source import Source
from app.machine.environment import Environment, integer
from app.machine.program import STEP_LIMIT, Program
from app.machine.trace import Effect, Recorder
from app.machine.types import INT, LONG, U8, VOID, FunctionType, StructType, Type, named, pointer_to
from app.machine.values import Function, Record

COLOURS = named(INT, {1: "RED", 2: "GREEN"})

INNER = StructType("struct inner", {"deep": INT})
#: `struct box`: integers of two widths, a struct inside, pointers to its like and to a function.
BOX = StructType(
    "struct box",
    {
        "number": INT,
        "small": U8,
        "colour": COLOURS,
        "inner": INNER,
        "apply": pointer_to(FunctionType("apply", INT)),
    },
)
BOX_POINTER = pointer_to(BOX)


@dataclass
class World:
    """What the functions below work on: what was noted, and one box."""

    noted: list[int] = field(default_factory=list)
    box: Record = field(default_factory=lambda: box("the_box"))


def box(label: str, **members: Any) -> Record:
    """A box, zeroed but for the members that are given."""
    return Record(BOX, label, **{"inner": Record(INNER, "inner"), **members})


def _note(world: World, value: int) -> int:
    world.noted.append(value)
    return value


FUNCTIONS = {
    function.name: function
    for function in (
        # Notes the value and gives it back: shows what was evaluated, and in which order.
        Function("note", INT, (INT,), _note),
        Function("note_small", INT, (U8,), _note),
        Function("note_long", LONG, (LONG,), _note),
        Function("nothing", VOID, (), lambda world: None),
        Function("the_box", BOX_POINTER, (), lambda world: world.box),
        Function("no_box", BOX_POINTER, (), lambda world: None),
        Function("sum", INT, (INT, INT), lambda world, a, b: a + b),
    )
}
ENVIRONMENT = Environment(
    {"SEVEN": integer(7), "RED": integer(1, COLOURS), "GREEN": integer(2, COLOURS)},
    {"box": BOX, "inner": INNER},
    FUNCTIONS,
)


@dataclass
class Ran:
    """What a run left: its result, the world, the record, and the names of the calls."""

    result: Any
    world: World
    recorder: Recorder

    @property
    def noted(self) -> list[int]:
        return self.world.noted

    @property
    def effects(self) -> list[Effect]:
        return [effect for step in self.recorder.steps for effect in step.effects]

    @property
    def lines(self) -> list[int]:
        return [step.site.span.line for step in self.recorder.steps]


def compiled(
    body: str,
    *,
    parameters: str = "void",
    returns: str = "int",
    environment: Environment = ENVIRONMENT,
) -> Program:
    """The function `f` of `test.c`; the first line of `body` is line 3."""
    text = f"{returns} f({parameters})\n{{\n{body}\n}}\n"
    return Program(parse_function(Source("test.c", text), "f"), environment)


def run(
    body: str,
    *arguments: Any,
    parameters: str = "void",
    returns: str = "int",
    environment: Environment = ENVIRONMENT,
    step_limit: int = STEP_LIMIT,
) -> Ran:
    """Compile and execute. Raises what the C does wrong."""
    program = compiled(body, parameters=parameters, returns=returns, environment=environment)
    world, recorder = World(), Recorder()
    result = program.run(world, recorder, arguments, step_limit=step_limit)
    return Ran(result, world, recorder)


def value(body: str, *arguments: Any, **options: Any) -> Any:
    """The value that the function returns."""
    return run(body, *arguments, **options).result


def value_of(expression: str, type_: str = "long long") -> Any:
    """The value of an expression, returned as `type_`."""
    return value(f"return {expression};", returns=type_)


def type_of(name: str) -> Type:
    """The type that C calls `name`."""
    program = parse_function(Source("test.c", f"{name} f(void) {{ }}"), "f")
    found = ENVIRONMENT.resolve(program.returns)
    assert found is not None
    return found
