# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The records of an atlas: what pages, the API, the command line and the export are made of.

Data only, in no language, and only plain values (so that an atlas can be kept on disk as JSON).
`app.walkthrough.atlas.words` makes sentences of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.kernel.model import Outcome

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListForm:
    """Lists with items, said by these.

    `kind` is what `first` are: `only` (every item is one of them), `has` (some item is), `begins`
    (the first is), `begins-only` (and all later ones are of `rest`), `begins-or-has` (or some
    item is of `rest`).
    """

    kind: Literal["only", "has", "begins", "begins-only", "begins-or-has"]
    first: Values
    rest: Values = ()


@dataclass(frozen=True, slots=True)
class ListForms:
    """A set of lists: one of the forms holds, or there is no item where `or_empty` says so.

    The other way round where it is `denied`.
    """

    forms: tuple[ListForm, ...]
    or_empty: bool = False
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One restriction of a case, on one input.

    `values` are what it may be, in the words of a query string; of a list that may go on, the
    beginning with `-*` behind it (`rst-*`: rst, and anything or nothing after it). `ranges` are
    for numbers: from and to, both included, None where the input's bound is meant. `excluded`
    says that the input is anything but `values` (shorter to say). `multiples` are
    (offset, modulus, holds): whether the number plus the offset is a multiple. `meaning` is what
    a set of lists comes to: `empty`, `some`, `data`, `no-data`, `fin` (a segment has one),
    `no-fin` (a segment has none), None where it is none of these;
    `forms` say the same set by its items, None where nothing simple does.
    """

    key: str
    values: Values = ()
    ranges: tuple[tuple[int | None, int | None], ...] = ()
    multiples: tuple[tuple[int, int, bool], ...] = ()
    excluded: bool = False
    meaning: str | None = None
    forms: ListForms | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A comparison in which several inputs meet: `left` `sign` `right`, in C's notation.

    Times are in ms there, `3.5*rto` is as the kernel computes it; `keys` are the inputs.
    """

    left: str
    sign: str
    right: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One alternative of a condition: all of its parts and relations hold."""

    parts: tuple[Part, ...]
    relations: tuple[Relation, ...] = ()


Condition = tuple[Case, ...]
"""One of the cases holds. Always true: one case without parts. Never: no case."""


@dataclass(frozen=True, slots=True)
class Witness:
    """The simplest scenario: `query` is its query string, `changed` how many inputs it changes.

    `caveats` are the codes of why it is only hypothetical, empty where a kernel can be in it.
    """

    query: str
    changed: int
    caveats: Values = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Outcome):
    """The outcome of a path, as its witness has it.

    Times in `formulas` (`keepalive_ms`, `timewait_ms`) depend on inputs, and so does a count in
    `several`, which is 2 or more.
    """

    formulas: Mapping[str, str]
    several: Values = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class AtlasPath:
    """One path: a sequence of decisions outside of loops, and how it ends.

    `decisions` are (number of the decision, taken), in order; `lines` what every run of it
    executes (1-based). `id` is made of what the path is, and so outlives changes elsewhere.
    """

    id: str
    decisions: tuple[tuple[int, bool], ...]
    condition: Condition
    witness: Witness
    real_witness: Witness | None
    ending: Ending


@dataclass(frozen=True, slots=True)
class AtlasBranch:
    """A branch: when it is taken, by the simplest scenario which, and on how many paths.

    `witness` is None for a branch that nothing takes.
    """

    decision: int
    taken: bool
    condition: Condition
    witness: Witness | None
    real_witness: Witness | None
    paths: Values


@dataclass(frozen=True, slots=True)
class AtlasLines:
    """Lines that are always executed together; `lines` are 1-based."""

    lines: tuple[int, ...]
    condition: Condition
    witness: Witness | None
    real_witness: Witness | None


@dataclass(frozen=True, slots=True)
class Impossible:
    """Two branches that no path has together, although each is possible.

    `first` comes before `second` in the source. `keys` are the inputs on which what they ask
    for contradicts; empty where the first one leads past the second decision. `name` is what the
    second decision looks at, and `values` what that is after the first one; empty where it is no
    name such as CLOSE.
    """

    first: tuple[int, bool]
    second: tuple[int, bool]
    keys: Values
    name: str = ""
    values: Values = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """What the atlas covers, and what it bounds.

    `segments` and `events` are the longest lists; `repeats` how many numbers are told apart
    where code needs the number itself; `stood_for_all` how often one stood for the rest,
    `undecided` how many comparisons could be neither solved nor proved impossible.
    """

    segments: int
    events: int
    repeats: int
    stood_for_all: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Atlas:
    """All of it, for one text of a function."""

    bounds: Covered
    paths: tuple[AtlasPath, ...]
    branches: tuple[AtlasBranch, ...]
    lines: tuple[AtlasLines, ...]
    impossible: tuple[Impossible, ...]
