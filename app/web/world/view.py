# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the context of "What the world sees": the dock that opens above the player."""

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
from app.web.study.page_cache import HOLE, inline
from app.web.study.study import Study
from app.web.world.contexts import HistoryView, StoryView, WorldView
from app.web.world.diagram import diagram_picture
from app.web.world.ladder import ladder_picture


def world_view(study: Study, *, is_linked: bool = True) -> WorldView:
    """The context for one view of a walkthrough; states lead to a socket in them if `is_linked`."""
    world = WorldSeen(study.trace)
    words = WorldWords(study.wording)
    outside = study.walkthrough.outside
    language = study.cache.language
    _, step = language.gettext, study.step

    def texts(items: Iterable[tuple[Span, str, str]]) -> tuple[MomentView, ...]:
        items = list(items)
        moment = Moment(step, [span for span, *_ in items])
        return tuple(
            MomentView(attributes=moment.attributes(span), text=text, kind=kind)
            for span, text, kind in items
        )

    def histories(items: tuple[History, ...], *, grows: bool) -> tuple[HistoryView, ...]:
        """Rows; those that grow are not there before their first change."""
        moment = Moment(step, [Span(at) for item in items for at, _ in item.values])
        views = []
        for item in items:
            values = item.values[1:] if grows else item.values
            ends = [*(at for at, _ in values[1:]), None]
            views.append(
                HistoryView(
                    name=words.name(item),
                    is_code=words.is_code(item),
                    attributes=moment.attributes(Span(values[0][0])),
                    values=tuple(
                        MomentView(
                            attributes=moment.attributes(Span(at, end)),
                            text=words.value(item, value),
                        )
                        for (at, value), end in zip(values, ends, strict=True)
                    ),
                )
            )
        return tuple(views)

    rest = study.scenario.but(state=DEFAULT["state"]).query()
    hole = HOLE if rest else ""

    def address(state: str) -> str | None:
        if state not in STATES or not is_linked:
            return None
        # The state is the first in a query, and in none if it is the usual one.
        query = DEFAULT.but(state=state).query()
        return study.cache.addresses.page(
            study.walkthrough.id,
            query="&".join(filter(None, (query, hole))),
            variant=study.variant,
            lang=study.lang,
        )

    firsts = [item.values[1][0] for item in world.counters]
    rungs, transitions = world.rungs, world.transitions
    diagram = Markup()
    if outside.diagram is not None:
        picture = partial(
            diagram_picture,
            diagram=outside.diagram,
            states=world.states,
            transitions=transitions,
            moment=Moment(step, [Span(t.step) for t in transitions]),
            href=address,
            texts={
                "name": _("TCP states"),
                "choose": _("{state}: show a socket in this state"),
                "mini": _("mini"),
            },
        )
        shown = (world.states, transitions, step)
        links = (study.variant, study.lang, hole, is_linked)
        diagram = study.cache.once(("states", *shown, *links), picture).replace(HOLE, rest)
    told = world.afterwards(outside)
    story = None
    if told is not None:
        title, text = words.told(told)
        story = StoryView(
            title=title,
            text=inline(text),
            sysctls=tuple(
                (name, inline(language.pick(outside.sysctls[name]))) for name in told.story.sysctls
            ),
        )
    return WorldView(
        brief=texts((span, text, "") for span, text in lines_of(words.brief(world))),
        ladder=ladder_picture(
            rungs,
            Moment(step, [Span(r.step) for r in rungs]),
            words,
            (_("this end"), _("peer")),
        ),
        rungs=texts((Span(r.step), words.sentence(r), r.kind) for r in rungs),
        diagram=diagram,
        entry=world.entry,
        transitions=texts((Span(t.step), words.transition(t), t.kind) for t in transitions),
        fields=histories(world.fields, grows=False),
        counters=histories(world.counters, grows=True),
        until_counted=Moment(step, []).attributes(Span(0, min(firsts))) if firsts else None,
        story=story,
    )


def lines_of(parts: Sequence[tuple[int, int | None, str]]) -> Iterator[tuple[Span, str]]:
    """Whole lines from parts that come and go: each is there alone, so no part is moved."""
    changes = sorted({at for at, _, _ in parts} | {until for _, until, _ in parts if until})
    for place, start in enumerate(changes):
        text = " · ".join(
            text for at, until, text in parts if at <= start and (until is None or start < until)
        )
        yield Span(start, changes[place + 1] if place + 1 < len(changes) else None), text
