# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The graph of an exploration as one diagram: from what the inputs are to the path that is taken.

Each input becomes one variable with finitely many *classes*: its words, its lists, and of a
number the stretches between the points at which the code compares it. A comparison in which
several numbers meet becomes a variable of its own, true or false.

What is passed in loops tells no paths apart. So a path has several *ends* where one is enough for
its decisions and outcome, and where they differ is in that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from app.kernel.scenario import Scenario
from app.walkthrough.atlas.choices import Fork
from app.walkthrough.atlas.diagrams import Cube, Diagrams, number_of, terminal
from app.walkthrough.atlas.explore import Exploration, Leaf, Node, Sights, State, Taken
from app.walkthrough.atlas.numbers import BELOW, ZERO, Atom, Test
from app.walkthrough.atlas.records import Part, Relation
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


@dataclass(frozen=True, slots=True)
class End:
    """Where the diagram ends: the number of a path, and what was passed in loops on the way."""

    path: int
    sights: Sights


_View = tuple[list[int], int, Mapping[int, int]]
"""Masks of ends, the diagram to their numbers, and for each of its nodes those that it reaches."""


def _together(keys: list[str], joint: list[Test], space: Space) -> list[str | Test]:
    """Inputs and comparisons of several, in the order of a diagram."""
    beside: dict[str, list[str | Test]] = {}
    last: list[str | Test] = []
    for test in joint:
        named = {atom.key for atom in test.form.atoms}
        lists = [key for key in keys if key in named and space.dimensions[key].kinds]
        if not lists:
            last.append(test)
            continue
        near = beside.setdefault(lists[0], [])
        near[:0] = [key for key in keys if key in named - {lists[0]} and key not in near]
        near.append(test)
    moved = {name for near in beside.values() for name in near}
    found: list[str | Test] = []
    for key in keys:
        if key not in moved:
            found += [key, *beside.get(key, ())]
    return found + last


def questions_of(found: Exploration) -> dict[str | Test, None]:
    """What an exploration has asked, each once, in order."""
    return dict.fromkeys(fork.question for fork in _forks(found.root))


