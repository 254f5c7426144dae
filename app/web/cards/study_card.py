# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The card of a place or a scenario: what it asks, the code with its path, what becomes of it."""

from __future__ import annotations

from typing import Final

from app.kernel.scenario import DEFAULT
from app.walkthrough.wording import kernel_name
from app.web.cards.drawing import DATA, INK, MUTED, PATH, RESET, SHEET, Pen, box, picture
from app.web.cards.fonts import MONO, MONO_BOLD, SANS, SANS_BOLD
from app.web.cards.listing import ROWS, Listing
from app.web.meta import CARD_SIZE
from app.web.sharing.excerpt import excerpt, telling_lines
from app.web.study.captions import span_title
from app.web.study.study import Study, verdict

_LEFT: Final = 56
_RIGHT: Final = CARD_SIZE[0] - 56
_WIDTH: Final = _RIGHT - _LEFT
_NO_LINES: Final = 2
#: Where the outcome's first sentence stands when the panel is as high as it gets.
_OUTCOME: Final = 532


def study_card(study: Study) -> str:
    """The picture as SVG, in the language of the study."""
    title, way = _title(study)
    listing = Listing(study, excerpt(study, *telling_lines(study), ROWS))
    tone = _tone(study)
    parts = [box(0, 0, 14, CARD_SIZE[1], tone), *_header(study)]
    parts += _heading(title, way)
    top = 178 + (ROWS * 43 + 28 - listing.height) / 2
    parts += listing.draw(_LEFT, top, _WIDTH)
    parts += _outcome(study, tone)
    return picture(f"{title} {way}".strip(), parts)


def _title(study: Study) -> tuple[str, str]:
    """What the card is about, and the way out where it is a branch."""
    pick, focus = study.cache.language.pick, study.focus
    if focus is not None:
        if focus.decision is None:
            return span_title(study, focus), ""
        return pick(focus.decision.title), verdict(focus.taken)
    if study.scenario == DEFAULT:
        return pick(study.walkthrough.title), ""
    preset = study.preset
    return (pick(preset.title) if preset else study.query.replace("&", " ")), ""


def _tone(study: Study) -> str:
    outcome = study.trace.outcome
    return RESET if study.trace.error is not None or "RST" in outcome.segments else PATH


def _header(study: Study) -> list[str]:
    """Whose function it is, and the socket that is shown."""
    brand, small = Pen(MONO_BOLD, 30), Pen(SANS, 25, MUTED)
    name = f"{study.walkthrough.function}()"
    kernel = kernel_name(study.walkthrough, study.cache.language, study.variant)
    after = _LEFT + brand.width(name) + 22
    query = study.query.replace("&", " ") or "state=ESTABLISHED"
    socket = Pen(MONO, 25, DATA)
    room = _RIGHT - after - small.width(kernel) - 40
    return [
        brand.write(_LEFT, 66, name),
        small.write(after, 65, kernel),
        socket.write(_RIGHT, 65, socket.cut(query, room), anchor="end"),
    ]


def _heading(title: str, way: str) -> list[str]:
    """The title, and the way out beside it."""
    pill = Pen(MONO_BOLD, 42, SHEET)
    pill_width = pill.width(way) + 52 if way else 0
    pen = Pen(SANS_BOLD, 56, INK).sized(title, _WIDTH - pill_width - 28, 36)
    shown = pen.cut(title, _WIDTH - pill_width - 28)
    parts = [pen.write(_LEFT, 146, shown)]
    if way:
        x = _LEFT + pen.width(shown) + 28
        parts.append(box(x, 98, pill_width, 62, PATH, radius=31))
        parts.append(pill.write(x + 26, 144, way))
    return parts


def _outcome(study: Study, tone: str) -> list[str]:
    """What is left, the first sentence large."""
    first, *others = (text.replace("`", "") for text in study.wording.outcome(study.trace))
    large = Pen(SANS_BOLD, 42, tone).sized(first, _WIDTH, 30)
    small = Pen(SANS, 28, INK)
    rest = study.cache.language.space.join(others)
    lines = small.lines(rest, _WIDTH, _NO_LINES)
    y = _OUTCOME if len(lines) > 1 else _OUTCOME + 10
    parts = [large.write(_LEFT, y, large.cut(first, _WIDTH))]
    parts += [small.write(_LEFT, y + 44 + 37 * n, line) for n, line in enumerate(lines)]
    return parts
