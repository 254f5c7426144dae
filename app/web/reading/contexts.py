# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Context of a walkthrough's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.web.challenges.view import ChallengeView
from app.web.life.view import LifeView
from app.web.study.contexts import (
    BlockView,
    CalleeView,
    CodeView,
    FocusView,
    InputView,
    KernelView,
    OutcomeView,
    PlayerView,
    PresetView,
    StateMap,
    StepView,
    TextView,
    VariantView,
)
from app.web.world.contexts import WorldView


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceView:
    """Where the source comes from."""

    origin: Markup  # a sentence
    #: What is deliberately not as in mainline.
    differences: tuple[Markup, ...]
    #: Its file in the kernel; None for a text that no kernel has.
    path: str | None
    licence: str  # its SPDX identifier


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkthroughPage:
    """`walkthrough.html`: the page of one function."""

    #: The walkthrough's.
    id: str
    heading: str  # the function's
    summary: str  # a sentence below it
    #: What a program calls to get there.
    call: str
    #: Whose text the source is, its file in the kernel, and from where its lines are counted.
    source: str
    #: How many lines the source has.
    line_count: int
    #: (id, title), in the order of the source.
    decisions: tuple[tuple[str, str], ...]
    #: Whether it is told what becomes of the socket afterwards.
    has_stories: bool

    #: The page without a scenario; the form asks for it with one.
    action: str
    inputs: tuple[InputView, ...]
    #: What the life after the call depends on beside them.
    conditions: tuple[InputView, ...]
    #: The states as buttons; None where there is no diagram of them.
    state_map: StateMap | None
    presets: tuple[PresetView, ...]
    #: The one that is shown.
    preset: PresetView | None
    variants: tuple[VariantView, ...]
    #: The kernels whose text can be read, the own one first.
    texts: tuple[TextView, ...]
    #: The imported kernel whose text this is; None for the own text.
    imported: KernelView | None
    #: The kernel that the address names and that is not here; None where it is.
    missing: str | None
    #: The challenge that the reader is at.
    challenge: ChallengeView | None

    #: What does not depend on the scenario.
    fixed: FixedParts
    #: Whether it is the page's own address, on which the life of a closed socket comes first.
    is_start: bool
    blocks: tuple[BlockView, ...]
    #: By a block's id: its lines, with the rail beside them.
    code: Mapping[str, CodeView]
    #: How many lanes the rail has.
    lanes: int
    #: The inside of the picture of the whole rail.
    map: Markup
    #: The place that the address names.
    focus: FocusView | None
    steps: tuple[StepView, ...]
    #: The functions that steps executed from their texts.
    callees: tuple[CalleeView, ...]
    player: PlayerView  # its buttons
    world: WorldView  # the dock
    life: LifeView | None  # None where the C does not return
    outcome: OutcomeView  # in sentences
    #: Why no kernel can be in this scenario; empty where one can.
    caveats: tuple[str, ...]

    #: The trace as JSON.
    trace_href: str
    #: The shortest address that reproduces the trace.
    share: str
    #: The slides in this scenario.
    present: str
    #: The page with the default scenario.
    reset: str
    #: The comparison of this scenario with another.
    compare: str
    #: The texts to copy of what is shown.
    copy: str
