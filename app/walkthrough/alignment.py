# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Alignment of another text with the walkthrough's own: which block and decision is where in it.

Statements are aligned, never comments, braces or blanks: first those that are the same under the
same conditions, then, between two of those, the same ones under other conditions, then what is
alike, which is an edit. So is what no longer stands under its condition, or in its fork.
Spellings that say the same (`READ_ONCE(x)`, `x != NULL`) are the same.

What is said of the own text is said of the other only where its statements are the same. A decision
that was changed keeps its id and loses its sentences; one that the own text has not gets an id of
its own; a block that was changed says so before its commentary. What the other text lacks is not in
its edition, so that who looks for it by its id finds nothing instead of a neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from app.csource.source import Source, Span, fold
from app.kernel.model import compile_function
from app.kernel.neighbours import places
from app.machine.program import Program
from app.walkthrough.content.prose import Prose
from app.walkthrough.records import Block, Decision, Edit, Edition, Texts
from app.walkthrough.told import words_in


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
    return aligned_program(
        base,
        source,
        (function,),
        lambda ids: compile_function(function, ids),
        heading,
        lines=lines,
    )


def aligned_program(
    base: Edition,
    source: Source,
    functions: Sequence[nodes.Function],
    compiled: Callable[[Sequence[str]], Program],
    heading: Heading,
    *,
    lines: Mapping[int, int] | None = None,
    sayings: Sequence[Decision] = (),
) -> Edition:
    """The same for functions of a source, the first of which stands for the base's.

    `compiled` makes the program, given the ids of its decisions; `sayings` are decisions of other
    texts that have words of their own, told by their condition.
    """
    function = functions[0]
    code = _code_lines(base.program.function), _code_lines(function)
    twins: Mapping[int, int]
    if lines is None:
        twins, is_same = _matched(base.program.function, function)
    else:
        twins = lines
        is_same = {
            line
            for line, twin in lines.items()
            if fold(base.source.line(twin)) == fold(source.line(line))
        }
    changed = frozenset(line for line in code[1] if line not in is_same)
    decisions = _decisions(base, functions, twins, changed, sayings)
    lost = code[0] - {twin for line, twin in twins.items() if line in code[1]}
    end = function.span.end_line if len(functions) > 1 else len(source.lines)
    blocks = _blocks(
        base=base, source=source, end=end, twins=twins, differs=(changed, lost), code=code[1]
    )
    program = compiled([decision.id for decision in decisions])
    callees, first_lines = places(source, program)
    return Edition(
        id=heading.id,
        source=source,
        program=program,
        blocks=blocks,
        decisions=decisions,
        title=heading.title,
        note=heading.note,
        edits=heading.edits,
        changed=changed,
        lost=lost,
        callees=callees,
        first_lines=first_lines,
    )


# Statements


@dataclass(frozen=True, slots=True)
class _Unit:
    """A statement, or the head of one: its code as it is compared, and the conditions above it.

    `above` are the heads of those conditions, each with the way that leads here: "" where it
    holds, "else", or a label of a `switch`. `before` are the earlier ways of the fork of an
    `else if`.
    """

    code: str
    context: tuple[str, ...]
    span: Span
    above: tuple[tuple[Span, str], ...]
    before: tuple[Span, ...] = ()


_SPELLINGS: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\b(?:READ_ONCE|ACCESS_ONCE|rcu_dereference)\(([^()]*(?:\([^()]*\)[^()]*)*)\)", r"\1"),
        (r"\bWRITE_ONCE\(([^,]+), (.*)\);", r"\1 = \2;"),
        (r"\b(?:__)?NET_INC_STATS(?:_USER|_BH)?\(", "NET_INC_STATS("),
        (r" != NULL\b", ""),
        (r"\bsk_(?:stream_)?mem_reclaim\(", "sk_mem_reclaim("),
        (r"\bsock_net\(sk\)->ipv4\.sysctl_tcp_tw_timeout\b", "TCP_TIMEWAIT_LEN"),
    )
)


def canonical(code: str) -> str:
    """The code with one spelling for what says the same, and without comments."""
    found = fold(_COMMENT.sub(" ", code))
    for pattern, by in _SPELLINGS:
        found = pattern.sub(by, found)
    while found.startswith("(") and _closing(found) == len(found) - 1:
        found = found[1:-1].strip()
    return found


