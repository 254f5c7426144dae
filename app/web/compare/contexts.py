# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Context of the page that compares two scenarios."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView
from app.web.study.contexts import EffectView, InputView, MomentView, OutcomeView, VariantView
from app.web.world.contexts import StoryView


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """The two forms that choose a side: a preset from the menu, or field by field."""

    action: str  # where the forms go
    #: (name, value) of what they carry along: the other side, the language
    kept: tuple[tuple[str, str], ...]
    presets: tuple[tuple[str, str, bool], ...]  # (id, title, whether it is this side)
    variants: tuple[tuple[str, str, bool], ...]  # (id, title, whether it is this side's)
    inputs: tuple[InputView, ...]  # the fields of the second form


@dataclass(frozen=True, slots=True, kw_only=True)
class SideInput:
    """An input of a side."""

    name: str  # in the reader's language
    value: str  # as one writes it
    differs: bool  # whether the other side has another value
    is_read: bool  # whether this side's path reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One side."""

    name: str  # `a` or `b`
    title: str  # names the scenario
    story: str  # of the preset that it is, else empty
    inputs: tuple[SideInput, ...]  # those that differ from the other side or from the default
    variant: VariantView | None  # None for the source itself
    outcome: OutcomeView  # what is left
    caveats: tuple[str, ...]  # why it is only hypothetical
    alone: str  # address of the side's own page
    choice: ChoiceView  # the forms that choose another


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """What a side does in a line."""

    verdict: str  # which way its decision goes; empty where it has none
    reason: Markup  # why it goes that way
    effects: tuple[EffectView, ...]  # what changed for the world


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A line of the source with both lanes."""

    number: int  # 1-based, in the text of A, else in that of B
    anchor: str  # the row's id
    href: str  # of the line on the walkthrough's page
    texts: tuple[Markup, ...]  # the line, or the two texts where the variants differ here
    ran: str  # `both`, `a`, `b` or `none`
    a: CellView  # what side A does here
    b: CellView  # what side B does here
    differs: bool  # whether the sides go another way or do something else here
    fork: int | None  # ordinal of the fork that this line is, None for any other
    is_telling: bool  # whether it is the fork that the page speaks of
    is_decision: bool  # whether it decides anything in the source
    lane: int | None  # of the station on the rail, None without one
    rails: tuple[Markup, Markup]  # insides of the line's two pictures
    rests: tuple[Markup, Markup]  # of what is below them where a line takes more than one row


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchView:
    """Consecutive lines."""

    rows: tuple[RowView, ...]  # the lines
    is_folded: bool  # whether neither side comes by
    rails: tuple[Markup, Markup]  # the two tracks that lead past a folded stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkView:
    """A decision that does not go alike."""

    line: int  # 1-based
    title: str  # of the decision
    code: str  # its condition
    href: str  # its line on this page
    a: CellView  # side A; without a verdict where it does not meet it
    b: CellView  # the same of side B
    is_telling: bool  # whether it is the fork that the page speaks of
    note: str  # that it is in a loop, else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A fact about what is left, for both sides."""

    name: str  # of the fact, or of a counter
    is_code: bool  # whether the name is a counter's
    a: str  # value of side A
    b: str  # value of side B
    is_same: bool  # whether they are equal


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """What the world saw, in order."""

    a: EffectView | None  # None where only side B has it
    b: EffectView | None  # None where only side A has it
    line_a: int | None  # its line in A
    line_b: int | None  # its line in B


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderView:
    """A side's ladder of segments."""

    picture: Markup  # as SVG
    rungs: tuple[MomentView, ...]  # as sentences
    story: StoryView | None  # what comes after the call


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """A suggestion: a pair of the content, or a change of the one side that is chosen."""

    title: str  # what is compared
    look: Markup  # what to look for
    href: str  # of the comparison
    is_current: bool  # whether it is the one that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class BothView:
    """The comparison itself, where both sides are there."""

    summary: tuple[str, ...]  # in sentences
    space: str  # what the language has between two sentences
    is_same: bool  # whether both are the same scenario
    forks: tuple[ForkView, ...]  # the decisions that both meet and that go two ways
    one_sided: tuple[ForkView, ...]  # the decisions that only one side meets
    change: Markup  # that values differ before the ways part, empty where they do not
    stretches: tuple[StretchView, ...]  # the source, from its first line to its last
    lanes: int  # how many the rail has
    facts: tuple[FactView, ...]  # what is left; what differs first
    effects: tuple[EffectRow, ...]  # what the world saw
    ladders: tuple[LadderView, LadderView]  # of A and of B


@dataclass(frozen=True, slots=True, kw_only=True)
class SameEndView:
    """Texts in which the one socket that is given ends alike."""

    texts: tuple[LinkView, ...]  # the socket in each
    outcome: tuple[Markup, ...]  # in sentences
    differs: tuple[tuple[str, str, str], ...]  # what is not as in the first: name, there, here


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingView:
    """Sockets that end differently in two texts, and in the same things."""

    scenario: str  # the smallest, as `key=value`
    href: str  # both texts with it, side by side
    count: int  # how many were found
    differs: tuple[tuple[str, str, str], ...]  # name, in A, in B


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsView:
    """Two texts, `a` and `b`, whatever the socket."""

    a: str
    b: str
    is_known: bool  # False as long as it is worked out
    #: By the title of the decision at which they part; empty where they pass the same ones.
    groups: tuple[tuple[str, tuple[TellingView, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """`compare.html`."""

    walkthrough: Walkthrough  # whose scenarios they are
    heading: str  # the pair's title, or that of the page
    look: str  # what to look for in a pair of the content, else empty
    sides: tuple[SideView, ...]  # those that are given
    missing: tuple[tuple[str, ChoiceView], ...]  # the forms for those that are not, by name
    swap: str  # address with the sides exchanged
    json: str | None  # address of the API's answer, None where a side is missing
    both: BothView | None  # None where a side is missing
    #: changes of the one side that is given, so that a decision goes the other way
    turns: tuple[PairView, ...]
    pairs: tuple[PairView, ...]  # those of the content
    same_ends: tuple[SameEndView, ...]  # where one side is given and there are several texts
    texts: TextsView | None  # where the sides are one socket in two texts
    empty: LinkView  # the page without any side
