# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the world sees, as a page shows it: the dock that opens above the player."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from markupsafe import Markup

from app.kernel.inputs import STATES
from app.kernel.scenario import DEFAULT
from app.walkthrough.world import History, WorldSeen
from app.walkthrough.world_words import WorldWords
from app.web.study.contexts import MomentView
from app.web.study.moments import Moment, Span
from app.web.study.page_cache import HOLE
from app.web.study.study import Study
from app.web.world.diagram import diagram_picture
from app.web.world.ladder import ladder_picture


class WorldView:
    """What the world sees in one view; states lead to a socket in them if `is_linked`."""

    def __init__(self, study: Study, *, is_linked: bool = True) -> None:
        self.study, self.is_linked = study, is_linked
        self.seen = WorldSeen(study.trace)
        self.words = WorldWords(study.wording)
        self._ = study.cache.language.gettext

    def _texts(self, items: Iterable[tuple[Span, str, str]]) -> Iterator[MomentView]:
        items = list(items)
        moment = Moment(self.study.step, [span for span, *_ in items])
        for span, text, kind in items:
            yield MomentView(attributes=moment.attributes(span), text=text, kind=kind)

    @property
    def brief(self) -> Iterator[MomentView]:
        """The whole in a line, as it is at one time after the other."""
        parts = lines_of(self.words.brief(self.seen))
        return self._texts((span, text, "") for span, text in parts)

    @property
    def ladder(self) -> Markup:
        """The picture of the segments."""
        rungs = self.seen.rungs
        moment = Moment(self.study.step, [Span(r.step) for r in rungs])
        return ladder_picture(rungs, moment, self.words, (self._("this end"), self._("peer")))

    @property
    def rungs(self) -> Iterator[MomentView]:
        """The same as sentences."""
        return self._texts((Span(r.step), self.words.sentence(r), r.kind) for r in self.seen.rungs)

    @property
    def diagram(self) -> Markup:
        """The picture of the states; empty where the walkthrough has none."""
        _, study, world = self._, self.study, self.seen
        if study.walkthrough.outside.diagram is None:
            return Markup()
        rest = study.scenario.but(state=DEFAULT["state"]).query()
        hole = HOLE if rest else ""

        def address(state: str) -> str | None:
            if state not in STATES or not self.is_linked:
                return None
            # The state is the first in a query, and in none if it is the usual one.
            query = DEFAULT.but(state=state).query()
            return study.href(query="&".join(filter(None, (query, hole))))

        picture = partial(
            diagram_picture,
            diagram=study.walkthrough.outside.diagram,
            states=world.states,
            transitions=world.transitions,
            moment=Moment(study.step, [Span(t.step) for t in world.transitions]),
            href=address,
            texts={
                "name": _("TCP states"),
                "choose": _("{state}: show a socket in this state"),
                "mini": _("mini"),
            },
        )
        shown = (world.states, world.transitions, study.step)
        links = (study.variant, study.lang, hole, self.is_linked)
        return study.cache.once(("states", *shown, *links), picture).replace(HOLE, rest)

    @property
    def transitions(self) -> Iterator[MomentView]:
        """The transitions as a list."""
        moves = self.seen.transitions
        return self._texts((Span(t.step), self.words.transition(t), t.kind) for t in moves)

    def histories(self, *, of_fields: bool) -> Iterator[tuple[History, Markup, list[MomentView]]]:
        """Fields, or counters and timers: when its row is there, and its values.

        Those that are counted are not there before their first change.
        """
        items = self.seen.fields if of_fields else self.seen.counters
        moment = Moment(self.study.step, [Span(at) for item in items for at, _ in item.values])
        for item in items:
            values = item.values if of_fields else item.values[1:]
            ends = [*(at for at, _ in values[1:]), None]
            views = [
                MomentView(
                    attributes=moment.attributes(Span(at, end)), text=self.words.value(item, value)
                )
                for (at, value), end in zip(values, ends, strict=True)
            ]
            yield item, moment.attributes(Span(values[0][0])), views

    @property
    def until_counted(self) -> Markup:
        """When no counter or timer has changed yet, where one ever does, as attributes."""
        first = min(item.values[1][0] for item in self.seen.counters)
        return Moment(self.study.step, []).attributes(Span(0, first))

    @property
    def story(self) -> tuple[str, str, tuple[str, ...]] | None:
        """What becomes of what is left: title, text, and the sysctls that it depends on."""
        told = self.seen.afterwards(self.study.walkthrough.outside)
        return None if told is None else (*self.words.told(told), tuple(told.story.sysctls))


def lines_of(parts: Sequence[tuple[int, int | None, str]]) -> Iterator[tuple[Span, str]]:
    """Whole lines from parts that come and go: each is there alone, so no part is moved."""
    changes = sorted({at for at, _, _ in parts} | {until for _, until, _ in parts if until})
    for place, start in enumerate(changes):
        text = " · ".join(
            text for at, until, text in parts if at <= start and (until is None or start < until)
        )
        yield Span(start, changes[place + 1] if place + 1 < len(changes) else None), text
