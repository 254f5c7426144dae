# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The screen of `walkthrough watch`: lines of the source, and how often each is reached."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from app.lab.rates import Row, spark
from app.walkthrough.observables import Site
from app.walkthrough.records import Walkthrough

#: What else stands behind a number than the function itself.
_REMARKS: Final = {
    "TcpExtTCPAbortOnData": "also data, or an ACK with TCP_LINGER2 < 0, that reaches the orphan",
    "TcpExtTCPAbortOnMemory": "also the timers of an orphan",
    "TcpEstabResets": "also connections that the peer reset",
    "TcpOutRsts": "every RST of the host, from here or elsewhere",
    "TcpExtTCPAbortOnTimeout": "not this call: too many retransmissions without an answer",
    "TcpExtTCPAbortFailed": "no memory for a RST, which was not sent then",
}


class Screen:
    """Shows one look after the other, in place where that is possible."""

    def __init__(self, walkthrough: Walkthrough, where: str, every: float) -> None:
        self.walkthrough = walkthrough
        self.source = walkthrough.edition.source.lines
        self.where = f"{where}, every {every:g} s"
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
        foot = Text("Ctrl+C ends it" if self.console.is_terminal else "", style="dim")
        return Group(head, Text(), self._lines(rows), Text(), self._others(rows), Text(), foot)

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

    def _others(self, rows: tuple[Row, ...]) -> Table:
        """The counters that no line has for itself."""
        table = self._table("", "")
        for row in rows:
            if not row.is_named:
                remark = Text(_REMARKS.get(row.name, ""), style="dim")
                table.add_row(*self._numbers(row), "", remark)
        return table

    def _table(self, number: str, code: str) -> Table:
        table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
        headed = bool(number)
        table.show_header = headed
        table.add_column("counter", no_wrap=True, min_width=23)
        table.add_column("per second", justify="right", no_wrap=True, min_width=10)
        table.add_column("counted", justify="right", no_wrap=True, min_width=9)
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
        return (Text(),) * (4 if self._bars else 3)

    def _numbers(self, row: Row) -> tuple[Text, ...]:
        rate = row.per_second
        style = "" if not rate else "bold red" if row.is_named else "bold"
        name = Text(row.name, style=style)
        figure = Text("" if rate is None else in_figures(rate), style=style)
        picture = (Text(spark(row.history, self._bars), style="cyan"),) if self._bars else ()
        return name, figure, Text(f"{row.since_start:,}"), *picture

    def _decision(self, site: Site) -> int | None:
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
