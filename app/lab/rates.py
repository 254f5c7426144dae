# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Rates of the counters that say how a connection was ended, each with its lines."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.lab.prediction import COUNTERS
from app.walkthrough.counters import nstat_name
from app.walkthrough.observables import Observable, Observables

#: How many looks back the short history goes.
HISTORY: Final = 60
_BARS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A counter and how it goes.

    `key` is the kernel's name, as a reading has it, `name` nstat's, `observable` the lines that
    count it, None where no path of the function does: that is done later, or where a RST could not
    be made. `now` is what has been counted altogether; `per_second` is since the last look, None at
    the first; `since_start` what was counted since the watch began; `history` the last rates,
    oldest first.
    """

    key: str
    name: str
    observable: Observable | None
    now: int
    per_second: float | None
    since_start: int
    history: tuple[float, ...]

    @property
    def is_named(self) -> bool:
        """Whether the source itself names it, so that it counts one way out of the function."""
        return self.observable is not None and self.observable.is_named

    @property
    def lines(self) -> tuple[int, ...]:
        """The source lines that count it, ascending."""
        return tuple(site.line for site in self.observable.sites) if self.observable else ()


class Watch:
    """Takes a look at a time, at those counters that say how a connection was ended."""

    def __init__(self, observables: Observables) -> None:
        known = observables.counters
        order = list(known)
        ranked = sorted(COUNTERS, key=lambda key: _place(order, nstat_name(key)))
        #: By the kernel's name without its group, as a reading has it.
        self._observed = {key: known.get(nstat_name(key)) for key in ranked}
        self._first: Mapping[str, int] = {}
        self._last: tuple[float, Mapping[str, int]] | None = None
        self._history = {key: deque[float](maxlen=HISTORY) for key in self._observed}

    def look(self, counters: Mapping[str, int], at: float | None = None) -> tuple[Row, ...]:
        """The rows after one more reading, taken `at` seconds on the monotonic clock.

        `counters` are as `read_counters` gives them. The counters that the source names come
        first, in the order of their lines.
        """
        at = time.monotonic() if at is None else at
        if self._last is None:
            self._first = dict(counters)
        rows = []
        for key, observable in self._observed.items():
            now, rate = counters.get(key, 0), None
            if self._last is not None and at > self._last[0]:
                # A counter that went back was reset, or is another namespace's now.
                rate = max(now - self._last[1].get(key, 0), 0) / (at - self._last[0])
                self._history[key].append(rate)
            since = max(now - self._first.get(key, 0), 0)
            history = tuple(self._history[key])
            rows.append(
                Row(
                    key=key,
                    name=nstat_name(key),
                    observable=observable,
                    now=now,
                    per_second=rate,
                    since_start=since,
                    history=history,
                )
            )
        self._last = at, dict(counters)
        return tuple(rows)


def _place(order: list[str], name: str) -> int:
    """Where a counter stands among those that the presets count; behind them if it is not there."""
    return order.index(name) if name in order else len(order)


def spark(rates: tuple[float, ...], width: int) -> str:
    """The last rates as a row of bars, each as high as its share of the highest; none is a dot."""
    top = max(rates, default=0)
    bars = ("·" if not rate else _BARS[round(rate / top * (len(_BARS) - 1))] for rate in rates)
    return "".join(bars)[-width:].rjust(width)
