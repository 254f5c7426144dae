# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Comparison of two traces: where they part, and what differs from there on.

The traces may be of two scenarios, or of one in two variants of the source. Data only, in no
language. Steps are 1-based.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import zip_longest
from typing import Final, Literal, TypeAlias

from app.kernel.inputs import INPUTS
from app.kernel.model import Trace
from app.machine.trace import Effect, Step
from app.walkthrough.report import Number

#: The facts of an outcome that are compared; its counters and gauges are, one by one, too.
FACTS: Final = (
    "segments",
    "state",
    "fate",
    "timewait",
    "timewait_ms",
    "keepalive_ms",
    "orphans",
    "refs",
    "locks_balanced",
)
#: The value of one.
Fact: TypeAlias = int | str | bool | tuple[str, ...] | None

#: Effects that the world outside of the function can see.
OUTWARD: Final = frozenset(
    {"state", "segment", "event", "counter", "timer", "fate", "errno", "sleep"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRead:
    """Whether each side's path read an input."""

    a: bool
    b: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDifference:
    """An input that differs, in the words of a query."""

    key: str
    a: int | str
    b: int | str
    read: InputRead


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPair:
    """Steps of the two sides that stand at the same place; None where only one side is there.

    `line` is that of side a, where it is there; `same`: they went the same way and changed the
    same.
    """

    a: int | None
    b: int | None
    line: Number
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """The steps of the first decision that does not go the same way; usually the same decision.

    A side that decides nothing more, because its C could not go on, has None.
    """

    a: int | None
    b: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """A decision that both sides met at the same place and that sent them different ways.

    `taken` is the way of side a; the other one went the other way.
    """

    decision: str
    a: int
    b: int
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPair:
    """How a decision went on each side, once for each evaluation; empty where it was not met."""

    decision: str
    a: tuple[bool, ...]
    b: tuple[bool, ...]

    @property
    def is_same(self) -> bool:
        """Whether it went alike."""
        return self.a == self.b


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPair:
    """An outward effect on both sides, or on one of them, with its step."""

    a: tuple[int, Effect] | None
    b: tuple[int, Effect] | None

    @property
    def is_same(self) -> bool:
        """Whether both sides have it."""
        return self.a is not None and self.b is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePair:
    """A fact about what is left: `kind` is `fact`, `counter` or `gauge`; values as in Outcome.

    A counter that did not change is 0.
    """

    kind: Literal["fact", "counter", "gauge"]
    name: str
    a: Fact
    b: Fact
    same: bool


class Comparison:
    """Two traces side by side; each part is worked out when it is asked for.

    `order` are the ids of the decisions of both texts in their order, `loops` of those that a loop
    may repeat. `by_text` says that the lines of the two texts are others, so that places are told
    by their code.
    """

    def __init__(
        self,
        a: Trace,
        b: Trace,
        *,
        order: Sequence[str] = (),
        loops: Collection[str] = frozenset(),
        by_text: bool = False,
    ) -> None:
        self.a = a
        self.b = b
        self.order = order
        self.loops = loops
        self.by_text = by_text

    # What was chosen

    @cached_property
    def inputs(self) -> tuple[InputDifference, ...]:
        """The inputs that differ, in their usual order."""
        a, b = self.a, self.b
        return tuple(
            InputDifference(
                key=key,
                a=item.flat(a.scenario[key]),
                b=item.flat(b.scenario[key]),
                read=InputRead(a=key in a.reads, b=key in b.reads),
            )
            for key, item in INPUTS.items()
            if a.scenario[key] != b.scenario[key]
        )

    # The way

    @cached_property
    def steps(self) -> tuple[StepPair, ...]:
        """All steps of both sides in order; those of the same place stand together."""
        pairs: list[StepPair] = []
        for start_a, end_a, start_b, end_b, is_matched in _blocks(
            [self.place(step) for step in self.a.steps], [self.place(step) for step in self.b.steps]
        ):
            a, b = range(start_a + 1, end_a + 1), range(start_b + 1, end_b + 1)
            if is_matched:
                pairs += map(self._pair, a, b)
            else:
                pairs += [self._pair(step, None) for step in a]
                pairs += [self._pair(None, step) for step in b]
        return tuple(pairs)

    def _pair(self, a: int | None, b: int | None) -> StepPair:
        """The steps with these numbers, of which one is there at least."""
        steps = [t.steps[n - 1] for t, n in ((self.a, a), (self.b, b)) if n is not None]
        same = len(steps) == 2 and _does_the_same(*steps)
        return StepPair(a=a, b=b, line=steps[0].site.span.line, same=same)

    def place(self, step: Step) -> Hashable:
        """Where a step is; a variant may have another text there."""
        site = step.site
        return (
            site.decision or site.text if self.by_text else site.span.line,
            site.decision,
            site.kind,
        )

    @cached_property
    def parting(self) -> Parting | None:
        """Where the two ways part; None where every decision went alike."""
        for a, b in zip_longest(_decided(self.a), _decided(self.b)):
            if a is None or b is None or a[1:] != b[1:]:
                return Parting(a=a[0] if a else None, b=b[0] if b else None)
        return None

    @cached_property
    def forks(self) -> tuple[Divergence, ...]:
        """Every decision where the ways part; between two of them they have met again."""
        found = []
        for pair in self.steps:
            if pair.a is None or pair.b is None:
                continue
            a, b = self.a.steps[pair.a - 1], self.b.steps[pair.b - 1]
            if a.branch is not None and a.taken != b.taken:
                found.append(
                    Divergence(decision=a.branch[0], a=pair.a, b=pair.b, taken=a.branch[1])
                )
        return tuple(found)

    @property
    def telling(self) -> Divergence | None:
        """The first fork that is not in a loop, else the first; None without any.

        One more turn of a loop is seldom what makes the difference.
        """
        outside = (fork for fork in self.forks if fork.decision not in self.loops)
        return next(outside, next(iter(self.forks), None))

    @cached_property
    def first_change(self) -> StepPair | None:
        """The first steps that change different things, where that is not after the parting.

        What was assigned may differ well before a decision tells the two apart.
        """
        for pair in self.steps:
            if self.parting is not None and pair.a is not None and pair.a == self.parting.a:
                return None
            if not pair.same:
                return pair
        return None

    @cached_property
    def shared(self) -> int:
        """How many steps at the beginning are the same."""
        count = 0
        for pair in self.steps:
            if not pair.same:
                break
            count += 1
        return count

    @cached_property
    def decisions(self) -> tuple[DecisionPair, ...]:
        """The decisions that one side met at least, in the order of the source."""
        ways: dict[str, tuple[list[bool], list[bool]]] = {}
        for index, trace in enumerate((self.a, self.b)):
            for _, decision, taken in _decided(trace):
                ways.setdefault(decision, ([], []))[index].append(taken)
        # Those that `order` has not come last, as they were met.
        ranks = {decision: rank for rank, decision in enumerate(self.order)}
        ordered = sorted(ways, key=lambda decision: ranks.get(decision, len(ranks)))
        return tuple(
            DecisionPair(decision=name, a=tuple(ways[name][0]), b=tuple(ways[name][1]))
            for name in ordered
        )

    # What came of it

    @cached_property
    def effects(self) -> tuple[EffectPair, ...]:
        """What the world saw of both, in order; the same on both sides stands together."""
        a, b = (list(_outward(trace)) for trace in (self.a, self.b))
        pairs: list[EffectPair] = []
        for start_a, end_a, start_b, end_b, is_matched in _blocks(
            [effect for _, effect in a], [effect for _, effect in b]
        ):
            if is_matched:
                pairs += [
                    EffectPair(a=x, b=y)
                    for x, y in zip(a[start_a:end_a], b[start_b:end_b], strict=True)
                ]
            else:
                pairs += [EffectPair(a=item, b=None) for item in a[start_a:end_a]]
                pairs += [EffectPair(a=None, b=item) for item in b[start_b:end_b]]
        return tuple(pairs)

    @cached_property
    def outcome(self) -> tuple[OutcomePair, ...]:
        """Facts, then the counters and gauges that changed on one side at least."""
        a, b = self.a.outcome, self.b.outcome
        pairs = [_outcome("fact", name, getattr(a, name), getattr(b, name)) for name in FACTS]
        changes: tuple[
            tuple[Literal["counter", "gauge"], Mapping[str, int], Mapping[str, int]], ...
        ] = (
            ("counter", a.counters, b.counters),
            ("gauge", a.gauges, b.gauges),
        )
        for kind, one, other in changes:
            pairs += [
                _outcome(kind, name, one.get(name, 0), other.get(name, 0))
                for name in sorted({**one, **other})
            ]
        return tuple(pairs)

    @property
    def stops_alone(self) -> bool:
        """Whether one of them could not go on where the other returned."""
        return (self.a.error is None) != (self.b.error is None)

    @property
    def ends_alike(self) -> bool:
        """Whether the same is left, and both returned or stopped alike."""
        return not self.stops_alone and all(pair.same for pair in self.outcome)

    @property
    def is_same_throughout(self) -> bool:
        """Whether no step and nothing that is left differs."""
        return self.ends_alike and all(pair.same for pair in self.steps)


def _outcome(kind: Literal["fact", "counter", "gauge"], name: str, a: Fact, b: Fact) -> OutcomePair:
    return OutcomePair(kind=kind, name=name, a=a, b=b, same=bool(a == b))


def _does_the_same(a: Step, b: Step) -> bool:
    return a.taken == b.taken and a.effects == b.effects


def _decided(trace: Trace) -> Iterator[tuple[int, str, bool]]:
    """(step, id of the decision, which way) of each decision."""
    for number, step in enumerate(trace.steps, 1):
        if step.branch is not None:
            yield number, *step.branch


def _outward(trace: Trace) -> Iterator[tuple[int, Effect]]:
    for number, step in enumerate(trace.steps, 1):
        for effect in step.effects:
            if effect.kind in OUTWARD and effect.cause != "unchanged":
                yield number, effect


def _blocks(
    a: Sequence[Hashable], b: Sequence[Hashable]
) -> Iterator[tuple[int, int, int, int, bool]]:
    """The two sequences in pieces: (start and end in a, in b, whether the pieces are equal).

    They share their beginning as it stands; only after it the longest common pieces are looked for,
    so that a loop that runs more often on one side is longer at its end.
    """
    shared = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        shared += 1
    if shared:
        yield 0, shared, 0, shared, True
    matcher = SequenceMatcher(None, a[shared:], b[shared:], autojunk=False)
    for tag, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        yield shared + start_a, shared + end_a, shared + start_b, shared + end_b, tag == "equal"
