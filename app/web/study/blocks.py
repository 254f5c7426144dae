# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The blocks as the page shows them: each line with its place on the path, and the commentary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from markupsafe import Markup

from app.csource.tracks import Origin, Rail
from app.walkthrough.alternatives import Alternative, alternatives
from app.walkthrough.records import Decision
from app.web.addresses import branch_place, lines_place
from app.web.study.contexts import BlockView, BranchView, LineView, MomentView, StepView, WhyNotView
from app.web.study.evidence import sentence
from app.web.study.moments import Span
from app.web.study.rail import gap_pieces, passed, row_picture
from app.web.study.study import Study, verdict


def block_views(study: Study, *, suggests: bool = True) -> tuple[BlockView, ...]:
    """The blocks with their lines and commentary.

    Unless it `suggests`, it does not say what would turn a decision, which takes time to find.
    """
    return _Blocks(study, suggests).views()


class _Blocks:
    def __init__(self, study: Study, suggests: bool) -> None:
        self.study = study
        self.suggests = suggests
        self._ = study.shelf.language.gettext

    @property
    def rail(self) -> Rail:
        """The tracks beside the lines."""
        return self.study.shelf.rail(self.study.variant)

    @cached_property
    def on_path(self) -> frozenset[Origin]:
        """What the whole path passes on the rail."""
        return passed(self.study.trace.steps)

    @cached_property
    def lit(self) -> frozenset[Origin]:
        """What it has passed up to the current step; without one, all of it."""
        return (
            self.on_path
            if self.study.step is None
            else passed(self.study.trace.steps[: self.study.step])
        )

    def views(self) -> tuple[BlockView, ...]:
        """The blocks with their lines and commentary."""
        on_path = {
            line for view in self.study.steps for line in range(view.line, view.end_line + 1)
        }
        current = self.study.steps[self.study.step - 1] if self.study.step else None
        views = []
        for block in self.study.walkthrough.blocks:
            lead, sections = self.study.shelf.prose(block, self.study.lang)
            lines = tuple(self.line(n, on_path) for n in range(block.start, block.end + 1))
            views.append(
                BlockView(
                    block.id,
                    block.number,
                    self.study.shelf.language.pick(block.title),
                    self.study.address(block.id, with_scenario=False),
                    block.start,
                    block.end,
                    lines,
                    lead,
                    sections,
                    bool(current and block.start <= current.line <= block.end)
                    or bool(self.study.focus and self.study.focus.block is block),
                    any(line.path == "on" for line in lines),
                    row_picture(gap_pieces(self.rail, block.end), self.lit, self.on_path),
                    self.study.copying(block.id),
                )
            )
        return tuple(views)

    def line(self, number: int, on_path: set[int]) -> LineView:
        """One line of source."""
        here = self.study.steps_by_line.get(number, [])
        shown = [view for view in here if self.study.step is None or view.number <= self.study.step]
        if number in on_path:
            path = "on"
        else:
            path = "off" if number in self.study.runnable else "none"
        when = ""
        if self.study.step is not None and here:
            if any(view.number == self.study.step for view in here):
                when = "now"
            else:
                when = "done" if shown else "ahead"
        decision = self.study.walkthrough.decisions_by_line.get(number)
        effects = [
            effect
            for view in here
            if view.line == number
            for effect in view.effects
            if effect.is_outward
        ]
        return LineView(
            number,
            self.study.shelf.code(self.study.variant)[number - 1],
            self.study.address(lines_place(number, number), with_scenario=False),
            path,
            when,
            self.indent(number),
            bool(self.study.focus and self.study.focus.start <= number <= self.study.focus.end),
            bool(self.study.focus and self.study.focus.start == number),
            decision.id if decision else None,
            self.study.shelf.language.pick(decision.title) if decision else "",
            self.branches(decision, here) if decision else (),
            shown[-1].verdict if decision and shown else "",
            self.decided(here) if decision and here else (),
            self.why_not(decision) if decision is not None else None,
            tuple(effects),
            row_picture(self.rail.pieces.get(number, ()), self.lit, self.on_path),
            row_picture(gap_pieces(self.rail, number), self.lit, self.on_path),
            self.rail.stops.get(number),
        )

    def indent(self, number: int) -> int:
        """How many tabs a line begins with."""
        text = self.study.walkthrough.edition_of(self.study.variant).source.line(number)
        return len(text) - len(text.lstrip("\t"))

    def decided(self, here: list[StepView]) -> tuple[MomentView, ...]:
        """Why a decision went its way, each time; of a loop that ran, a count for the whole path.

        `here` are the steps that decided. The same reason twice running is one.
        """
        moment = self.study.moment
        firsts = [
            view
            for before, view in zip([None, *here], here, strict=False)
            if before is None or before.reason != view.reason
        ]
        ends: list[int | None] = [*(view.number for view in firsts[1:]), None]
        reasons = [
            MomentView(moment.attributes(Span(view.number, end)), view.reason, way=view.verdict)
            for view, end in zip(firsts, ends, strict=True)
        ]
        if len(here) > 1:
            reasons.insert(0, MomentView(Markup(), self.study.counted(here), "whole"))
        return tuple(reasons)

    @cached_property
    def _alternatives(self) -> Mapping[int, Alternative]:
        return alternatives(self.study.walkthrough, self.study.trace, self.study.variant)

    def why_not(self, decision: Decision) -> WhyNotView | None:
        """What would have to be different for the decision to go the other way."""
        found = self._alternatives.get(decision.number) if self.suggests else None
        if found is None:
            return None
        names = self._(", ").join(
            self.study.wording.pair(self.study.wording.input_name(key), value)
            for key, value in found.changes.items()
        )
        return WhyNotView(
            verdict(found.taken),
            names,
            self._("It would be {way} with {changes}").format(
                way=verdict(found.taken),
                changes=" ".join(f"{key}={value}" for key, value in found.changes.items()),
            ),
            self.study.shelf.addresses.page(
                self.study.walkthrough.id,
                branch_place(decision.id, found.taken),
                query=found.scenario.query(),
                variant=self.study.variant,
                challenge=self.study.challenge,
                lang=self.study.lang,
            ),
        )

    def branches(self, decision: Decision, here: list[StepView]) -> tuple[BranchView, ...]:
        """The two ways out of a decision."""
        focus = self.study.focus
        seen = self.study.shelf.sightings.branches
        return tuple(
            BranchView(
                taken,
                self.study.shelf.addresses.page(
                    self.study.walkthrough.id,
                    branch_place(decision.id, taken),
                    challenge=self.study.challenge,
                    lang=self.study.lang,
                ),
                sum(view.verdict == verdict(taken) for view in here),
                bool(focus and focus.decision is decision and focus.taken is taken),
                sentence(seen.get((decision.number, taken)), self.study.shelf.language),
                (decision.number, taken) in seen,
            )
            for taken in (True, False)
        )
