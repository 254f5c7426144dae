# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Overview of a walkthrough, as its templates have it: links lead into the page's own code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.content.prose import Prose, render
from app.walkthrough.overview import Cell, Overview
from app.web.study.page_cache import PageCache


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One end at a moment; what begins there has a title, and perhaps more."""

    stage: str  # names its rules
    begins: bool  # whether the stage does
    title: str  # empty where it does not begin
    href: str  # the block that begins it
    has: tuple[str, ...]  # what there is of it, the program's side first
    text: Markup  # what it is
    name: str  # the state or the call; empty where nothing happens
    at: str  # the block that does it, empty where that is in no trace
    lasts: str  # how long, empty where nothing bounds it


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A moment at both ends."""

    this: CellView
    peer: CellView
    segment: str  # empty where none goes
    is_ours: bool  # whether it goes to the peer
    at: str  # the block that sends it, empty where that is in no trace


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeView:
    """The drawing, and the questions that decide."""

    rows: tuple[RowView, ...]
    asks: tuple[tuple[str, Markup], ...]
    remark: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """Who has the socket after a line."""

    line: int
    code: str  # of the line
    is_owned: bool
    is_locked: bool
    is_soft: bool  # softirqs are on
    arrives: str  # what becomes of a segment
    emptied: str  # what the line took from the backlog, in words; or empty


@dataclass(frozen=True, slots=True, kw_only=True)
class LocksView:
    """The drawing of the locks."""

    call: str  # who owns the socket
    holds: tuple[HoldView, ...]
    text: Markup


def life_view(cache: PageCache, lang: str | None) -> LifeView:
    """The ordinary life of a closed socket; the walkthrough has an overview."""
    overview = cache.walkthrough.overview
    assert overview is not None
    maker = _Maker(cache, overview, lang)
    rows = overview.rows(cache.walkthrough)
    seen: set[str] = set()
    return LifeView(
        rows=tuple(
            RowView(
                this=maker.cell(row.this, seen),
                peer=maker.cell(row.peer, seen),
                segment=row.segment,
                is_ours=row.is_ours,
                at=maker.block(row.line),
            )
            for row in rows
        ),
        asks=tuple((maker.pick(ask.title), maker.html(ask.text)) for ask in overview.life.asks),
        remark=maker.html(overview.life.remark),
    )


def locks_view(cache: PageCache, block: str, lang: str | None) -> LocksView | None:
    """Who holds the socket, for the block that it is drawn in; None for another."""
    overview = cache.walkthrough.overview
    if overview is None or overview.locks.block != block:
        return None
    maker = _Maker(cache, overview, lang)
    emptied = cache.language.gettext("the backlog is emptied: {segments}")
    return LocksView(
        call=cache.walkthrough.call,
        holds=tuple(
            HoldView(
                line=hold.line,
                code=hold.code,
                is_owned=hold.is_owned,
                is_locked=hold.is_locked,
                is_soft=hold.is_soft,
                arrives=maker.pick(overview.locks.arrives[hold.holding]),
                emptied=emptied.format(
                    segments=", ".join(map(cache.wording.event_name, hold.backlog))
                )
                if hold.backlog
                else "",
            )
            for hold in overview.holds(cache.walkthrough)
        ),
        text=maker.html(overview.locks.text),
    )


class _Maker:
    def __init__(self, cache: PageCache, overview: Overview, lang: str | None) -> None:
        self.cache, self.overview, self.lang = cache, overview, lang
        self.pick = cache.language.pick

    def html(self, texts: Mapping[str, Prose]) -> Markup:
        prose = texts[self.cache.language.code]
        html = render(prose.lead, lambda link: self.cache.resolve(link, self.lang))
        return Markup(html)  # noqa: S704 - raw HTML is off

    def block(self, line: int | None) -> str:
        """The place on the page of the block that a line lies in."""
        if line is None:
            return ""
        return f"#{self.cache.walkthrough.edition.block_of_line(line).id}"

    def cell(self, cell: Cell, seen: set[str]) -> CellView:
        """A cell; a stage is explained where it begins first, and only named there again."""
        stage = self.overview.life.stages[cell.stage]
        is_first = cell.begins and cell.stage not in seen
        if cell.begins:
            seen.add(cell.stage)
        wording = self.cache.wording
        lasts = self.cache.language.gettext("at most {time}")
        return CellView(
            stage=cell.stage,
            begins=cell.begins,
            title=self.pick(stage.title) if cell.begins else "",
            href=f"#{stage.block}",
            has=tuple(map(self.pick, stage.has)) if cell.begins else (),
            text=self.html(stage.text) if is_first else Markup(),
            name=self.cache.walkthrough.call if cell.name == "close" else cell.name,
            at=self.block(cell.line),
            lasts=lasts.format(time=wording.duration(cell.ms)) if cell.ms is not None else "",
        )