def _closing(code: str) -> int:
    """Where the parenthesis is closed that code begins with; -1 where it is not."""
    depth = 0
    for place, letter in enumerate(code):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if not depth:
            return place
    return -1


_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def units_of(function: nodes.Function) -> list[_Unit]:
    """The statements of a function in the order of the text."""
    found: list[_Unit] = []

    def visit(
        statement: nodes.Statement | None,
        context: tuple[str, ...] = (),
        above: tuple[tuple[Span, str], ...] = (),
        before: tuple[Span, ...] = (),
    ) -> None:
        decided = None if statement is None else condition_of(statement)
        match statement:
            case None | nodes.Empty():
                return
            case nodes.Compound():
                for child in statement.body:
                    visit(child, context, above)
                return
            case nodes.SwitchCase():
                value = "default" if statement.value is None else canonical(statement.value.text)
                for child in statement.body:
                    visit(child, (*context, value), (*above[:-1], (above[-1][0], value)))
                return
            case nodes.Label():
                name = f"{statement.name}:"
                found.append(_Unit(name, context, statement.label_span, above))
                visit(statement.statement, context, above)
                return
            case nodes.Switch():
                head = f"switch ({canonical(statement.subject.text)})"
                found.append(_Unit(head, context, statement.header, above))
                visit(statement.body, (*context, head), (*above, (statement.header, "")))
                return
        if decided is None:
            found.append(_Unit(canonical(statement.text), context, statement.span, above))
            return
        keyword, condition, span = decided
        head = f"{keyword} ({canonical(condition.text)})"
        found.append(_Unit(head, context, span, above, before))
        inside = (*context, head), (*above, (span, ""))
        match statement:
            case nodes.If():
                visit(statement.then, *inside)
                if isinstance(statement.otherwise, nodes.If):
                    # `else if` is one more way of the same fork: what is under it does not depend
                    # on how many ways there are before it.
                    visit(statement.otherwise, context, above, (*before, span))
                else:
                    visit(
                        statement.otherwise,
                        (*context, "else " + head),
                        (*above, (span, "else")),
                    )
            case nodes.While() | nodes.DoWhile() | nodes.For():
                visit(statement.body, *inside)

    for statement in function.body.body:
        visit(statement)
    return sorted(found, key=lambda unit: (unit.span.line, unit.span.column))


def _matched(base: nodes.Function, other: nodes.Function) -> tuple[dict[int, int], set[int]]:
    """The base's line for each line of a statement that it has too, and which are the same."""
    own, others = units_of(base), units_of(other)
    pairs = list(_pairs_of(own, others, lambda unit: (unit.code, unit.context)))
    same = dict(pairs)
    for first, last in _gaps(pairs, len(own), len(others)):
        inner = list(
            _pairs_of(own[first[0] : last[0]], others[first[1] : last[1]], lambda unit: unit.code)
        )
        same.update({first[0] + a: first[1] + b for a, b in inner})
    edited: dict[int, int] = {}
    for first, last in _gaps(sorted(same.items()), len(own), len(others)):
        start = first[1]
        for index in range(first[0], last[0]):
            near = [
                place
                for place in range(start, last[1])
                if _is_edit(own[index].code, others[place].code)
            ]
            if near:
                edited[index] = near[0]
                start = near[0] + 1
    heads = [{unit.span: number for number, unit in enumerate(units)} for units in (own, others)]
    for index, place in sorted(same.items()):
        # Of two heads that are alike it is the one that what is under it stands under.
        for (own_span, _), (span, _) in zip(
            own[index].above[-1:], others[place].above[-1:], strict=False
        ):
            head, twin = heads[0][own_span], heads[1][span]
            if own[head].code == others[twin].code and twin not in same.values():
                same[head] = twin
    pairs = [*(edited | same).items()]
    for index, place in _moved(own, others, pairs):
        if same.get(index) == place:
            edited[index] = same.pop(index)
    twins: dict[int, int] = {}
    for index, place in pairs:
        here, there = others[place].span, own[index].span
        for offset in range(here.end_line - here.line + 1):
            twins.setdefault(here.line + offset, min(there.line + offset, there.end_line))
    at = [others[place].span for place in same.values()]
    unsure = [unit.span for place, unit in enumerate(others) if place not in same.values()]
    lines = {line for span in at for line in span.lines}
    return twins, lines - {line for span in unsure for line in span.lines}


