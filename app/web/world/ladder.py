# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The ladder of segments between the two ends, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from app.walkthrough.world import Rung
from app.walkthrough.world_words import WorldWords
from app.web.study.moments import Moment, Span
from app.web.svg import element

#: Units of the picture: its width, the two lifelines, the height of the heading.
WIDTH: Final = 280
OURS: Final = 94
PEER: Final = 262
TOP: Final = 22
_HEIGHTS: Final = {"queued": 22, "ours": 27, "theirs": 27}
_ROW: Final = 18
_SLOPE: Final = 10
#: Letters of code that there is room for beside it.
_LEFT_LETTERS: Final = 13
_RIGHT_LETTERS: Final = 27
#: What the lifeline of this end is from a rung on; a rung that is not here changes nothing.
_LIVES: Final = {"orphan": "alone", "mini": "mini", "destroyed": "gone"}


def ladder_picture(
    rungs: Sequence[Rung], moment: Moment, words: WorldWords, ends: tuple[str, str]
) -> Markup:
    """The whole SVG; `ends` are the names of this end and of the peer."""
    parts = []
    y, life = TOP, "whole"
    for rung in rungs:
        height = _HEIGHTS.get(rung.kind, _ROW)
        before, life = life, _LIVES.get(rung.kind, life)
        what = (
            _segment(rung, y, words.label(rung))
            if rung.kind in _HEIGHTS
            else _remark(rung, y, words.label(rung), words.note(rung))
        )
        line = _lifeline(before, life, y, height)
        when = moment.attributes(Span(rung.step))
        parts.append(element("g", line, what, when=when, class_=_classes(rung)))
        y += height
    height = y + 4
    return element(
        "svg",
        *(
            element("text", name, class_="end", x=x, y=12)
            for x, name in zip((OURS, PEER), ends, strict=True)
        ),
        element("path", class_="lines", d=f"M{OURS} 18V{height}M{PEER} 18V{height}"),
        *parts,
        class_="ladder",
        viewBox=f"0 0 {WIDTH} {height}",
        aria_hidden="true",
    )


def _classes(rung: Rung) -> str:
    names = ["rung", rung.kind]
    if rung.kind in _HEIGHTS:
        names.append(f"is-{rung.name.lower().partition('+')[0]}")
    if rung.is_ignored:
        names.append("is-ignored")
    if rung.cause == "behind-data":
        names.append("is-held")
    return " ".join(names)


def _lifeline(before: str, after: str, y: int, height: int) -> Markup:
    """The lifeline of this end beside a rung; what it becomes starts in the middle of it."""
    if before == after:
        return _line(after, y, y + height)
    middle = y + _ROW // 2
    return _line(before, y, middle) + _line(after, middle, y + height)


def _line(life: str, y: int, end: int) -> Markup:
    if life == "gone":
        return Markup()
    return element("path", class_=f"life {life}", d=f"M{OURS} {y}V{end}")


def _remark(rung: Rung, y: int, label: str, note: str) -> Markup:
    """A word at the left of the lifeline, a mark on it, perhaps a note at its right."""
    middle = y + _ROW // 2
    if rung.kind == "destroyed":
        mark = element("path", class_="mark", d=f"M{OURS - 4} {middle - 4}l8 8m0 -8l-8 8")
    elif rung.kind in ("sleep", "return", "close"):
        mark = element("path", class_="mark", d=f"M{OURS - 4} {middle}h8")
    else:
        mark = element("circle", class_="mark", cx=OURS, cy=middle, r=3)
    if rung.kind == "close" and len(label) > _LEFT_LETTERS:
        # A long name has more room at the other side, where nothing else stands.
        if len(label) > _RIGHT_LETTERS:
            label = label[: _RIGHT_LETTERS - 3] + "…()"
        label, note = "", label
    mark += element("text", label, class_="at-left", x=OURS - 10, y=middle + 4)
    if note:
        mark += element("text", note, class_="at-right", x=OURS + 10, y=middle + 4)
    return mark


def _segment(rung: Rung, y: int, label: str) -> Markup:
    """An arrow with its label above it."""
    top, x, sign = y + 10, PEER, 1
    start = OURS
    if rung.kind != "ours":
        start, x, sign = PEER, OURS, -1
    end = top + (0 if rung.kind == "queued" else _SLOPE)
    if rung.cause == "behind-data":
        # It has not left: a short way, and a bar that holds it.
        x, end = OURS + 34, top + 2
        head = f"M{x} {end - 5}v10"
    else:
        head = f"M{x - 8 * sign} {end - 5}l{8 * sign} 4l{-9 * sign} 3"
    middle = (OURS + PEER) // 2 + (22 if rung.cause == "behind-data" else 0)
    # Above the line where it passes the label.
    above = (top + end) // 2 - 4
    arrow = element("path", class_="arrow", d=f"M{start} {top}L{x} {end}{head}")
    return arrow + element("text", label, class_="label", x=middle, y=above)
