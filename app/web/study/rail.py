# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The rail as SVG: a picture for each stretch of rows, at the height of their lines.

How high a row is knows only the browser: code and forks wrap. So a picture cannot cover a whole
block; it covers a row in which something happens, and all the rows below it in which the tracks
only run on, as long as a picture can be: the browser cuts them off where the last row ends. The
tracks are one path, the same for every scenario; what the trace lights is drawn on top of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as Collection
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import starmap
from typing import Final, NamedTuple

from markupsafe import Markup

from app.csource.tracks import ENTRY, Flow, Origin, Piece, Rail, branch_origin, statement_origin
from app.machine.trace import Step
from app.web.study.moments import Moment, Span

#: Units of the pictures: the width of a lane, the height of a row.
LANE: Final = 10
ROW: Final = 20
#: How high the picture of a stretch is: higher than any stretch.
END: Final = 9999


class Track(NamedTuple):
    """A piece of track as it is drawn: `d` of a path, and the origins that light it."""

    origins: frozenset[Origin]
    d: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretch:
    """Rows that share a picture."""

    #: Lines, 1-based, both included; the first is the one in which something happens.
    start: int
    end: int
    #: Tracks of the first row.
    head: tuple[Track, ...]
    #: Tracks that run on below it, to the end of the last.
    rest: tuple[Track, ...]

    @cached_property
    def drawing(self) -> tuple[Track, ...]:
        """All of it; what the same origins light is one."""
        found: dict[frozenset[Origin], str] = {}
        for origins, d in (*self.head, *self.rest):
            found[origins] = found.get(origins, "") + d
        return tuple(starmap(Track, found.items()))

    @cached_property
    def origins(self) -> tuple[Origin, ...]:
        """What lights something of it."""
        return tuple(set().union(*(track.origins for track in self.drawing)))


def stretches_of(rail: Rail, first: int, last: int) -> tuple[Stretch, ...]:
    """The rows `first` to `last`, divided where something happens on the rail."""
    starts = [first]
    rest = _flow(gap_pieces(rail, first))
    for row in range(first + 1, last + 1):
        if _flow(rail.pieces.get(row, ())) != rest:
            starts.append(row)
            rest = _flow(gap_pieces(rail, row))
    ends = [*(start - 1 for start in starts[1:]), last]
    return tuple(
        Stretch(
            start=start,
            end=end,
            head=drawn(rail.pieces.get(start, ())),
            rest=tuple(
                Track(piece.origins, f"M{_x(piece.end_lane)} {ROW}V{END}")
                for piece in gap_pieces(rail, start)
            ),
        )
        for start, end in zip(starts, ends, strict=True)
    )


def _flow(pieces: Iterable[Piece]) -> set[tuple[int, int, int, int, frozenset[Origin]]]:
    return {(p.start_lane, p.start, p.end_lane, p.end, p.origins) for p in pieces}


def origin_of(step: Step) -> Origin:
    """The origin that a step passes."""
    if step.site.number is None or step.taken is None:
        return statement_origin(step.site.span.line)
    return branch_origin(step.site.number, step.taken)


def passed(steps: Iterable[Step]) -> frozenset[Origin]:
    """The origins that a run passed."""
    return frozenset({ENTRY, *map(origin_of, steps)})


def first_passed(steps: Iterable[Step]) -> Mapping[Origin, int]:
    """The step, from 1, at which each origin was passed first; 0 for the entry."""
    firsts = {ENTRY: 0}
    for number, step in enumerate(steps, 1):
        firsts.setdefault(origin_of(step), number)
    return firsts


def drawn(pieces: Iterable[Piece], *, stacked: bool = False) -> tuple[Track, ...]:
    """Pieces as they are drawn; `stacked` puts each row below the one before it."""
    return tuple(Track(piece.origins, _path(piece, stacked=stacked)) for piece in pieces)


def tracks(drawing: Iterable[Track]) -> Markup:
    """All tracks of a picture in one path."""
    d = "".join(track.d for track in drawing)
    return Markup('<path d="{}"/>').format(d) if d else Markup()


def lit_tracks(drawing: Iterable[Track], firsts: Mapping[Origin, int], moment: Moment) -> Markup:
    """What the path lights of a picture, from which step on; what is lit first lies on top."""
    since: dict[int, str] = {}
    for origins, d in drawing:
        if passed := origins & firsts.keys():
            step = min(firsts[origin] for origin in passed)
            since[step] = since.get(step, "") + d
    if not since:
        return Markup()
    paths = (
        f'<path class="on"{moment.attributes(Span(step))} d="{since[step]}"/>'
        for step in sorted(since, reverse=True)
    )
    return Markup("".join(paths))  # noqa: S704 - numbers of our own


