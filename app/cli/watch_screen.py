# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The screen of `walkthrough watch`: lines of the source, and how often each is reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from app.i18n import DEFAULT_LANGUAGE
from app.lab.rates import Row, spark
from app.walkthrough.content.prose import plain_text
from app.walkthrough.observables import CountingLine
from app.walkthrough.records import Walkthrough


class Screen:
    """Shows one look after the other, in place where that is possible."""

    def __init__(
        self, walkthrough: Walkthrough, where: str, sockets: Callable[[], Mapping[str, int]]
    ) -> None:
        self.walkthrough = walkthrough
        self.source = walkthrough.edition.source.lines
        self.where = where
        #: What sockets there are now, by what they are called.
        self.sockets = sockets
        self.started = time.monotonic()
        self.console = Console(highlight=False)

    def show(self, looks: Iterator[tuple[Row, ...]]) -> None:
        """Until there are no more looks."""
        if not self.console.is_terminal:
            for rows in looks:
                self.console.print(self.picture(rows))
            return
        with Live(console=self.console, auto_refresh=False, screen=True) as live:
            for rows in looks:
                live.update(self.picture(rows), refresh=True)

    def picture(self, rows: tuple[Row, ...]) -> Group:
        """The whole screen after a look."""
        seconds = round(time.monotonic() - self.started)
        watched = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        head = Table.grid(expand=True)
        head.add_column(no_wrap=True)
        head.add_column(justify="right", no_wrap=True, overflow="ellipsis")
        head.add_row(
            Text(f"{self.walkthrough.function}(): aborted closes", style="bold"),
            Text(f"{self.where}, for {watched}", style="dim"),
        )
        there = ", ".join(f"{count:,} {what}" for what, count in self.sockets().items())
        foot = Text("Ctrl+C ends it" if self.console.is_terminal else "", style="dim")
        sockets = Text(f"sockets: {there}" if there else "", style="dim")
        parts = (self._lines(rows), Text(), self._others(rows), Text(), sockets, foot)
        return Group(head, Text(), *parts)

    def _lines(self, rows: tuple[Row, ...]) -> Table:
        """The counters that the source names, at their lines, below the decision before each."""
        table = self._table("line", "code")
        for row in rows:
            if not row.is_named or row.observable is None:
                continue
            for place, site in enumerate(row.observable.sites):
                decision = self._decision(site)
                if decision is not None:
                    table.add_row(*self._empty, str(decision), self._code(decision, "dim"))
                code = self._code(site.line, "bold" if row.per_second else "")
                if place == 0:
                    table.add_row(*self._numbers(row), str(site.line), code)
                else:
                    again = (Text("or here", style="dim"), *self._empty[1:])
                    table.add_row(*again, str(site.line), code)
        return table

    def _others(self, rows: tuple[Row, ...]) -> Group:
        """The counters that no line has for itself, and what else counts any of them."""
        table = self._table("", "")
        for row in rows:
            if not row.is_named:
                table.add_row(*self._numbers(row), "", "")
        known = self.walkthrough.symptoms.also
        remarks = (
            Text(f"{row.name}: {plain_text(known[row.name][DEFAULT_LANGUAGE].lead)}", style="dim")
            for row in rows
            if row.name in known
        )
        return Group(table, Text(), *remarks)

    def _table(self, number: str, code: str) -> Table:
        table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
        headed = bool(number)
        table.show_header = headed
        table.add_column("counter", no_wrap=True, min_width=23)
        table.add_column("now", justify="right", no_wrap=True, min_width=9)
        table.add_column("per second", justify="right", no_wrap=True, min_width=10)
        table.add_column("rose", justify="right", no_wrap=True, min_width=6)
        if self._bars:
            table.add_column("lately", no_wrap=True, min_width=self._bars)
        table.add_column(number, justify="right", no_wrap=True, min_width=4)
        table.add_column(code, no_wrap=headed, overflow="ellipsis", ratio=1)
        return table

    @property
    def _bars(self) -> int:
        """How many looks the small picture of a rate has; none where code needs the room."""
        width = self.console.width
        return 30 if width >= 130 else 12 if width >= 100 else 0

    @property
    def _empty(self) -> tuple[Text, ...]:
        return (Text(),) * (5 if self._bars else 4)

    def _numbers(self, row: Row) -> tuple[Text, ...]:
        rate = row.per_second
        style = "" if not rate else "bold red" if row.is_named else "bold"
        name = Text(row.name, style=style)
        figure = Text("" if rate is None else in_figures(rate), style=style)
        picture = (Text(spark(row.history, self._bars), style="cyan"),) if self._bars else ()
        # Before the second look nothing can have been seen to rise.
        rose = Text("" if rate is None else f"{row.since_start:,}", style=style)
        return name, Text(f"{row.now:,}"), figure, rose, *picture

    def _decision(self, site: CountingLine) -> int | None:
        """The line of the decision around a site, where that is another line."""
        if site.branch is None:
            return None
        line = self.walkthrough.decisions_by_id[site.branch[0]].line
        return line if line != site.line else None

    def _code(self, line: int, style: str) -> Text:
        return Text(self.source[line - 1].strip(), style=style)


def in_figures(rate: float) -> str:
    """A rate for a narrow column: tenths below a hundred."""
    return f"{rate:.1f}" if rate < 100 else f"{rate:,.0f}"
