# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The state diagram as the buttons that choose a state: a grid, and the arrows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from app.walkthrough.outside import Diagram
from app.web.study.contexts import StateCell, StateMap

#: Units of the picture of the arrows: a cell of the grid, and the button in its middle.
CELL: Final = (88, 36)
BUTTON: Final = (80, 26)
#: How far an arrow that arrives at a side stands above its middle, and one that leaves below.
_APART: Final = 4


def state_map(diagram: Diagram, choices: Sequence[str]) -> StateMap | None:
    """The buttons from left to right and down; None where the diagram lacks a choice.

    Only the order of the places in the diagram counts, not their distances: what stands at the
    same height shares a row.
    """
    if not set(choices) <= diagram.states.keys():
        return None
    columns = sorted({x for x, _ in diagram.states.values()})
    rows = sorted({y for _, y in diagram.states.values()})
    places = {name: (columns.index(x), rows.index(y)) for name, (x, y) in diagram.states.items()}
    cells = tuple(
        StateCell(name=name, column=column + 1, row=row + 1, is_choice=name in choices)
        for name, (column, row) in sorted(places.items(), key=lambda item: item[1][::-1])
    )
    middle = (len(columns) - 1) / 2
    arrows = Markup().join(
        _arrow(places[arrow.from_], places[arrow.to], middle)
        for arrow in diagram.arrows
        if arrow.always
    )
    size = (len(columns) * CELL[0], len(rows) * CELL[1])
    return StateMap(cells=cells, size=size, arrows=arrows)


def _arrow(start: tuple[int, int], end: tuple[int, int], middle: float) -> Markup:
    """From the edge of a button to the edge of another, with a head of two strokes."""
    (x, y), (end_x, end_y) = _centre(start), _centre(end)
    right = 1 if end_x > x else -1
    down = 1 if end_y > y else -1
    half_width, half_height = BUTTON[0] // 2, BUTTON[1] // 2
    if start[1] == end[1]:
        x, end_x = x + right * half_width, end_x - right * half_width
        way, head = f"M{x} {y}H{end_x}", _across(end_x, end_y, right)
    elif start[0] == end[0]:
        y, end_y = y + down * half_height, end_y - down * half_height
        way, head = f"M{x} {y}V{end_y}", _along(end_x, end_y, down)
    elif abs(start[0] - middle) > abs(end[0] - middle):
        # Inwards: first along the side, then into the side of a button in the middle.
        end_x, end_y = end_x - right * half_width, end_y - _APART
        way = f"M{x} {y + down * half_height}Q{x} {end_y} {end_x} {end_y}"
        head = _across(end_x, end_y, right)
    else:
        x, y, end_y = x + right * half_width, y + _APART, end_y - down * half_height
        way, head = f"M{x} {y}Q{end_x} {y} {end_x} {end_y}", _along(end_x, end_y, down)
    return Markup('<path d="{}{}"/>').format(way, head)


def _across(x: int, y: int, sign: int) -> str:
    return f"m{-4 * sign} -3L{x} {y}l{-4 * sign} 3"


def _along(x: int, y: int, sign: int) -> str:
    return f"m-3 {-4 * sign}L{x} {y}l3 {-4 * sign}"


def _centre(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] * CELL[0] + CELL[0] // 2, place[1] * CELL[1] + CELL[1] // 2
