# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the context of a walkthrough's page: from a scenario's trace to what the template shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from app.csource.tracks import Origin, Rail, rail_of
from app.i18n import Language, marked
from app.kernel.model import Trace
from app.kernel.scenario import (
    INPUTS,
    ChoiceInput,
    Input,
    LingerInput,
    NumberInput,
    Scenario,
)
from app.machine.trace import Effect
from app.walkthrough.alternatives import Alternative, alternatives
from app.walkthrough.observables import Observables, observed
from app.walkthrough.prose import SECTIONS, Link, render, render_inline, rfc_address
from app.walkthrough.records import Block, Decision, Walkthrough
from app.walkthrough.report import query_of
from app.walkthrough.wording import Reason, Wording
from app.web.addresses import SYMPTOMS, Addresses, branch_place, lines_place
from app.web.code import highlighted_lines
from app.web.contexts import (
    BlockView,
    BranchView,
    EffectView,
    FocusView,
    HelperView,
    InputView,
    LineView,
    OutcomeView,
    PlayerView,
    PresetView,
    StepView,
    TermView,
    VariantView,
    WhyNotView,
)
from app.web.rail import gap_pieces, origin_of, passed, row_picture

#: Effects that the world outside of the function can see; they stand beside the code.
OUTWARD = frozenset({"state", "segment", "event", "counter", "timer", "fate", "errno", "sleep"})

SECTION_HEADINGS = {
    "why": marked("Why it is so"),
    "here": marked("How a socket gets here"),
    "seen": marked("Seen from outside"),
    "rfc": marked("What the standards say"),
    "trap": marked("The trap"),
}
assert list(SECTION_HEADINGS) == list(SECTIONS)

_HINTS = {
    "recv": marked("Segments joined by -: 300, fin, 200fin"),
    "linger": marked("off, or seconds"),
    "linger2": marked("seconds; 0 is the sysctl"),
    "fin_timeout": marked("seconds"),
    "tw_timeout": marked("seconds"),
    "rto": marked("ms"),
    "wait": marked("ack, fin, data, rst, joined by -"),
    "backlog": marked("ack, fin, data, rst, joined by -"),
    "accept_queue": marked("connections that nobody accepted"),
}


@dataclass(frozen=True, slots=True)
class Focus:
    """What a permalink points at: `place` as in the address, and the lines it marks."""

    kind: str
    place: str
    start: int
    end: int
    decision: Decision | None = None
    taken: bool | None = None
    block: Block | None = None


