# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The parts of a walkthrough's page: one dataclass each, each field explained."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Edit
from app.web.contexts import LinkView


@dataclass(frozen=True, slots=True)
class MomentView:
    """A text with the attributes that say when it is there; `kind` where there are several.

    `way` is how the decision went of which the text is the reason.
    """

    attributes: Markup
    text: str
    kind: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class BranchView:
    """One way out of a decision; `times` is how often the path took it.

    `seen` says on which real kernel this way was seen, or that none has been.
    """

    taken: bool
    href: str
    times: int
    is_focus: bool
    seen: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class WhyNotView:
    """What would turn a decision: `way` is the other way, `changes` are inputs in words.

    `title` has them as `key=value`.
    """

    way: str
    changes: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect in a few words; `kind` is that of the trace, `name` for its colour.

    `is_outward` is true for what the world outside of the function can see; `attributes` say
    from which step on it is shown beside its line.
    """

    kind: str
    name: str
    text: str
    is_outward: bool
    attributes: Markup


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of source.

    `path` is `on`, `off` (could run, does not here) or `none` (nothing to run); `when` is
    `done`, `now` or `ahead` of the current step, empty where there is none. `indent` is in tabs.
    `verdict` is the way that its decision went, up to the current step; `reasons` are why, at
    each step that decided, and of a loop that ran (kind `whole`) for the whole path. All of them
    are there from the start, so that a step moves nothing. `rail` is the inside of the picture
    beside it, `rest` of the one below where the line takes more than a row, `lane` where this
    line's own stop is.
    """

    number: int
    html: Markup
    href: str
    path: str
    when: str
    indent: int
    is_focus: bool
    starts_focus: bool
    decision_id: str | None
    decision_title: str
    branches: tuple[BranchView, ...]
    verdict: str
    reasons: tuple[MomentView, ...]
    why_not: WhyNotView | None
    effects: tuple[EffectView, ...]
    rail: Markup
    rest: Markup
    lane: int | None


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block: its lines and its commentary. `sections` are (key, heading, HTML).

    `gap` is the rail below the last line, where the commentary is longer than the code; `copy`
    leads to the texts to copy.
    """

    id: str
    number: int
    title: str
    href: str
    start: int
    end: int
    lines: tuple[LineView, ...]
    lead: Markup
    sections: tuple[tuple[str, str, Markup], ...]
    is_current: bool
    is_reached: bool
    gap: Markup
    copy: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step in the list of steps."""

    number: int
    line: int
    end_line: int
    text: str
    origin: str
    decision_id: str | None
    verdict: str
    reason: Markup
    why: Markup
    effects: tuple[EffectView, ...]
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlayerView:
    """Where the player stands. `step` is None while the whole path is shown; links may be None."""

    step: int | None
    count: int
    first: str | None
    back: str | None
    forward: str | None
    last: str | None
    next_decision: str | None
    whole: str
    why: Markup
    line: int | None


@dataclass(frozen=True, slots=True)
class InputView:
    """A field of the form. `control` is `choice`, `number`, `flag` or `text`."""

    key: str
    name: str
    field: str
    control: str
    value: str
    default: str
    choices: tuple[str, ...]
    low: int | None
    high: int | None
    hint: str
    is_read: bool
    is_changed: bool


@dataclass(frozen=True, slots=True)
class StateCell:
    """A state in the grid of buttons, `column` and `row` from 1; some can't be chosen."""

    name: str
    column: int
    row: int
    is_choice: bool


@dataclass(frozen=True, slots=True)
class StateMap:
    """The states as the diagram has them; `size` is that of the picture with the `arrows`."""

    cells: tuple[StateCell, ...]
    size: tuple[int, int]
    arrows: Markup


@dataclass(frozen=True, slots=True)
class PresetView:
    """A preset in the menu."""

    id: str
    title: str
    story: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What is left: sentences first, then facts as (label, value).

    `space` is what the language has between two sentences; `evidence` says on which real kernel
    this was seen, as a link to the lab's page.
    """

    tone: str
    space: str
    sentences: tuple[Markup, ...]
    facts: tuple[tuple[str, str], ...]
    evidence: LinkView | None


@dataclass(frozen=True, slots=True)
class HelperView:
    """A kernel function that the code calls, explained; `href` is its file in the kernel."""

    called: str
    name: str
    file: str
    href: str | None
    kind: str
    does: Markup
    model: Markup


@dataclass(frozen=True, slots=True)
class TermView:
    """A glossary entry; `anchor` is its fragment, `href` its file in the kernel.

    `is_code` tells a name of the kernel from a plain word.
    """

    term: str
    is_code: bool
    anchor: str
    kind: str
    file: str | None
    href: str | None
    text: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFocus:
    """A branch: when it is taken, how to get there, and what cannot be with it."""

    name: str  # `unread/true`
    title: str  # the decision's question
    code: str  # the decision as the source has it
    count: int  # so many paths take it …
    total: int  # … of so many
    href: str  # all paths that take it
    is_exact: bool  # whether it is taken exactly then, or not without what is `common`
    common: Markup  # what is so in all cases; may be empty unless there is one exact case
    cases: tuple[Markup, ...]  # what each of several cases asks for besides
    way: tuple[LinkView, ...]  # where it is not exact, the decisions of the simplest scenario
    witness: LinkView | None  # the simplest scenario
    others: tuple[LinkView, ...]  # other ways to get there
    cannot: tuple[Markup, ...]  # branches that no path has together with it, and why


@dataclass(frozen=True, slots=True)
class FocusView:
    """The place that a permalink names.

    `title` says it, and `line` is where it begins; `remark` is empty, or says that this scenario
    does not come here, with `witness` as the way to one that does; `copy` leads to the texts to
    copy. `branches` is what the atlas knows of a decision, of one branch, or of the one that leads
    to these lines (`leads_here`); `atlas` leads to all paths where the atlas is still being made.
    """

    title: str
    line: int
    remark: str
    witness: str | None
    copy: str = ""
    branches: tuple[BranchFocus, ...] = ()
    leads_here: bool = False
    atlas: str | None = None


@dataclass(frozen=True, slots=True)
class VariantView:
    """The variant that is shown, or could be."""

    id: str
    title: str
    note: str
    href: str
    is_current: bool
    edits: tuple[tuple[Edit, str], ...]
