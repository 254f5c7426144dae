# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a walkthrough's page shows: what a study gives to each part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from app.kernel.life.conditions import USUAL
from app.kernel.scenario import DEFAULT
from app.walkthrough.pairs import Side
from app.walkthrough.wording import source_sentence
from app.web.addresses import API, PRESENT
from app.web.life.view import life_view
from app.web.maker import Maker
from app.web.query import TextQuery
from app.web.reading.contexts import FixedParts
from app.web.study.blocks import RailPictures, code_views
from app.web.study.callees import callee_views
from app.web.study.captions import page_description, page_title
from app.web.study.focus import focus_view
from app.web.study.form import (
    condition_views,
    input_views,
    kernel_view,
    preset_views,
)
from app.web.study.outcome import outcome_view
from app.web.study.study import Study
from app.web.world.view import WorldView

if TYPE_CHECKING:
    from app.walkthrough.atlas.records import Atlas
    from app.web.challenges.view import ChallengeView


class WalkthroughView(Maker):
    """`reading/walkthrough.html`: a study; what is in focus is explained by the `atlas`."""

    #: What no scenario changes.
    fixed: FixedParts

    def __init__(self, study: Study, atlas: Atlas | None, missing: str | None = None) -> None:
        super().__init__(study.cache, study.lang, study.variant)
        self.study = study
        #: The kernel that the address names and that is not here; None where it is.
        self.missing = missing
        self.kernel = TextQuery(variant=study.variant, missing=missing).kernel
        #: The place that the address names.
        self.focus = focus_view(study, atlas)
        self.inputs, self.conditions = input_views(study), condition_views(study)
        self.presets = preset_views(study)
        #: The imported kernel whose text it is; None for another text.
        self.imported = kernel_view(study)
        #: The challenge that the reader is at.
        self.challenge = _challenge(study)
        codes = code_views(study, self.focus.line if self.focus and self.focus.branches else None)
        self.blocks = tuple(block for block, _ in codes)
        #: By a block's id: its lines, with the rail beside them.
        self.code = {block.id: code for block, code in codes}
        self.lanes = self.cache.rail(study.variant).lanes
        #: The functions that steps executed from their texts.
        self.callees = callee_views(study)
        self.player = study.player()
        #: The dock; what comes after the call, None where the C does not return.
        self.world, self.life = WorldView(study), life_view(study)
        self.outcome = outcome_view(study)
        #: Why no kernel can be in this scenario; empty where one can.
        self.caveats = list(study.wording.caveats(study.trace))

    @property
    def title(self) -> str:
        return page_title(self.study, self.focus)

    @property
    def description(self) -> str:
        """What the page says where a link to it is pasted."""
        return page_description(self.study, self.outcome)

    @property
    def is_start(self) -> bool:
        """Whether it is the page's own address: there the life of a closed socket comes first."""
        study = self.study
        asked = (study.focus, study.step, study.variant, study.challenge, self.missing)
        if self.walkthrough.overview is None or study.conditions != USUAL:
            return False
        return study.scenario == DEFAULT and not any(asked)

    @property
    def source(self) -> str:
        """Whose text it is, its file in the kernel, and from where its lines are counted."""
        return source_sentence(self.walkthrough, self.cache.language, self.variant)

    @property
    def map(self) -> Markup:
        """The inside of the picture of the whole rail."""
        return RailPictures(self.study).whole()

    @property
    def trace_href(self) -> str:
        """The trace as JSON."""
        return self.href("trace", self.study.scenario.query(), below=API)

    @property
    def present(self) -> str:
        """The slides in this scenario."""
        return self.href(PRESENT, self.study.query, step=self.study.step)

    @property
    def reset(self) -> str:
        """The page with the default scenario."""
        return self.href(variant=None, challenge=self.study.challenge)

    @property
    def copy(self) -> str:
        """The texts to copy of what is shown."""
        return self.study.copying(step=self.study.at)

    @property
    def compare(self) -> str:
        """The comparison of this scenario with another."""
        side = Side(self.study.scenario, self.variant)
        return self.addresses.compare(self.walkthrough.id, side, lang=self.lang)


def _challenge(study: Study) -> ChallengeView | None:
    if study.challenge is None:
        return None
    # Most pages have none.
    from app.web.challenges.view import challenge_view

    return challenge_view(study)