class Shelf:
    """What a walkthrough's pages in one language share; worked out once."""

    def __init__(self, walkthrough: Walkthrough, language: Language, addresses: Addresses) -> None:
        self.walkthrough = walkthrough
        self.language = language
        self.addresses = addresses
        self.wording = Wording(walkthrough, language)
        self._code: dict[str | None, tuple[Markup, ...]] = {}
        self._rails: dict[str | None, Rail] = {}
        self._prose: dict[
            tuple[str, str | None], tuple[Markup, tuple[tuple[str, str, Markup], ...]]
        ]
        self._prose = {}

    def code(self, variant: str | None) -> tuple[Markup, ...]:
        """The highlighted lines of the source, or of a variant."""
        if variant not in self._code:
            source = self.walkthrough.edition_of(variant).source
            self._code[variant] = tuple(
                Markup(html)  # noqa: S704 - made by our highlighter, which escapes
                for html in highlighted_lines(source, self._explained)
            )
        return self._code[variant]

    def rail(self, variant: str | None) -> Rail:
        """The rail of the source, or of a variant."""
        if variant not in self._rails:
            program = self.walkthrough.edition_of(variant).program
            self._rails[variant] = rail_of(program.function, program.decisions)
        return self._rails[variant]

    def prose(
        self, block: Block, lang: str | None
    ) -> tuple[Markup, tuple[tuple[str, str, Markup], ...]]:
        """Lead and sections of a block's commentary; links carry `lang` along."""
        key = (block.id, lang)
        if key not in self._prose:
            prose = block.prose.get(self.language.code) or next(iter(block.prose.values()))

            def resolve(link: Link) -> str:
                return self.resolve(link, lang)

            lead = Markup(render(prose.lead, resolve))  # noqa: S704 - raw HTML is off
            sections = tuple(
                (
                    name,
                    self.language.gettext(SECTION_HEADINGS[name]),
                    Markup(render(stream, resolve)),  # noqa: S704 - raw HTML is off
                )
                for name, stream in prose.sections.items()
            )
            self._prose[key] = lead, sections
        return self._prose[key]

    def resolve(self, link: Link, lang: str | None) -> str:
        """The address of a link in the commentary."""
        page = self.addresses.page
        match link.scheme:
            case "helper":
                called = next(
                    h.called for h in self.walkthrough.helpers.values() if h.name == link.target
                )
                return f"#fn-{called}"
            case "rfc":
                return rfc_address(link.target) or link.target
            case "preset":
                preset = self.walkthrough.presets_by_id[link.target]
                return page(self.walkthrough.id, query=preset.scenario.query(), lang=lang)
            case "scenario":
                return page(self.walkthrough.id, query=link.target, lang=lang)
            case "symptom":
                return page(self.walkthrough.id, SYMPTOMS, lang=lang) + f"#{link.target}"
            case _:
                return page(self.walkthrough.id, link.target, lang=lang)

    @cached_property
    def _explained(self) -> dict[str, str]:
        """Names in the code, and the fragment that explains them."""
        terms = {t.in_code: f"term-{t.in_code}" for t in self.walkthrough.glossary.values()}
        return terms | {called: f"fn-{called}" for called in self.walkthrough.helpers}

    def browse(self, file: str | None) -> str | None:
        """The address of a file in the kernel's own tree."""
        address = self.walkthrough.provenance.browse
        return address.format(path=file) if address and file else None

    @cached_property
    def terms(self) -> tuple[TermView, ...]:
        """The glossary."""
        return tuple(
            TermView(
                term.term,
                term.kind != "term",
                "term-" + term.in_code.replace(" ", "-"),
                self.language.gettext(_TERM_KINDS[term.kind]),
                term.file,
                self.browse(term.file),
                inline(self.language.pick(term.text)),
            )
            for term in self.walkthrough.glossary.values()
        )

    @cached_property
    def observed(self) -> Observables:
        """Which lines are behind the numbers of a host."""
        return observed(self.walkthrough)

    @cached_property
    def helpers(self) -> tuple[HelperView, ...]:
        """The kernel functions, explained."""
        pick = self.language.pick
        return tuple(
            HelperView(
                helper.called,
                helper.name,
                helper.file,
                self.browse(helper.file),
                helper.kind,
                inline(pick(helper.does)),
                inline(pick(helper.model)),
            )
            for helper in self.walkthrough.helpers.values()
        )


def inline(text: str) -> Markup:
    """A sentence with code in backticks, as HTML."""
    return Markup(render_inline(text))  # noqa: S704 - raw HTML is off


