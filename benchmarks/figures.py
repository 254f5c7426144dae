# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a benchmark found, and the one table of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Budget:
    """What a figure has to keep: `limit`, and an `aim` beyond it that may be missed.

    `is_floor` turns both round: the figure has to be at least that.
    """

    limit: float
    aim: float | None = None
    is_floor: bool = False

    def keeps(self, value: float, mark: float) -> bool:
        """Whether a value is on the right side of the limit or the aim."""
        return value >= mark if self.is_floor else value <= mark


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `budget` is None where it is only information."""

    part: str
    name: str
    value: float
    unit: str
    budget: Budget | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the budget is kept; None without one."""
        return None if self.budget is None else self.budget.keeps(self.value, self.budget.limit)

    @property
    def verdict(self) -> str:
        """The last column of the table."""
        if self.budget is None:
            return ""
        if not self.is_met:
            return "MISSED"
        if self.budget.aim is None:
            return "met"
        return "met" if self.budget.keeps(self.value, self.budget.aim) else "met, aim missed"

    def to_json(self) -> dict[str, Any]:
        """The figure as `--json` has it."""
        return asdict(self) | {"met": self.is_met}


_HEADINGS = ("", "figure", "measured", "budget", "")


def table(figures: Sequence[Figure]) -> str:
    """All the figures, a line each; a part's name stands at its first line."""
    rows = [_HEADINGS]
    part = ""
    for figure in figures:
        rows.append(
            (
                "" if figure.part == part else figure.part,
                figure.name,
                f"{_number(figure.value)} {figure.unit}".rstrip(),
                _budget(figure),
                figure.verdict,
            )
        )
        part = figure.part
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = []
    for row in rows:
        first, name, measured, budget, verdict = (
            cell.rjust(width) if column == 2 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(f"{first}  {name}  {measured}  {budget}  {verdict}".rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def _budget(figure: Figure) -> str:
    if figure.budget is None:
        return ""
    sign = ">=" if figure.budget.is_floor else "<="
    text = f"{sign} {_number(figure.budget.limit)} {figure.unit}".rstrip()
    if figure.budget.aim is not None:
        text += f", aim {_number(figure.budget.aim)}"
    return text


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
