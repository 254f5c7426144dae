# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The rail: a function's flow as tracks beside its lines, worked out from the syntax tree.

Each line is a row. Lanes are counted from the left: gotos run in the first ones (an express line
for each label), then the main flow, and every nesting moves one to the right. A piece of track
knows its `origins`, the places that control comes from when it runs there: it is lit if one of
them was passed. So the picture follows from the tree and the trace, for any function.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.csource import nodes
from app.csource.decisions import ParsedDecision, condition_of, labels_of, numbers_of
from app.csource.source import Span

#: A place that control comes from: `s28` a statement by its line, `b5t` and `b5f` the two ways
#: out of decision 5, `e` the entry.
Origin = str
Flow = frozenset[Origin]
ENTRY: Final[Origin] = "e"


def statement_origin(line: int) -> Origin:
    """The origin of a statement that begins in a line."""
    return f"s{line}"


def branch_origin(decision: int, taken: bool) -> Origin:
    """The origin of one way out of a decision."""
    return f"b{decision}{'t' if taken else 'f'}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of track inside one row.

    It runs from (`start_lane`, `start`) to (`end_lane`, `end`), heights from 0, the top of the
    row, to 2, its bottom, 1 being the middle. `turns` marks the half-circle below a loop.
    """

    row: int
    start_lane: int
    start: int
    end_lane: int
    end: int
    origins: Flow
    turns: bool = False


@dataclass(frozen=True, slots=True)
class Rail:
    """All pieces by row (1-based lines), and the lane of each row's own stop.

    `stations` maps a row to the number of its decision.
    """

    lanes: int
    pieces: Mapping[int, Sequence[Piece]]
    stops: Mapping[int, int]
    stations: Mapping[int, int]


def rail_of(function: nodes.Function, decisions: Sequence[ParsedDecision]) -> Rail:
    """The rail of a function."""
    return _Layout(function, decisions).finished()


def rails_of(functions: Sequence[nodes.Function], decisions: Sequence[ParsedDecision]) -> Rail:
    """The rails of functions that follow each other in one source, below each other."""
    rails = [rail_of(function, decisions) for function in functions]
    return Rail(
        max(rail.lanes for rail in rails),
        {row: pieces for rail in rails for row, pieces in rail.pieces.items()},
        {row: lane for rail in rails for row, lane in rail.stops.items()},
        {row: number for rail in rails for row, number in rail.stations.items()},
    )


class _Layout:
    """Walks the statements from top to bottom, and carries the flow along.

    A method takes the flow that comes in from above and returns the one that goes on below.
    `row` is the row that was reached; `pending` says that in it the flow stands in the middle of
    a lane, because a statement was passed there, and has yet to leave downwards.
    """

    def __init__(self, function: nodes.Function, decisions: Sequence[ParsedDecision]) -> None:
        self.tracks: dict[tuple[int, int, int, int, int, bool], set[Origin]] = {}
        self.stops: dict[int, int] = {}
        self.stations: dict[int, int] = {}
        self.numbers = numbers_of(decisions)
        self.labels = labels_of(function)
        self.express = {name: lane for lane, name in enumerate(self.labels)}
        self.riders: dict[str, set[Origin]] = {name: set() for name in self.labels}
        self.boarded: dict[str, int] = {}
        self.breaks: list[list[tuple[int, Origin]]] = []
        self.returns: list[int] = []
        self.main = len(self.labels)
        self.row = function.body.span.line
        self.pending: int | None = None
        flow = self.sequence(function.body.body, self.main, frozenset({ENTRY}))
        self.down(self.main, flow, function.body.span.end_line)

    def finished(self) -> Rail:
        by_row: dict[int, list[Piece]] = defaultdict(list)
        lanes = self.main + 1
        for (row, lane, start, end_lane, end, turns), origins in self.tracks.items():
            by_row[row].append(
                Piece(
                    row=row,
                    start_lane=lane,
                    start=start,
                    end_lane=end_lane,
                    end=end,
                    origins=frozenset(origins),
                    turns=turns,
                )
            )
            lanes = max(lanes, lane + 1, end_lane + 1)
        return Rail(lanes, by_row, self.stops, self.stations)

    # Drawing

    def draw(
        self,
        row: int,
        start: tuple[int, int],
        end: tuple[int, int],
        origins: Flow,
        *,
        turns: bool = False,
    ) -> None:
        """A piece of track; where one lies already, the flows share it."""
        if origins:
            self.tracks.setdefault((row, *start, *end, turns), set()).update(origins)

    def straight(self, lane: int, first: int, last: int, origins: Flow) -> None:
        """Whole rows from `first` to `last`, both included."""
        for row in range(first, last + 1):
            self.draw(row, (lane, 0), (lane, 2), origins)

    def down(self, lane: int, flow: Flow, row: int) -> None:
        """From where the flow stands to the top of `row`."""
        if self.row >= row:
            return
        if self.pending == lane:
            self.draw(self.row, (lane, 1), (lane, 2), flow)
        self.pending = None
        self.straight(lane, self.row + 1, row - 1, flow)
        self.row = row

    def over(self, lane: int, flow: Flow, end_lane: int, row: int) -> None:
        """From where the flow stands to the bottom of another lane in `row`, or right here."""
        if self.row >= row:
            start = 1 if self.pending == lane else 0
            self.draw(self.row, (lane, start), (end_lane, 2), flow)
            self.pending = None
            return
        self.down(lane, flow, row)
        self.draw(row, (lane, 0), (end_lane, 2), flow)

    # Statements

    def sequence(self, body: Sequence[nodes.Statement], lane: int, flow: Flow) -> Flow:
        for statement in body:
            flow = self.statement(statement, lane, flow)
        return flow

    def statement(self, node: nodes.Statement, lane: int, flow: Flow) -> Flow:
        match node:
            case nodes.Compound() | nodes.SwitchCase():
                return self.sequence(node.body, lane, flow)
            case nodes.If():
                return self.if_(node, lane, flow, lane + 2 + _extra_of_chain(node))
            case nodes.While() | nodes.For():
                return self.loop(node, lane, flow)
            case nodes.DoWhile():
                return self.do(node, lane, flow)
            case nodes.Switch():
                return self.switch(node, lane, flow)
            case nodes.Label():
                return self.statement(node.statement, lane, self.label(node, lane, flow))
            case nodes.Goto():
                return self.goto(node, lane, flow)
            case nodes.Break() | nodes.Continue():
                return self.jump(node, lane, flow)
            case nodes.Return():
                self.stop(node.span, lane, flow)
                self.pending = None
                return frozenset()
            case nodes.Empty():
                return flow
            case nodes.Declaration() if all(d.value is None for d in node.declarators):
                return flow
        return self.stop(node.span, lane, flow)

    def stop(self, span: Span, lane: int, flow: Flow) -> Flow:
        """A statement that control enters and leaves: its own rows."""
        self.down(lane, flow, span.line)
        origin = frozenset({statement_origin(span.line)})
        self.stops[span.line] = lane
        self.draw(span.line, (lane, 0), (lane, 1), flow)
        if span.end_line > span.line:
            self.draw(span.line, (lane, 1), (lane, 2), origin)
            self.straight(lane, span.line + 1, span.end_line - 1, origin)
            self.draw(span.end_line, (lane, 0), (lane, 1), origin)
        self.row, self.pending = span.end_line, lane
        return origin

    def station(self, header: Span, lane: int, flow: Flow, number: int) -> tuple[Flow, Flow]:
        """A decision; returns its two flows."""
        self.down(lane, flow, header.line)
        self.draw(header.line, (lane, 0), (lane, 1), flow)
        self.stops[header.line] = lane
        self.stations[header.line] = number
        self.row, self.pending = header.line, None
        return frozenset({branch_origin(number, True)}), frozenset({branch_origin(number, False)})

    def if_(self, node: nodes.If, lane: int, flow: Flow, bypass: int) -> Flow:
        """An `if`; a way that is done runs in lane `bypass` to the end of the chain."""
        true, false = self.station(node.header, lane, flow, self.numbers[node.header])
        header = self.row
        self.draw(header, (lane, 1), (lane + 1, 2), true)
        self.draw(header, (lane, 1), (lane, 2), false)
        done = self.statement(node.then, lane + 1, true)
        end = node.then.span.end_line
        if node.otherwise is None:
            self.straight(lane, header + 1, end, false)
            self.over(lane + 1, done, lane, end)
            self.row = end
            return done | false
        other, last = node.otherwise.span.line, node.otherwise.span.end_line
        self.straight(lane, header + 1, other - 1, false)
        # The closing brace may share its line with the `else`: then this row is the next test's.
        out = min(end, other - 1)
        self.over(lane + 1, done, bypass, max(out, header + 1))
        self.straight(bypass, self.row + 1, last - 1, done)
        self.row, self.pending = other - 1, None
        if isinstance(node.otherwise, nodes.If):
            rest = self.if_(node.otherwise, lane, false, bypass)
            self.down(lane, rest, last)
        else:
            self.draw(other, (lane, 0), (lane + 1, 2), false)
            self.row = other
            rest = self.statement(node.otherwise, lane + 1, false)
            self.over(lane + 1, rest, lane, last)
        self.draw(last, (bypass, 0), (lane, 2), done)
        self.row, self.pending = last, None
        return done | rest

    def loop(self, node: nodes.While | nodes.For, lane: int, flow: Flow) -> Flow:
        """Round on the right: down in the body's lane, up in the one beside it."""
        back = lane + 2 + _extra(node.body)
        if isinstance(node, nodes.For) and node.start is not None:
            self.down(lane, flow, node.header.line)
            flow = flow | {statement_origin(node.header.line)}
        if condition_of(node) is not None:
            true, false = self.station(node.header, lane, flow, self.numbers[node.header])
        else:
            true, false = self.stop(node.header, lane, flow), frozenset()
            self.pending = None
        header, end = self.row, node.span.end_line
        self.draw(header, (lane, 1), (lane + 1, 2), true)
        self.breaks.append([])
        self.returns.append(back)
        inner = self.statement(node.body, lane + 1, true)
        self.returns.pop()
        self.down(lane + 1, inner, end)
        self.draw(end, (lane + 1, 0), (back, 0), inner, turns=True)
        self.straight(back, header + 1, end - 1, inner)
        self.draw(header, (back, 2), (lane, 1), inner)
        self.draw(header, (lane, 1), (lane, 2), false)
        self.straight(lane, header + 1, end, false)
        self.row, self.pending = end, None
        return false | self.broken(lane, back + 1, end)

    def do(self, node: nodes.DoWhile, lane: int, flow: Flow) -> Flow:
        """Down in the body's lane to the test, up beside it."""
        back = lane + 2 + _extra(node.body)
        start, number = node.span.line, self.numbers[node.header]
        self.down(lane, flow, start)
        self.draw(start, (lane, 0), (lane + 1, 2), flow)
        true = frozenset({branch_origin(number, True)})
        self.breaks.append([])
        self.returns.append(back)
        inner = self.statement(node.body, lane + 1, flow | true)
        self.returns.pop()
        self.over(lane + 1, inner, lane, max(self.row, node.header.line - 1))
        true, false = self.station(node.header, lane, inner, number)
        self.draw(self.row, (lane, 1), (back, 0), true)
        self.straight(back, start + 1, self.row - 1, true)
        self.draw(start, (back, 2), (lane + 1, 2), true, turns=True)
        self.draw(self.row, (lane, 1), (lane, 2), false)
        return false | self.broken(lane, back + 1, self.row)

    def switch(self, node: nodes.Switch, lane: int, flow: Flow) -> Flow:
        """The cases one below the other; each `break` leaves on the right."""
        out = lane + 2 + _extra(node.body)
        origin = self.stop(node.header, lane, flow)
        self.over(lane, origin, lane + 1, self.row)
        self.breaks.append([])
        inner = self.statement(node.body, lane + 1, origin)
        end = node.span.end_line
        self.over(lane + 1, inner | origin, lane, end)
        self.row = end
        return inner | origin | self.broken(lane, out, end)

    def jump(self, node: nodes.Break | nodes.Continue, lane: int, flow: Flow) -> Flow:
        """`break` goes on below the loop, `continue` into its way back."""
        origin = self.stop(node.span, lane, flow)
        if isinstance(node, nodes.Continue) and self.returns:
            self.draw(self.row, (lane, 1), (self.returns[-1], 0), origin)
        elif self.breaks:
            self.breaks[-1].extend((self.row, one) for one in origin)
        self.pending = None
        return frozenset()

    def broken(self, lane: int, out: int, end: int) -> Flow:
        """The flows of all `break`s of a loop that ends in row `end`."""
        left: set[Origin] = set()
        for row, origin in self.breaks.pop():
            flow = frozenset({origin})
            self.draw(row, (self.stops[row], 1), (out, 2), flow)
            self.straight(out, row + 1, end - 1, flow)
            self.draw(end, (out, 0), (lane, 2), flow)
            left.add(origin)
        return frozenset(left)

    # Express lines

    def label(self, node: nodes.Label, lane: int, flow: Flow) -> Flow:
        """The express line arrives."""
        row, name = node.label_span.line, node.name
        self.down(lane, flow, row)
        self.draw(row, (lane, 0), (lane, 2), flow)
        riders = frozenset(self.riders[name])
        if name in self.boarded:
            self.straight(self.express[name], self.boarded[name] + 1, row - 1, riders)
            self.draw(row, (self.express[name], 0), (lane, 2), riders)
        self.row, self.pending = row, None
        return flow | riders

    def goto(self, node: nodes.Goto, lane: int, flow: Flow) -> Flow:
        """From here into the express lane of the label."""
        origin = self.stop(node.span, lane, flow)
        self.pending = None
        row, name = self.row, node.label
        if name not in self.express:
            return frozenset()
        express, target = self.express[name], self.labels[name].line
        if target < row:
            self.draw(row, (lane, 1), (express, 0), origin)
            self.straight(express, target + 1, row - 1, origin)
            self.draw(target, (express, 2), (self.stops.get(target, self.main), 1), origin)
            return frozenset()
        if name in self.boarded:
            self.straight(express, self.boarded[name] + 1, row, frozenset(self.riders[name]))
        self.boarded[name] = row
        self.riders[name] |= origin
        self.draw(row, (lane, 1), (express, 2), origin)
        return frozenset()


def _extra(node: nodes.Statement) -> int:
    """How many lanes a statement needs on the right of its own."""
    match node:
        case nodes.Compound() | nodes.SwitchCase():
            return max((_extra(child) for child in node.body), default=0)
        case nodes.If() if node.otherwise is None:
            return 1 + _extra(node.then)
        case nodes.If():
            return 2 + _extra_of_chain(node)
        case nodes.While() | nodes.For() | nodes.DoWhile() | nodes.Switch():
            return 2 + _extra(node.body)
        case nodes.Label():
            return _extra(node.statement)
    return 0


def _extra_of_chain(node: nodes.If) -> int:
    """The lanes that the bodies of an `if … else if … else` need on the right of theirs."""
    widest = _extra(node.then)
    if isinstance(node.otherwise, nodes.If):
        return max(widest, _extra_of_chain(node.otherwise))
    return max(widest, _extra(node.otherwise)) if node.otherwise is not None else widest
