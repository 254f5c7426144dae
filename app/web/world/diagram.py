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
    width, height = diagram.size
    # A transition whose states have no place can't be drawn; the list beside it still says it.
    drawn = [t for t in transitions if {t.before, t.after} <= diagram.states.keys()]
    parts = [_HEADS]
    parts.extend(
        Markup('<path class="way" d="%s"/>') % (arrow.path,)
        for arrow in diagram.arrows.values()
        if arrow.is_always
    )
    parts.extend(
        Markup('<path class="way %s"%s d="%s"/>')
        % (
            "left" if t.kind == "left" else "on",
            moment.attributes(Span(t.step)),
            diagram.arrow(t.before, t.after).path,
        )
        for t in drawn
        if t.before != t.after
    )
    parts.extend(
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
    )
    parts.extend(
        Markup('<g class="badge" aria-hidden="true"%s><circle cx="%s" cy="%s" r="7.5"/>%s</g>')
        % (
            moment.attributes(Span(t.step)),
            f"{x:g}",
            f"{y:g}",
            Markup('<text x="%s" y="%s">%s</text>') % (f"{x:g}", f"{y + 3.5:g}", t.number),
        )
        for t in drawn
        if t.number and t.before != t.after
        for x, y in [diagram.arrow(t.before, t.after).badge]
    )
    return Markup(
        '<svg class="states-map" viewBox="0 0 %s %s" role="group" aria-label="%s" '
        'aria-describedby="w-moves">%s</svg>'
    ) % (width, height, texts["name"], Markup().join(parts))


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
    x, y = diagram.states[name]
    width, height = diagram.box
    shape = Markup(' x="%s" y="%s" width="%s" height="%s" rx="5"') % (
        f"{x - width / 2:g}",
        f"{y - height / 2:g}",
        f"{width:g}",
        f"{height:g}",
    )
    parts = [Markup('<rect class="box"%s/>') % (shape,)]
    spans = spans_of(states, name)
    if spans:
        seen = Span(spans[0].at)
        parts.append(Markup('<rect class="seen"%s%s/>') % (moment.attributes(seen), shape))
    parts.extend(
        Markup('<rect class="here"%s%s/>') % (moment.attributes(span), shape) for span in spans
    )
    minis = [t for t in transitions if t.kind == "mini" and t.after == name]
    if minis:
        parts.append(
            Markup('<g class="mini"%s><rect%s/></g>')
            % (moment.attributes(Span(minis[0].step)), shape)
        )
    parts.append(Markup('<text x="%s" y="%s">%s</text>') % (f"{x:g}", f"{y + 4:g}", name))
    if minis:
        parts.append(
            Markup(
                '<g class="tag" aria-hidden="true"%s>'
                '<rect x="%s" y="%s" width="30" height="13" rx="6.5"/>'
                '<text x="%s" y="%s">%s</text></g>'
            )
            % (
                moment.attributes(Span(minis[0].step)),
                f"{x + width / 2 - 24:g}",
                f"{y - height / 2 - 8:g}",
                f"{x + width / 2 - 9:g}",
                f"{y - height / 2 + 1.5:g}",
                texts["mini"],
            )
        )
    if states.values[0][1] == name:
        parts.append(
            Markup('<path class="entry" d="M%s %sl7 5l-7 5z"/>')
            % (f"{x - width / 2 - 1:g}", f"{y - 5:g}")
        )
    inside = Markup().join(parts)
    address = href(name)
    if address is None:
        return Markup('<g class="state">%s</g>') % (inside,)
    return Markup('<a class="state" href="%s" aria-label="%s">%s</a>') % (
        address,
        texts["choose"].format(state=name),
        inside,
    )


def spans_of(history: History, value: str) -> list[Span]:
    """When a history has a value."""
    values = history.values
    ends = [*(step for step, _ in values[1:]), None]
    return [
        Span(step, end) for (step, known), end in zip(values, ends, strict=True) if known == value
    ]
