# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the template of the atlas is given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame
from app.web.study.contexts import BranchFocus


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of the filter; `choices` are (value, text), the first one filters nothing."""

    key: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PathView:
    """A path. `ways` has for each decision of the source `t`, `f`, or `-` where it is not met.

    `print` is the same as one word, by which a reader's browser knows what was seen;
    `taken` says the ways in words; `witness` leads to the simplest scenario.
    """

    id: str
    ways: str
    print: str
    taken: str
    segments: str
    state: str
    counters: str
    times: str
    witness: LinkView
    caveat: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """The paths that end alike."""

    fate: str
    title: str
    paths: tuple[PathView, ...]


@dataclass(frozen=True, slots=True)
class AtlasPage:
    """`atlas.html`; while the atlas is being made `total` is None and the rest is empty.

    `decisions` are (id, line, title) of the columns; `mask` has, for the letters of a `print`, a 1
    where they count. `beginnings` are filters that most people look for; `covers` says in plain
    words what is covered and what is bounded, `cannot` what no path has together.
    """

    frame: PageFrame
    walkthrough: Walkthrough
    action: str
    total: int | None
    shown: int
    fields: tuple[FieldView, ...]
    is_filtered: bool
    decisions: tuple[tuple[str, int, str], ...]
    mask: str
    groups: tuple[GroupView, ...]
    picture: Markup
    edges: tuple[LinkView, ...]
    focus: BranchFocus | None
    beginnings: tuple[LinkView, ...]
    covers: tuple[str, ...]
    cannot: tuple[Markup, ...]
