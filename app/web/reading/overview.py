# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Overview of a walkthrough, as its templates have it: links lead into the page's own code."""

from __future__ import annotations

from app.walkthrough.overview import Cell, Hold, Overview
from app.web.maker import Maker
from app.web.study.page_cache import PageCache


class OverviewView(Maker):
    """The ordinary life of a closed socket, and who holds it: `reading/fixed.html` draws both."""

    def __init__(self, cache: PageCache, overview: Overview, lang: str | None) -> None:
        super().__init__(cache, lang)
        self.overview = overview
        self.rows = overview.rows(self.walkthrough)
        self._first: dict[str, Cell] = {}
        for row in self.rows:
            for cell in (row.this, row.peer):
                if cell.begins:
                    self._first.setdefault(cell.stage, cell)

    def block(self, line: int | None) -> str:
        """The place on the page of the block that a line lies in; empty for no line."""
        return f"#{self.walkthrough.edition.block_of_line(line).id}" if line is not None else ""

    def is_first(self, cell: Cell) -> bool:
        """Whether its stage begins here first: there it is explained, and only named again."""
        return self._first.get(cell.stage) is cell

    def name(self, cell: Cell) -> str:
        """The state or the call; empty where nothing happens."""
        return self.walkthrough.call if cell.name == "close" else cell.name

    def lasts(self, cell: Cell) -> str:
        """How long, empty where nothing bounds it."""
        if cell.ms is None:
            return ""
        return self._("at most {time}").format(time=self.cache.wording.duration(cell.ms))

    def emptied(self, hold: Hold) -> str:
        """What the line took from the backlog, or empty."""
        if not hold.backlog:
            return ""
        segments = ", ".join(map(self.cache.wording.event_name, hold.backlog))
        return self._("the backlog is emptied: {segments}").format(segments=segments)
