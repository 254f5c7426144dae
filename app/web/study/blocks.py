# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Contexts of the blocks: each line with its place on the path, and the commentary.

What a line is where the path does not come by is the same for all scenarios, and worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from markupsafe import Markup

from app.csource.tracks import Origin
from app.walkthrough.alternatives import Alternative, alternatives
from app.walkthrough.records import Decision
from app.web.addresses import branch_place, lines_place
from app.web.query import joined
from app.web.study.contexts import (
    BlockView,
    BranchView,
    CodeView,
    LineView,
    MomentView,
    StepView,
    StretchView,
    WhyNotView,
)
from app.web.study.evidence import branch_sentence
from app.web.study.moments import Span
from app.web.study.page_cache import Kept
from app.web.study.rail import (
    Stretch,
    drawn,
    first_passed,
    lit_stretch,
    lit_tracks,
    merged,
    named_tracks,
    stretches_of,
    tracks,
)
from app.web.study.study import Study, verdict


def block_views(study: Study, *, suggests: bool = True) -> tuple[BlockView, ...]:
    """The blocks with their lines and commentary.

    Unless it `suggests`, it does not say what would turn a decision, which takes time to find.
    """
    return _Blocks(study, suggests).views()


def code_views(study: Study, cut: int | None) -> tuple[tuple[BlockView, CodeView], ...]:
    """The blocks, each with its code as the page has it; a stretch ends after the line `cut`.

    Only a block in focus has its own lines; those of the others come with their code.
    """
    return tuple(_Blocks(study, suggests=True).codes(cut))


def lines_passed_by(study: Study) -> tuple[LineView, ...]:
    """All lines as they are where neither the path nor the address comes by."""
    key = ("lines", study.variant, study.lang, study.challenge)
    return study.cache.kept(key, lambda: _lines_passed_by(study))


def _lines_passed_by(study: Study) -> tuple[LineView, ...]:
    source = study.edition.source
    rail, pick = study.cache.rail(study.variant), study.cache.language.pick
    decisions = study.edition.decisions_by_line
    lines = []
    for number, (text, html) in enumerate(
        zip(source.lines, study.cache.code(study.variant), strict=True), 1
    ):
        decision = next(iter(decisions.get(number, ())), None)
        lines.append(
            LineView(
                number=number,
                html=html,
                href=study.address(lines_place(number, number), with_scenario=False),
                path="off" if number in study.runnable else "none",
                indent=len(text) - len(text.lstrip("\t")),
                decision_id=decision.id if decision else "",
                decision_title=pick(decision.title) if decision else "",
                branches=_branches(study, decision) if decision else (),
                lane=rail.stops.get(number),
                is_changed=number in study.edition.changed,
                where=_where(study, number),
            )
        )
    return tuple(lines)


def blocks_passed_by(study: Study) -> tuple[BlockView, ...]:
    """All blocks as they are where neither the path nor the address comes by."""
    key = ("blocks", study.variant, study.lang, study.challenge)
    return study.cache.kept(key, lambda: tuple(_blocks_passed_by(study)))


def _blocks_passed_by(study: Study) -> Iterator[BlockView]:
    lines = lines_passed_by(study)
    for block in study.edition.blocks:
        lead, sections = study.cache.prose(block, study.lang)
        yield BlockView(
            id=block.id,
            number=block.number,
            title=study.cache.language.pick(block.title),
            href=study.address(block.id, with_scenario=False),
            start=block.start,
            end=block.end,
            lines=lines[block.start - 1 : block.end],
            lead=lead,
            sections=sections,
            deltas=tuple(study.edition.deltas.get(block.id, ())),
            is_current=False,
            is_reached=False,
            copy=study.copying(block.id),
        )


def _where(study: Study, number: int) -> str:
    line = study.edition.file_lines.get(number)
    return f"{study.edition.source.file}:{line}" if line else ""


def _branches(study: Study, decision: Decision) -> tuple[BranchView, ...]:
    """The two ways out of a decision."""
    seen = study.cache.sightings.branches
    return tuple(
        BranchView(
            way=verdict(taken),
            href=study.href(
                branch_place(decision.id, taken),
                variant=study.edition.kernel,
                challenge=study.challenge,
            ),
            is_focus=False,
            seen=branch_sentence(study.cache, decision, taken),
            is_seen=(decision.id, taken) in seen,
        )
        for taken in (True, False)
    )


#: Values of inputs that are words; the interface has them in its language.
_WORDS: Final = ("none", "off")


