# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The syntax tree: the inventory of C that this project reads.

Every node knows its `span` and its `text` (the C as written). What is not listed here is refused
by the parser, so nothing below it has to guess.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.csource.source import Source, Span


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in the tree."""

    span: Span
    text: str


# Types


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """A type as written: `base` is `int`, `unsigned long`, `u32` or `struct sock`."""

    base: str
    pointers: int
    is_const: bool


# Expressions


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """Something with a value."""


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """An integer or character constant; `suffix` holds its letters in lower case (`ul`)."""

    value: int
    suffix: str
    is_decimal: bool


@dataclass(frozen=True, slots=True)
class Identifier(Expression):
    """A variable, parameter, constant or function."""

    name: str


@dataclass(frozen=True, slots=True)
class String(Expression):
    """A string, or several that C joins: what a log would print. No value is made of it."""


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    """`table[index]`; of arrays there are only the tables of the environment."""

    table: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Member(Expression):
    """`owner->name` (`is_arrow`) or `owner.name`."""

    owner: Expression
    name: str
    is_arrow: bool


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """`function(arguments)`; the function may be any expression that gives a function pointer."""

    function: Expression
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """`-x`, `+x`, `~x`, `!x`."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class AddressOf(Expression):
    """`&target`."""

    target: Expression


@dataclass(frozen=True, slots=True)
class Dereference(Expression):
    """`*pointer`."""

    pointer: Expression


@dataclass(frozen=True, slots=True)
class Update(Expression):
    """`++x`, `--x` (`is_prefix`), `x++`, `x--`."""

    operator: str
    target: Expression
    is_prefix: bool


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Arithmetic, bitwise, shift and comparison."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logical(Expression):
    """`&&` and `||`: the right side is evaluated only where it matters."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Assignment(Expression):
    """`target = value`; `operator` is the arithmetic of a compound assignment, else empty."""

    operator: str
    target: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """`condition ? then : otherwise`; `then` is None in GNU's `condition ?: otherwise`."""

    condition: Expression
    then: Expression | None
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Comma(Expression):
    """`first, second`."""

    first: Expression
    second: Expression


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """`(type) operand`."""

    type: TypeName
    operand: Expression


# Statements


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """Something that is executed."""


@dataclass(frozen=True, slots=True)
class Declarator(Node):
    """One name of a declaration, with its whole type and its initial value."""

    name: str
    type: TypeName
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Declaration(Statement):
    """`int a = 1, b;`."""

    declarators: tuple[Declarator, ...]


@dataclass(frozen=True, slots=True)
class ExpressionStatement(Statement):
    """`expression;`."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Empty(Statement):
    """`;`."""


@dataclass(frozen=True, slots=True)
class Compound(Statement):
    """`{ … }`, a scope of its own."""

    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If(Statement):
    """`if`; `header` is the stretch from the keyword to the closing parenthesis."""

    condition: Expression
    then: Statement
    otherwise: Statement | None
    header: Span


@dataclass(frozen=True, slots=True)
class While(Statement):
    """`while`; `header` as in `If`."""

    condition: Expression
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True)
class DoWhile(Statement):
    """`do … while`; `header` is the stretch from `while` to the closing parenthesis."""

    condition: Expression
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True)
class For(Statement):
    """`for (start; condition; advance)`, each of which may be missing."""

    start: Statement | None
    condition: Expression | None
    advance: Expression | None
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True)
class Switch(Statement):
    """`switch`; the `Case`s are in `body`."""

    subject: Expression
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True)
class SwitchCase(Statement):
    """`case value:` or, with no value, `default:`, and the statements up to the next one."""

    value: Expression | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Break(Statement):
    """`break;`."""


@dataclass(frozen=True, slots=True)
class Continue(Statement):
    """`continue;`."""


@dataclass(frozen=True, slots=True)
class Goto(Statement):
    """`goto label;`."""

    label: str


@dataclass(frozen=True, slots=True)
class Label(Statement):
    """`name: statement`; `label_span` covers the name and the colon only."""

    name: str
    statement: Statement
    label_span: Span


@dataclass(frozen=True, slots=True)
class Return(Statement):
    """`return value;`, or without a value."""

    value: Expression | None


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A parameter of a function."""

    name: str
    type: TypeName


@dataclass(frozen=True, slots=True)
class Function(Node):
    """A function with its body; `source` is the file that it stands in."""

    name: str
    returns: TypeName
    parameters: tuple[Parameter, ...]
    body: Compound
    source: Source
