# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The graph of an exploration as one diagram: from what the inputs are to the path that is taken.

Each input becomes one variable with finitely many *classes*: its words, its lists, and of a
number the stretches between the points at which the code compares it. A comparison in which
several numbers meet becomes a variable of its own, true or false. Combinations that cannot be,
such as a number below 0 that is above 5, are free.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from app.kernel.scenario import Scenario
from app.walkthrough.atlas.choices import Fork
from app.walkthrough.atlas.diagrams import (
    FALSE,
    FREE,
    TRUE,
    Cube,
    Diagrams,
    Parts,
    number_of,
    terminal,
)
from app.walkthrough.atlas.explore import Exploration, Leaf, Node, Seen, State
from app.walkthrough.atlas.numbers import BELOW, ZERO, Atom, Test
from app.walkthrough.atlas.passing import Passing
from app.walkthrough.atlas.records import Condition, Part
from app.walkthrough.atlas.solve import Range
from app.walkthrough.atlas.space import NUMBER, Dimension, Shape, Space


@dataclass(frozen=True)
class Stretch:
    """Numbers that no comparison tells apart: from `low` to `high`, and as the tests say."""

    atom: Atom
    low: int
    high: int
    tests: tuple[tuple[Test, bool], ...] = ()

    def holds(self, value: int) -> bool:
        """Whether it has this number."""
        return self.low <= value <= self.high and all(
            test.holds({self.atom: value}) is holds for test, holds in self.tests
        )

    def range(self) -> Range:
        """What is left of the number."""
        left = Range(self.atom, self.low, self.high)
        for test, holds in self.tests:
            left.narrow(test, holds)
        return left


@dataclass(frozen=True)
class Variable:
    """An input with its classes, or a test with the classes True and False.

    A class is a shape, or a `Stretch` of a number.
    """

    key: str | None
    test: Test | None
    classes: tuple[Any, ...]
    default: int

    @property
    def full(self) -> int:
        """The mask of all classes."""
        return (1 << len(self.classes)) - 1

    @cached_property
    def places(self) -> Mapping[Shape, int]:
        """The mask of each shape."""
        return {c: 1 << n for n, c in enumerate(self.classes) if not isinstance(c, Stretch)}

    @cached_property
    def stretches(self) -> tuple[tuple[int, Stretch], ...]:
        """The stretches of a number, each with its mask."""
        return tuple((1 << n, c) for n, c in enumerate(self.classes) if isinstance(c, Stretch))


def stretches(atom: Atom, tests: list[Test]) -> tuple[Stretch, ...]:
    """The classes of a number that is compared like this."""
    cuts = {atom.low, atom.high + 1}
    others = []
    for test in tests:
        edge = -test.form.constant
        if test.kind == BELOW:
            cuts.add(edge)
        elif test.kind == ZERO:
            cuts |= {edge, edge + 1}
        else:
            others.append(test)
    edges = sorted(cut for cut in cuts if atom.low <= cut <= atom.high + 1)
    found = [Stretch(atom, a, b - 1) for a, b in pairwise(edges)]
    for test in others:
        found = [
            Stretch(s.atom, s.low, s.high, (*s.tests, (test, holds)))
            for s in found
            for holds in (True, False)
        ]
    return tuple(s for s in found if s.range().nearest(atom.default) is not None)


