# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""One view of a walkthrough: what a scenario's trace gives to every part of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from markupsafe import Markup

from app.kernel.life.conditions import USUAL, Conditions
from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from app.machine.trace import Effect, Step, Within, within
from app.walkthrough.content.prose import code_html
from app.walkthrough.records import Preset
from app.walkthrough.report import query_of
from app.walkthrough.wording import Reason, kernel_name
from app.web.addresses import COPY
from app.web.query import PageQuery, joined
from app.web.study.callees import inner_views, ways_inside
from app.web.study.contexts import EffectView, PlayerView, StepView
from app.web.study.maker import Maker
from app.web.study.moments import Moment, Span
from app.web.study.page_cache import HOLE, PageCache, inline
from app.web.study.places import Focus, witness_of
from app.web.study.rail import origin_of

#: Effects that the world outside of the function can see; they stand beside the code.
OUTWARD = frozenset({"state", "segment", "event", "counter", "timer", "fate", "errno", "sleep"})


class Study(Maker):
    """One view of a walkthrough: a scenario, perhaps a step, perhaps a place in focus."""

    def __init__(
        self,
        cache: PageCache,
        scenario: Scenario,
        *,
        step: int | None = None,
        inner: int | None = None,
        variant: str | None = None,
        lang: str | None,
        focus: Focus | None = None,
        challenge: str | None = None,
        conditions: Conditions = USUAL,
    ) -> None:
        super().__init__(cache, lang, variant)
        self.wording = cache.wording
        self.scenario = scenario
        self.focus = focus
        self.challenge = challenge
        self.conditions = conditions
        self.edition = self.walkthrough.edition_of(variant)
        self.trace: Trace = self.edition.trace(scenario)
        self.count = len(self.trace.steps)
        self.step = step
        self.inner = inner

    @classmethod
    def asked(
        cls, cache: PageCache, query: PageQuery, scenario: Scenario | None = None, **more: Any
    ) -> Study:
        """What a query asks for, or another scenario under the same conditions, and `more`.

        That is its step, where it is one of the trace; places and challenges have their own pages.
        """
        return cls(
            cache,
            query.scenario if scenario is None else scenario,
            variant=query.variant,
            lang=query.lang,
            conditions=query.conditions,
            **more,
        )

    # Addresses

    @cached_property
    def query(self) -> str:
        """The scenario, and the conditions of the life after it."""
        return joined(self.scenario, self.conditions)

    def address(
        self,
        place: str | None = None,
        *,
        step: int | str | None = None,
        with_scenario: bool = True,
    ) -> str:
        """An address that keeps the scenario, or that of a place on its own."""
        if not with_scenario:
            return self.href(place, step=step)
        return self.href(place, self.query, challenge=self.challenge, step=step)

    def copying(self, place: str | None = None, *, step: int | str | None = None) -> str:
        """The address of the texts to copy of a place on its own, or of what is shown."""
        query = self.query if place is None else ""
        if place is None and self.focus is not None:
            place = self.focus.place
            witness = witness_of(self.walkthrough, self.focus, self.edition)
            query = self.conditions.query() if self.scenario == witness else query
        return self.href(place, query, below=COPY, step=step)

    def in_text(self, text: str | None, place: str | None = None) -> str:
        """The address of this scenario in another text; None is the walkthrough's own."""
        return self.href(place, self.query, variant=text, challenge=self.challenge)

    @property
    def texts(self) -> Iterator[tuple[str | None, str, bool]]:
        """The kernels whose text can be read, the own one (None) first: label, name, if it is."""
        here = self.variant if self.edition.kernel else None
        for label in (None, *self.walkthrough.kernels):
            name = kernel_name(self.walkthrough, self.cache.language, label)
            yield label, name or self.walkthrough.function, label == here

    @cached_property
    def preset(self) -> Preset | None:
        """The preset whose scenario it is, if it is one's."""
        return self.walkthrough.preset_of(self.scenario)

    @cached_property
    def permalink(self) -> str:
        """The shortest address that reproduces the trace."""
        return self.href(query=query_of(self.trace, self.variant), variant=None, lang=None)

    # Steps

    @property
    def at(self) -> int | str | None:
        """The step as an address has it: `12`, or `12.3` within it."""
        return f"{self.step}.{self.inner}" if self.inner else self.step

    @cached_property
    def inside(self) -> Sequence[Within]:
        """The steps of the functions that the step executed."""
        return [*within(self.trace.steps[self.step - 1])] if self.step else []

    @property
    def callee(self) -> str:
        """The function that the step within a step, or the place, is of; else empty."""
        if self.inner:
            return self.inside[self.inner - 1].function
        return self.focus.callee if self.focus else ""

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why of each step, in order."""
        return tuple(self.wording.reason(step, self.edition) for step in self.trace.steps)

    @cached_property
    def moment(self) -> Moment:
        """The step, for what stands beside the code; what is now is marked by the line itself."""
        return Moment(self.step, ())

    def effects(self, effects: Sequence[Effect], step: int) -> tuple[EffectView, ...]:
        """Effects of a step in words."""
        attributes = self.moment.attributes(Span(step))
        return tuple(
            EffectView(
                kind=e.kind,
                name=e.name.lower(),
                text=self.wording.effect(e),
                is_outward=e.kind in OUTWARD,
                attributes=attributes,
            )
            for e in effects
        )

    @cached_property
    def steps(self) -> tuple[StepView, ...]:
        """The list of steps; one that other scenarios have too is the same object."""
        return tuple(
            self._view(number, step)
            if step.frames
            else self.cache.once(
                ("step", self.step, number, step.site, step.taken, step.effects, reason),
                partial(self._view, number, step),
            )
            for number, (step, reason) in enumerate(
                zip(self.trace.steps, self.reasons, strict=True), 1
            )
        )

    def _view(self, number: int, step: Step) -> StepView:
        site, reason = step.site, self.reasons[number - 1]
        return StepView(
            number=number,
            line=site.span.line,
            end_line=site.span.end_line,
            code=Markup(code_html(site.text)),  # noqa: S704 - escaped
            origin=origin_of(step),
            decision_id=site.decision or "",
            verdict=verdict(step.taken),
            reason=inline(reason.short),
            why=inline(reason.full),
            effects=self.effects(step.effects, number),
            within=inner_views(self, number, step),
        )

    @cached_property
    def goto(self) -> Sequence[str]:
        """What stands before and after a step's number in its address."""
        return self.address(step=HOLE).split(HOLE)

    @cached_property
    def steps_by_line(self) -> Mapping[int, list[StepView]]:
        """The steps that touch a line, in order."""
        by_line: dict[int, list[StepView]] = defaultdict(list)
        for view in self.steps:
            for line in range(view.line, view.end_line + 1):
                by_line[line].append(view)
        return by_line

    @property
    def runnable(self) -> frozenset[int]:
        """The lines that some scenario could execute."""
        return self.edition.program.lines

    def counted(self, here: Sequence[StepView]) -> Markup:
        """Why a decision went its way on the whole path; of a loop that ran, a count and the last.

        `here` are the steps that decided, one at least.
        """
        reason = here[-1].reason
        if len(here) == 1:
            return reason
        held = sum(view.verdict == "true" for view in here)
        text = self._("{count} × true, {other} × false; {reason}")
        whole = Markup("{}").format(text)  # the message is escaped, the reason is HTML
        return whole.format(count=held, other=len(here) - held, reason=reason)

    def player(self, address: Callable[[int | str | None], str] | None = None) -> PlayerView:
        """Where the player stands, and where its buttons lead.

        `address` is that of a step, None for none; without it these are the page's.
        """
        step, count = self.step, self.count
        at = step or 0
        address = address or (lambda number: self.address(step=number))

        def to(number: int | str | None) -> str | None:
            return None if number is None else address(number)

        next_decision = next(
            (view.number for view in self.steps if view.number > at and view.decision_id), None
        )
        current = self.steps[step - 1] if step else None
        inner = self.inner or 0
        ways = ways_inside([it.depth for it in self.inside], inner)
        view = current.within[inner - 1] if current and inner else None
        back: int | str | None = at - 1 if at > 1 else None
        if inner:
            back = f"{at}.{ways.back}" if ways.back else at
        return PlayerView(
            step=step,
            at=self.at,
            count=count,
            has_within=any(item.within for item in self.steps),
            first=to(1) if at != 1 or inner else None,
            back=to(back),
            forward=to(f"{at}.{ways.forward}" if ways.forward else at + 1 if at < count else None),
            last=to(count) if at != count or inner else None,
            next_decision=to(next_decision),
            into=to(f"{at}.{ways.into}" if ways.into else None),
            into_name=current.within[ways.into - 1].function if current and ways.into else "",
            out=to(f"{at}.{ways.out}" if ways.out else at) if inner else None,
            whole=address(None),
            why=view.why if view else current.why if current else Markup(),
            line=current.line if current else None,
            function=view.function if view else "",
        )


def verdict(taken: bool | None) -> str:
    """`true`, `false`, or empty for a step that is no decision."""
    return "" if taken is None else str(taken).lower()
