# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The rail as SVG: one small picture for each line, so that it stands at the line's height."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as Collection
from typing import Final

from markupsafe import Markup

from app.csource.tracks import ENTRY, Origin, Piece, Rail, branch_origin, statement_origin
from app.machine.trace import Step

#: Units of the pictures: the width of a lane, the height of a row.
LANE: Final = 10
ROW: Final = 20
_CLASSES: Final = ("", ' class="ahead"', ' class="on"')


def origin_of(step: Step) -> Origin:
    """The origin that a step passes."""
    if step.site.decision is None or step.taken is None:
        return statement_origin(step.site.span.line)
    return branch_origin(step.site.decision, step.taken)


def passed(steps: Iterable[Step]) -> frozenset[Origin]:
    """The origins that a run passed."""
    return frozenset({ENTRY, *map(origin_of, steps)})


def row_picture(
    pieces: Sequence[Piece], lit: Collection[Origin], ahead: Collection[Origin]
) -> Markup:
    """The inside of one row's picture: its tracks, those of the path on top.

    A track is `on` where the path has come by, `ahead` where it still will. Each names its
    origins in `data-by`, so that a script can light it step by step.
    """
    parts = []
    for piece in pieces:
        rank = 2 if piece.origins & lit else 1 if piece.origins & ahead else 0
        parts.append((rank, piece.end_lane, piece))
    parts.sort(key=lambda part: part[:2])
    return Markup(  # noqa: S704 - numbers and origins of our own
        "".join(
            f'<path{_CLASSES[rank]} data-by="{" ".join(sorted(piece.origins))}" '
            f'd="{_path(piece)}"/>'
            for rank, _, piece in parts
        )
    )


def gap_pieces(rail: Rail, row: int) -> tuple[Piece, ...]:
    """The tracks that run on below a row, where the commentary is longer than its code."""
    found: dict[int, set[Origin]] = {}
    for piece in rail.pieces.get(row, ()):
        for lane, height in ((piece.end_lane, piece.end), (piece.start_lane, piece.start)):
            if height == 2:
                found.setdefault(lane, set()).update(piece.origins)
    return tuple(
        Piece(row, lane, 0, lane, 2, frozenset(origins)) for lane, origins in found.items()
    )


def fold_picture(rail: Rail, first: int, last: int, lit: Collection[Origin]) -> Markup:
    """The inside of the picture that stands for folded rows, `first` to `last`: the lit track.

    It joins the lanes in which the path comes to the fold with those in which it goes on.
    """
    came = _lit_lanes(rail, first, lit, 0) or _lit_lanes(rail, first - 1, lit, 2)
    goes = _lit_lanes(rail, last, lit, 2) or _lit_lanes(rail, last + 1, lit, 0)
    origins = frozenset(lit)
    pieces = [
        Piece(first, start, 0, end, 2, origins) for start, end in zip(came, goes, strict=False)
    ]
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


def _path(piece: Piece) -> str:
    x, end_x = _x(piece.start_lane), _x(piece.end_lane)
    y, end_y = piece.start * ROW // 2, piece.end * ROW // 2
    if piece.turns:
        # Below a body, or above it: half a circle between two lanes.
        depth = 14 if piece.start == 0 else 6
        return f"M{x} {y}C{x} {depth} {end_x} {depth} {end_x} {end_y}"
    if x == end_x:
        return f"M{x} {y}V{end_y}"
    middle = (y + end_y) / 2
    return f"M{x} {y}C{x} {middle:g} {end_x} {middle:g} {end_x} {end_y}"


def _x(lane: int) -> int:
    return lane * LANE + LANE // 2