@lru_cache(maxsize=4096)
def lit_stretch(
    stretch: Stretch, firsts: tuple[int | None, ...], step: int | None, *, is_rest: bool = False
) -> Markup:
    """What the path lights of a stretch, or of what is below its first row; much is in common.

    `firsts` are the steps that passed the stretch's `origins` first, in their order.
    """
    passed = {
        origin: at for origin, at in zip(stretch.origins, firsts, strict=True) if at is not None
    }
    drawing = stretch.rest if is_rest else stretch.drawing
    return lit_tracks(drawing, passed, Moment(step, ()))


def named_tracks(drawing: Iterable[Track], firsts: Mapping[Origin, int], moment: Moment) -> Markup:
    """Each track by itself with its origins, for a script that lights those of another scenario."""
    parts = []
    for origins, d in drawing:
        step = min((firsts[origin] for origin in origins if origin in firsts), default=None)
        lit = "" if step is None else f' class="on"{moment.attributes(Span(step))}'
        by = " ".join(sorted(origins))
        parts.append((-1 if step is None else step, f'<path{lit} data-by="{by}" d="{d}"/>'))
    parts.sort(key=lambda part: -part[0])
    return Markup("".join(path for _, path in parts))  # noqa: S704 - numbers and ids of our own


def merged(rail: Rail) -> tuple[Piece, ...]:
    """All tracks, for rows of one height; what runs straight down is one piece, of many rows."""
    found: list[Piece] = []
    runs: dict[tuple[int, frozenset[Origin]], Piece] = {}
    for row in sorted(rail.pieces):
        for piece in rail.pieces[row]:
            lane, origins = piece.start_lane, piece.origins
            if piece.end_lane != lane or piece.turns:
                found.append(piece)
                continue
            run = runs.get((lane, origins))
            if run is None or 2 * run.row + run.end != 2 * row + piece.start:
                if run is not None:
                    found.append(run)
                runs[lane, origins] = piece
            else:
                runs[lane, origins] = replace(run, end=2 * (row - run.row) + piece.end)
    return (*found, *runs.values())


def row_picture(pieces: Sequence[Piece], lit: Collection[Origin]) -> Markup:
    """The inside of one row's picture as it is at the end of a path, whose tracks are on top."""
    parts = sorted(pieces, key=lambda piece: (bool(piece.origins & lit), piece.end_lane))
    return Markup().join(
        Markup('<path{} d="{}"/>').format(
            Markup(' class="on"') if piece.origins & lit else "", _path(piece)
        )
        for piece in parts
    )


def gap_pieces(rail: Rail, row: int) -> tuple[Piece, ...]:
    """The tracks that run on below a row, where the commentary is longer than its code."""
    found: dict[int, set[Origin]] = {}
    for piece in rail.pieces.get(row, ()):
        for lane, height in ((piece.end_lane, piece.end), (piece.start_lane, piece.start)):
            if height == 2:
                found.setdefault(lane, set()).update(piece.origins)
    return tuple(_straight(row, lane, lane, frozenset(origins)) for lane, origins in found.items())


def _straight(row: int, start: int, end: int, origins: Flow) -> Piece:
    """A piece from the top of a row to its bottom."""
    return Piece(row=row, start_lane=start, start=0, end_lane=end, end=2, origins=origins)


def fold_picture(rail: Rail, first: int, last: int, lit: Collection[Origin]) -> Markup:
    """The inside of the picture that stands for folded rows, `first` to `last`: the lit track.

    It joins the lanes in which the path comes to the fold with those in which it goes on.
    """
    came = _lit_lanes(rail, first, lit, 0) or _lit_lanes(rail, first - 1, lit, 2)
    goes = _lit_lanes(rail, last, lit, 2) or _lit_lanes(rail, last + 1, lit, 0)
    origins = frozenset(lit)
    pieces = [_straight(first, start, end, origins) for start, end in zip(came, goes, strict=False)]
    return Markup().join(
        Markup('<path class="on" d="{}"/>').format(_path(piece)) for piece in pieces
    )


def _lit_lanes(rail: Rail, row: int, lit: Collection[Origin], height: int) -> list[int]:
    """The lanes that the path crosses at a height of a row."""
    found = set()
    for piece in rail.pieces.get(row, ()):
        if piece.origins & lit:
            if piece.start == height:
                found.add(piece.start_lane)
            if piece.end == height:
                found.add(piece.end_lane)
    return sorted(found)


def _path(piece: Piece, *, stacked: bool = False) -> str:
    top = (piece.row - 1) * ROW if stacked else 0
    x, end_x = _x(piece.start_lane), _x(piece.end_lane)
    y, end_y = top + piece.start * ROW // 2, top + piece.end * ROW // 2
    if piece.turns:
        # Below a body, or above it: half a circle between two lanes.
        depth = top + (14 if piece.start == 0 else 6)
        return f"M{x} {y}C{x} {depth} {end_x} {depth} {end_x} {end_y}"
    if x == end_x:
        return f"M{x} {y}V{end_y}"
    middle = (y + end_y) / 2
    return f"M{x} {y}C{x} {middle:g} {end_x} {middle:g} {end_x} {end_y}"


def _x(lane: int) -> int:
    return lane * LANE + LANE // 2
