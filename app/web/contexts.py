# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What each template is given: one dataclass a page, each field explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.i18n import Language
from app.walkthrough.records import Edit, Walkthrough
from app.web.meta import PageMeta


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: where it leads, what it says, whether it is where the reader is."""

    href: str
    text: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What every page has around its content.

    `lang` is the language to carry along in links: that of `?lang=`, else None. `languages` are
    links to the same page in each language, with their codes.
    """

    language: Language
    lang: str | None
    title: str
    description: str
    meta: PageMeta
    languages: tuple[tuple[str, str, LinkView], ...]
    manifest: str
    changes: str
    home: str
    reading: str
    api: str
    symptoms: str | None
    challenges: str | None
    compare: str | None
    present: str | None
    live: str
    atlas: str | None


@dataclass(frozen=True, slots=True)
class EditionView:
    """What the pages of the edition without a server say of it: its policy and its languages.

    `languages` are their codes, with spaces between them; the first one has no folder.
    """

    policy: str
    languages: str


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
    """What would turn a decision: `way` is the other way, `changes` are inputs as `key=value`."""

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


@dataclass(frozen=True, slots=True)
class BranchFocus:
    """A branch: when it is taken, how to get there, and what cannot be with it.

    `count` of `total` paths take it, `href` has them all. `cases` are alternatives, `more` how
    many were left out; `witness` leads to the simplest scenario, `others` to other ways to get
    there.
    """

    name: str
    title: str
    code: str
    count: int
    total: int
    href: str
    cases: tuple[Markup, ...]
    more: int
    witness: LinkView | None
    others: tuple[LinkView, ...]
    cannot: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class FocusView:
    """The place that a permalink names.

    `title` says it; `remark` is empty, or says that this scenario does not come here, with
    `witness` as the way to one that does; `copy` leads to the texts to copy. `branches` is what
    the atlas knows of a decision, or of one branch; `atlas` leads to all paths where the atlas is
    still being made.
    """

    title: str
    remark: str
    witness: str | None
    copy: str = ""
    branches: tuple[BranchFocus, ...] = ()
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


@dataclass(frozen=True, slots=True)
class MomentView:
    """A text with the attributes that say when it is there; `kind` where there are several."""

    attributes: Markup
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A field, counter or timer with its values; `attributes` say when its row is there."""

    name: str
    is_code: bool
    attributes: Markup
    values: tuple[MomentView, ...]


@dataclass(frozen=True, slots=True)
class StoryView:
    """What becomes of what is left; `sysctls` are (name, explanation)."""

    title: str
    text: Markup
    sysctls: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class WorldView:
    """What the world sees. `brief` is the whole in a line, as it is at one time after the other.

    `ladder` is a picture, `rungs` the same as sentences; `diagram` is a picture of the states
    (empty where the walkthrough has none), `transitions` the same as a list.
    """

    brief: tuple[MomentView, ...]
    ladder: Markup
    rungs: tuple[MomentView, ...]
    diagram: Markup
    entry: str
    transitions: tuple[MomentView, ...]
    fields: tuple[HistoryView, ...]
    counters: tuple[HistoryView, ...]
    story: StoryView | None


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition of a challenge; `found` says what there is instead, or is empty."""

    text: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """The challenge that is worked on; `every` leads to the list, `following` to the next."""

    id: str
    title: str
    level: str
    task: Markup
    hint: Markup
    teaches: Markup
    is_solved: bool
    conditions: tuple[ConditionView, ...]
    every: str
    following: LinkView | None


@dataclass(frozen=True, slots=True)
class WalkthroughPage:
    """`walkthrough.html`: the page of one function."""

    frame: PageFrame
    walkthrough: Walkthrough
    heading: str
    summary: str
    action: str
    inputs: tuple[InputView, ...]
    state_map: StateMap | None
    presets: tuple[PresetView, ...]
    preset: PresetView | None
    blocks: tuple[BlockView, ...]
    lanes: int
    steps: tuple[StepView, ...]
    player: PlayerView
    world: WorldView
    outcome: OutcomeView
    caveats: tuple[str, ...]
    variants: tuple[VariantView, ...]
    helpers: tuple[HelperView, ...]
    terms: tuple[TermView, ...]
    focus: FocusView | None
    trace_href: str
    share: str
    present: str
    reset: str
    challenge: ChallengeView | None
    compare: str
    copy: str
    feedback: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command as it is typed, and what its output tells."""

    run: str
    tells: Markup


@dataclass(frozen=True, slots=True)
class SymptomView:
    """A symptom: `href` is its permalink, the rest HTML; `trap` is empty where there is none."""

    id: str
    title: str
    href: str
    sees: Markup
    does: Markup
    confirm: tuple[CommandView, ...]
    change: Markup
    trap: Markup


@dataclass(frozen=True, slots=True)
class SymptomGroup:
    """The symptoms that are seen in one place."""

    id: str
    title: str
    symptoms: tuple[SymptomView, ...]


@dataclass(frozen=True, slots=True)
class SiteView:
    """A line that is behind a number: the branch or block that it lies in, and a preset."""

    line: int
    place: LinkView
    preset: LinkView


@dataclass(frozen=True, slots=True)
class ObservableView:
    """A counter or a state in `ss`, with the lines behind it.

    `kind` is `named` (a counter that the source names), `counter` or `state`; `shown` is how the
    tool spells it, `also` what else there is to know about the number, `symptoms` links to it.
    """

    name: str
    shown: str
    kind: str
    sites: tuple[SiteView, ...]
    also: Markup
    symptoms: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A line of the small rendering; `gap` says that lines are left out before it."""

    number: int
    html: Markup
    href: str
    gap: bool
    is_decision: bool
    marks: tuple[ObservableView, ...]


