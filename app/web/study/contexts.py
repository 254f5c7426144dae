# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The parts of a walkthrough's page: one dataclass each, each field explained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from app.walkthrough.kernels import Delta
from app.walkthrough.products import Product
from app.web.contexts import LinkView

if TYPE_CHECKING:
    from app.web.study.page_cache import Kept

#: More effects and reasons than that beside one line are those of a loop over many segments.
_MANY: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A text that is there for some steps."""

    #: From which step on, until which, and what that means for the step that is shown.
    attributes: Markup
    text: str
    #: Which of several kinds of text it is; empty where there is one.
    kind: str = ""
    #: How the decision went of which the text is the reason; empty for others.
    way: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchView:
    """One way out of a decision."""

    #: `true` or `false`.
    way: str
    #: The branch's own address.
    href: str
    #: Whether the address of the page names it.
    is_focus: bool
    #: On which real kernel this way was seen, or that none has been.
    seen: str
    is_seen: bool  # whether any kernel was seen to go there


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotView:
    """What would turn a decision."""

    #: The other way, and the inputs that it needs, in words.
    text: str
    #: The same with the inputs as `key=value`.
    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectView:
    """An effect in a few words."""

    #: As in the trace.
    kind: str
    #: What was changed, for its colour.
    name: str
    text: str
    #: Whether the world outside of the function can see it.
    is_outward: bool
    #: From which step on it is shown beside its line.
    attributes: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of source. All that any step shows is there from the start, so that none moves."""

    #: 1-based.
    number: int
    #: The code.
    html: Markup
    #: The line's own address.
    href: str
    #: `on`, `off` (could run, does not here) or `none` (nothing to run).
    path: str
    #: `done`, `now` or `ahead` of the current step; empty where there is none.
    when: str = ""
    #: How many tabs it begins with.
    indent: int
    is_focus: bool = False
    #: Whether it is the first line of the place in focus.
    starts_focus: bool = False
    #: Whether a reader who follows a link to the page is to be brought to it.
    is_place: bool = False
    #: Empty where nothing is decided.
    decision_id: str
    decision_title: str  # the decision as a question
    #: The ways out: true, then false.
    branches: tuple[BranchView, ...]
    #: Which way its decision went, up to the current step; empty where it did not come to that.
    verdict: str = ""
    #: Why, at each step that decided, and of a loop that ran (kind `whole`) for the whole path.
    reasons: tuple[MomentView, ...] = ()
    #: What would turn it, if anything would. Not compared: its address differs in every scenario.
    why_not: WhyNotView | None = field(default=None, compare=False)
    #: Whether that is put in afterwards, where the line's HTML is kept for other scenarios.
    has_hole: bool = False
    effects: tuple[EffectView, ...] = ()
    #: Into the functions that were executed there: (name, address), the last step's.
    into: tuple[tuple[str, str], ...] = ()
    #: The lane in which its own stop is; None where the path passes by.
    lane: int | None
    #: Whether the walkthrough's own text has no such line, and so nothing explains it.
    is_changed: bool = False
    #: Where it is in the tree of an imported kernel: `net/ipv4/tcp.c:3065`.
    where: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but code."""
        return not (self.decision_id or self.effects or self.into or self.starts_focus)

    def __hash__(self) -> int:
        """Of what differs between two views of a line; a page has hundreds."""
        return hash((self.number, self.path, self.when, self.reasons, self.effects, self.into))

    @property
    def is_short(self) -> bool:
        """Whether it is worth keeping: it is of a usual size."""
        return len(self.effects) + len(self.reasons) <= _MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchView:
    """Lines that share a picture of the rail."""

    lines: tuple[LineView, ...]
    #: The inside of the picture; None where only `rest` is beside the lines.
    picture: Markup | None = None
    #: What of it runs on below the first row, where lines of the stretch are cut off.
    rest: Markup | None = None

    @property
    def is_short(self) -> bool:
        """Whether it is worth keeping: it is of a usual size."""
        return all(line.is_short for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """The code of a block with the rail beside it."""

    #: Where the address names lines of it.
    stretches: tuple[StretchView, ...] = ()
    #: Of all other blocks: what makes the stretches, for the first scenario that has them so.
    kept: Kept[tuple[StretchView, ...]] | None = None
    #: What would turn each decision that the path takes there, in the order of the lines.
    why_nots: tuple[WhyNotView | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockView:
    """A block: its lines and its commentary."""

    id: str
    #: 1-based, in the order of the source.
    number: int
    title: str
    #: The block's own address.
    href: str
    #: Lines, 1-based, both included.
    start: int
    end: int  # its last
    lines: tuple[LineView, ...]
    #: The first paragraphs of the commentary.
    lead: Markup
    #: The others: (key, heading, HTML).
    sections: tuple[tuple[str, str, Markup], ...]
    #: What kernels have changed here.
    deltas: tuple[Delta, ...]
    #: Whether the current step is in it, or the address names it.
    is_current: bool
    #: Whether the path comes by.
    is_reached: bool
    #: Where the texts to copy are.
    copy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalleeLine:
    """A line of a function that is executed within steps."""

    #: 1 is the function's first.
    number: int
    html: Markup
    #: The line's own address.
    href: str
    #: Where it is in the kernel's tree.
    where: str
    #: As a line of the source has them.
    path: str
    when: str  # as a line's
    is_focus: bool
    starts_focus: bool  # as a line's
    #: Which way it went, why, and what it changed.
    said: tuple[Markup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalleeView:
    """A function that is executed within steps: its text, and what of it ran."""

    name: str
    #: What it does in the kernel; empty where nothing explains it.
    does: Markup
    #: Where it begins: `net/ipv4/tcp.c:2887`.
    where: str
    #: Its own address.
    href: str
    #: Whether the step that is shown is in it: then it stands beside the call.
    is_open: bool
    lines: tuple[CalleeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerStepView:
    """A step of a function that a step executed."""

    #: 1-based, within its step.
    number: int
    #: How many calls deep it is, from 1.
    depth: int
    function: str  # that it is in
    line: int  # 1-based, of its function
    end_line: int  # the last, where a condition has several
    code: Markup
    verdict: str  # as a step's
    why: Markup  # as a step's
    effects: tuple[EffectView, ...]
    #: The address of the page at it.
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step in the list of steps."""

    #: 1-based.
    number: int
    #: Lines, 1-based; a condition may have several.
    line: int
    end_line: int  # the last of them
    #: The statement or condition, as C.
    code: Markup
    #: What it passes on the rail.
    origin: str
    #: Empty unless it is a decision.
    decision_id: str
    #: `true` or `false`; empty unless it is a decision.
    verdict: str
    #: Why it went that way, in a few words.
    reason: Markup
    #: The same as a sentence.
    why: Markup
    effects: tuple[EffectView, ...]
    #: The steps of the functions that it executed from their texts.
    within: tuple[InnerStepView, ...]

    def __hash__(self) -> int:
        """Of what differs between two steps; most are the same object on many pages."""
        return hash((self.number, self.verdict, self.why))

    @property
    def is_short(self) -> bool:
        """Whether what it says is worth keeping: it is of a usual size."""
        return len(self.effects) <= _MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerView:
    """Where the player stands, and where its buttons lead; None where they lead nowhere."""

    #: 1-based; None while the whole path is shown.
    step: int | None
    #: The step as the address has it: `12`, or `12.3` within it.
    at: int | str | None
    #: How many steps the path has, and whether there is anything to go into.
    count: int
    has_within: bool  # whether any step executed a function's text
    first: str | None  # address
    back: str | None  # address
    forward: str | None  # address
    last: str | None  # address
    next_decision: str | None  # address
    #: Into the function that the step called, by name, and out of the one that it is in.
    into: str | None
    into_name: str  # empty where there is nothing to go into
    out: str | None  # address
    #: The address of the whole path.
    whole: str
    #: Why of the step that is shown; empty where there is none.
    why: Markup
    #: Its line.
    line: int | None
    #: The function that the step within it is in; empty where there is none.
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputView:
    """A field of the form."""

    #: As in a query.
    key: str
    #: In words.
    name: str
    #: As in the kernel.
    field: str
    #: `choice`, `number`, `flag` or `text`.
    control: str
    value: str  # as in a query
    default: str  # as in a query
    #: What can be chosen, as in a query and in words; empty unless the control is a choice.
    choices: tuple[tuple[str, str], ...]
    #: Bounds of a number; None for others.
    low: int | None
    high: int | None  # the greatest
    #: How it is written; empty where that goes without saying.
    hint: str
    #: Whether the path has read it.
    is_read: bool
    #: Whether it differs from the default.
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCell:
    """A state in the grid of buttons."""

    name: str
    #: Place in the grid, from 1.
    column: int
    row: int  # from 1
    #: Whether a socket can be in it when the function is called.
    is_choice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMap:
    """The states as the diagram has them."""

    cells: tuple[StateCell, ...]  # in the order of the diagram
    #: Width and height of the picture of the arrows.
    size: tuple[int, int]
    #: The inside of that picture.
    arrows: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetView:
    """A preset in the menu."""

    id: str
    title: str
    #: How a program gets there, in a sentence.
    story: str
    href: str
    #: Whether its scenario is the one that is shown.
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """What is left when the function has returned."""

    #: `orderly`, `reset` or `stopped`.
    tone: str
    #: What the language has between two sentences.
    space: str
    sentences: tuple[Markup, ...]  # what happened, then what is left
    #: (label, value).
    facts: tuple[tuple[str, str], ...]
    #: On which real kernel this was seen, as a link to the lab's page; None for a variant.
    evidence: LinkView | None


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
    products: tuple[Product, ...]  # what leads to it in servers, proxies and run-times


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusView:
    """The place that a permalink names."""

    title: str
    #: The fragment of the line on which it begins, and its number; 0 for one of a callee.
    anchor: str
    line: int = 0  # 1-based
    #: That this scenario does not come here; empty where it does.
    remark: str = ""
    #: Then the way to one that does.
    witness: str | None = None
    #: Where the texts to copy are.
    copy: str
    #: What the atlas knows of the branches of a decision, or of the one that leads to these lines.
    branches: tuple[BranchFocus, ...] = ()
    #: Whether these are lines, and `branches` what leads to them.
    leads_here: bool = False
    #: All paths, where the atlas is still being made.
    atlas: str | None = None
