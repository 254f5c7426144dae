# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the templates of copying, framing and changes are given."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import Language
from app.web.contexts import LinkView, PageFrame
from app.web.study.contexts import BlockView, OutcomeView, PlayerView, StretchView


@dataclass(frozen=True, slots=True)
class CopyText:
    """A text to copy: `id` names its form, `rows` is how high its field is."""

    id: str
    title: str
    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class CopyPage:
    """`copy.html`: one place as texts to copy; `back` leads to the place itself.

    `mainline` are links to the same lines in the kernel's own tree, in the version `nearest`
    (empty where none is known); `differences` say why it is only near. `plain` is the text for
    mail alone.
    """

    frame: PageFrame
    heading: str
    back: str
    texts: tuple[CopyText, ...]
    card: str
    mainline: tuple[LinkView, ...]
    nearest: str
    differences: tuple[str, ...]
    plain: str


@dataclass(frozen=True, slots=True)
class EmbedPage:
    """`embed.html`: a block in a frame of another page; `full` leads to the whole.

    `rows` are the lines of the block, one each.
    `links` of the player stay in the frame.
    """

    language: Language
    title: str
    heading: str
    function: str
    block: BlockView
    rows: tuple[StretchView, ...]
    lanes: int
    player: PlayerView
    outcome: OutcomeView
    query: str
    full: str
    canonical: str