class _Blocks:
    def __init__(self, study: Study, suggests: bool) -> None:
        self.study = study
        self.suggests = suggests
        self._ = study.cache.language.gettext
        self.lines = lines_passed_by(study)

    def views(self) -> tuple[BlockView, ...]:
        """The blocks with their lines and commentary."""
        return tuple(
            replace(self.standing(block), lines=self.lines_of(block))
            for block in blocks_passed_by(self.study)
        )

    def codes(self, cut: int | None) -> Iterator[tuple[BlockView, CodeView]]:
        """The blocks, each with its code."""
        study, focus = self.study, self.study.focus
        pictures = RailPictures(study)
        for passed_by in blocks_passed_by(study):
            block = self.standing(passed_by)
            if focus and focus.start <= block.end and block.start <= focus.end:
                block = replace(block, lines=self.lines_of(block))
                yield block, CodeView(stretches=pictures.beside(block.lines, cut))
                continue
            kept = self.kept(block, pictures)
            turned = (
                next(iter(study.edition.decisions_by_line[line.number]))
                for line in block.lines
                if line.decision_id and line.number in study.steps_by_line
            )
            yield block, CodeView(kept=kept, why_nots=tuple(map(self.why_not, turned)))

    def kept(self, block: BlockView, pictures: RailPictures) -> Kept[tuple[StretchView, ...]]:
        """The code of a block that is not in focus: all of it but what would turn its decisions."""
        study = self.study
        steps = dict.fromkeys(
            view
            for line in range(block.start, block.end + 1)
            for view in study.steps_by_line.get(line, ())
        )
        at = (study.variant, study.lang, study.challenge, study.step, block.id)
        passed = pictures.passed(block.start, block.end)
        key = (study.cache, *at, *steps, passed)
        return Kept(key, lambda: pictures.beside(self.lines_of(block, is_kept=True)))

    def standing(self, block: BlockView) -> BlockView:
        """The block, and whether the path and the reader are in it."""
        study, focus = self.study, self.study.focus
        here = study.steps[study.step - 1].line if study.step else None
        is_current = bool(here and block.start <= here <= block.end) or bool(
            focus and focus.block and focus.block.id == block.id
        )
        on_path = study.steps_by_line.keys()
        is_reached = not on_path.isdisjoint(range(block.start, block.end + 1))
        return study.cache.once(
            (
                "standing",
                study.variant,
                study.lang,
                study.challenge,
                block.id,
                is_current,
                is_reached,
            ),
            lambda: replace(block, is_current=is_current, is_reached=is_reached),
        )

    def lines_of(self, block: BlockView, *, is_kept: bool = False) -> tuple[LineView, ...]:
        """The lines of a block; what is kept leaves out what would turn its decisions."""
        focus, on_path = self.study.focus, self.study.steps_by_line
        in_focus = range(focus.start, focus.end + 1) if focus else ()
        return tuple(
            self.line(line.number, is_kept=is_kept)
            if line.number in on_path or line.number in in_focus
            else line
            for line in block.lines
        )

    def line(self, number: int, *, is_kept: bool = False) -> LineView:
        """One line of source."""
        study, focus, line = self.study, self.study.focus, self.lines[number - 1]
        if focus is not None and focus.start <= number <= focus.end:
            starts = number == focus.start
            line = replace(
                line, is_focus=True, starts_focus=starts, is_place=starts and study.step is None
            )
        here = study.steps_by_line.get(number)
        decisions = study.edition.decisions_by_line.get(number, ())
        decision = next(iter(decisions), None)
        named = None if focus is None else focus.decision
        if decision is not None and named is not None and named.id == decision.id:
            assert focus is not None
            branches = (
                replace(branch, is_focus=branch.way == verdict(focus.taken))
                for branch in line.branches
            )
            line = replace(line, branches=tuple(branches))
        if not here:
            return line
        shown = [view for view in here if study.step is None or view.number <= study.step]
        when, is_place = "", line.is_place
        if study.step is not None:
            is_now = any(view.number == study.step for view in here)
            is_place = is_now and number == study.steps[study.step - 1].line
            when = "now" if is_now else "done" if shown else "ahead"
        effects = [e for view in here if view.line == number for e in view.effects if e.is_outward]
        calls = [view for view in shown or here if view.line == number and view.within]
        names = (
            dict.fromkeys(item.function for item in calls[-1].within if item.depth == 1)
            if calls
            else ()
        )
        line = replace(
            line,
            path="on",
            when=when,
            is_place=is_place,
            effects=tuple(effects),
            into=tuple(
                (name, next(i.href for i in calls[-1].within if i.function == name))
                for name in names
            ),
        )
        if decision is None:
            return line
        return replace(
            line,
            verdict=next((v.verdict for v in reversed(shown) if v.decision_id == decision.id), ""),
            reasons=tuple(
                reason
                for one in decisions
                for reason in self.reasons([v for v in here if v.decision_id == one.id])
            ),
            why_not=None if is_kept else self.why_not(decision),
            has_hole=is_kept,
        )

    def reasons(self, here: Sequence[StepView]) -> tuple[MomentView, ...]:
        """Why a decision went its way, each time; of a loop that ran, a count for the whole path.

        `here` are the steps that decided. The same reason twice running is one.
        """
        if not here:
            return ()
        moment = self.study.moment
        firsts = [
            view
            for before, view in zip([None, *here], here, strict=False)
            if before is None or before.reason != view.reason
        ]
        ends: list[int | None] = [*(view.number for view in firsts[1:]), None]
        reasons = [
            MomentView(
                attributes=moment.attributes(Span(view.number, end)),
                text=view.reason,
                way=view.verdict,
            )
            for view, end in zip(firsts, ends, strict=True)
        ]
        if len(here) > 1:
            whole = self.study.counted(here)
            reasons.insert(0, MomentView(attributes=Markup(), text=whole, kind="whole"))
        return tuple(reasons)

    @cached_property
    def _alternatives(self) -> Mapping[str, Alternative]:
        study = self.study
        if not self.suggests:
            return {}
        return alternatives(study.walkthrough, study.trace, study.variant)

    def why_not(self, decision: Decision) -> WhyNotView | None:
        """What would have to be different for the decision to go the other way."""
        study, found = self.study, self._alternatives.get(decision.id)
        if found is None:
            return None
        way, name = verdict(found.taken), study.wording.input_name
        names = [
            study.wording.pair(name(key), self._(value) if value in _WORDS else value)
            for key, value in found.changes.items()
        ]
        pairs = [f"{key}={value}" for key, value in found.changes.items()]
        return WhyNotView(
            text=self._("{way} needs {changes}").format(way=way, changes=self._(", ").join(names)),
            title=self._("It would be {way} with {changes}").format(
                way=way, changes=" ".join(pairs)
            ),
            href=study.href(
                branch_place(decision.id, found.taken),
                joined(found.scenario, study.conditions),
                challenge=study.challenge,
            ),
        )


