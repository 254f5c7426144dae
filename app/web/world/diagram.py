# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The state diagram as SVG: where the socket came in, the transitions made, where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from app.walkthrough.outside import Diagram
from app.walkthrough.world import History, Transition
from app.web.study.moments import Moment, Span
from app.web.svg import element

Href = Callable[[str], str | None]

_HEADS: Final = Markup(
    "<defs>"
    '<marker id="head" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
    '<marker id="head-on" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="9" markerHeight="9" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
    "</defs>"
)


def diagram_picture(
    diagram: Diagram,
    states: History,
    transitions: Sequence[Transition],
    moment: Moment,
    href: Href,
    texts: Mapping[str, str],
) -> Markup:
    """The whole SVG.

    The list of transitions, `w-moves`, is its text: it follows the steps.
    `href` gives the address of a state, or None; `texts` has `name` (of the picture), `choose`
    (of a state's link, with {state} in it) and `mini`.
    """
    # A transition whose states have no place can't be drawn; the list beside it still says it.
    drawn = [t for t in transitions if {t.before, t.after} <= diagram.states.keys()]
    moves = [(t, diagram.way(t.before, t.after)) for t in drawn if t.before != t.after]
    parts = [_HEADS]
    parts += [
        element("path", class_="way", d=arrow.path) for arrow in diagram.arrows if arrow.always
    ]
    for t, (path, _) in moves:
        kind = "way left" if t.kind == "left" else "way on"
        when = moment.attributes(Span(t.step))
        parts.append(element("path", class_=kind, when=when, d=path))
    parts += [
        _state(
            diagram=diagram,
            name=name,
            states=states,
            transitions=transitions,
            moment=moment,
            href=href,
            texts=texts,
        )
        for name in diagram.states
    ]
    for t, (_, badge) in moves:
        if t.number:
            x, y = map(float, badge)
            disc = element("circle", cx=x, cy=y, r=7.5)
            text = element("text", t.number, x=x, y=y + 3.5)
            when = moment.attributes(Span(t.step))
            parts.append(element("g", disc, text, class_="badge", aria_hidden="true", when=when))
    return element(
        "svg",
        *parts,
        class_="states-map",
        viewBox=f"0 0 {diagram.width} {diagram.height}",
        role="group",
        aria_label=texts["name"],
        aria_describedby="w-moves",
    )


def _state(
    diagram: Diagram,
    name: str,
    states: History,
    transitions: Sequence[Transition],
    moment: Moment,
    href: Href,
    texts: Mapping[str, str],
) -> Markup:
    """A state's box: seen from a step on, here for a while, its mini-socket from a step on."""
    x, y = map(float, diagram.states[name])
    width, height = map(float, diagram.box)

    def box(when: str = "", **more: str) -> Markup:
        left, top = x - width / 2, y - height / 2
        return element("rect", x=left, y=top, width=width, height=height, rx=5, when=when, **more)

    parts = [box(class_="box")]
    spans = spans_of(states, name)
    if spans:
        parts.append(box(moment.attributes(Span(spans[0].at)), class_="seen"))
    parts += [box(moment.attributes(span), class_="here") for span in spans]
    minis = [t for t in transitions if t.kind == "mini" and t.after == name]
    since = moment.attributes(Span(minis[0].step)) if minis else ""
    if minis:
        parts.append(element("g", box(), class_="mini", when=since))
    parts.append(element("text", name, x=x, y=y + 4))
    if minis:
        left, top = x + width / 2 - 24, y - height / 2 - 8
        around = element("rect", x=left, y=top, width=30, height=13, rx=6.5)
        text = element("text", texts["mini"], x=left + 15, y=top + 9.5)
        parts.append(element("g", around, text, class_="tag", aria_hidden="true", when=since))
    if states.values[0][1] == name:
        way = f"M{x - width / 2 - 1:g} {y - 5:g}l7 5l-7 5z"
        parts.append(element("path", class_="entry", d=way))
    address = href(name)
    if address is None:
        return element("g", *parts, class_="state")
    label = texts["choose"].format(state=name)
    return element("a", *parts, class_="state", href=address, aria_label=label)


def spans_of(history: History, value: str) -> list[Span]:
    """When a history has a value."""
    values = history.values
    ends = [*(step for step, _ in values[1:]), None]
    return [
        Span(step, end) for (step, known), end in zip(values, ends, strict=True) if known == value
    ]
