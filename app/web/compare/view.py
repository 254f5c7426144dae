# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Maker of the context of a comparison: two scenarios, one source between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from markupsafe import Markup

from app.editions.difference import DifferenceClass, same_ends
from app.kernel.scenario import DEFAULT
from app.walkthrough.alternatives import alternatives
from app.walkthrough.comparison.report import compare
from app.walkthrough.comparison.traces import Comparison, StepPair
from app.walkthrough.comparison.words import ComparisonWords
from app.walkthrough.pairs import VARIANT, Side
from app.walkthrough.records import Edition
from app.walkthrough.wording import kernel_name
from app.web.addresses import API, COMPARE, lines_place
from app.web.compare.contexts import (
    BothView,
    ChoiceView,
    ComparePage,
    EffectRow,
    FactView,
    ForkView,
    LadderView,
    PairView,
    SameEndView,
    SideInput,
    SideView,
    TellingView,
    TextsView,
)
from app.web.compare.lines import LinesView
from app.web.contexts import LinkView
from app.web.maker import Maker
from app.web.query import CompareQuery
from app.web.study.contexts import EffectView, StepView
from app.web.study.form import input_views, variant_views
from app.web.study.outcome import outcome_view
from app.web.study.page_cache import PageCache, inline
from app.web.study.study import OUTWARD, Study, verdict
from app.web.world.view import world_view


