# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Alignment of another text with the walkthrough's own: which block and decision is where in it.

What is said of the own text is said of the other only where its statements are the same. A decision
that was changed keeps its id and loses its sentences; one that the own text has not gets an id of
its own; a block that was changed says so before its commentary. What the other text lacks is not in
its edition, so that who looks for it by its id finds nothing instead of a neighbour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from app.csource import nodes
from app.csource.decisions import (
    ParsedDecision,
    condition_of,
    decisions_of,
    numbers_of,
    unnamed_ids,
    walk,
)
from app.csource.parse import parse_function
from app.csource.source import Source, fold
from app.i18n import language, marked
from app.kernel.model import compile_function
from app.walkthrough.content.prose import Prose, parse_prose
from app.walkthrough.records import Block, Decision, Edit, Edition, Texts

_BLOCK: Final = marked(
    "This text was edited here. What follows explains the walkthrough’s own text, and need not "
    "hold for this one."
)
#: Ends the sentence "`sk_state` is CLOSE, …".
_EDITED: Final = marked("which the edited text decides here: nothing explains it")
_NEW: Final = marked("which only this text asks: nothing explains it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """An edition's own description: its id, title, note, and the edits that made it."""

    id: str
    title: Texts
    note: Texts
    edits: tuple[Edit, ...] = ()


def aligned(
    base: Edition, source: Source, heading: Heading, lines: Mapping[int, int] | None = None
) -> Edition:
    """The edition of another text of the function.

    `lines` says which line of it stands for which of the base's (1-based, ascending); without it
    that is found out. Raises SourceError where the text is not C of the function; what would not
    compile stays, as its program's faults.
    """
    function = parse_function(source, base.program.function.name)
    twins = _twins(base.source, source) if lines is None else lines
    code = _code_lines(base.program.function), _code_lines(function)
    changed = frozenset(
        line
        for line in code[1]
        if line not in twins or fold(base.source.line(twins[line])) != fold(source.line(line))
    )
    decisions = _decisions(base, function, twins, changed)
    program = compile_function(function, [decision.id for decision in decisions])
    lost = code[0] - {twin for line, twin in twins.items() if line in code[1]}
    blocks = _blocks(base, len(source.lines), twins, changed, lost)
    return Edition(
        id=heading.id,
        source=source,
        program=program,
        blocks=blocks,
        decisions=decisions,
        title=heading.title,
        note=heading.note,
        edits=heading.edits,
    )


def _twins(base: Source, other: Source) -> dict[int, int]:
    """The lines of the other text that the base has too, and which they are there."""
    own, others = [[fold(line) for line in source.lines] for source in (base, other)]
    found: dict[int, int] = {}
    for start, other_start, size in SequenceMatcher(
        None, own, others, autojunk=False
    ).get_matching_blocks():
        found.update({other_start + n + 1: start + n + 1 for n in range(size)})
    return found


def _code_lines(function: nodes.Function) -> frozenset[int]:
    """The lines that have a statement or the head of one: not comments, braces and blanks."""
    found: set[int] = set()
    for statement in walk(function.body):
        decided = condition_of(statement)
        match statement:
            case nodes.Compound() | nodes.Case():
                continue
            case nodes.Label():
                span = statement.label_span
            case nodes.Switch():
                span = statement.header
            case _:
                span = decided[2] if decided is not None else statement.span
        found.update(range(span.line, span.end_line + 1))
    return frozenset(found)


# Decisions


def _decisions(
    base: Edition,
    function: nodes.Function,
    twins: Mapping[int, int],
    changed: frozenset[int],
) -> tuple[Decision, ...]:
    """Those of the text, each with its id; see the module."""
    parsed = decisions_of(function)
    own = base.decisions_by_line
    here: dict[int, list[ParsedDecision]] = {}
    for item in parsed:
        here.setdefault(item.line, []).append(item)
    named: dict[int, Decision] = {}
    for line, items in here.items():
        for item, decision in _pairs(items, own.get(twins.get(line, 0), ())):
            named[item.number] = decision
    unnamed = [item for item in parsed if item.number not in named]
    ids = dict(
        zip(
            (item.number for item in unnamed),
            unnamed_ids([item.code for item in unnamed]),
            strict=True,
        )
    )
    governed = _governed(function, parsed)
    edited, new = _in_each(base, _EDITED), _in_each(base, _NEW)
    found = []
    for item in parsed:
        known = named.get(item.number)
        decision = Decision(
            id=ids[item.number] if known is None else known.id,
            number=item.number,
            keyword=item.keyword,
            line=item.line,
            end_line=item.span.end_line,
            condition=item.condition,
            title=dict.fromkeys(new, item.code) if known is None else known.title,
            when_true=new,
            when_false=new,
            standing="new",
        )
        if known is not None:
            is_edited = bool(governed[item.number] & changed) or known.condition != item.condition
            decision = replace(
                decision,
                when_true=edited if is_edited else known.when_true,
                when_false=edited if is_edited else known.when_false,
                aliases=known.aliases,
                standing="edited" if is_edited else "same",
            )
        found.append(decision)
    return tuple(found)


def _pairs(
    items: Sequence[ParsedDecision], decisions: Sequence[Decision]
) -> Iterator[tuple[ParsedDecision, Decision]]:
    """Which of a line's decisions is which of those of its twin; what is not sure is left out."""
    left, rest = list(items), list(decisions)
    for item in items:
        same = next(
            (d for d in rest if (d.keyword, d.condition) == (item.keyword, item.condition)), None
        )
        if same is not None:
            left.remove(item)
            rest.remove(same)
            yield item, same
    if len(left) == len(rest) == 1:
        yield left[0], rest[0]


def _governed(
    function: nodes.Function, parsed: Sequence[ParsedDecision]
) -> Mapping[int, frozenset[int]]:
    """By a decision's number the lines that its sentences speak of: its head, and what is next.

    A body of several statements has its own commentary; its first statement is what a way leads to.
    """
    numbers = numbers_of(parsed)
    found = {}
    for statement in walk(function.body):
        decided = condition_of(statement)
        if decided is None:
            continue
        lines = set(range(decided[2].line, decided[2].end_line + 1))
        bodies: tuple[nodes.Statement | None, ...] = ()
        match statement:
            case nodes.If():
                bodies = statement.then, statement.otherwise
            case nodes.While() | nodes.DoWhile() | nodes.For():
                bodies = (statement.body,)
        for body in bodies:
            first = body
            while isinstance(first, nodes.Compound):
                first = first.body[0] if first.body else None
            if first is not None:
                inner = condition_of(first)
                span = first.span if inner is None else inner[2]
                lines.update(range(span.line, span.end_line + 1))
        found[numbers[decided[2]]] = frozenset(lines)
    return found


# Blocks


def _blocks(
    base: Edition,
    count: int,
    twins: Mapping[int, int],
    changed: frozenset[int],
    lost: frozenset[int],
) -> tuple[Block, ...]:
    """The base's blocks where they are in a text of `count` lines; one without a line is left out.

    A line of no block belongs to the one before it. `lost` are lines of code of the base that the
    text has not.
    """
    spans: dict[str, tuple[int, int]] = {}
    # While an author's blocks do not cover the text yet, a line may have none.
    own = {line: block for block in base.blocks for line in range(block.start, block.end + 1)}
    current = base.blocks[0] if base.blocks else None
    for line in range(1, count + 1):
        current = own.get(twins.get(line, 0), current)
        if current is not None:
            spans[current.id] = spans.get(current.id, (line, line))[0], line
    found: list[Block] = []
    for block in base.blocks:
        if block.id not in spans:
            continue
        start, end = spans[block.id]
        here = replace(block, number=len(found) + 1, start=start, end=end)
        if changed.intersection(range(start, end + 1)) or lost.intersection(
            range(block.start, block.end + 1)
        ):
            here = replace(
                here,
                prose={code: _remarked(prose, code) for code, prose in block.prose.items()},
                slide=_in_each(base, _BLOCK),
                standing="edited",
            )
        found.append(here)
    return tuple(found)


def _remarked(prose: Prose, code: str) -> Prose:
    """A commentary that begins with the remark that its text was edited."""
    return replace(prose, lead=(*parse_prose(language(code).gettext(_BLOCK)).lead, *prose.lead))


def _in_each(base: Edition, message: str) -> Texts:
    """A text of the interface in the languages of the walkthrough."""
    codes = {code for block in base.blocks for code in block.prose}
    return {code: language(code).gettext(message) for code in sorted(codes)}
