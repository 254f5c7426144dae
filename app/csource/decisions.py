# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Decisions, labels and calls of a parsed function: what a reader can point at in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Final

from app.csource import nodes
from app.csource.source import Span, fold

#: How the ids of decisions begin that nobody has named; no author's id may.
UNNAMED: Final = "unnamed-"


@dataclass(frozen=True, slots=True)
class ParsedDecision:
    """A condition that forks the path, as the syntax tree has it.

    `number` counts from 0 in the order of the source; `code` is the keyword with its condition,
    white space folded, as anchors quote it; `condition` the C between the parentheses.
    """

    number: int
    keyword: str
    code: str
    condition: str
    span: Span

    @property
    def line(self) -> int:
        return self.span.line


def condition_of(node: nodes.Node) -> tuple[str, nodes.Expression, Span] | None:
    """Keyword, condition and span of a statement that decides, None for any other."""
    match node:
        case nodes.If():
            return "if", node.condition, node.header
        case nodes.While() | nodes.DoWhile():
            return "while", node.condition, node.header
        case nodes.For() if node.condition is not None:
            return "for", node.condition, node.header
        case _:
            return None


def walk(node: nodes.Statement) -> Iterator[nodes.Statement]:
    """The statement and everything inside of it, in the order of the source."""
    yield node
    match node:
        case nodes.Compound() | nodes.SwitchCase():
            children: tuple[nodes.Statement | None, ...] = node.body
        case nodes.If():
            children = (node.then, node.otherwise)
        case nodes.While() | nodes.DoWhile() | nodes.Switch():
            children = (node.body,)
        case nodes.For():
            children = (node.start, node.body)
        case nodes.Label():
            children = (node.statement,)
        case _:
            children = ()
    for child in children:
        if child is not None:
            yield from walk(child)


def decisions_in_loops(*functions: nodes.Function) -> frozenset[int]:
    """The numbers of the decisions that a loop may repeat: its own condition, those in its body."""
    numbers = numbers_of(decisions_of(*functions))
    return frozenset(
        numbers[decided[2]]
        for function in functions
        for loop in walk(function.body)
        if isinstance(loop, nodes.While | nodes.DoWhile | nodes.For)
        for inner in walk(loop)
        if (decided := condition_of(inner)) is not None
    )


def numbers_of(decisions: Sequence[ParsedDecision]) -> Mapping[Span, int]:
    """The numbers of decisions by the span of their header, as `condition_of` gives it."""
    return {decision.span: decision.number for decision in decisions}


def unnamed_ids(codes: Sequence[str]) -> tuple[str, ...]:
    """Ids for decisions that nobody has named, made of their code.

    They stay the same where another text has the same code: `unnamed-5f2c81ab`, and
    `unnamed-5f2c81ab-2` for the second of that code.
    """
    seen: Counter[str] = Counter()
    found = []
    for code in codes:
        seen[code] += 1
        name = UNNAMED + sha256(code.encode()).hexdigest()[:8]
        found.append(name if seen[code] == 1 else f"{name}-{seen[code]}")
    return tuple(found)


def decisions_of(*functions: nodes.Function) -> tuple[ParsedDecision, ...]:
    """The decisions of functions of one source, in the order of their keywords in it."""
    found = []
    for function in functions:
        for statement in walk(function.body):
            decided = condition_of(statement)
            if decided is not None:
                found.append(decided)
    found.sort(key=lambda item: (item[2].line, item[2].column))
    return tuple(
        ParsedDecision(
            number, keyword, f"{keyword} ({fold(condition.text)})", fold(condition.text), span
        )
        for number, (keyword, condition, span) in enumerate(found)
    )


def labels_of(function: nodes.Function) -> dict[str, Span]:
    """Where each label stands."""
    return {s.name: s.label_span for s in walk(function.body) if isinstance(s, nodes.Label)}


def calls_of(function: nodes.Function) -> tuple[tuple[str, Span], ...]:
    """Name and place of each call in the source: of a pointer call, the member's name."""
    found: list[tuple[str, Span]] = []

    def search(item: object) -> None:
        if isinstance(item, tuple):
            for part in item:
                search(part)
            return
        if not isinstance(item, nodes.Node):
            return
        if isinstance(item, nodes.Call):
            match item.function:
                case nodes.Identifier(name=name) | nodes.Member(name=name):
                    found.append((name, item.span))
        for field in fields(item):
            if field.name not in {"span", "text"}:
                search(getattr(item, field.name))

    search(function.body)
    return tuple(found)
