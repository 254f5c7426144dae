# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Time line of a life as SVG: downwards, milliseconds and minutes on one scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from markupsafe import Markup

from app.kernel.life.records import Snapshot
from app.web.study.moments import Moment, Span
from app.web.svg import element

#: Units of the picture: its width, the bands of both ends, the height of the heading.
WIDTH: Final = 360
_BANDS: Final = ((64, 140), (276, 352))
_TOP: Final = 20
#: A row of its own for each event, and the time before it on top: each tenfold is as much again.
_ROW: Final = 22
_TENFOLD: Final = 7
_CLOCK: Final = 48
#: Letters of a state's name that there is room for.
_LETTERS: Final = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An event, and what holds behind it."""

    at_us: int
    #: When it is, as the axis says it.
    clock: str
    this: Snapshot
    peer: Snapshot
    #: What happens where no segment shows it.
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A segment from the row in which it is sent to that in which it arrives."""

    is_ours: bool
    start: int
    #: None where it is lost.
    end: int | None
    label: str
    is_reset: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A timer from the row in which it is armed to that in which it fires or is cancelled."""

    is_ours: bool
    start: int
    #: None where nothing ends it.
    end: int | None
    has_fired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """What is drawn; rows count from 0."""

    rows: Sequence[Row]
    arrows: Sequence[Arrow]
    timers: Sequence[Running]
    #: What stands below where more follows; empty where nothing does.
    more: str = ""

    def picture(self, moment: Moment, ends: tuple[str, str]) -> Markup:
        """The whole SVG; `ends` names this end and the peer. Its text is the list beside it."""
        tops = tuple(self._tops())
        below = tops[-1] + _ROW
        height = below + (_ROW if self.more else 8)
        parts = [
            *(_head(end, name) for end, name in enumerate(ends)),
            *(_row(self.rows, n, top, moment) for n, top in enumerate(tops)),
            *(self._band(end, tops, height) for end in (0, 1)),
            *(_timer(timer, tops, height) for timer in self.timers),
            *(_arrow(arrow, tops) for arrow in self.arrows),
            element("text", self.more, class_="label", x=WIDTH * 3 // 5 - 8, y=below + 14),
        ]
        size = f"0 0 {WIDTH} {height}"
        return element("svg", *parts, class_="time-line", viewBox=size, aria_hidden="true")

    def _tops(self) -> Iterator[int]:
        """Where each row begins: the longer nothing happens, the further down."""
        y, before = _TOP, 0
        for row in self.rows:
            waited_ms = max(0, row.at_us - before) / 1000
            y += round(_TENFOLD * math.log10(1 + waited_ms))
            yield y
            y, before = y + _ROW, row.at_us

    def _band(self, end: int, tops: Sequence[int], height: int) -> Markup:
        """What there is of one end, with the name of its state where that begins."""
        left, right = _BANDS[end]
        held = [
            (row.peer if end else row.this, top) for row, top in zip(self.rows, tops, strict=True)
        ]
        runs = [
            (key, next(group)[1])
            for key, group in groupby(held, lambda item: (item[0].holds, item[0].state))
        ]
        ends = [top + _ROW // 2 for _, top in runs[1:]]
        parts = []
        for ((holds, state), top), bottom in zip(runs, [*ends, height], strict=True):
            if holds == "nothing":
                continue
            start = top + _ROW // 2 if top != tops[0] else top
            name = (state or "")[:_LETTERS]
            box = element("rect", x=left, y=start, width=right - left, height=bottom - start)
            line = element("path", d=f"M{left} {start}V{bottom}")
            text = element("text", name, x=(left + right) // 2, y=start + 14)
            parts.append(element("g", box, line, text, class_=f"is-{holds}"))
        return Markup().join(parts)


def _head(end: int, name: str) -> Markup:
    return element("text", name, class_="end", x=sum(_BANDS[end]) // 2, y=12)


def _middle(tops: Sequence[int], row: int) -> int:
    return tops[row] + _ROW // 2


def _timer(timer: Running, tops: Sequence[int], height: int) -> Markup:
    """A line beside the band, with a dot where it fires and a bar where it is cancelled."""
    x = _BANDS[0][0] - 7 if timer.is_ours else _BANDS[1][1] + 5
    top = _middle(tops, timer.start)
    bottom = height if timer.end is None else _middle(tops, timer.end)
    mark = element("circle", cx=x, cy=bottom, r=2.5) if timer.has_fired else ""
    bar = "" if timer.has_fired or timer.end is None else f"M{x - 3} {bottom}h6"
    line = element("path", d=f"M{x - 3} {top}h6M{x} {top}V{bottom}{bar}")
    return element("g", line, mark, class_="timer")


def _arrow(arrow: Arrow, tops: Sequence[int]) -> Markup:
    """From one lifeline to the other; a lost one ends on the way, in a cross."""
    left, right = _BANDS[0][1] + 2, _BANDS[1][0] - 2
    start, tip, sign = (left, right, 1) if arrow.is_ours else (right, left, -1)
    y = _middle(tops, arrow.start)
    if arrow.end is None:
        tip, end = start + sign * 84, y + 7
        head = f"M{tip - 4} {end - 4}l8 8m0 -8l-8 8"
    else:
        end = _middle(tops, arrow.end)
        head = f"M{tip - 8 * sign} {end - 5}L{tip} {end}l{-9 * sign} 2"
    # Beside the middle, or the beginning of one that is long under way.
    above = min(y + end, 2 * y + 30) // 2 - 3
    classes = f"arrow{' is-rst' if arrow.is_reset else ''}{' is-lost' if arrow.end is None else ''}"
    line = element("path", d=f"M{start} {y}L{tip} {end}{head}")
    text = element("text", arrow.label, x=(start + tip) // 2, y=above)
    return element("g", line, text, class_=classes)


def _row(rows: Sequence[Row], n: int, top: int, moment: Moment) -> Markup:
    """The time where it is another than before, and what happens where no segment shows it."""
    row = rows[n]
    base = top + _ROW // 2 + 4
    parts = [element("rect", x=0, y=top, width=WIDTH, height=_ROW)]
    if not n or rows[n - 1].clock != row.clock:
        parts.append(element("text", row.clock, class_="clock", x=_CLOCK, y=base))
    if row.label:
        middle = (_BANDS[0][1] + _BANDS[1][0]) // 2
        parts.append(element("text", row.label, class_="label", x=middle, y=base))
    return element("g", *parts, class_="event", data_n=n + 1, when=moment.attributes(Span(n + 1)))
