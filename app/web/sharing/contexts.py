# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Contexts of copying and framing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.web.contexts import LinkView
from app.web.study.contexts import BlockView, OutcomeView, PlayerView, StretchView


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPage:
    """`copy.html`: one place as texts to copy."""

    heading: str  # the place
    back: str  # the place itself
    texts: Mapping[str, str]  # by its form, which the template names
    card: str  # address of the picture
    plain: str  # address of the text for mail alone
    note: str = ""  # that the kernel which was asked for is not here
    mainline: tuple[LinkView, ...] = ()  # the same lines in the kernel's own tree
    nearest: str = ""  # their version; empty where none is known
    differences: tuple[str, ...] = ()  # why it is only near


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedPage:
    """`embed.html`: a block in a frame of another page."""

    title: str  # of the document
    heading: str  # the block or the place
    function: str  # with its parentheses
    block: BlockView  # the block that is shown
    rows: tuple[StretchView, ...]  # its lines, one each
    lanes: int  # of the rail
    player: PlayerView  # its links stay in the frame
    outcome: OutcomeView  # what is left
    query: str  # the scenario, as it is read
    source: str  # whose text it is, and from where its lines are counted
    full: str  # the whole page
