# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A life as a page shows it: what the study page, its own page, slides and frames show of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from markupsafe import Markup

from app.kernel.life.engine import live
from app.kernel.life.records import EndName, Life, Sent, Snapshot
from app.kernel.life.rules import RULES
from app.lab.evidence import life_id
from app.walkthrough.life.many import OF, REST, Crowd
from app.walkthrough.life.ss_writer import ss_heading, ss_line
from app.walkthrough.life.words import LifeWords, Told
from app.walkthrough.pairs import edition_key
from app.web.addresses import API, EMBED, LIFE, MANY
from app.web.contexts import LinkView
from app.web.life.picture import Arrow, Row, Running, TimeLine
from app.web.query import joined
from app.web.study.contexts import MomentView
from app.web.study.maker import Maker
from app.web.study.moments import Moment, Span
from app.web.study.page_cache import HOLE, Kept, PageCache, inline
from app.web.study.study import Study

#: Events that are laid out beside other things; up to the one that is shown, where that is later.
_MOST: Final = 30


def life_view(
    study: Study, step: int | None = None, *, is_page: bool = False, is_framed: bool = False
) -> LifeView | None:
    """The life after a study's trace; None where its C does not return.

    `step` is the event that is shown; the first, where the call returns, if it is None. What would
    shorten it takes some 20 ms, so only its own page has that (`is_page`). In a frame the links to
    events stay there (`is_framed`).
    """
    if study.trace.error is not None or study.walkthrough.outside.life is None:
        return None
    life = live(study.trace, study.conditions)
    return LifeView(study, life, step or 1, is_page=is_page, is_framed=is_framed)


def life_title(cache: PageCache) -> str:
    """What a page of a life is called."""
    return cache.language.gettext("Life after {call}").format(call=cache.walkthrough.call)


