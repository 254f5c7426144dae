# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The slides: each block of the walkthrough once more, made of the same content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from markupsafe import Markup

from app.kernel.life.conditions import USUAL
from app.walkthrough.content.prose import Link, render
from app.walkthrough.records import Block
from app.web.life.view import life_view
from app.web.query import joined
from app.web.study.blocks import RailPictures, block_views
from app.web.study.contexts import BlockView, LineView, StretchView
from app.web.study.form import kernel_view
from app.web.study.maker import Maker
from app.web.study.outcome import outcome_view
from app.web.study.page_cache import SECTION_HEADINGS, inline
from app.web.study.places import Focus, witness_of
from app.web.study.study import Study
from app.web.world.view import WorldView

#: A comment of more lines is folded behind its first one.
_LONGEST_COMMENT: Final = 4
#: What a presenter says; the rest is for those who read.
_NOTES: Final = ("why", "here", "trap")
_TAB: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """Consecutive lines of a slide."""

    lines: tuple[LineView, ...]  # of the block
    stretches: tuple[StretchView, ...]  # with the rail; the first of a comment stands alone
    is_folded: bool  # whether it is a long comment behind its first line


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideView:
    """A block as a slide."""

    block: BlockView  # the block with its lines
    runs: tuple[RunView, ...]  # its lines, comments apart
    text: Markup  # what the slide says
    notes: tuple[tuple[str, str, Markup], ...]  # (name, heading, text) of what the presenter says
    rows: int  # that the code takes with its comments folded, for the size of the type
    columns: int  # the same, across
    witness: str  # query of a scenario that comes by, and of the text


class DeckView(Maker):
    """The slides of a walkthrough in a study's scenario, at its step."""

    def __init__(self, study: Study) -> None:
        super().__init__(study.cache, study.lang, study.variant)
        self.study = study
        #: What is said of the kernel whose text it is, None for the own text.
        self.kernel = kernel_view(study)
        # Names in the code lead nowhere here: on a wall they are read, not clicked.
        html = study.cache.code(study.variant, is_linked=False)
        commented = comment_lines(study.edition.source.lines)
        #: One for each block.
        self.slides = [
            _slide(study, block, html, commented) for block in block_views(study, suggests=False)
        ]
        #: How many lanes the rail has.
        self.lanes = study.cache.rail(study.variant).lanes
        self.player, self.outcome = study.player(), outcome_view(study)
        #: What the world sees of it, and what comes afterwards: None where the C does not return.
        self.world, self.life = WorldView(study, is_linked=False), life_view(study)

    @property
    def alone(self) -> str:
        """The address of the scenario's own page."""
        return self.study.address(step=self.study.step)


def comment_lines(lines: Sequence[str]) -> frozenset[int]:
    """The 1-based lines that hold nothing but a comment of several lines."""
    found: set[int] = set()
    is_inside = False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if is_inside or (text.startswith("/*") and "*/" not in text):
            found.add(number)
            is_inside = "*/" not in text
    return frozenset(found)


def _slide(
    study: Study, block: BlockView, html: Sequence[Markup], commented: frozenset[int]
) -> SlideView:
    cache = study.cache
    record = study.edition.blocks_by_id[block.id]
    # The blank lines behind a block separate it from the next, which is on another slide.
    lines = list(block.lines)
    while len(lines) > 1 and not html[lines[-1].number - 1].strip():
        lines.pop()
    pictures = RailPictures(study, are_named=True)
    runs: list[RunView] = []
    for is_comment, group in groupby(lines, lambda line: line.number in commented):
        run = tuple(replace(line, html=html[line.number - 1]) for line in group)
        is_folded = is_comment and len(run) > _LONGEST_COMMENT
        stretches = pictures.beside(run, run[0].number if is_folded else None)
        runs.append(RunView(lines=run, stretches=stretches, is_folded=is_folded))
    texts = study.edition.source.lines
    shown = [line for run in runs for line in (run.lines[:1] if run.is_folded else run.lines)]
    prose = record.prose.get(cache.language.code) or next(iter(record.prose.values()))

    def resolve(link: Link) -> str:
        address = cache.resolve(link, study.lang)
        # The explanations of names stand on the page of the walkthrough.
        return study.address(with_scenario=False) + address if address[0] == "#" else address

    text = cache.language.pick(record.slide) if record.slide else None
    return SlideView(
        block=block,
        runs=tuple(runs),
        text=inline(text) if text else Markup(render(prose.lead, resolve)),  # noqa: S704 - raw HTML is off
        notes=tuple(
            (name, cache.language.gettext(SECTION_HEADINGS[name]), Markup(render(stream, resolve)))  # noqa: S704
            for name, stream in prose.sections.items()
            if name in _NOTES
        ),
        # Below a decision stands how it went.
        rows=len(shown)
        + sum(bool(line.decision_id) for line in shown)
        + sum(run.is_folded for run in runs),
        columns=max(len(texts[line.number - 1].expandtabs(_TAB)) for line in shown),
        witness=_witness(study, record),
    )


def _witness(study: Study, block: Block) -> str:
    """The query of the simplest scenario that comes by a block in the text that is shown."""
    focus = Focus("block", block.id, block.start, block.end, block=block)
    return study.cache.kept(
        ("witness", study.variant, block.id),
        lambda: joined(witness_of(study.walkthrough, focus, study.edition), USUAL, study.variant),
    )
