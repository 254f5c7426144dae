# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Card of a place or a scenario: what it asks, the code with its path, what becomes of it.

The code is the few lines that tell the most about a place, with the rail beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pygments.token import Token

from app.csource.tracks import Rail
from app.kernel.scenario import DEFAULT
from app.walkthrough.wording import kernel_name
from app.web.cards.drawing import (
    DATA,
    HERE,
    HERE_SOFT,
    INK,
    KEYWORD,
    MUTED,
    NUMBER,
    PATH,
    RECEDE,
    RESET,
    RULE,
    SHEET,
    TRACK,
    TYPE,
    Pen,
    box,
    disc,
    picture,
)
from app.web.cards.fonts import MONO, MONO_BOLD, SANS, SANS_BOLD
from app.web.meta import CARD_SIZE
from app.web.sharing.excerpt import excerpt, telling_lines
from app.web.study.captions import span_title
from app.web.study.code import token_lines
from app.web.study.rail import LANE, ROW, fold_picture, passed, row_picture
from app.web.study.study import Study, verdict

#: The most rows that are shown, and how high one is in pixels.
ROWS: Final = 6
_HEIGHT: Final = 43
_PAD: Final = 14
#: The rail is drawn narrower than high.
_NARROW: Final = 0.62
_TAB: Final = 4
_LARGEST, _SMALLEST = 29.0, 21.0
_COLOURS: Final = (
    (Token.Comment, MUTED),
    (Token.Keyword.Type, TYPE),
    (Token.Keyword, KEYWORD),
    (Token.Literal, NUMBER),
)