class Chart:
    """The diagram of an exploration, and what its variables mean."""

    def __init__(self, found: Exploration) -> None:
        self.space: Space = found.space
        questions = dict.fromkeys(n.question for n in _nodes(found.root) if isinstance(n, Fork))
        tests: dict[Atom, list[Test]] = {}
        joint: list[Test] = []
        for question in questions:
            if isinstance(question, str):
                continue
            atom = question.single
            if atom is not None and len(self.space.dimensions[atom.key].atoms) == 1:
                tests.setdefault(atom, []).append(question)
            else:
                joint.append(question)
        keys = dict.fromkeys(
            question if isinstance(question, str) else _key(question)
            for question in questions
            if isinstance(question, str) or (question.single in tests)
        )
        self.variables: list[Variable] = []
        self._places: dict[str | Test, int] = {}
        for key in keys:
            self._add(key, self._input(self.space.dimensions[key], tests))
        for test in joint:
            default = 1 if test.holds({}) else 2
            self._add(test, Variable(None, test, (True, False), default))
        self.diagrams = Diagrams([variable.full for variable in self.variables])
        self.leaves: list[Leaf] = []
        self._leaf_numbers: dict[Any, int] = {}
        self._built: dict[int, int] = {}
        self.origin = found.root
        #: Of each fork its variable, the masks of its ways, and what is left of all classes.
        self._asked: dict[int, tuple[int, tuple[int, ...], int]] = {}
        #: The conditions of functions that were asked for before.
        self.conditions: dict[int, Condition] = {}
        self.covers: dict[int, list[Cube]] = {}
        #: The restrictions of an input that were put into words before, by its key and mask.
        self.parts: dict[tuple[str | None, int], Part] = {}
        self.root = self.built(found.root)

    def _add(self, name: str | Test, variable: Variable) -> None:
        self._places[name] = len(self.variables)
        self.variables.append(variable)

    def _input(self, dimension: Dimension, tests: Mapping[Atom, list[Test]]) -> Variable:
        classes: list[Any] = []
        default = 0
        for shape in dimension.shapes:
            if shape == NUMBER:
                atom = dimension.atoms[0]
                for stretch in stretches(atom, tests.get(atom, [])):
                    if dimension.item.default == atom.default and stretch.range().fits(
                        atom.default
                    ):
                        default = 1 << len(classes)
                    classes.append(stretch)
            else:
                if shape == dimension.item.default:
                    default = 1 << len(classes)
                classes.append(shape)
        return Variable(dimension.item.key, None, tuple(classes), default)

    # From questions to masks of classes

    def place(self, question: str | Test) -> int:
        """The variable of a question."""
        if not isinstance(question, str) and question not in self._places:
            return self._places[_key(question)]
        return self._places[question]

    def masks(self, fork: Fork) -> tuple[int, ...]:
        """For each way of a fork the mask of classes."""
        question = fork.question
        variable = self.variables[self.place(question)]
        if isinstance(question, str):
            dimension = self.space.dimensions[question]
            places = {c: 1 << n for n, c in enumerate(variable.classes)}
            found = []
            for way in fork.ways:
                mask = 0
                for shape in dimension.shapes_in(way):
                    if shape == NUMBER:
                        mask |= sum(
                            1 << n for n, c in enumerate(variable.classes) if isinstance(c, Stretch)
                        )
                    else:
                        mask |= places[shape]
                found.append(mask)
            return tuple(found)
        if variable.test is not None:
            return tuple(1 if way else 2 for way in fork.ways)
        true = sum(
            1 << n
            for n, c in enumerate(variable.classes)
            if isinstance(c, Stretch) and question.holds({c.atom: _some(c)})
        )
        return tuple(true if way else variable.full & ~true for way in fork.ways)

    # Building

    def built(self, node: Node) -> int:
        """The diagram from a node of the graph on: to the number of a leaf, or FREE."""
        found = self._built.get(id(node))
        if found is None:
            if isinstance(node, State):
                found = self.built(node.child)
            elif isinstance(node, Fork):
                found = self.choice(node, [self.built(child) for child in node.children])
            else:
                assert isinstance(node, Leaf)
                found = terminal(self._leaf(node))
            self._built[id(node)] = found
        return found

    def choice(self, fork: Fork, children: list[int]) -> int:
        """The function that is one of several, as a fork's question is answered."""
        known = self._asked.get(id(fork))
        if known is None:
            place, masks = self.place(fork.question), self.masks(fork)
            rest = self.variables[place].full
            for mask in masks:
                rest &= ~mask
            known = self._asked[id(fork)] = place, masks, rest
        place, masks, rest = known
        parts: Parts = tuple(zip(masks, children, strict=True))
        if rest:
            parts = (*parts, (rest, FREE))
        return self.diagrams.choose(place, parts)

    def _leaf(self, leaf: Leaf) -> int:
        key = class_of(leaf)
        number = self._leaf_numbers.get(key)
        if number is None:
            number = self._leaf_numbers[key] = len(self.leaves)
            self.leaves.append(leaf)
        return number

    def path(self, number: int) -> int:
        """The function that is true where a leaf's path is taken."""
        wanted = terminal(number)
        return self.diagrams.mapped(
            self.root, lambda t: TRUE if t == wanted else FREE if t == FREE else FALSE
        )

    def passed(self, what: Callable[[Seen], Iterable[Hashable]]) -> dict[Hashable, int]:
        """For each thing that is seen on the way the function that is true where it is.

        Things that are seen at the same places share their function.
        """
        places: dict[Hashable, set[tuple[int, int]]] = {}
        for node in _nodes(self.origin):
            sights = node.seen if isinstance(node, Fork) else [node.seen]
            for way, seen in enumerate(sights, 0 if isinstance(node, Fork) else -1):
                for thing in what(seen) if seen is not None else ():
                    places.setdefault(thing, set()).add((id(node), way))
        groups: dict[frozenset[tuple[int, int]], int] = {}
        group_of = {
            thing: groups.setdefault(frozenset(edges), len(groups))
            for thing, edges in places.items()
        }
        passing = Passing(self, groups)
        functions = [passing.function(group) for group in range(len(groups))]
        return {thing: functions[group] for thing, group in group_of.items()}

    def paths_of(self, function: int) -> set[int]:
        """The numbers of the leaves whose path is taken somewhere where a function is true."""
        found: set[int] = set()
        seen: set[tuple[int, int]] = set()
        waiting = [(self.root, function)]
        diagrams = self.diagrams
        while waiting:
            pair = waiting.pop()
            if pair in seen:
                continue
            seen.add(pair)
            path, other = pair
            if other in (FALSE, FREE) or path == FREE:
                continue
            if path < 0 and other < 0:
                found.add(number_of(path))
                continue
            top = min(diagrams.variable(path), diagrams.variable(other))
            full = diagrams.full[top]
            sides = [
                diagrams.parts(node) if diagrams.variable(node) == top else ((full, node),)
                for node in pair
            ]
            waiting += [
                (one, two)
                for mask, one in sides[0]
                for other_mask, two in sides[1]
                if mask & other_mask
            ]
        return found

    # Scenarios

    def point(self, scenario: Scenario) -> list[int] | None:
        """The classes of a scenario, as masks; None where it is beyond the bounds."""
        located = self.space.located(scenario)
        if located is None:
            return None
        shapes, values = located
        point = []
        for variable in self.variables:
            if variable.test is not None:
                point.append(1 if variable.test.holds(values) else 2)
                continue
            assert variable.key is not None
            dimension = self.space.dimensions[variable.key]
            (shape,) = dimension.shapes_in(shapes[variable.key])
            point.append(_class_mask(variable, shape, values))
        return point


