# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Card of a page that is about no line of the code, its texts, and the card for a bad address."""

from __future__ import annotations

from typing import Final

from app.i18n import marked
from app.walkthrough.records import Walkthrough
from app.web.addresses import SYMPTOMS
from app.web.cards.drawing import INK, MUTED, PATH, TRACK, Pen, box, disc, picture
from app.web.cards.fonts import MONO_BOLD, SANS, SANS_BOLD
from app.web.cards.study_card import without_classes
from app.web.meta import CARD_SIZE
from app.web.navigation import PARTS
from app.web.study.page_cache import PageCache
from app.web.study.rail import LANE, ROW, passed, row_picture
from app.web.symptoms.view import SymptomsView

#: What a library of several walkthroughs is called.
LIBRARY: Final = marked("Walkthroughs of the Linux kernel's TCP")


def front_caption(cache: PageCache, only: Walkthrough | None) -> tuple[str, str]:
    """Title and text of the front page's card; `only` is the one walkthrough that there is."""
    _, pick = cache.language.gettext, cache.language.pick
    title = pick(only.question or only.title) if only else _(LIBRARY)
    return title, _("Read a kernel function, choose a socket, and see which way it goes and why.")


def view_caption(cache: PageCache, place: str) -> tuple[str, str] | None:
    """Title and text of a view's card; None for what is no view. Raises NotFound."""
    name, _, symptom = place.partition("/")
    if name == SYMPTOMS and cache.walkthrough.symptoms.symptoms:
        view = SymptomsView(cache, None, symptom)
        return view.title, view.description
    part = PARTS.get(place)
    if part is None or not part.title or not part.has_card or not part.has(cache.walkthrough):
        return None
    return cache.language.gettext(part.title), cache.language.gettext(part.text)


#: A bad address gets half of a card.
ERROR_SIZE: Final = (CARD_SIZE[0] // 2, CARD_SIZE[1] // 2)

_LEFT: Final = 72
_TEXT: Final = 800
_RAIL: Final = (960, 2.6)
_NARROW_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")


def page_card(cache: PageCache, name: str, title: str, text: str) -> str:
    """A title and a sentence or two below a name, beside a piece of the rail."""
    large, small = Pen(SANS_BOLD, 62), Pen(SANS, 34, MUTED)
    if cache.language.code != "zh":
        # The font's own are as wide as a Chinese character.
        title, text = (part.translate(_NARROW_QUOTES) for part in (title, text))
    heads = large.lines(title, _TEXT, 3)
    rest = small.lines(text, _TEXT, 4 if len(heads) < 3 else 3)
    height = len(heads) * 74 + 24 + len(rest) * 46
    y = 330 - height / 2 + 62
    parts = [box(0, 0, 14, CARD_SIZE[1], PATH), *_rail(cache)]
    parts.append(Pen(MONO_BOLD, 34).write(_LEFT, 92, name))
    parts += [large.write(_LEFT, y + 74 * n, line) for n, line in enumerate(heads)]
    y += len(heads) * 74 + 4
    parts += [small.write(_LEFT, y + 46 * n, line) for n, line in enumerate(rest)]
    return picture(title, parts)


def error_card(name: str, text: str) -> str:
    """A small picture that says so; of the address that was asked for it holds nothing."""
    w, h = ERROR_SIZE
    pen = Pen(SANS_BOLD, 34, INK)
    parts = [box(0, 0, 8, h, MUTED), Pen(MONO_BOLD, 24, MUTED).write(40, 64, name)]
    parts += [
        pen.write(40, 150 + 44 * n, line) for n, line in enumerate(pen.lines(text, w - 80, 3))
    ]
    return picture(text, parts, size=ERROR_SIZE)


def _rail(cache: PageCache) -> list[str]:
    """The rows of the rail in which most is decided, from edge to edge, and the way of a preset."""
    walkthrough: Walkthrough = cache.walkthrough
    rail = cache.rail(None)
    x, scale = _RAIL
    fitting = int(CARD_SIZE[1] / (ROW * scale))
    count = len(walkthrough.edition.source.lines)
    first = max(
        range(1, max(1, count - fitting + 1) + 1),
        key=lambda row: sum(row <= station < row + fitting for station in rail.stations),
    )
    rows = range(first, count + 1)
    # The one that passes most of these stations; of several the one that readers meet first.
    preset = max(
        walkthrough.presets,
        key=lambda one: len(one.lines & set(rail.stations) & set(rows[: fitting + 1])),
    )
    trace = walkthrough.trace(preset.scenario)
    lit = passed(trace.steps)
    answers = {step.site.span.line: step.taken for step in trace.steps if step.taken is not None}
    stations, parts = [], []
    for index, row in enumerate(rows):
        top = index * ROW * scale
        if top > CARD_SIZE[1]:
            break
        drawn = without_classes(row_picture(rail.pieces.get(row, ()), lit))
        parts.append(
            f'<g transform="translate({x} {top:g}) scale({scale})" fill="none" '
            f'stroke="{TRACK}" stroke-width="2.2">{drawn}</g>'
        )
        lane = rail.stops.get(row)
        if row in rail.stations and lane is not None:
            taken = answers.get(row)
            edge = TRACK if taken is None else PATH
            middle = top + ROW * scale / 2
            at = x + (lane + 0.5) * LANE * scale
            stations.append(
                disc(
                    x=at,
                    y=middle,
                    radius=13,
                    fill=PATH if taken else "#faf9f6",
                    edge=edge,
                    weight=6,
                )
            )
    return parts + stations