def _moved(
    own: Sequence[_Unit], others: Sequence[_Unit], pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """The pairs that do not stand under the same conditions, or no longer in the same fork.

    A condition that is itself edited is the same one; one that only one of them has says so at its
    own line, and at what stands right under it.
    """
    twins = {own[index].span: others[place].span for index, place in pairs}
    known = {span: span for span in twins.values()}

    def above(unit: _Unit, of: Mapping[Span, Span]) -> tuple[bool, list[tuple[Span, str]]]:
        found = [(of[span], way) for span, way in unit.above if span in of]
        return bool(unit.above) and unit.above[-1][0] not in of, found

    def before(unit: _Unit, of: Mapping[Span, Span]) -> list[Span]:
        return [of[span] for span in unit.before if span in of][-1:]

    for index, place in pairs:
        one, other = own[index], others[place]
        here, there = above(one, twins), above(other, known)
        if here != there or here[0] or before(one, twins) != before(other, known):
            yield index, place


def _pairs_of(
    own: Sequence[_Unit], others: Sequence[_Unit], key: Callable[[_Unit], object]
) -> Iterator[tuple[int, int]]:
    """What is the same in both and in the same order, by position."""
    matcher = SequenceMatcher(
        None, [key(unit) for unit in own], [key(unit) for unit in others], autojunk=False
    )
    for start, other_start, size in matcher.get_matching_blocks():
        for offset in range(size):
            yield start + offset, other_start + offset


def _gaps(
    pairs: Iterable[tuple[int, int]], own: int, others: int
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """What lies between matches: where each gap begins and ends, in both."""
    before = (0, 0)
    for pair in (*pairs, (own, others)):
        if pair[0] > before[0] and pair[1] > before[1]:
            yield before, pair
        before = (pair[0] + 1, pair[1] + 1)


def _is_edit(own: str, other: str) -> bool:
    """Whether a statement is another one, edited: of the same kind, and more alike than not."""
    kind, other_kind = (re.match(r"\w+ \(|[\w>.-]+", code) for code in (own, other))
    is_head = own.endswith(")"), other.endswith(")")
    if is_head[0] != is_head[1] or (
        is_head[0] and kind and other_kind and kind[0] != other_kind[0]
    ):
        return False
    return SequenceMatcher(None, own, other, autojunk=False).ratio() > 0.6


def _code_lines(function: nodes.Function) -> frozenset[int]:
    """The lines that have a statement or the head of one: not comments, braces and blanks."""
    found: set[int] = set()
    for statement in walk(function.body):
        decided = condition_of(statement)
        match statement:
            case nodes.Compound() | nodes.SwitchCase():
                continue
            case nodes.Label():
                span = statement.label_span
            case nodes.Switch():
                span = statement.header
            case _:
                span = decided[2] if decided is not None else statement.span
        found.update(span.lines)
    return frozenset(found)


# Decisions


def _decisions(
    base: Edition,
    functions: Sequence[nodes.Function],
    twins: Mapping[int, int],
    changed: frozenset[int],
    sayings: Sequence[Decision],
) -> tuple[Decision, ...]:
    """Those of the text, each with its id; see the module."""
    parsed = decisions_of(*functions)
    said = {canonical(decision.condition): decision for decision in sayings}
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
    governed = _governed(functions, parsed)
    edited, new = _in_each(base, "edited"), _in_each(base, "new")
    taken = {decision.id for decision in named.values()}
    found = []
    for item in parsed:
        known = named.get(item.number)
        saying = None if known else said.get(canonical(item.condition))
        if saying is not None and saying.id not in taken:
            taken.add(saying.id)
            found.append(
                replace(
                    saying,
                    number=item.number,
                    keyword=item.keyword,
                    line=item.line,
                    end_line=item.span.end_line,
                    condition=item.condition,
                    standing="new",
                )
            )
            continue
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
            is_edited = bool(governed[item.number] & changed) or (
                canonical(known.condition) != canonical(item.condition)
            )
            # What is said of other texts with this condition holds where what follows was edited.
            words = next((saying for saying in sayings if saying.id == known.id), None)
            after = (edited, edited)
            if words is not None and canonical(words.condition) == canonical(item.condition):
                after = (words.when_true, words.when_false)
            decision = replace(
                decision,
                when_true=after[0] if is_edited else known.when_true,
                when_false=after[1] if is_edited else known.when_false,
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
            (
                d
                for d in rest
                if (d.keyword, canonical(d.condition)) == (item.keyword, canonical(item.condition))
            ),
            None,
        )
        if same is not None:
            left.remove(item)
            rest.remove(same)
            yield item, same
    if len(left) == len(rest) == 1:
        yield left[0], rest[0]


def _governed(
    functions: Sequence[nodes.Function], parsed: Sequence[ParsedDecision]
) -> Mapping[int, frozenset[int]]:
    """By a decision's number the lines that its sentences speak of: its head, and what is next.

    A body of several statements has its own commentary; its first statement is what a way leads to.
    """
    numbers = numbers_of(parsed)
    found = {}
    for statement in (item for function in functions for item in walk(function.body)):
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
                lines.update(span.lines)
        found[numbers[decided[2]]] = frozenset(lines)
    return found


# Blocks


def _blocks(
    base: Edition,
    source: Source,
    end: int,
    twins: Mapping[int, int],
    differs: tuple[frozenset[int], frozenset[int]],
    code: frozenset[int],
) -> tuple[Block, ...]:
    """The base's blocks where they are in a text up to a line; one without a line is left out.

    A statement of no block belongs to the one before it, and a comment to what stands below it.
    `differs` are the text's lines that were changed, and those of the base that it has not.
    """
    changed, lost = differs
    spans: dict[str, tuple[int, int]] = {}
    # While an author's blocks do not cover the text yet, a line may have none.
    own = {line: block for block in base.blocks for line in range(block.start, block.end + 1)}
    order = {block.id: number for number, block in enumerate(base.blocks)}
    current = base.blocks[0] if base.blocks else None
    found: dict[int, Block | None] = {}
    for line in range(1, end + 1):
        block = own.get(twins.get(line, 0))
        if block is not None and (current is None or order[block.id] >= order[current.id]):
            for above in range(_head_of(base, source, (line, block), code), line):
                found[above] = block
            current = block
        found[line] = current
    for line, block in sorted(found.items()):
        if block is not None:
            spans[block.id] = spans.get(block.id, (line, line))[0], line
    result: list[Block] = []
    for block in base.blocks:
        if block.id not in spans:
            continue
        start, last = spans[block.id]
        here = replace(block, number=len(result) + 1, start=start, end=last)
        if changed.intersection(range(start, last + 1)) or lost.intersection(
            range(block.start, block.end + 1)
        ):
            here = replace(
                here,
                prose={code: _remarked(prose, code) for code, prose in block.prose.items()},
                slide=_in_each(base, "slide"),
                standing="edited",
            )
        result.append(here)
    return tuple(result)


def _head_of(base: Edition, source: Source, at: tuple[int, Block], code: frozenset[int]) -> int:
    """Where a block that has a statement in a line begins: at the comments above that are its own.

    They are the comments that the base has there too, else those that stand directly above it.
    """
    line, block = at
    texts = {fold(base.source.line(number)) for number in range(block.start, block.end + 1)}
    texts = {text for text in texts if len(text) > len("*/ */")}
    above = line
    while above > 1 and above - 1 not in code:
        text = fold(source.line(above - 1))
        if text.startswith("}") and not text.startswith("} else"):
            break
        above -= 1
    for number in range(above, line):
        if fold(source.line(number)) in texts:
            return number
    while line > above and fold(source.line(line - 1)):
        line -= 1
    return line


def _remarked(prose: Prose, code: str) -> Prose:
    """A commentary that begins with the remark that its text was edited."""
    remark = words_in("edited")["block"][code]
    return Prose(f"{remark}\n\n{prose.text}")


def _in_each(base: Edition, remark: str) -> Texts:
    """A remark in the languages of the walkthrough."""
    codes = {code for block in base.blocks for code in block.prose}
    return {code: words_in("edited")[remark][code] for code in sorted(codes)}