class Listing:
    """Draws the rows of a place into a panel."""

    def __init__(self, study: Study, rows: Sequence[int | None]) -> None:
        self.study = study
        self.rows = rows
        self.source = study.edition.source
        self.tokens = token_lines(self.source)
        self.rail: Rail = study.cache.rail(study.variant)
        self.lit = passed(study.trace.steps)
        self.executed = study.trace.lines

    @property
    def height(self) -> float:
        """How high the panel is in pixels."""
        return len(self.rows) * _HEIGHT + 2 * _PAD

    def draw(self, x: float, y: float, w: float) -> list[str]:
        """The panel with its rows."""
        scale = _HEIGHT / ROW
        rail_x = x + 22
        number_x = rail_x + self.lanes * LANE * scale * _NARROW + 62
        code_x = number_x + 26
        pen = self.pen(x + w - 24 - code_x)
        parts = [box(x, y, w, self.height, SHEET, radius=14, edge=RULE)]
        for index, row in enumerate(self.rows):
            top = y + _PAD + index * _HEIGHT
            if self.is_focus(row):
                if self.study.focus and self.study.focus.start == self.study.focus.end:
                    parts.append(box(x + 1, top, w - 2, _HEIGHT, HERE_SOFT))
                parts.append(box(x + 1, top, 8, _HEIGHT, HERE))
            parts.append(self.track(index, rail_x, top, scale))
            if row is None:
                parts.append(Pen(MONO, pen.size, MUTED).write(code_x, top + _HEIGHT * 0.6, "…"))
                continue
            parts += self.station(row, rail_x, top, scale)
            is_on = row in self.executed
            numbers = Pen(MONO_BOLD if is_on else MONO, 22, PATH if is_on else RECEDE)
            base = top + _HEIGHT * 0.69
            parts.append(numbers.write(number_x, base, str(row), anchor="end"))
            parts += self.code(row, code_x, base, pen, x + w - 24)
        return parts

    @property
    def lanes(self) -> int:
        """How many lanes the rows need."""
        pieces = [p for row in self.rows if row for p in self.rail.pieces.get(row, ())]
        return max((max(p.start_lane, p.end_lane) + 1 for p in pieces), default=1)

    def pen(self, room: float) -> Pen:
        """As large as the widest row lets it be."""
        longest = max((self.text(row) for row in self.rows if row), key=len, default="")
        return Pen(MONO, _LARGEST).sized(longest, room, _SMALLEST)

    def indent(self) -> int:
        """The columns that all rows begin with."""
        texts = [self.source.line(row).expandtabs(_TAB) for row in self.rows if row]
        return min((len(t) - len(t.lstrip()) for t in texts if t.strip()), default=0)

    def text(self, line: int) -> str:
        """A line as it is shown."""
        return self.source.line(line).expandtabs(_TAB)[self.indent() :]

    def is_focus(self, row: int | None) -> bool:
        """Whether a row is what the card is about."""
        focus = self.study.focus
        if focus is None or row is None or focus.kind == "block":
            return False
        return focus.start <= row <= focus.end

    def track(self, index: int, x: float, top: float, scale: float) -> str:
        """The rail beside a row."""
        row = self.rows[index]
        if row is None:
            before, after = self.rows[index - 1], self.rows[index + 1]
            assert before is not None
            assert after is not None
            inside = fold_picture(self.rail, before + 1, after - 1, self.lit)
        else:
            pieces = self.rail.pieces.get(row, ())
            inside = row_picture(pieces, self.lit)
        drawn = without_classes(inside)
        return (
            f'<g transform="translate({x:g} {top:g}) scale({scale * _NARROW:g} {scale:g})" '
            f'fill="none" stroke="{TRACK}" stroke-width="2.2">{drawn}</g>'
        )

    def station(self, line: int, x: float, top: float, scale: float) -> list[str]:
        decision = self.study.edition.decisions_by_line.get(line)
        lane = self.rail.stops.get(line)
        if decision is None or lane is None:
            return []
        verdict = self.verdict(line)
        edge = PATH if verdict else RECEDE
        fill = PATH if verdict == "true" else SHEET
        at = x + (lane + 0.5) * LANE * scale * _NARROW
        return [disc(at, top + _HEIGHT / 2, 9, fill, edge)]

    def verdict(self, line: int) -> str:
        """How the decision of a line went at last: that of the place where it is in focus."""
        focus, here = self.study.focus, self.study.steps_by_line.get(line, [])
        ways = [view.verdict for view in here if view.verdict]
        if focus is not None and focus.decision is not None and focus.decision.line == line:
            wanted = str(focus.taken).lower()
            if focus.taken is not None and wanted in ways:
                return wanted
        return ways[-1] if ways else ""

    def code(self, line: int, x: float, base: float, pen: Pen, limit: float) -> list[str]:
        """The text of a line, coloured where it was executed, and the way of its decision."""
        is_on = line in self.executed
        at, parts, column = x, [], 0
        skip = self.indent()
        for token, text in self.tokens[line - 1]:
            expanded = (" " * column + text).expandtabs(_TAB)[column:]
            column += len(expanded)
            if skip:
                cut = min(skip, len(expanded))
                expanded, skip = expanded[cut:], skip - cut
            if not expanded:
                continue
            colour = next((colour for kind, colour in _COLOURS if kind in token.split()), INK)
            writer = Pen(pen.face, pen.size, colour if is_on else RECEDE)
            shown = writer.cut(expanded, max(limit - at, 0) + 1)
            if shown.strip():
                parts.append(writer.write(at, base, shown))
            at += writer.width(expanded)
        way = self.verdict(line) if line in self.study.edition.decisions_by_line else ""
        note = Pen(MONO_BOLD, 24, PATH)
        if way and at + 24 + note.width(way) + 20 < limit:
            w = note.width(way) + 24
            parts.append(box(at + 20, base - 26, w, 36, SHEET, radius=18, edge=PATH))
            parts.append(note.write(at + 32, base, way))
        return parts


def without_classes(tracks: str) -> str:
    """The tracks of the page, with attributes for what a style sheet says there."""
    lit = f' stroke="{PATH}" stroke-width="3.2"'
    return str(tracks).replace(' class="on"', lit)


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
