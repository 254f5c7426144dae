# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Parts of a walkthrough's page that no scenario changes, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.walkthrough.overview import Cell, Hold, Overview
from app.web.contexts import PageFrame
from app.web.reading.feedback import Feedback
from app.web.site import Site
from app.web.study.contexts import BlockView
from app.web.study.maker import Maker
from app.web.study.page_cache import PageCache
from app.web.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedParts:
    """HTML that no scenario changes: rendered once for each text and language."""

    #: The ordinary life of a closed socket; empty where the content has none.
    life: Markup
    #: By a block's id: its title, and the first paragraphs of its commentary.
    notes: Mapping[str, Markup]
    #: By a block's id: the rest of its commentary.
    more: Mapping[str, Markup]
    #: The blocks of the overview.
    map_blocks: Markup
    #: Kernel functions, glossary, and where the source comes from.
    foot: Markup


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


def fixed_parts(
    site: Site, study: Study, blocks: Sequence[BlockView], frame: PageFrame, feedback: Feedback
) -> FixedParts:
    """The parts for the text and language of a study; rendered for the first who asks.

    Of `blocks` only what no scenario changes is read.
    """
    key = ("fixed", study.variant, study.lang, study.challenge)
    return study.cache.kept(key, lambda: _render(site, study, blocks, frame, feedback))


def _render(
    site: Site, study: Study, blocks: Sequence[BlockView], frame: PageFrame, feedback: Feedback
) -> FixedParts:
    cache, walkthrough = study.cache, study.walkthrough
    templates = site.environment(cache.language)
    macros: Any = templates.get_template("reading/fixed.html").module
    mistakes = feedback.of_blocks(study, site.origin.whole(""), site.revisions[walkthrough.id])
    edition = study.edition
    overview = None
    if walkthrough.overview is not None:
        overview = OverviewView(cache, walkthrough.overview, study.lang)
    foot = [
        macros.helper_list(cache),
        macros.glossary(cache) if walkthrough.glossary else Markup(),
        macros.provenance(walkthrough.provenance, edition, frame.foot),
    ]
    return FixedParts(
        life=macros.overview(overview) if overview else Markup(),
        notes={block.id: macros.notes(block, overview) for block in blocks},
        more={block.id: macros.more(block, mistakes.get(block.id)) for block in blocks},
        map_blocks=macros.map_blocks(blocks),
        foot=Markup("\n").join(foot),
    )
