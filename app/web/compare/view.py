# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of a comparison: two scenarios, one source between them, and the endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.editions.difference import DifferenceClass, SameEnd, same_ends
from app.kernel.scenario import DEFAULT
from app.machine.trace import Effect
from app.walkthrough.alternatives import alternatives
from app.walkthrough.comparison.report import compare
from app.walkthrough.comparison.traces import Comparison, DecisionPair, StepPair
from app.walkthrough.comparison.words import ComparisonWords
from app.walkthrough.pairs import VARIANT, Pair, Side
from app.walkthrough.records import Decision, Edition, Preset
from app.walkthrough.wording import kernel_name
from app.web.addresses import API, COMPARE
from app.web.compare.lines import LinesView
from app.web.compare.telling import telling
from app.web.query import CompareQuery, read_compare
from app.web.study.contexts import InputView, OutcomeView, StepView
from app.web.study.form import input_views
from app.web.study.maker import Maker
from app.web.study.outcome import outcome_view
from app.web.study.page_cache import PageCache, inline
from app.web.study.study import Study, verdict
from app.web.visit import OWN, Pages
from app.web.waiting import within
from app.web.world.view import WorldView


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
    note: str  # of the variant that it runs, else empty
    outcome: OutcomeView  # what is left
    caveats: tuple[str, ...]  # why it is only hypothetical
    alone: str  # address of the side's own page


class CompareView(Maker):
    """`compare/compare.html`: one comparison; sides may be missing."""

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

    @property
    def json(self) -> str:
        """Address of the API's answer; only where both sides are given."""
        return self.href(COMPARE, self.canonical.partition("?")[2], below=API)

    # Sides

    @cached_property
    def sides(self) -> list[SideView]:
        """Those that are given."""
        return list(map(self.side, self.given))

    def side(self, name: str) -> SideView:
        side, study = self.given[name], self.studies[name]
        preset = study.preset
        return SideView(
            name=name,
            title=self.words.side(side),
            story=self.pick(preset.story) if preset else "",
            inputs=tuple(self.inputs(name)),
            note=self.pick(study.edition.note) if side.variant in self.walkthrough.variants else "",
            outcome=outcome_view(study),
            caveats=tuple(self.cache.wording.caveats(study.trace)),
            alone=self.alone(side),
        )

    def alone(self, side: Side) -> str:
        """Address of the page of one side."""
        return self.addresses.side(self.walkthrough.id, side, lang=self.lang)

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

    # The two forms that choose a side: a preset from the menu, or field by field

    def kept(self, name: str) -> Iterator[tuple[str, str]]:
        """What they carry along: the other side, the language."""
        yield "form", "1"
        yield from ((other, str(it)) for other, it in self.given.items() if other != name)
        if self.lang:
            yield "lang", self.lang
        if self.kernel:
            yield "kernel", self.kernel

    def is_at(self, name: str, preset: Preset) -> bool:
        """Whether a side is a preset."""
        return self.given.get(name) == Side(preset.scenario, self.kernel)

    def variant_of(self, name: str) -> str | None:
        """Which text a side runs, or would."""
        side = self.given.get(name)
        return side.variant if side else self.kernel

    @property
    def editions(self) -> list[Edition]:
        """The texts that a side may run besides the own one."""
        known = (self.walkthrough.variants, self.walkthrough.kernels)
        return [edition for some in known for edition in some.values()]

    def fields(self, name: str) -> tuple[InputView, ...]:
        """The fields of the second form: of a side that is yet to be chosen as the other has it."""
        study = self.studies.get(name) or next(iter(self.studies.values()), None)
        return input_views(study or Study(self.cache, DEFAULT, lang=self.lang))

    # Suggestions

    def pair(self, pair: Pair) -> str:
        """Address of a pair of the content."""
        a, b = (replace(it, variant=it.variant or self.kernel) for it in (pair.a, pair.b))
        return self.address(a, b, lang=self.lang)

    @property
    def turns(self) -> Iterator[tuple[Decision, str, str]]:
        """For the only side that is given: the small changes that turn one of its decisions.

        The decision, what to change, and the address with it.
        """
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
            yield decision, text, self.address(*sides, lang=self.lang)

    # Texts

    @property
    def same_ends(self) -> list[SameEnd]:
        """The only side that is given, in all texts that are here."""
        if len(self.given) != 1 or not self.walkthrough.kernels:
            return []
        [side] = self.given.values()
        return same_ends(self.walkthrough, side.scenario)

    def same(self, label: str | None) -> str:
        """Address of the same socket in a text."""
        [side] = self.given.values()
        return self.alone(Side(side.scenario, label))

    @property
    def groups(self) -> dict[str, list[DifferenceClass]]:
        """The sockets that tell the two texts apart.

        By the title of the decision at which they part; empty where they pass the same ones.
        """
        found: dict[str, list[DifferenceClass]] = {}
        texts = self.pair_of_texts or ()
        decisions = {decision.id: decision for text in texts for decision in text.decisions}
        for item in self.telling or ():
            decision = decisions.get(item.decision or "")
            found.setdefault(self.pick(decision.title) if decision else "", []).append(item)
        return found

    def in_both(self, item: DifferenceClass) -> str:
        """Address of both texts with the smallest of such sockets, side by side."""
        a, b = (Side(item.scenario, side.variant) for side in self.given.values())
        return self.address(a, b, lang=self.lang)

    def name(self, label: str | None) -> str:
        """Whose text it is."""
        if label is not None and label in self.walkthrough.variants:
            return self.pick(self.walkthrough.variants[label].title)
        return kernel_name(self.walkthrough, self.cache.language, label)

    # Both

    def forks(self, *, met_by_both: bool) -> list[DecisionPair]:
        """The decisions that did not go alike, in the order of the source."""
        return [
            pair
            for pair in self.comparison.decisions
            if not pair.is_same and bool(pair.a and pair.b) == met_by_both
        ]

    def is_telling(self, pair: DecisionPair) -> bool:
        """Whether it is the fork that the page speaks of."""
        telling = self.comparison.telling
        return telling is not None and telling.decision == pair.decision

    @property
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

    def effect(self, effect: Effect) -> str:
        """In words."""
        return self.cache.wording.effect(effect)

    def world(self, name: str) -> WorldView:
        """The segments of a side, as on the study page."""
        return WorldView(self.studies[name])


#: Seconds that a reader of two texts waits for all sockets that tell them apart.
_TIMEOUT_S: Final = 1.5


class ComparePages(Pages):
    """Its endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{COMPARE}", self.compare)]

    async def compare(self, request: Request) -> Response:
        """Two scenarios side by side; with less than two, how to choose them."""
        walkthrough = self.walkthrough(request)
        query = read_compare(request.url.query, walkthrough)
        visit = self.visit(request, query.lang, query.text)
        view = CompareView(visit.cache, query)
        if query.is_form:
            # A form sends every field; its answer is the short address.
            return RedirectResponse(view.here, status_code=303)
        if view.kernel is None and query.text.missing is None:
            # Each side names its own.
            visit = replace(visit, text=OWN)
        if view.pair_of_texts is not None:
            made = telling(self.site.atlases, view.pair_of_texts, walkthrough.function)
            view.telling = await within(_TIMEOUT_S, made)
        frame = visit.frame(
            COMPARE,
            title=view.heading,
            description=visit.language.space.join(view.summary),
            query=view.canonical.partition("?")[2],
        )
        # Where it has not come in time, the next answer says more.
        is_whole = view.pair_of_texts is None or view.telling is not None
        headers = None if is_whole else {"Cache-Control": "no-store"}
        return visit.page("compare/compare.html", frame, view, headers)