class CompareView(Maker):
    """One comparison in one language; sides may be missing."""

    def __init__(self, cache: PageCache, query: CompareQuery) -> None:
        super().__init__(cache, query.lang)
        self.words = ComparisonWords(cache.wording)
        #: The sockets that tell two texts apart, where these were asked for and are known.
        self.telling: list[DifferenceClass] | None = None
        self.given: dict[str, Side] = {
            name: side for name, side in (("a", query.a), ("b", query.b)) if side is not None
        }
        self.studies = {
            name: Study(cache, side.scenario, variant=side.variant, lang=self.lang)
            for name, side in self.given.items()
        }
        #: What a side that is yet to be chosen runs, where the address says so.
        self.kernel = query.text.variant
        if self.is_whole or any(side.variant != self.kernel for side in self.given.values()):
            self.kernel = None

    # The page

    @property
    def pair_of_texts(self) -> tuple[Edition, Edition] | None:
        """The two texts, where the sides are one socket in two of them."""
        if not self.is_whole:
            return None
        a, b = self.given.values()
        if a.scenario != b.scenario or a.variant == b.variant:
            return None
        return self.walkthrough.edition_of(a.variant), self.walkthrough.edition_of(b.variant)

    @property
    def is_whole(self) -> bool:
        """Whether both sides are given."""
        return len(self.given) == 2

    def address(self, a: Side | None, b: Side | None, *, lang: str | None = None) -> str:
        is_whole = a is not None and b is not None
        kernel = None if is_whole else self.kernel
        return self.addresses.compare(self.walkthrough.id, a, b, kernel=kernel, lang=lang)

    @property
    def here(self) -> str:
        """The short address of this one, in the language that was asked for."""
        return self.address(self.given.get("a"), self.given.get("b"), lang=self.lang)

    @property
    def canonical(self) -> str:
        """The short address of this one."""
        return self.address(self.given.get("a"), self.given.get("b"))

    @cached_property
    def heading(self) -> str:
        """The pair's title, or that of the page."""
        pick = self.pick
        for pair in self.walkthrough.pairs:
            if self.is_current(pair.a, pair.b):
                return pick(pair.title)
        return self._("Two scenarios, side by side")

    @cached_property
    def look(self) -> str:
        """What to look for, where it is a pair of the content."""
        for pair in self.walkthrough.pairs:
            if self.is_current(pair.a, pair.b):
                return self.pick(pair.look)
        return ""

    def is_current(self, a: Side, b: Side) -> bool:
        """Whether these are the sides that are shown, in whichever order."""
        return self.is_whole and {a, b} == set(self.given.values())

    @cached_property
    def summary(self) -> tuple[str, ...]:
        """The comparison in a sentence or two; none where a side is missing."""
        if not self.is_whole:
            return ()
        return tuple(self.words.summary(self.comparison, self.given["a"], self.given["b"]))

    @cached_property
    def comparison(self) -> Comparison:
        """Only where both sides are given."""
        return compare(self.walkthrough, self.given["a"], self.given["b"])

    @cached_property
    def lines(self) -> LinesView:
        """The source between the lanes; only where both sides are given."""
        return LinesView(self.cache, self.comparison, self.studies, self.lang)

    def page(self) -> ComparePage:
        given = self.given
        a, b = given.get("a"), given.get("b")
        json = None
        if self.is_whole:
            sides = self.canonical.partition("?")[2]
            json = self.addresses.below(
                API, self.walkthrough.id, COMPARE, query=sides, lang=self.lang
            )
        return ComparePage(
            walkthrough=self.walkthrough,
            heading=self.heading,
            look=self.look,
            sides=tuple(self.side(name) for name in given),
            missing=tuple((name, self.choice(name)) for name in ("a", "b") if name not in given),
            swap=self.address(b, a, lang=self.lang),
            json=json,
            both=self.both() if self.is_whole else None,
            turns=tuple(self.turns()),
            pairs=tuple(self.pairs()),
            same_ends=tuple(self.same_ends()),
            texts=self.texts(),
            empty=LinkView(href=self.address(None, None, lang=self.lang), text=self._("Compare")),
        )

    # Sides

    def side(self, name: str) -> SideView:
        side, study = self.given[name], self.studies[name]
        preset = next((p for p in self.walkthrough.presets if p.scenario == side.scenario), None)
        return SideView(
            name=name,
            title=self.words.side(side),
            story=self.pick(preset.story) if preset else "",
            inputs=tuple(self.inputs(name)),
            variant=next((v for v in variant_views(study) if v.is_current), None),
            outcome=outcome_view(study),
            caveats=tuple(self.cache.wording.caveats(study.trace)),
            alone=self.addresses.side(self.walkthrough.id, side, lang=self.lang),
            choice=self.choice(name),
        )

    def inputs(self, name: str) -> Iterator[SideInput]:
        """The inputs that say what is special about a side."""
        side = self.given[name]
        other = self.given.get("b" if name == "a" else "a", side)
        reads = self.studies[name].trace.reads
        changed = {*side.scenario.changed(), *other.scenario.changed()}
        for key in side.scenario:
            if key in changed:
                differs = side.scenario[key] != other.scenario[key]
                value = self.words.input_value(key, side)
                yield SideInput(
                    name=self.words.input_name(key),
                    value=value,
                    differs=differs,
                    is_read=key in reads,
                )
        if side.variant is not None or other.variant is not None:
            yield SideInput(
                name=self.words.input_name(VARIANT),
                value=self.words.input_value(VARIANT, side),
                differs=side.variant != other.variant,
                is_read=True,
            )

    def choice(self, name: str) -> ChoiceView:
        side = self.given.get(name)
        pick = self.pick
        kept = [("form", "1")]
        kept += [(other, str(it)) for other, it in self.given.items() if other != name]
        kept += [("lang", self.lang)] if self.lang else []
        kept += [("kernel", self.kernel)] if self.kernel else []
        variant = side.variant if side else self.kernel
        study = self.studies.get(name) or next(iter(self.studies.values()), None) or self.plain
        return ChoiceView(
            action=self.addresses.compare(self.walkthrough.id),
            kept=tuple(kept),
            presets=tuple(
                (
                    preset.id,
                    pick(preset.title),
                    side == Side(preset.scenario, self.kernel),
                )
                for preset in self.walkthrough.presets
            ),
            variants=tuple(
                (edition.id, pick(edition.title), variant == edition.id)
                for edition in (
                    *self.walkthrough.variants.values(),
                    *self.walkthrough.kernels.values(),
                )
                if edition.id is not None
            ),
            inputs=input_views(study),
        )

    @cached_property
    def plain(self) -> Study:
        """The default scenario, for a form that nothing is chosen in yet."""
        return Study(self.cache, DEFAULT, lang=self.lang)

    # Suggestions

    def pairs(self) -> Iterator[PairView]:
        pick = self.pick
        for pair in self.walkthrough.pairs:
            sides = [replace(it, variant=it.variant or self.kernel) for it in (pair.a, pair.b)]
            yield PairView(
                title=pick(pair.title),
                look=inline(pick(pair.look)),
                href=self.address(sides[0], sides[1], lang=self.lang),
                is_current=self.is_current(pair.a, pair.b),
            )

    def turns(self) -> Iterator[PairView]:
        """For the only side that is given: the small changes that turn one of its decisions."""
        if len(self.given) != 1:
            return
        [(name, side)] = self.given.items()
        study = self.studies[name]
        wording = self.cache.wording
        turned = alternatives(self.walkthrough, study.trace, side.variant)
        for decision in study.edition.decisions:
            found = turned.get(decision.id)
            if found is None:
                continue
            other = Side(found.scenario, side.variant)
            changes = self.words.names(
                wording.pair(wording.input_name(key), value) for key, value in found.changes.items()
            )
            text = self._("Line {line}, `{code}`, goes {way} with {changes}.").format(
                line=decision.line,
                code=decision.condition,
                way=verdict(found.taken),
                changes=changes,
            )
            sides = (side, other) if name == "a" else (other, side)
            yield PairView(
                title=self.pick(decision.title),
                look=inline(text),
                href=self.address(*sides, lang=self.lang),
                is_current=False,
            )

    # Texts

    def same_ends(self) -> Iterator[SameEndView]:
        """The only side that is given, in all texts that are here."""
        if len(self.given) != 1 or not self.walkthrough.kernels:
            return
        [side] = self.given.values()
        for group in same_ends(self.walkthrough, side.scenario):
            yield SameEndView(
                texts=tuple(
                    LinkView(
                        href=self.addresses.side(
                            self.walkthrough.id, Side(side.scenario, label), lang=self.lang
                        ),
                        text=self.name(label),
                    )
                    for label in group.labels
                ),
                outcome=tuple(map(inline, self.cache.wording.outcome(group.trace))),
                differs=self.differing(group.differs),
            )

    def texts(self) -> TextsView | None:
        """All sockets that tell the two texts apart."""
        if self.pair_of_texts is None:
            return None
        a, b = (side.variant for side in self.given.values())
        groups: dict[str, list[TellingView]] = {}
        decisions = {
            decision.id: decision
            for edition in self.pair_of_texts
            for decision in edition.decisions
        }
        for item in self.telling or ():
            decision = decisions.get(item.decision or "")
            title = self.pick(decision.title) if decision else ""
            sides = [Side(item.scenario, variant) for variant in (a, b)]
            groups.setdefault(title, []).append(
                TellingView(
                    scenario=item.scenario.query().replace("&", " ") or self._("the defaults"),
                    href=self.address(sides[0], sides[1], lang=self.lang),
                    count=len(item.members),
                    differs=self.differing(item.differs),
                )
            )
        return TextsView(
            a=self.name(a),
            b=self.name(b),
            is_known=self.telling is not None,
            groups=tuple((title, tuple(items)) for title, items in groups.items()),
        )

    def name(self, label: str | None) -> str:
        """Whose text it is."""
        if label is not None and label in self.walkthrough.variants:
            return self.pick(self.walkthrough.variants[label].title)
        return kernel_name(self.walkthrough, self.cache.language, label)

    def differing(self, differs: Mapping[str, tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
        """What differs, with its name on the page."""
        return tuple((self.words.fact_name(name), *values) for name, values in differs.items())

    # Both

    def both(self) -> BothView:
        """Everything that needs two sides."""
        return BothView(
            summary=self.summary,
            space=self.cache.language.space,
            is_same=self.given["a"] == self.given["b"],
            forks=tuple(self.forks(met_by_both=True)),
            one_sided=tuple(self.forks(met_by_both=False)),
            change=self.change(),
            stretches=tuple(self.lines.stretches()),
            lanes=self.cache.rail(self.given["a"].variant).lanes,
            facts=tuple(self.facts()),
            effects=tuple(self.effects()),
            ladders=(self.ladder("a"), self.ladder("b")),
        )

    def forks(self, *, met_by_both: bool) -> Iterator[ForkView]:
        """The decisions that did not go alike, in the order of the source."""
        telling = self.comparison.telling
        for pair in self.comparison.decisions:
            if pair.is_same or bool(pair.a and pair.b) != met_by_both:
                continue
            decision = self.lines.decision(pair.decision)
            yield ForkView(
                line=decision.line,
                title=self.pick(decision.title),
                code=decision.condition,
                href=f"#{lines_place(decision.line, decision.line)}",
                a=self.lines.cell("a", decision.line),
                b=self.lines.cell("b", decision.line),
                is_telling=telling is not None and telling.decision == pair.decision,
                note=self._("in a loop") if pair.decision in self.comparison.loops else "",
            )

    def change(self) -> Markup:
        """What differs before a decision tells the sides apart."""
        pair = self.comparison.first_change
        forks = {(fork.a, fork.b) for fork in self.comparison.forks}
        if pair is None or (pair.a is not None and (pair.a, pair.b) in forks):
            return Markup()
        line = self.step_of(pair).line
        said = []
        for name, number in (("a", pair.a), ("b", pair.b)):
            if number is None:
                continue
            step = self.studies[name].trace.steps[number - 1]
            texts = [self.cache.wording.effect(effect) for effect in step.effects]
            said.append(f"{name.upper()}: `{self.words.names(texts)}`" if texts else "")
        texts = [text for text in said if text]
        if not texts:
            return Markup()
        return inline(
            self._("The first difference is in line {line}: {changes}").format(
                line=line, changes=self._("; ").join(texts)
            )
        )

    def step_of(self, pair: StepPair) -> StepView:
        """A step of a pair, of whichever side has it."""
        if pair.a is not None:
            return self.studies["a"].steps[pair.a - 1]
        assert pair.b is not None
        return self.studies["b"].steps[pair.b - 1]

    # What came of it

    def facts(self) -> Iterator[FactView]:
        """What is left, both sides beside each other; what differs first."""
        pairs = sorted(self.comparison.outcome, key=lambda pair: pair.is_same)
        for pair in pairs:
            yield FactView(
                name=self.words.fact(pair),
                is_code=pair.kind != "fact",
                a=self.words.value(pair, pair.a),
                b=self.words.value(pair, pair.b),
                is_same=pair.is_same,
            )

    def effects(self) -> Iterator[EffectRow]:
        """What the world saw, in order."""
        for pair in self.comparison.effects:
            views: list[EffectView | None] = []
            lines: list[int | None] = []
            for name, item in (("a", pair.a), ("b", pair.b)):
                if item is None:
                    views.append(None)
                    lines.append(None)
                    continue
                step, effect = item
                text = self.cache.wording.effect(effect)
                views.append(
                    EffectView(
                        kind=effect.kind,
                        name=effect.name.lower(),
                        text=text,
                        is_outward=effect.kind in OUTWARD,
                        attributes=Markup(),
                    )
                )
                lines.append(self.studies[name].steps[step - 1].line)
            yield EffectRow(a=views[0], b=views[1], line_a=lines[0], line_b=lines[1])

    def ladder(self, name: str) -> LadderView:
        """The segments, as on the study page."""
        world = world_view(self.studies[name])
        return LadderView(picture=world.ladder, rungs=world.rungs, story=world.story)