class RailPictures:
    """The pictures of the rail beside the lines of a study.

    `are_named` is for a script that lights the tracks of another scenario.
    """

    def __init__(self, study: Study, *, are_named: bool = False) -> None:
        self.study = study
        self.are_named = are_named
        self.firsts: Mapping[Origin, int] = first_passed(study.trace.steps)

    def beside(
        self, lines: Sequence[LineView], after: int | None = None
    ) -> tuple[StretchView, ...]:
        """Lines that follow each other, in stretches; one ends `after` a line."""
        views: list[StretchView] = []
        first = lines[0].number
        for part in self.stretches(first, lines[-1].number):
            inside = tuple(lines[part.start - first : part.end - first + 1])
            picture = self.picture(part)
            if after is not None and part.start <= after <= part.end:
                cut = after - part.start + 1
                rest = self.picture(part, is_rest=True)
                views.append(StretchView(lines=inside[:cut], picture=picture, rest=rest))
                views.append(StretchView(lines=inside[cut:], rest=rest))
            else:
                views.append(StretchView(lines=inside, picture=picture))
        return tuple(views)

    def whole(self) -> Markup:
        """The inside of the picture of the whole rail, all rows of one height."""
        cache, variant, firsts = self.study.cache, self.study.variant, self.firsts
        drawing = cache.kept(
            ("map", variant), lambda: drawn(merged(cache.rail(variant)), stacked=True)
        )
        return cache.once(
            ("map", variant, self.study.step, *firsts.items()),
            lambda: tracks(drawing) + lit_tracks(drawing, firsts, self.study.moment),
        )

    def passed(self, first: int, last: int) -> tuple[int | None, ...]:
        """All that the path changes of the pictures beside some lines."""
        cache, variant = self.study.cache, self.study.variant
        origins = cache.kept(
            ("origins", variant, first, last),
            lambda: tuple({o for one in self.stretches(first, last) for o in one.origins}),
        )
        return tuple(map(self.firsts.get, origins))

    def stretches(self, first: int, last: int) -> tuple[Stretch, ...]:
        """The stretches of some lines."""
        cache, variant = self.study.cache, self.study.variant
        return cache.kept(
            ("stretches", variant, first, last),
            lambda: stretches_of(cache.rail(variant), first, last),
        )

    def picture(self, stretch: Stretch, *, is_rest: bool = False) -> Markup:
        """The inside of a stretch's picture, or what of it is below the first row."""
        firsts, step = self.firsts, self.study.step
        drawing = stretch.rest if is_rest else stretch.drawing
        inside = tracks(drawing)
        if self.are_named:
            return inside + named_tracks(drawing, firsts, self.study.moment)
        if firsts.keys().isdisjoint(stretch.origins):
            return inside
        passed = tuple(firsts.get(origin) for origin in stretch.origins)
        return inside + lit_stretch(stretch, passed, step, is_rest=is_rest)