class LifeView(Maker):
    """A life, at an event; `is_page` is its own page, and `is_framed` a frame of another page.

    `query` stands in its addresses instead of the study's.
    """

    def __init__(
        self,
        study: Study,
        life: Life,
        step: int,
        *,
        is_page: bool = False,
        is_framed: bool = False,
        query: str | None = None,
    ) -> None:
        super().__init__(study.cache, study.lang, study.variant)
        self.study, self.life, self.step = study, life, step
        self.query = study.query if query is None else query
        self.is_page, self.is_framed = is_page, is_framed
        self.words = LifeWords(study.walkthrough, study.cache.language)
        #: Whether a condition is another than the usual.
        self.is_chosen = bool(study.conditions.changed())

    @cached_property
    def _all(self) -> Sequence[Told]:
        return self.words.told(self.life)

    @cached_property
    def told(self) -> Sequence[Told]:
        """What is laid out."""
        return self._all if self.is_page else self._all[: max(_MOST, self.step)]

    @property
    def count(self) -> int:
        """How many events are laid out."""
        return len(self.told)

    @property
    def rest(self) -> int:
        """How many more there are."""
        return len(self._all) - len(self.told)

    @property
    def kept(self) -> Kept[LifeView]:
        """The view with a hole in the place of the query, for all scenarios with such a life."""
        life, study = self.life, self.study
        query = HOLE if self.query else ""
        events = tuple(
            (
                *(event.at_us, event.end, event.rule, event.received, event.sent),
                *(event.states, event.timers, tuple(event.counters.items())),
                *(event.this, event.peer),
            )
            for event in life.events
        )
        key = (
            *(study.cache, study.lang, study.variant, query, self.seen),
            *(study.conditions, events),
            *(life.this, life.peer, life.is_cut, life.ends_us, life.ended_by, life.peer_ends_us),
            life.notes,
        )
        return Kept(key, lambda: LifeView(study, life, self.step, query=query))

    @property
    def says(self) -> Markup:
        """How long, and what ends it."""
        return inline(self.words.says(self.life))

    @property
    def notes(self) -> Iterator[Markup]:
        """How conditions that do not fit the scenario were taken."""
        return map(inline, self.words.notes(self.life))

    @property
    def picture(self) -> Markup:
        """The time line."""
        moment = Moment(self.step, [Span(n + 1) for n in range(self.count)])
        return self.time_line().picture(moment, (self._("this end"), self._("peer")))

    @property
    def scenario(self) -> str:
        """Scenario, conditions and text, as the address has them."""
        study = self.study
        text = f"{edition_key(self.variant)}={self.variant}" if self.variant else ""
        known = (joined(study.scenario, study.conditions), text)
        return "&".join(filter(None, known)).replace("&", " ")

    @property
    def api(self) -> str:
        """JSON."""
        return self.href(LIFE, self.study.query, below=API)

    @property
    def many(self) -> str:
        """All of them as this one, whose peer is the share there."""
        study, peer = self.study, self.study.conditions["peer"]
        shares = Crowd.default() if peer == REST else Crowd.default().but(**{peer: OF})
        same = joined(study.scenario, study.conditions.but(peer=REST))
        return self.href(f"{LIFE}/{MANY}", "&".join(filter(None, (shares.query(), same))))

    @property
    def seen(self) -> str:
        """On which kernels it went just so; empty where nobody has seen it."""
        study = self.study
        if study.variant is not None:
            return ""
        kernels = study.cache.sightings.lives.get(
            life_id(study.trace.scenario, study.conditions), ()
        )
        said = self._("Seen on Linux {version}, to its end") if kernels else ""
        return said.format(version=" / ".join(kernels))

    @property
    def shorten(self) -> Iterator[LinkView]:
        """Changes that would make it shorter, and how long it is then."""
        from app.kernel.life.shorten import shorten

        for item in shorten(self.life, self.study.edition.trace):
            query = joined(item.life.scenario, item.life.conditions)
            yield LinkView(href=self.href(LIFE, query), text=self.words.shorter(item))

    @property
    def now(self) -> tuple[MomentView, ...]:
        """The sentence of each event, where the player stands."""
        text = Markup("{}").format(self._("{time} · {end}: {text}"))
        return self._history(
            [
                text.format(
                    time=self.words.clock(event.at_us),
                    end=self.words.end(event.end),
                    text=inline(event.text),
                )
                for event in self.told
            ]
        )

    def at(self, step: int | None) -> str:
        """The address of the life at an event."""
        return self.href(LIFE, self.query, below=EMBED if self.is_framed else "", step=step)

    @property
    def rules(self) -> list[str]:
        """The rule of each event, where it comes for the first time; else empty."""
        rules = [one.event.rule if one.event else "" for one in self.told]
        return [rule if rule not in rules[:n] else "" for n, rule in enumerate(rules)]

    @staticmethod
    def source(rule: str) -> str:
        """Files and functions of a rule."""
        return RULES[rule]

    # What holds behind each event

    def _held(self, end: EndName) -> list[tuple[int, Snapshot]]:
        return [(one.at_us, one.peer if end == "peer" else one.this) for one in self.told]

    def facts(self, end: EndName) -> Iterator[tuple[str, tuple[MomentView, ...]]]:
        """What holds at an end, beside what ss prints, at one event after the other."""
        _, words, held = self._, self.words, [it for _at, it in self._held(end)]
        yield _("Kept as"), self._history(list(map(words.holds, held)))
        yield _("Port"), self._history(list(map(words.bind, held)))
        yield _("Counters"), self._history(list(self._counters(end)))

    @property
    def heading(self) -> str:
        """That of what ss prints."""
        return ss_heading()

    def lines(self, end: EndName) -> tuple[MomentView, ...]:
        """What ss prints of an end, at one event after the other."""
        is_peer = end == "peer"
        return self._history([ss_line(it, at, is_peer=is_peer) for at, it in self._held(end)])

    def _counters(self, end: EndName) -> Iterator[str]:
        """What has risen at an end so far."""
        risen = Counter[str]()
        none = self._("none has risen")
        for one in self.told:
            if one.event is not None and one.end == end:
                risen.update(one.event.counters)
            yield ", ".join(f"{name} +{n}" for name, n in risen.items()) or none

    def _history(self, texts: Sequence[str]) -> tuple[MomentView, ...]:
        """A text for each event, each as long as it stays the same."""
        starts = [n for n, text in enumerate(texts) if not n or texts[n - 1] != text]
        ends: list[int | None] = [*(n + 1 for n in starts[1:]), None]
        spans = [Span(n + 1, end) for n, end in zip(starts, ends, strict=True)]
        moment = Moment(self.step, spans)
        return tuple(
            MomentView(attributes=moment.attributes(span), text=texts[span.at - 1])
            for span in spans
        )

    # The picture

    def time_line(self) -> TimeLine:
        """What is drawn."""
        arrows = tuple(self._arrows())
        shown = {arrow.start for arrow in arrows} | {arrow.end for arrow in arrows}
        returns = self._("{call} returns").format(call=self.study.walkthrough.call)
        return TimeLine(
            rows=tuple(
                Row(
                    at_us=one.at_us,
                    clock=self.words.clock(one.at_us),
                    this=one.this,
                    peer=one.peer,
                    label=""
                    if n in shown
                    else self.words.label(one.event)
                    if one.event
                    else returns,
                )
                for n, one in enumerate(self.told)
            ),
            arrows=arrows,
            timers=tuple(self._timers()),
            more=self._("and so on") if self.rest or self.life.is_cut else "",
        )

    def _arrows(self) -> Iterator[Arrow]:
        """Each segment, from the event that sends it to that in which it arrives."""
        events = [(n, one.event) for n, one in enumerate(self.told) if one.event is not None]
        sent = {id(one) for _, event in events for one in event.sent}
        arrivals = {id(event.received): n for n, event in events if event.received is not None}
        for n, event in events:
            is_ours = event.end == "this"
            if event.received is not None and id(event.received) not in sent:
                # It was under way when the call returned.
                label = self.words.segment(event.received)
                yield self._arrow(event.received, label, 0, n, is_ours=not is_ours)
            for one in event.sent:
                label = self.words.probe(event) or self.words.segment(one)
                end = arrivals.get(id(one))
                # One that arrives in what is left out is neither there nor lost.
                if end is not None or one.arrives_us is None or not self.rest:
                    yield self._arrow(one, label, n, end, is_ours=is_ours)

    @staticmethod
    def _arrow(one: Sent, label: str, start: int, end: int | None, *, is_ours: bool) -> Arrow:
        return Arrow(
            is_ours=is_ours,
            start=start,
            end=end,
            label=label,
            is_reset="RST" in one.flags,
        )

    def _timers(self) -> Iterator[Running]:
        """Each timer from when it is armed until it fires, is armed anew or is cancelled."""
        running: dict[tuple[str, str], int] = {}
        for n, one in enumerate(self.told):
            for change in one.event.timers if one.event else ():
                key = (one.end, change.name)
                start = running.pop(key, None)
                if start is not None:
                    yield self._running(one.end, start, n, has_fired=change.what == "fired")
                if change.what == "armed":
                    running[key] = n
        for (end, _name), start in running.items():
            yield self._running(end, start, None, has_fired=False)

    @staticmethod
    def _running(end: str, start: int, stop: int | None, *, has_fired: bool) -> Running:
        return Running(is_ours=end == "this", start=start, end=stop, has_fired=has_fired)