class Study:
    """One view of a walkthrough: a scenario, perhaps a step, perhaps a place in focus."""

    def __init__(
        self,
        shelf: Shelf,
        scenario: Scenario,
        *,
        step: int | None,
        variant: str | None,
        lang: str | None,
        focus: Focus | None,
        challenge: str | None = None,
    ) -> None:
        self.shelf = shelf
        self.walkthrough = shelf.walkthrough
        self.wording = shelf.wording
        self._ = shelf.language.gettext
        self.scenario = scenario
        self.variant = variant
        self.lang = lang
        self.focus = focus
        self.challenge = challenge
        self.trace: Trace = self.walkthrough.trace(scenario, variant)
        self.count = len(self.trace.steps)
        self.step = None if step is None else min(step, self.count)

    # Addresses

    def address(
        self, place: str | None = None, *, step: int | None = None, with_scenario: bool = True
    ) -> str:
        """An address that keeps the scenario, or that of a place on its own."""
        return self.shelf.addresses.page(
            self.walkthrough.id,
            place,
            query=self.scenario.query() if with_scenario else "",
            variant=self.variant,
            challenge=self.challenge if with_scenario else None,
            step=step,
            lang=self.lang,
        )

    @cached_property
    def permalink(self) -> str:
        """The shortest address that reproduces the trace."""
        return self.shelf.addresses.page(
            self.walkthrough.id, query=query_of(self.trace, self.variant)
        )

    # Steps

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why of each step, in order."""
        return tuple(self.wording.reason(step) for step in self.trace.steps)

    def effects(self, effects: list[Effect]) -> tuple[EffectView, ...]:
        """Effects in words."""
        return tuple(
            EffectView(e.kind, e.name.lower(), self.wording.effect(e), e.kind in OUTWARD)
            for e in effects
        )

    @cached_property
    def steps(self) -> tuple[StepView, ...]:
        """The list of steps."""
        views = []
        for number, (step, reason) in enumerate(
            zip(self.trace.steps, self.reasons, strict=True), 1
        ):
            decision = step.site.decision
            views.append(
                StepView(
                    number,
                    step.site.span.line,
                    step.site.span.end_line,
                    step.site.text,
                    origin_of(step),
                    None if decision is None else self.walkthrough.decisions[decision].id,
                    verdict(step.taken),
                    inline(reason.short),
                    inline(reason.full),
                    self.effects(step.effects),
                    self.address(step=number),
                    number == self.step,
                )
            )
        return tuple(views)

    def player(self) -> PlayerView:
        """Where the player stands, and where its buttons lead."""
        step, count = self.step, self.count
        at = step or 0

        def to(number: int | None) -> str | None:
            return None if number is None else self.address(step=number)

        next_decision = next(
            (view.number for view in self.steps if view.number > at and view.decision_id), None
        )
        current = self.steps[step - 1] if step else None
        return PlayerView(
            step,
            count,
            to(1) if at != 1 else None,
            to(at - 1) if at > 1 else None,
            to(at + 1) if at < count else None,
            to(count) if at != count else None,
            to(next_decision),
            self.address(),
            current.why if current else Markup(),
            current.line if current else None,
        )

    # Code

    @property
    def rail(self) -> Rail:
        """The tracks beside the lines."""
        return self.shelf.rail(self.variant)

    @cached_property
    def on_path(self) -> frozenset[Origin]:
        """What the whole path passes on the rail."""
        return passed(self.trace.steps)

    @cached_property
    def lit(self) -> frozenset[Origin]:
        """What it has passed up to the current step; without one, all of it."""
        return self.on_path if self.step is None else passed(self.trace.steps[: self.step])

    def blocks(self) -> tuple[BlockView, ...]:
        """The blocks with their lines and commentary."""
        on_path = {line for view in self.steps for line in range(view.line, view.end_line + 1)}
        current = self.steps[self.step - 1] if self.step else None
        views = []
        for block in self.walkthrough.blocks:
            lead, sections = self.shelf.prose(block, self.lang)
            lines = tuple(self.line(n, on_path) for n in range(block.start, block.end + 1))
            views.append(
                BlockView(
                    block.id,
                    block.number,
                    self.shelf.language.pick(block.title),
                    self.address(block.id, with_scenario=False),
                    block.start,
                    block.end,
                    lines,
                    lead,
                    sections,
                    bool(current and block.start <= current.line <= block.end)
                    or bool(self.focus and self.focus.block is block),
                    any(line.path == "on" for line in lines),
                    row_picture(gap_pieces(self.rail, block.end), self.lit, self.on_path),
                )
            )
        return tuple(views)

    @cached_property
    def _steps_by_line(self) -> dict[int, list[StepView]]:
        by_line: dict[int, list[StepView]] = defaultdict(list)
        for view in self.steps:
            for line in range(view.line, view.end_line + 1):
                by_line[line].append(view)
        return by_line

    @cached_property
    def _runnable(self) -> frozenset[int]:
        return self.walkthrough.edition_of(self.variant).program.lines

    def line(self, number: int, on_path: set[int]) -> LineView:
        """One line of source."""
        here = self._steps_by_line.get(number, [])
        shown = [view for view in here if self.step is None or view.number <= self.step]
        if number in on_path:
            path = "on"
        else:
            path = "off" if number in self._runnable else "none"
        when = ""
        if self.step is not None and here:
            if any(view.number == self.step for view in here):
                when = "now"
            else:
                when = "done" if shown else "ahead"
        decision = self.walkthrough.decisions_by_line.get(number)
        reason, verdicts = Markup(), ""
        if decision is not None and shown:
            reason, verdicts = self.decided(shown)
        effects = [
            effect
            for view in shown
            if view.line == number
            for effect in view.effects
            if effect.is_outward
        ]
        return LineView(
            number,
            self.shelf.code(self.variant)[number - 1],
            self.address(lines_place(number, number), with_scenario=False),
            path,
            when,
            bool(self.focus and self.focus.start <= number <= self.focus.end),
            bool(self.focus and self.focus.start == number),
            decision.id if decision else None,
            self.shelf.language.pick(decision.title) if decision else "",
            self.branches(decision, here) if decision else (),
            verdicts,
            reason,
            self.why_not(decision) if decision is not None else None,
            tuple(effects),
            row_picture(self.rail.pieces.get(number, ()), self.lit, self.on_path),
            self.rail.stops.get(number),
        )

    def decided(self, shown: list[StepView]) -> tuple[Markup, str]:
        """Reason and verdict of a decided line: of a loop that ran, a count and the last one."""
        last = shown[-1]
        if self.step is None and len(shown) > 1:
            held = sum(view.verdict == "true" for view in shown)
            text = self._("{count} × true, {other} × false; {reason}")
            return (
                Markup("{}")
                .format(text)
                .format(  # the message is escaped, the reason is HTML
                    count=held, other=len(shown) - held, reason=last.reason
                ),
                last.verdict,
            )
        return last.reason, last.verdict

    @cached_property
    def _alternatives(self) -> Mapping[int, Alternative]:
        return alternatives(self.walkthrough, self.trace, self.variant)

    def why_not(self, decision: Decision) -> WhyNotView | None:
        """What would have to be different for the decision to go the other way."""
        found = self._alternatives.get(decision.number)
        if found is None:
            return None
        names = self._(", ").join(
            self.wording.pair(self.wording.input_name(key), value)
            for key, value in found.changes.items()
        )
        return WhyNotView(
            verdict(found.taken),
            " ".join(f"{key}={value}" for key, value in found.changes.items()),
            self._("It would be {way} with {changes}").format(
                way=verdict(found.taken), changes=names
            ),
            self.shelf.addresses.page(
                self.walkthrough.id,
                branch_place(decision.id, found.taken),
                query=found.scenario.query(),
                variant=self.variant,
                challenge=self.challenge,
                lang=self.lang,
            ),
        )

    def branches(self, decision: Decision, here: list[StepView]) -> tuple[BranchView, ...]:
        """The two ways out of a decision."""
        focus = self.focus
        return tuple(
            BranchView(
                taken,
                self.shelf.addresses.page(
                    self.walkthrough.id,
                    branch_place(decision.id, taken),
                    challenge=self.challenge,
                    lang=self.lang,
                ),
                sum(view.verdict == verdict(taken) for view in here),
                bool(focus and focus.decision is decision and focus.taken is taken),
            )
            for taken in (True, False)
        )

    # The socket

    def inputs(self) -> tuple[InputView, ...]:
        """The fields of the form."""
        return tuple(self.input(item) for item in INPUTS.values())

    def input(self, item: Input) -> InputView:
        """One field."""
        value = self.scenario[item.key]
        low = high = None
        choices: tuple[str, ...] = ()
        if isinstance(item, ChoiceInput):
            control, choices = "choice", item.choices
        elif isinstance(item, NumberInput):
            low, high = item.low, item.high
            control = "flag" if (low, high) == (0, 1) else "number"
        else:
            control = "text"
            if isinstance(item, LingerInput):
                low, high = item.low, item.high
        return InputView(
            item.key,
            self.wording.input_name(item.key),
            item.field,
            control,
            str(item.flat(value)),
            str(item.flat(item.default)),
            choices,
            low,
            high,
            self._(_HINTS[item.key]) if item.key in _HINTS else "",
            item.key in self.trace.reads,
            value != item.default,
        )

    def presets(self) -> tuple[PresetView, ...]:
        """The menu of presets."""
        pick = self.shelf.language.pick
        return tuple(
            PresetView(
                preset.id,
                pick(preset.title),
                pick(preset.story),
                self.shelf.addresses.page(
                    self.walkthrough.id,
                    query=preset.scenario.query(),
                    variant=self.variant,
                    challenge=self.challenge,
                    lang=self.lang,
                ),
                preset.scenario == self.scenario,
            )
            for preset in self.walkthrough.presets
        )

    # The outcome

    def outcome(self) -> OutcomeView:
        """What is left, in sentences and facts."""
        _, outcome = self._, self.trace.outcome
        facts = [
            (_("Segments sent"), ", ".join(outcome.segments) or _("none")),
            (_("State"), outcome.state),
            (_("Fate"), _(FATES[outcome.fate])),
        ]
        if outcome.counters:
            counters = [f"{name} +{n}" for name, n in sorted(outcome.counters.items())]
            facts.append((_("Counters"), ", ".join(counters)))
        if outcome.keepalive_ms is not None:
            facts.append((_("Keepalive timer"), self.wording.duration(outcome.keepalive_ms)))
        if outcome.timewait_ms is not None:
            facts.append(
                (
                    _("Mini-socket"),
                    f"{outcome.timewait}, {self.wording.duration(outcome.timewait_ms)}",
                )
            )
        facts.append((_("Orphans"), f"{outcome.orphans:+d}" if outcome.orphans else "0"))
        facts.append((_("References"), f"{outcome.refs:+d}" if outcome.refs else "0"))
        facts.append((_("Locks"), _("balanced") if outcome.locks_balanced else _("still held")))
        if self.trace.error is not None:
            tone = "stopped"
        else:
            tone = "reset" if "RST" in outcome.segments else "orderly"
        return OutcomeView(
            tone,
            self.shelf.language.space,
            tuple(inline(text) for text in self.wording.outcome(self.trace)),
            tuple(facts),
        )

    def variants(self) -> tuple[VariantView, ...]:
        """The texts that could be run instead."""
        pick = self.shelf.language.pick
        return tuple(
            VariantView(
                edition.id,
                pick(edition.title),
                pick(edition.note),
                self.shelf.addresses.page(
                    self.walkthrough.id,
                    query=self.scenario.query(),
                    variant=None if edition.id == self.variant else edition.id,
                    challenge=self.challenge,
                    lang=self.lang,
                ),
                edition.id == self.variant,
                tuple((edit, pick(edit.effect)) for edit in edition.edits),
            )
            for edition in self.walkthrough.variants.values()
            if edition.id is not None
        )

    # The place in focus

    def focused(self) -> FocusView | None:
        """The place that the address names, and whether this scenario comes by."""
        focus, _ = self.focus, self._
        if focus is None:
            return None
        witness = self.shelf.addresses.page(self.walkthrough.id, focus.place, lang=self.lang)
        pick = self.shelf.language.pick
        if focus.decision is not None:
            title = f"{focus.decision.keyword} ({focus.decision.condition})"
            here = self._steps_by_line.get(focus.decision.line, [])
            if focus.taken is not None:
                title = f"{title} → {verdict(focus.taken)}"
                wanted = verdict(focus.taken)
                if any(view.verdict == wanted for view in here):
                    return FocusView(title, "", None)
                remark = (
                    _("This socket goes the other way here.")
                    if here
                    else _("This socket's path does not come to this decision.")
                )
                return FocusView(title, remark, witness)
            if here:
                return FocusView(title, "", None)
            return FocusView(
                title, _("This socket's path does not come to this decision."), witness
            )
        if focus.block is not None:
            title = pick(focus.block.title)
        elif focus.start == focus.end:
            title = _("Line {line}").format(line=focus.start)
        else:
            title = _("Lines {start} to {end}").format(start=focus.start, end=focus.end)
        lines = range(focus.start, focus.end + 1)
        if any(n in self._steps_by_line for n in lines) or not any(
            n in self._runnable for n in lines
        ):
            return FocusView(title, "", None)
        return FocusView(title, _("This socket's path does not come by here."), witness)


def verdict(taken: bool | None) -> str:
    """`true`, `false`, or empty for a step that is no decision."""
    return "" if taken is None else str(taken).lower()


_TERM_KINDS = {
    "field": marked("field"),
    "flag": marked("flag"),
    "counter": marked("counter"),
    "sysctl": "sysctl",
    "term": marked("term"),
}

FATES = {
    "destroyed": marked("destroyed"),
    "timewait": marked("replaced by a mini-socket"),
    "orphan": marked("lives on as an orphan"),
    "stopped": marked("unknown: the C stopped"),
}
