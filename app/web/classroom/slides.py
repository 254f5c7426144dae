# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The slides: each block of the walkthrough once more, made of the same content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from markupsafe import Markup

from app.kernel.life.conditions import USUAL
from app.walkthrough.content.prose import Link, render
from app.walkthrough.records import Block
from app.web.classroom.contexts import DeckView, RunView, SlideView
from app.web.life.view import life_view
from app.web.query import joined
from app.web.study.blocks import RailPictures, block_views
from app.web.study.contexts import BlockView
from app.web.study.form import kernel_view, preset_views
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


def deck_view(study: Study) -> DeckView:
    """The slides for one view of a walkthrough."""
    walkthrough, pick = study.walkthrough, study.cache.language.pick
    source = study.edition.source
    # Names in the code lead nowhere here: on a wall they are read, not clicked.
    html = study.cache.code(study.variant, is_linked=False)
    commented = comment_lines(source.lines)
    return DeckView(
        walkthrough=walkthrough,
        text=study.variant or "",
        kernel=kernel_view(study),
        heading=pick(walkthrough.title),
        summary=pick(walkthrough.summary),
        notes=tuple(inline(pick(text)) for text in walkthrough.opening),
        slides=tuple(
            _slide(study, block, html, commented) for block in block_views(study, suggests=False)
        ),
        lanes=study.cache.rail(study.variant).lanes,
        player=study.player(),
        outcome=outcome_view(study),
        world=WorldView(study, is_linked=False),
        life=life_view(study),
        preset=next((preset for preset in preset_views(study) if preset.is_current), None),
        caveats=tuple(study.wording.caveats(study.trace)),
        study=study.address(step=study.step),
    )


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
