# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the context of a life: what the study page, its own page, slides and frames show of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from markupsafe import Markup

from app.kernel.life.engine import live
from app.kernel.life.records import EndName, Life, Sent
from app.kernel.life.rules import RULES
from app.kernel.life.shorten import shorten
from app.lab.evidence import life_id
from app.walkthrough.life.many import OF, REST, Crowd
from app.walkthrough.life.ss_writer import ss_heading, ss_line
from app.walkthrough.life.words import LifeWords, Told
from app.web.addresses import API, EMBED, LIFE, MANY
from app.web.contexts import LinkView
from app.web.life.contexts import (
    EventView,
    FactView,
    LifePart,
    LifePlayerView,
    LifeView,
    SocketView,
)
from app.web.life.picture import Arrow, Row, Running, TimeLine
from app.web.query import PageQuery, joined
from app.web.study.contexts import MomentView
from app.web.study.moments import Moment, Span
from app.web.study.page_cache import HOLE, Kept, PageCache, inline
from app.web.study.study import Study

#: Events that are laid out beside other things; up to the one that is shown, where that is later.
_MOST: Final = 30
_ENDS: Final[tuple[EndName, EndName]] = ("this", "peer")


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
    return _Maker(study, life, step or 1, is_page=is_page, is_framed=is_framed).view()


def life_part(study: Study) -> LifePart | None:
    """The same for the page of the function, where nothing is chosen in it."""
    if study.trace.error is not None or study.walkthrough.outside.life is None:
        return None
    maker = _Maker(study, live(study.trace, study.conditions), 1)
    return LifePart(
        kept=maker.kept(),
        query=study.query,
        is_chosen=bool(study.conditions.changed()),
        href=maker.href(None),
        many=maker.many(),
    )


def life_study(cache: PageCache, query: PageQuery) -> Study:
    """The scenario and the conditions of a query; its step is one of the life, and not of this."""
    return Study(
        cache,
        query.scenario,
        variant=query.variant,
        lang=query.lang,
        conditions=query.conditions,
    )


def life_title(cache: PageCache) -> str:
    """What a page of a life is called."""
    return cache.language.gettext("Life after {call}").format(call=cache.walkthrough.call)


class _Maker:
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
        self.study, self.life, self.step = study, life, step
        self.query = study.query if query is None else query
        self.is_page, self.is_framed = is_page, is_framed
        self.words = LifeWords(study.walkthrough, study.cache.language)
        self._ = study.cache.language.gettext

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
            *(study.cache, study.lang, study.variant, query, self._seen()),
            *(study.conditions, events),
            *(life.this, life.peer, life.is_cut, life.ends_us, life.ended_by, life.peer_ends_us),
            life.notes,
        )
        return Kept(key, _Maker(study, life, self.step, query=query).view)

    def view(self) -> LifeView:
        life, words, addresses = self.life, self.words, self.study.cache.addresses
        events = tuple(self._events())
        return LifeView(
            is_chosen=bool(self.study.conditions.changed()),
            says=inline(words.says(life)),
            seen=self._seen(),
            notes=tuple(map(inline, words.notes(life))),
            picture=self.time_line().picture(
                Moment(self.step, [Span(n + 1) for n in range(self.count)]),
                (self._("this end"), self._("peer")),
            ),
            events=events,
            now=self._history([self._now(event) for event in events]),
            ends=tuple(map(self._socket, _ENDS)),
            player=self._player(),
            shorten=tuple(self._shorten()) if self.is_page else (),
            is_cut=life.is_cut,
            rest=self.rest,
            href=self.href(None),
            api=addresses.below(
                API,
                self.study.walkthrough.id,
                LIFE,
                query=self.study.query,
                variant=self.study.variant,
                lang=self.study.lang,
            ),
            many=self.many(),
        )

    def many(self) -> str:
        """All of them as this one, whose peer is the share there."""
        study, peer = self.study, self.study.conditions["peer"]
        shares = Crowd.default() if peer == REST else Crowd.default().but(**{peer: OF})
        same = joined(study.scenario, study.conditions.but(peer=REST))
        return study.cache.addresses.page(
            study.walkthrough.id,
            f"{LIFE}/{MANY}",
            query="&".join(filter(None, (shares.query(), same))),
            variant=study.variant,
            lang=study.lang,
        )

    def _seen(self) -> str:
        study = self.study
        if study.variant is not None:
            return ""
        kernels = study.cache.sightings.lives.get(
            life_id(study.trace.scenario, study.conditions), ()
        )
        said = self._("Seen on Linux {version}, to its end") if kernels else ""
        return said.format(version=" / ".join(kernels))

    def _shorten(self) -> Iterator[LinkView]:
        study = self.study
        for item in shorten(self.life, study.edition.trace):
            address = study.cache.addresses.page(
                study.walkthrough.id,
                LIFE,
                query=joined(item.life.scenario, item.life.conditions),
                variant=study.variant,
                lang=study.lang,
            )
            yield LinkView(href=address, text=self.words.shorter(item))

    def _now(self, event: EventView) -> Markup:
        text = Markup("{}").format(self._("{time} · {end}: {text}"))
        return text.format(time=event.clock, end=event.end, text=event.text)

    def href(self, step: int | None) -> str:
        """The address of the life at an event."""
        study, addresses = self.study, self.study.cache.addresses
        name, query, lang = study.walkthrough.id, self.query, study.lang
        variant = study.variant
        if self.is_framed:
            return addresses.below(
                EMBED, name, LIFE, query=query, variant=variant, step=step, lang=lang
            )
        return addresses.page(name, LIFE, query=query, variant=variant, step=step, lang=lang)

    def _events(self) -> Iterator[EventView]:
        known: set[str] = set()
        for number, event in enumerate(self.told, 1):
            rule = event.event.rule if event.event and event.event.rule not in known else None
            known.add(rule or "")
            yield EventView(
                clock=self.words.clock(event.at_us),
                end=self.words.end(event.end),
                text=inline(event.text),
                source=RULES[rule] if rule else "",
                left_out=inline(self.words.left_out(rule) if rule else ""),
                href=self.href(number),
                is_current=number == self.step,
            )

    # What holds behind each event

    def _socket(self, end: EndName) -> SocketView:
        _, words, is_peer = self._, self.words, end == "peer"
        held = [(one.at_us, one.peer if is_peer else one.this) for one in self.told]
        facts = [
            (_("Kept as"), [words.holds(it) for _at, it in held]),
            (_("Port"), [words.bind(it) for _at, it in held]),
            (_("Counters"), list(self._counters(end))),
        ]
        return SocketView(
            name=words.end(end),
            facts=tuple(FactView(name=name, values=self._history(texts)) for name, texts in facts),
            heading=ss_heading(),
            lines=self._history([ss_line(it, at, is_peer=is_peer) for at, it in held]),
        )

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

    def _player(self) -> LifePlayerView:
        step, count = self.step, self.count
        return LifePlayerView(
            step=step,
            count=count,
            first=self.href(1) if step > 1 else None,
            back=self.href(step - 1) if step > 1 else None,
            forward=self.href(step + 1) if step < count else None,
            last=self.href(count) if step < count else None,
        )
