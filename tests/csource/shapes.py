# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A syntax tree in one line of text, so that a test can say what it expects.

An expression is written in prefix form: `a + b * c` is `(+ a (* b c))`.
"""

from app.csource import nodes
from app.csource.parse import parse_function
from app.csource.source import Source


def function(body: str, *, head: str = "void f(void)") -> nodes.Function:
    """The function `f` of a file `test.c`; the first line of `body` is line 3."""
    return parse_function(Source("test.c", f"{head}\n{{\n{body}\n}}\n"), "f")


def statements(body: str) -> tuple[nodes.Statement, ...]:
    """The statements of a function's body."""
    return function(body).body.body


def statement(body: str) -> nodes.Statement:
    """The only statement of a function's body."""
    [only] = statements(body)
    return only


def expression(code: str) -> nodes.Expression:
    """An expression that stands alone."""
    found = statement(f"{code};")
    assert isinstance(found, nodes.ExpressionStatement)
    return found.expression


def shape(node: nodes.Node | None) -> str:
    """The tree in one line; a missing part is `-`."""
    match node:
        case None:
            return "-"
        case nodes.TypeName():
            const = "const " if node.is_const else ""
            return f"{const}{node.base}{' ' if node.pointers else ''}{'*' * node.pointers}"
        case nodes.Number():
            return f"{node.value}{node.suffix}"
        case nodes.Identifier():
            return node.name
        case nodes.Member():
            return form("->" if node.is_arrow else ".", node.owner, node.name)
        case nodes.Call():
            return form("call", node.function, *node.arguments)
        case nodes.Unary():
            return form(node.operator, node.operand)
        case nodes.AddressOf():
            return form("address", node.target)
        case nodes.Dereference():
            return form("value-at", node.pointer)
        case nodes.Update():
            when = "before" if node.is_prefix else "after"
            return form(f"{node.operator}-{when}", node.target)
        case nodes.Binary() | nodes.Logical():
            return form(node.operator, node.left, node.right)
        case nodes.Assignment():
            return form(f"{node.operator}=", node.target, node.value)
        case nodes.Conditional():
            return form("?", node.condition, node.then, node.otherwise)
        case nodes.Comma():
            return form(",", node.first, node.second)
        case nodes.Cast():
            return form("cast", node.type, node.operand)
        case nodes.Declarator():
            return form("name", node.type, node.name, node.value)
        case nodes.Declaration():
            return form("declare", *node.declarators)
        case nodes.ExpressionStatement():
            return form("do", node.expression)
        case nodes.Empty():
            return "(empty)"
        case nodes.Compound():
            return form("block", *node.body)
        case nodes.If():
            return form("if", node.condition, node.then, node.otherwise)
        case nodes.While():
            return form("while", node.condition, node.body)
        case nodes.DoWhile():
            return form("do-while", node.body, node.condition)
        case nodes.For():
            return form("for", node.start, node.condition, node.advance, node.body)
        case nodes.Switch():
            return form("switch", node.subject, node.body)
        case nodes.SwitchCase():
            return form("case", node.value, *node.body)
        case nodes.Break():
            return "(break)"
        case nodes.Continue():
            return "(continue)"
        case nodes.Goto():
            return form("goto", node.label)
        case nodes.Label():
            return form("label", node.name, node.statement)
        case nodes.Return():
            return form("return", node.value)
        case _:
            raise AssertionError(f"no shape for {type(node).__name__}")


def form(word: str, *parts: nodes.Node | str | None) -> str:
    """A word and its parts in parentheses."""
    return f"({' '.join([word, *(p if isinstance(p, str) else shape(p) for p in parts)])})"
