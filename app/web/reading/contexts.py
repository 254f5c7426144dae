# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the template of a walkthrough is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.walkthrough.records import Walkthrough
from app.web.challenges.contexts import ChallengeView
from app.web.contexts import PageFrame
from app.web.study.contexts import (
    BlockView,
    FocusView,
    HelperView,
    InputView,
    OutcomeView,
    PlayerView,
    PresetView,
    StateMap,
    StepView,
    TermView,
    VariantView,
)
from app.web.world.contexts import WorldView


@dataclass(frozen=True, slots=True)
class WalkthroughPage:
    """`walkthrough.html`: the page of one function."""

    frame: PageFrame
    walkthrough: Walkthrough
    heading: str
    summary: str
    action: str
    inputs: tuple[InputView, ...]
    state_map: StateMap | None
    presets: tuple[PresetView, ...]
    preset: PresetView | None
    blocks: tuple[BlockView, ...]
    lanes: int
    steps: tuple[StepView, ...]
    player: PlayerView
    world: WorldView
    outcome: OutcomeView
    caveats: tuple[str, ...]
    variants: tuple[VariantView, ...]
    helpers: tuple[HelperView, ...]
    terms: tuple[TermView, ...]
    focus: FocusView | None
    trace_href: str
    share: str
    present: str
    reset: str
    challenge: ChallengeView | None
    compare: str
    copy: str
    feedback: Mapping[str, str]
