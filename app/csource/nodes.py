# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The syntax tree: the inventory of C that this project reads.

Every node knows its `span` and its `text` (the C as written). What is not listed here is refused
by the parser, so nothing below it has to guess. A node is the same as itself alone: what stands
twice in a text is two.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.csource.source import Source, Span


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Anything in the tree."""

    span: Span
    text: str


# Types


@dataclass(frozen=True, slots=True, eq=False)
class TypeName(Node):
    """A type as written: `base` is `int`, `unsigned long`, `u32` or `struct sock`."""

    base: str
    pointers: int
    is_const: bool


# Expressions


@dataclass(frozen=True, slots=True, eq=False)
class Expression(Node):
    """Something with a value."""


@dataclass(frozen=True, slots=True, eq=False)
class Number(Expression):
    """An integer or character constant; `suffix` holds its letters in lower case (`ul`)."""

    value: int
    suffix: str
    is_decimal: bool


@dataclass(frozen=True, slots=True, eq=False)
class Identifier(Expression):
    """A variable, parameter, constant or function."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class String(Expression):
    """A string, or several that C joins: what a log would print. No value is made of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Subscript(Expression):
    """`table[index]`; of arrays there are only the tables of the environment."""

    table: Expression
    index: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Member(Expression):
    """`owner->name` (`is_arrow`) or `owner.name`."""

    owner: Expression
    name: str
    is_arrow: bool


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expression):
    """`function(arguments)`; the function may be any expression that gives a function pointer."""

    function: Expression
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Expression):
    """`-x`, `+x`, `~x`, `!x`."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False)
class AddressOf(Expression):
    """`&target`."""

    target: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Dereference(Expression):
    """`*pointer`."""

    pointer: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Update(Expression):
    """`++x`, `--x` (`is_prefix`), `x++`, `x--`."""

    operator: str
    target: Expression
    is_prefix: bool


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Expression):
    """Arithmetic, bitwise, shift and comparison."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Logical(Expression):
    """`&&` and `||`: the right side is evaluated only where it matters."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Assignment(Expression):
    """`target = value`; `operator` is the arithmetic of a compound assignment, else empty."""

    operator: str
    target: Expression
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Expression):
    """`condition ? then : otherwise`; `then` is None in GNU's `condition ?: otherwise`."""

    condition: Expression
    then: Expression | None
    otherwise: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Comma(Expression):
    """`first, second`."""

    first: Expression
    second: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Cast(Expression):
    """`(type) operand`."""

    type: TypeName
    operand: Expression


# Statements


@dataclass(frozen=True, slots=True, eq=False)
class Statement(Node):
    """Something that is executed."""


@dataclass(frozen=True, slots=True, eq=False)
class Declarator(Node):
    """One name of a declaration, with its whole type and its initial value."""

    name: str
    type: TypeName
    value: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Declaration(Statement):
    """`int a = 1, b;`."""

    declarators: tuple[Declarator, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionStatement(Statement):
    """`expression;`."""

    expression: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Empty(Statement):
    """`;`."""


@dataclass(frozen=True, slots=True, eq=False)
class Compound(Statement):
    """`{ … }`, a scope of its own."""

    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class If(Statement):
    """`if`; `header` is the stretch from the keyword to the closing parenthesis."""

    condition: Expression
    then: Statement
    otherwise: Statement | None
    header: Span


@dataclass(frozen=True, slots=True, eq=False)
class While(Statement):
    """`while`; `header` as in `If`."""

    condition: Expression
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True, eq=False)
class DoWhile(Statement):
    """`do … while`; `header` is the stretch from `while` to the closing parenthesis."""

    condition: Expression
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True, eq=False)
class For(Statement):
    """`for (start; condition; advance)`, each of which may be missing."""

    start: Statement | None
    condition: Expression | None
    advance: Expression | None
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True, eq=False)
class Switch(Statement):
    """`switch`; the `Case`s are in `body`."""

    subject: Expression
    body: Statement
    header: Span


@dataclass(frozen=True, slots=True, eq=False)
class SwitchCase(Statement):
    """`case value:` or, with no value, `default:`, and the statements up to the next one."""

    value: Expression | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Break(Statement):
    """`break;`."""


@dataclass(frozen=True, slots=True, eq=False)
class Continue(Statement):
    """`continue;`."""


@dataclass(frozen=True, slots=True, eq=False)
class Goto(Statement):
    """`goto label;`."""

    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Label(Statement):
    """`name: statement`; `label_span` covers the name and the colon only."""

    name: str
    statement: Statement
    label_span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Return(Statement):
    """`return value;`, or without a value."""

    value: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Node):
    """A parameter of a function."""

    name: str
    type: TypeName


@dataclass(frozen=True, slots=True, eq=False)
class Function(Node):
    """A function with its body; `source` is the file that it stands in."""

    name: str
    returns: TypeName
    parameters: tuple[Parameter, ...]
    body: Compound
    source: Source
