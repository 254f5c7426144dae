# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""All paths as one picture: the decisions in the order of the source, an arc for each way on.

The tree of all paths is merged along its decisions, so it stays small: an arc at the right for
true, at the left for false, as wide as many paths go that way, with their number on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from markupsafe import Markup

from app.walkthrough.atlas.records import AtlasPath

WIDTH: Final = 400
_BOX: Final = 168
_LEFT: Final = (WIDTH - _BOX) // 2
_RIGHT: Final = _LEFT + _BOX
_ROW: Final = 46
_BOX_HEIGHT: Final = 24
_TOP: Final = 8


@dataclass(frozen=True, slots=True)
class Edge:
    """So many paths that go on like this from a decision: to another one, or to an end."""

    decision: int
    taken: bool
    target: int | str
    count: int


def edges_of(paths: Iterable[AtlasPath]) -> tuple[Edge, ...]:
    """The ways on that paths take, in the order of the source."""
    found: Counter[tuple[int, bool, int | str]] = Counter()
    for path in paths:
        following: list[int | str] = [number for number, _ in path.decisions[1:]]
        following.append(path.ending.fate)
        for (number, taken), target in zip(path.decisions, following, strict=True):
            found[number, taken, target] += 1
    ordered = sorted(found, key=lambda edge: (edge[0], not edge[1], str(edge[2])))
    return tuple(Edge(*key, found[key]) for key in ordered)


def atlas_picture(
    edges: Sequence[Edge],
    ends: Sequence[str],
    label: Callable[[int | str], str],
    address: Callable[[Edge], str],
    words: Callable[[Edge], str],
    name: str,
) -> Markup:
    """The SVG; each arc is a link to its paths."""
    decisions = sorted({edge.decision for edge in edges})
    nodes: list[int | str] = [
        *decisions,
        *(end for end in ends if any(e.target == end for e in edges)),
    ]
    rows = {node: index for index, node in enumerate(nodes)}
    height = _TOP + len(nodes) * _ROW
    arcs = Markup().join(
        _arc(edge, rows, address(edge), words(edge))
        for edge in sorted(edges, key=lambda e: -e.count)
    )
    boxes = Markup().join(_box(node, rows[node], label(node)) for node in nodes)
    return Markup(
        '<svg class="atlas-map" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>'
    ).format(WIDTH, height, name, arcs, boxes)


def _middle(row: int) -> int:
    return _TOP + row * _ROW + _BOX_HEIGHT // 2


def _arc(edge: Edge, rows: dict[int | str, int], href: str, words: str) -> Markup:
    start, end = rows[edge.decision], rows[edge.target]
    side = 1 if edge.taken else -1
    x = _RIGHT if edge.taken else _LEFT
    depth = min(16 + 13 * (end - start), 108)
    # Arcs leave below the middle of a box and arrive above it.
    y, until = _middle(start) + 5, _middle(end) - 5
    far = x + side * depth * 4 / 3
    middle, apex = (y + until) // 2, x + side * depth
    width = 1.25 + sqrt(edge.count) * 0.55
    return Markup(
        '<a href="{href}" class="arc {way}" aria-label="{words}">'
        '<path class="hit" d="M{x} {y}C{far:g} {y} {far:g} {until} {x} {until}"/>'
        '<path class="line" d="M{x} {y}C{far:g} {y} {far:g} {until} {x} {until}" '
        'stroke-width="{width:.2f}"/>'
        '<text x="{apex}" y="{baseline}">{count}</text></a>\n'
    ).format(
        href=href,
        way="true" if edge.taken else "false",
        words=words,
        x=x,
        y=y,
        far=far,
        until=until,
        width=width,
        apex=apex,
        baseline=middle + 4,
        count=edge.count,
    )


def _box(node: int | str, row: int, label: str) -> Markup:
    kind = "end" if isinstance(node, str) else "decision"
    return Markup(
        '<g class="node {}" aria-hidden="true"><rect x="{}" y="{}" width="{}" height="{}" rx="{}"/>'
        '<text x="{}" y="{}">{}</text></g>\n'
    ).format(
        kind,
        _LEFT,
        _TOP + row * _ROW,
        _BOX,
        _BOX_HEIGHT,
        12 if kind == "end" else 4,
        WIDTH // 2,
        _middle(row) + 4,
        label,
    )