@dataclass(frozen=True, slots=True)
class SymptomsPage:
    """`symptoms.html`. `only` is the one symptom of a permalink, None on the whole page."""

    frame: PageFrame
    walkthrough: Walkthrough
    action: str
    groups: tuple[SymptomGroup, ...]
    only: SymptomView | None
    observables: tuple[ObservableView, ...]
    lines: tuple[HeatLine, ...]


@dataclass(frozen=True, slots=True)
class ChallengeCard:
    """A challenge in the list."""

    id: str
    title: str
    task: Markup
    href: str


@dataclass(frozen=True, slots=True)
class ChallengeLevel:
    """The challenges of one difficulty."""

    id: str
    title: str
    challenges: tuple[ChallengeCard, ...]


@dataclass(frozen=True, slots=True)
class ChallengesPage:
    """`challenges.html`. `decisions` are (id, line, link), for the reader's progress."""

    frame: PageFrame
    walkthrough: Walkthrough
    levels: tuple[ChallengeLevel, ...]
    decisions: tuple[tuple[str, int, LinkView], ...]
    reading: str


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A walkthrough on the front page; `presets` lead into it by what a reader comes with."""

    id: str
    title: str
    summary: str
    href: str
    lines: int
    decisions: int
    presets: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """`library.html`: the front page."""

    frame: PageFrame
    entries: tuple[LibraryEntry, ...]


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`error.html`: what is wrong with what was sent, and where to go on.

    `story` says what became of a place that is gone; else it is empty.
    """

    frame: PageFrame
    status: int
    heading: str
    story: str
    problems: tuple[dict[str, str | None], ...]
    ways_on: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """`api.html`: the OpenAPI document for people. `operations` are (path, method, operation)."""

    frame: PageFrame
    title: str
    operations: tuple[tuple[str, str, dict[str, object]], ...]
    openapi: str


@dataclass(frozen=True, slots=True)
class LabFact:
    """One thing compared: the model's side, and the kernel's or None where it was not seen."""

    name: str
    predicted: str
    seen: str | None


@dataclass(frozen=True, slots=True)
class LabScript:
    """A text to take home; `id` names its kind, `file` is what it might be called."""

    id: str
    title: str
    file: str
    text: str


@dataclass(frozen=True, slots=True)
class LabBranch:
    """A branch, and on which kernel it was seen; `preset` is the one in which, or None."""

    name: str
    href: str
    seen: str
    preset: LinkView | None


@dataclass(frozen=True, slots=True)
class LabCheck:
    """One thing compared in a run; `sign` is `same`, `different`, `explained` or `unseen`."""

    name: str
    predicted: str
    observed: str
    sign: str
    note: str


@dataclass(frozen=True, slots=True)
class LabResult:
    """What came of a run on this kernel.

    `verdict` is `agree`, `explained`, `disagree`, `left_out` or `failed`; `sentence` says it.
    `ladders` are (title, picture), the model's and the kernel's, the same as sentences in `told`;
    none where the kernel could not be watched. `wire` are (microseconds since close() as text,
    segment).
    """

    verdict: str
    sentence: str
    kernel: str
    ladders: tuple[tuple[str, Markup], ...]
    told: tuple[str, ...]
    checks: tuple[LabCheck, ...]
    wire: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabPage:
    """`lab.html`: one scenario on a real kernel.

    `kernel` is the version whose observations stand in `facts`, None without any; `left_out` says
    why there is no recipe, or is empty; `command` runs it; `watch` are pairs of command and what
    it shows; `token` is there where this server may run it, which takes `sleeps_s` seconds of
    sleep; `runs_at` is where it is posted to, `result` what came of it, if this is the answer to
    that.
    """

    frame: PageFrame
    walkthrough: Walkthrough
    heading: str
    story: str
    query: str
    reading: str
    evidence: str
    facts: tuple[LabFact, ...]
    kernel: str | None
    left_out: str
    command: str
    scripts: tuple[LabScript, ...]
    no_packetdrill: str
    watch: tuple[tuple[str, str], ...]
    branches: tuple[LabBranch, ...]
    presets: tuple[LinkView, ...]
    token: str | None
    sleeps_s: int
    runs_at: str
    watch_href: str | None
    state: str
    result: LabResult | None


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A counter on the watch page. `counted` is its value since the host started.

    `lines` are (line, address), none for a counter that no path of the function counts; `remark`
    says what else counts it.
    """

    name: str
    is_named: bool
    counted: int
    remark: Markup
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class WatchPage:
    """`watch.html`: how often each abort branch is taken on this host.

    `stream` is the address of the server-sent events; `lines` are those of the source, with
    the counters beside them.
    """

    frame: PageFrame
    walkthrough: Walkthrough
    kernel: str
    rows: tuple[WatchRow, ...]
    lines: tuple[HeatLine, ...]
    stream: str
    symptoms: str
