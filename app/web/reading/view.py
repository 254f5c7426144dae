# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Maker of the context of a walkthrough's page: what a study gives to each part of it."""

from __future__ import annotations

from collections.abc import Callable

from app.kernel.life.conditions import USUAL
from app.kernel.scenario import DEFAULT
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.pairs import Side
from app.walkthrough.wording import source_sentence
from app.web.addresses import API, PRESENT
from app.web.challenges.view import challenge_view
from app.web.contexts import PageFrame
from app.web.life.view import life_view
from app.web.query import TextQuery
from app.web.reading.contexts import FixedParts, WalkthroughPage
from app.web.study.blocks import RailPictures, code_views
from app.web.study.callees import callee_views
from app.web.study.captions import page_description, page_title
from app.web.study.contexts import BlockView, FocusView, OutcomeView, PresetView
from app.web.study.focus import focus_view
from app.web.study.form import (
    condition_views,
    input_views,
    kernel_view,
    preset_views,
    text_views,
    variant_views,
)
from app.web.study.outcome import outcome_view
from app.web.study.study import Study
from app.web.world.view import world_view

FixedOf = Callable[[tuple[BlockView, ...], PageFrame], FixedParts]


class WalkthroughView:
    """A study as its page shows it. A decision or lines in focus are explained by the `atlas`."""

    def __init__(self, study: Study, atlas: Atlas | None, missing: str | None = None) -> None:
        self.study = study
        self.missing = missing
        self.kernel = TextQuery(variant=study.variant, missing=missing).kernel
        self.focus: FocusView | None = focus_view(study, atlas)
        self.presets: tuple[PresetView, ...] = preset_views(study)
        self.preset = next((preset for preset in self.presets if preset.is_current), None)
        self.outcome: OutcomeView = outcome_view(study)

    @property
    def title(self) -> str:
        return page_title(self.study, self.focus, self.preset)

    @property
    def description(self) -> str:
        """What the page says where a link to it is pasted."""
        return page_description(self.study, self.outcome)

    @property
    def _is_start(self) -> bool:
        study = self.study
        asked = (study.focus, study.step, study.variant, study.challenge, self.missing)
        if study.conditions != USUAL:
            return False
        return study.scenario == DEFAULT and not any(asked)

    def page(self, frame: PageFrame, fixed_of: FixedOf) -> WalkthroughPage:
        """The context; `fixed_of` gives what is the same in every scenario."""
        study, focus = self.study, self.focus
        cache, walkthrough, addresses = study.cache, study.walkthrough, study.cache.addresses
        pick, query = cache.language.pick, study.query
        cut = focus.line if focus and focus.branches else None
        codes = code_views(study, cut)
        blocks = tuple(block for block, _ in codes)
        return WalkthroughPage(
            id=walkthrough.id,
            heading=pick(walkthrough.title),
            summary=pick(walkthrough.summary),
            call=walkthrough.call,
            source=source_sentence(walkthrough, cache.language, study.variant),
            line_count=len(study.edition.source.lines),
            decisions=tuple((item.id, pick(item.title)) for item in walkthrough.decisions),
            has_stories=bool(walkthrough.outside.stories),
            action=addresses.page(walkthrough.id),
            inputs=input_views(study),
            conditions=condition_views(study),
            state_map=cache.state_map,
            presets=self.presets,
            preset=self.preset,
            variants=variant_views(study),
            texts=text_views(study),
            imported=kernel_view(study),
            missing=self.missing,
            challenge=challenge_view(study),
            fixed=fixed_of(blocks, frame),
            is_start=walkthrough.overview is not None and self._is_start,
            blocks=blocks,
            code={block.id: code for block, code in codes},
            lanes=cache.rail(study.variant).lanes,
            map=RailPictures(study).whole(),
            focus=focus,
            steps=study.steps,
            callees=callee_views(study),
            player=study.player(),
            world=world_view(study),
            life=life_view(study),
            outcome=self.outcome,
            caveats=tuple(study.wording.caveats(study.trace)),
            trace_href=addresses.below(
                API,
                walkthrough.id,
                "trace",
                query=study.scenario.query(),
                variant=study.variant,
                lang=study.lang,
            ),
            share=study.permalink,
            present=addresses.page(
                walkthrough.id,
                PRESENT,
                query=query,
                step=study.step,
                variant=self.kernel,
                lang=study.lang,
            ),
            reset=addresses.page(walkthrough.id, challenge=study.challenge, lang=study.lang),
            compare=addresses.compare(
                walkthrough.id, Side(study.scenario, study.variant), lang=study.lang
            ),
            copy=study.copying(step=study.at),
        )