class Chart:
    """The diagram of an exploration, and what its variables mean.

    `paths` has a leaf for each path. A set of `ends` is a mask of their numbers. There may be
    `more` questions than the exploration has asked, of another one in the same space.
    """

    def __init__(self, found: Exploration, more: Iterable[str | Test] = ()) -> None:
        self.space: Space = found.choices.space
        questions = dict.fromkeys((*questions_of(found), *more))
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
        # What is compared with the numbers of a list depends on its shape: diagrams stay small
        # where the two stand together.
        for question in _together(list(keys), joint, self.space):
            if isinstance(question, str):
                self._add(question, self._input(self.space.dimensions[question], tests))
            else:
                default = 1 if question.holds({}) else 2
                self._add(question, Variable(None, question, (True, False), default))
        self.diagrams = Diagrams([variable.full for variable in self.variables])
        self.paths: list[Leaf] = []
        self.ends: list[End] = []
        self._numbers: dict[Any, int] = {}
        self._built: dict[int, int] = {}
        self._asked: dict[tuple[str | Test, tuple[int, ...]], tuple[int, tuple[int, ...]]] = {}
        self._passed: dict[Sights, dict[int, int]] = {}
        #: The restrictions that were made into records before, by mask, for each variable.
        self.parts: list[dict[int, Part | Relation]] = [{} for _ in self.variables]
        #: What `app.walkthrough.atlas.covers` knows of parts of functions.
        self.covers: dict[int, list[Cube]] = {}
        self._where: dict[int, int] = {}
        self.root = self._build(found.root)
        self._reached = self.diagrams.ends(self.root)

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

    # Building

    def build(self, found: Exploration) -> int:
        """The diagram of another exploration, to whose questions this chart was made too."""
        return self._build(found.root)

    def chosen(self, test: Test, where: int, elsewhere: int) -> int:
        """The function that is one of two, by a comparison that is a question of this chart."""
        place, masks = self._masks(Fork(test, (1, 0)))
        return self.diagrams.choose(place, ((masks[0], where), (masks[1], elsewhere)))

    def _masks(self, fork: Fork) -> tuple[int, tuple[int, ...]]:
        """The variable of a fork, and for each of its ways the mask of classes.

        Classes that cannot be here any more go the last way: a fork above has them.
        """
        question = fork.question
        place = self._places.get(question)
        if place is None:
            assert not isinstance(question, str)
            place = self._places[_key(question)]
        variable = self.variables[place]
        if isinstance(question, str):
            dimension = self.space.dimensions[question]
            numbers = sum(mask for mask, _ in variable.stretches)
            masks = [
                sum(
                    numbers if shape == NUMBER else variable.places[shape]
                    for shape in dimension.shapes_in(way)
                )
                for way in fork.ways
            ]
            masks[-1] |= variable.full & ~sum(masks)
        else:
            true = (
                1
                if variable.test is not None
                else sum(
                    mask
                    for mask, one in variable.stretches
                    if question.holds({one.atom: _some(one)})
                )
            )
            masks = [true if way else variable.full & ~true for way in fork.ways]
        return place, tuple(masks)

    def _build(self, node: Node) -> int:
        """The diagram from a node of the graph on, to the numbers of ends."""
        found = self._built.get(id(node))
        if found is not None:
            return found
        if isinstance(node, State):
            found = self._with(self._build(node.child), node.sights)
        elif isinstance(node, Fork):
            key = node.question, node.ways
            if key not in self._asked:
                self._asked[key] = self._masks(node)
            place, masks = self._asked[key]
            below = map(self._build, node.children)
            children = [self._with(*pair) for pair in zip(below, node.sights, strict=True)]
            found = self.diagrams.choose(place, tuple(zip(masks, children, strict=True)))
        else:
            assert isinstance(node, Leaf)
            number = self._number(class_of(node), self.paths, node)
            found = self._end(End(number, frozenset()))
        self._built[id(node)] = found
        return found

    def _with(self, node: int, sights: Sights | None) -> int:
        """The same where this was passed in loops before."""
        if not sights:
            return node

        def change(node: int) -> int:
            end = self.ends[number_of(node)]
            return self._end(End(end.path, end.sights | sights))

        return self.diagrams.mapped(node, change, self._passed.setdefault(sights, {}))

    def _number(self, key: Any, items: list[Any], item: Any) -> int:
        """The number of an item in a list, to which it is added if it is new."""
        if key not in self._numbers:
            self._numbers[key] = len(items)
            items.append(item)
        return self._numbers[key]

    def _end(self, end: End) -> int:
        return terminal(self._number(end, self.ends, end))

    # Sets of ends

    def where(self, ends: int) -> int:
        """The function that is true where one of these ends is reached."""
        found = self._where.get(ends)
        if found is None:
            found = self._where[ends] = self._find(ends)
        return found

    def _find(self, ends: int) -> int:
        # Where whole paths are asked for, what is passed in loops need not be told apart, and
        # the other way round; so there is less to look at.
        for classes, root, reached in self._views():
            numbers = [n for n, those in enumerate(classes) if those & ends]
            if not any(classes[n] & ~ends for n in numbers):
                return self.diagrams.choosing(root, sum(1 << n for n in numbers), reached)
        return self.diagrams.choosing(self.root, ends, self._reached)

    def _views(self) -> Iterator[_View]:
        yield self._paths_alone
        yield self._sights_alone

    @cached_property
    def _paths_alone(self) -> _View:
        return self._view(self.ends_of_paths)

    @cached_property
    def _sights_alone(self) -> _View:
        classes: dict[Sights, int] = {}
        for number in self._used():
            sights = self.ends[number].sights
            classes[sights] = classes.get(sights, 0) | 1 << number
        return self._view(list(classes.values()))

    def _view(self, classes: list[int]) -> _View:
        """The diagram to the numbers of these classes of ends, and what its nodes reach."""
        numbers = {end: n for n, those in enumerate(classes) for end in _numbers_in(those)}
        root = self.diagrams.mapped(self.root, lambda node: terminal(numbers[number_of(node)]), {})
        return classes, root, self.diagrams.ends(root)

    @cached_property
    def ends_of_paths(self) -> list[int]:
        """For each path the mask of its ends."""
        found = [0] * len(self.paths)
        for number in self._used():
            found[self.ends[number].path] |= 1 << number
        return found

    @cached_property
    def ends_of_sights(self) -> Mapping[Taken | int, int]:
        """For each branch that is taken and line that is executed the mask of the ends."""
        found: dict[Taken | int, int] = {}
        for number in self._used():
            end = self.ends[number]
            leaf = self.paths[end.path]
            for sight in {*leaf.decisions, *leaf.lines, *end.sights}:
                found[sight] = found.get(sight, 0) | 1 << number
        return found

    def _used(self) -> Iterator[int]:
        """The numbers of the ends of the whole diagram; others were met while building only."""
        return _numbers_in(
            self._reached[self.root] if self.root >= 0 else 1 << number_of(self.root)
        )

    # Scenarios

    def path_at(self, scenario: Scenario) -> Leaf | None:
        """The path of a scenario; None where it is beyond the bounds."""
        point = self.point(scenario)
        if point is None:
            return None
        return self.paths[self.ends[number_of(self.diagrams.value(self.root, point))].path]

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
    """What makes two runs the same path: see `app.walkthrough.atlas.make`."""
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


def _forks(root: Node) -> Iterator[Fork]:
    """The forks of a graph, each once, from the root on."""
    seen: set[int] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, State):
            if id(node) not in seen:
                seen.add(id(node))
                waiting.append(node.child)
        elif isinstance(node, Fork):
            yield node
            waiting += reversed(node.children)


def _numbers_in(mask: int) -> Iterator[int]:
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1


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
