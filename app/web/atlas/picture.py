# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""All paths as one picture: the decisions in the order of the source, an arc for each way on.

The tree of all paths is merged along its decisions, so it stays small: an arc at the right for
true, at the left for false, as wide as many paths go that way, with their number on it. Numbers
lie above all arcs, or one would cross another's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final
from unicodedata import east_asian_width

from markupsafe import Markup

from app.walkthrough.atlas.records import AtlasPath
from app.web.svg import element
from app.web.wrapping import cut_lines

WIDTH: Final = 400
_BOX: Final = 216
_LEFT: Final = (WIDTH - _BOX) // 2
_RIGHT: Final = _LEFT + _BOX
_ROW: Final = 46
_BOX_HEIGHT: Final = 24
_TOP: Final = 8
#: Units that a line of a box has room for, of two in a box; those of a letter, about; its height.
_LINE: Final = _BOX - 12
_LETTER: Final = 5.6
_SIZE: Final = 10.5


@dataclass(frozen=True, slots=True)
class Edge:
    """So many paths that go on like this from a decision: to another one, or to an end."""

    decision: int
    taken: bool
    target: int | str
    count: int


def edges_of(paths: Iterable[AtlasPath], ranks: Mapping[str, int]) -> tuple[Edge, ...]:
    """The ways on that paths take, in the order of the source; `ranks` has each decision's."""
    found: Counter[tuple[int, bool, int | str]] = Counter()
    for path in paths:
        following: list[int | str] = [ranks[name] for name, _ in path.decisions[1:]]
        following.append(path.ending.fate)
        for (name, taken), target in zip(path.decisions, following, strict=True):
            found[ranks[name], taken, target] += 1
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
    drawn = [(edge, _curve(edge, rows)) for edge in sorted(edges, key=lambda e: -e.count)]
    arcs = Markup().join(_arc(edge, curve, address(edge), words(edge)) for edge, curve in drawn)
    sums = Markup().join(_sum(edge, curve, address(edge)) for edge, curve in drawn)
    boxes = Markup().join(_box(node, rows[node], label(node)) for node in nodes)
    sums = element("g", sums, class_="sums", aria_hidden="true")
    size = f"0 0 {WIDTH} {height}"
    return element(
        "svg", arcs, boxes, sums, class_="atlas-map", viewBox=size, role="group", aria_label=name
    )


def _middle(row: int) -> int:
    return _TOP + row * _ROW + _BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class _Curve:
    """Where an arc leaves and arrives, and where it is farthest."""

    x: int
    y: int
    until: int
    apex: int

    @property
    def line(self) -> str:
        """The path of the SVG."""
        x, y, until = self.x, self.y, self.until
        far = x + (self.apex - x) * 4 / 3
        return f"M{x} {y}C{far:g} {y} {far:g} {until} {x} {until}"


def _curve(edge: Edge, rows: dict[int | str, int]) -> _Curve:
    start, end = rows[edge.decision], rows[edge.target]
    side = 1 if edge.taken else -1
    x = _RIGHT if edge.taken else _LEFT
    # Numbers stand beside each other up to five rows, and then still apart.
    depth = min(12 + 12 * (end - start), 62 + 2 * (end - start))
    # Arcs leave below the middle of a box and arrive above it.
    return _Curve(x, _middle(start) + 5, _middle(end) - 5, x + side * depth)


def _arc(edge: Edge, curve: _Curve, href: str, words: str) -> Markup:
    width = f"{1.25 + sqrt(edge.count) * 0.55:.2f}"
    hit = element("path", class_="hit", d=curve.line)
    line = element("path", class_="line", d=curve.line, stroke_width=width)
    return element("a", hit, line, href=href, class_=f"arc {_way(edge)}", aria_label=words) + "\n"


def _sum(edge: Edge, curve: _Curve, href: str) -> Markup:
    baseline = (curve.y + curve.until) // 2 + 4
    # A text browser has no arcs: there the number is the link.
    text = element("text", edge.count, x=curve.apex, y=baseline)
    return element("a", text, href=href, class_=_way(edge), tabindex="-1") + "\n"


def _way(edge: Edge) -> str:
    return "true" if edge.taken else "false"


def _box(node: int | str, row: int, label: str) -> Markup:
    kind = "end" if isinstance(node, str) else "decision"
    lines = cut_lines(label, _LINE, 2, _width)
    height = _BOX_HEIGHT if len(lines) == 1 else _BOX_HEIGHT + 8
    middle, radius = _middle(row), 12 if kind == "end" else 4
    box = element("rect", x=_LEFT, y=middle - height // 2, width=_BOX, height=height, rx=radius)
    baselines = (middle + 4,) if len(lines) == 1 else (middle - 2, middle + 11)
    texts = (
        element("text", line, x=WIDTH // 2, y=y) for y, line in zip(baselines, lines, strict=True)
    )
    return element("g", box, *texts, class_=f"node {kind}", aria_hidden="true") + "\n"


def _width(text: str) -> float:
    return sum(_SIZE if east_asian_width(letter) in "WF" else _LETTER for letter in text)
