# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Records of an atlas: what pages, the API, the command line and the export are made of.

Data only, in no language, so that an atlas can be kept on disk as JSON.
`app.walkthrough.atlas.words` makes sentences of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from app.kernel.model import Outcome
from app.kernel.scenario import Scenario, parse_scenario
from app.machine.trace import Branch

Values = tuple[str, ...]


def _read_scenario(value: Any) -> Scenario:
    """Of a query string. Raises ReaderError, a ValueError or not, where it is none."""
    if isinstance(value, Scenario):
        return value
    return parse_scenario(tuple(part.partition("=")[::2] for part in str(value).split("&") if part))


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far is looked.

    `segments` in a queue, `events` in a list: with two of each the paths of tcp_close are the same
    as with three. Of a number that has to be known exactly, such as how often something is done,
    `repeats` values, and one that stands for all beyond.
    """

    segments: int = 2
    events: int = 2
    repeats: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One restriction of a case, on one input."""

    key: str
    #: What it may be, in the words of a query string; of a list that may go on, the beginning with
    #: `-*` behind it (`rst-*`: rst, and anything or nothing after it).
    values: Values = ()
    #: Of a number: from and to, both included, None where the input's bound is meant.
    ranges: tuple[tuple[int | None, int | None], ...] = ()
    #: (offset, modulus, holds): whether the number plus the offset is a multiple.
    multiples: tuple[tuple[int, int, bool], ...] = ()
    #: Whether the input is anything but `values`, which is shorter to say.
    excluded: bool = False
    #: What a set of lists comes to: `empty`, `some`, `data`, `no-data`, `fin` (a segment has one),
    #: `no-fin` (a segment has none), None where it is none of these.
    meaning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A comparison in which several inputs meet: `left` `sign` `right`, in C's notation.

    Times are in ms there, `3.5*rto` is as the kernel computes it.
    """

    left: str
    sign: str
    right: str
    #: The inputs in it.
    keys: Values


@dataclass(frozen=True, slots=True)
class Case:
    """One alternative of a condition: all of its parts and relations hold."""

    parts: tuple[Part, ...] = ()
    relations: tuple[Relation, ...] = ()


Condition = tuple[Case, ...]
"""One of the cases holds. Always true: one case without parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """The simplest scenario."""

    #: In JSON its query string.
    scenario: Annotated[
        Scenario, PlainSerializer(Scenario.query, return_type=str), PlainValidator(_read_scenario)
    ]
    #: The codes of why it is only hypothetical, empty where a kernel can be in it.
    caveats: Values = ()

    @property
    def query(self) -> str:
        """Its query string."""
        return self.scenario.query()

    @property
    def changed(self) -> int:
        """How many inputs it changes."""
        return len(self.scenario.changed())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Outcome):
    """The outcome of a path, as its witness has it."""

    #: Of `keepalive_ms` and `timewait_ms` what they are where that depends on inputs.
    formulas: Mapping[str, str]
    #: The counters and gauges that depend on inputs: 2 or more.
    several: Values = ()
    #: Why the C could not go on.
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtlasPath:
    """One path: a sequence of decisions outside of loops, and how it ends."""

    #: Made of what the path is, so it outlives changes elsewhere.
    id: str
    #: In order.
    decisions: tuple[Branch, ...]
    #: Exactly when it is taken.
    condition: Condition
    witness: Witness
    #: The simplest one that a kernel can be in; None where none was found.
    real_witness: Witness | None
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class AtlasBranch:
    """A branch: when it is taken, by the simplest scenario which, and on how many paths."""

    decision: str
    taken: bool
    #: What is so in every scenario that takes it; it may be so in others too.
    always: Case
    #: Exactly when it is taken, where that is few enough to be read; else none, and the
    #: conditions of its paths together are the same.
    cases: Condition
    #: None for a branch that nothing takes.
    witness: Witness | None
    real_witness: Witness | None
    #: The ids of the paths that take it.
    paths: Values
    #: The lines that are executed exactly where it is taken, 1-based.
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """Two branches that no path has together, although each is possible.

    The first comes before the second in the source.
    """

    first: Branch
    second: Branch
    #: Whether the first leads past the second decision.
    is_past: bool
    #: The inputs of which the two always want different values.
    keys: Values
    #: What the second decision looks at, and what that is after the first branch; empty where it
    #: is no name such as CLOSE.
    name: str = ""
    values: Values = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The bounds of an atlas, and what they left out."""

    #: The longest lists.
    segments: int
    events: int
    #: How many numbers are told apart where code needs the number itself.
    repeats: int
    #: How often one number stood for the rest.
    stood_for_all: int
    #: Comparisons that could be neither solved nor proved impossible.
    undecided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """All of it, for one text of a function."""

    bounds: Covered
    paths: tuple[AtlasPath, ...]
    branches: tuple[AtlasBranch, ...]
    impossible: tuple[Impossible, ...]

    def branch(self, place: Branch) -> AtlasBranch:
        """The record of a branch."""
        return next(b for b in self.branches if (b.decision, b.taken) == place)