def class_of(leaf: Leaf) -> Any:
    """What makes two runs the same path: see `app.walkthrough.atlas.paths`."""
    outcome = leaf.outcome

    def few(counts: Mapping[str, int]) -> Any:
        return frozenset((name, max(-2, min(2, count))) for name, count in counts.items() if count)

    segments: list[str] = []
    for segment in outcome.segments:
        if segments[-2:] != [segment, segment]:
            segments.append(segment)
    error = leaf.error
    return (
        leaf.decisions,
        outcome.state,
        outcome.destroyed,
        outcome.timewait,
        outcome.fate,
        tuple(segments),
        few(outcome.counters),
        few(outcome.gauges),
        (outcome.keepalive_ms, leaf.times.get("keepalive_ms")),
        (outcome.timewait_ms, leaf.times.get("timewait_ms")),
        outcome.orphans,
        outcome.refs,
        outcome.locks_balanced,
        (error.kind, error.line, error.message) if error is not None else None,
    )


def _nodes(root: Node) -> Iterator[State | Fork]:
    """The states, each once, and the forks of a graph, from the root on."""
    seen: set[int] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, State):
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                waiting.append(node.child)
        elif isinstance(node, Fork):
            yield node
            waiting += reversed(node.children)


def _key(test: Test) -> str:
    """The input that a test of one number is about."""
    assert test.single is not None
    return test.single.key


def _some(stretch: Stretch) -> int:
    value = stretch.range().nearest(stretch.atom.default)
    assert value is not None
    return value


def _class_mask(variable: Variable, shape: Shape, values: Mapping[Atom, int]) -> int:
    if shape != NUMBER:
        return variable.places[shape]
    for place, one in variable.stretches:
        if one.holds(values.get(one.atom, one.atom.default)):
            return place
    raise AssertionError("every value is in a class")  # pragma: no cover
