# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the template of a comparison is given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame
from app.web.study.contexts import EffectView, InputView, MomentView, OutcomeView, VariantView
from app.web.world.contexts import StoryView


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """The two forms that choose a side: a preset from the menu, or field by field.

    `kept` are (name, value) of what the forms carry along: the other side and the language.
    `presets` are (id, title, whether it is this one); `variants` (id, title, whether it is it).
    """

    action: str
    kept: tuple[tuple[str, str], ...]
    presets: tuple[tuple[str, str, bool], ...]
    variants: tuple[tuple[str, str, bool], ...]
    inputs: tuple[InputView, ...]


@dataclass(frozen=True, slots=True)
class SideInput:
    """An input of a side: `differs` from the other side, `is_read` on this path."""

    name: str
    value: str
    differs: bool
    is_read: bool


@dataclass(frozen=True, slots=True)
class SideView:
    """One side: `name` is `a` or `b`. `title` names the scenario, `alone` leads to its page.

    `inputs` are those that differ from the other side or from the default.
    """

    name: str
    title: str
    story: str
    inputs: tuple[SideInput, ...]
    variant: VariantView | None
    outcome: OutcomeView
    caveats: tuple[str, ...]
    alone: str
    choice: ChoiceView


@dataclass(frozen=True, slots=True)
class CellView:
    """What a side does in a line: the way of its decision, why, what changed for the world."""

    verdict: str
    reason: Markup
    effects: tuple[EffectView, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """A line of the source with both lanes.

    `ran` is `both`, `a`, `b` or `none`; `texts` are the line's text, or the two texts where the
    variants differ here. `differs` marks another way or another effect, `fork` the ordinal of
    the fork that this line is, None for any other. `rails` are the insides of the two pictures of
    the line, `rests` of what is below them where a line takes more than one row.
    """

    number: int
    href: str
    texts: tuple[Markup, ...]
    ran: str
    a: CellView
    b: CellView
    differs: bool
    fork: int | None
    is_telling: bool
    is_decision: bool
    lane: int | None
    rails: tuple[Markup, Markup]
    rests: tuple[Markup, Markup]


@dataclass(frozen=True, slots=True)
class StretchView:
    """Consecutive lines; `is_folded` where neither side comes by.

    `rails` lead past a folded stretch.
    """

    rows: tuple[RowView, ...]
    is_folded: bool
    rails: tuple[Markup, Markup]


@dataclass(frozen=True, slots=True)
class ForkView:
    """A decision that does not go alike; a side that does not meet it has no verdict.

    `is_telling` is the one that the page speaks of; `note` says that it is in a loop.
    """

    line: int
    title: str
    code: str
    href: str
    a: CellView
    b: CellView
    is_telling: bool
    note: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact about what is left, for both sides."""

    name: str
    is_code: bool
    a: str
    b: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What the world saw, in order; None where only the other side has it."""

    a: EffectView | None
    b: EffectView | None
    line_a: int | None
    line_b: int | None


@dataclass(frozen=True, slots=True)
class LadderView:
    """A side's ladder as a picture and as sentences, and what comes after."""

    picture: Markup
    rungs: tuple[MomentView, ...]
    story: StoryView | None


@dataclass(frozen=True, slots=True)
class PairView:
    """A suggestion: a pair of the content, or a change of the one side that is chosen."""

    title: str
    look: Markup
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class BothView:
    """The comparison itself, where both sides are there.

    `one_sided` are the decisions that only one side meets; `change` says that values differ before
    the ways part, empty where they do not.
    """

    summary: tuple[str, ...]
    space: str
    is_same: bool
    forks: tuple[ForkView, ...]
    one_sided: tuple[ForkView, ...]
    change: Markup
    stretches: tuple[StretchView, ...]
    lanes: int
    facts: tuple[FactView, ...]
    effects: tuple[EffectRow, ...]
    ladders: tuple[LadderView, LadderView]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """`compare.html`.

    `sides` are those that are given, `missing` the forms for those that are not, by name. `turns`
    are ways to change the one side that is given, so that a decision goes the other way.
    """

    frame: PageFrame
    walkthrough: Walkthrough
    heading: str
    look: str
    sides: tuple[SideView, ...]
    missing: tuple[tuple[str, ChoiceView], ...]
    swap: str
    json: str | None
    both: BothView | None
    turns: tuple[PairView, ...]
    pairs: tuple[PairView, ...]
    empty: LinkView
