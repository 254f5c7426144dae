# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the template of the atlas is given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame
from app.web.study.contexts import BranchFocus


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field of the filter; `choices` are (value, text), the first one filters nothing."""

    key: str  # as in the query
    label: str
    value: str  # what is chosen; empty for the first
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathView:
    """A path. `ways` has for each decision of the source `t`, `f`, or `-` where it is not met.

    `print` is the same as one word, by which a reader's browser knows what was seen;
    `taken` says the ways in words; `witness` leads to the simplest scenario.
    """

    id: str
    ways: str
    print: str
    taken: str
    segments: str  # what is sent, or that nothing is
    state: str  # at the end
    counters: str  # joined by commas
    times: str  # of keepalive timer and mini-socket
    witness: LinkView
    caveat: bool  # whether only a hypothetical socket takes it


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The paths that end alike."""

    fate: str  # what becomes of the socket, as in a query
    title: str
    paths: tuple[PathView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtlasPage:
    """`atlas.html`; while the atlas is being made `total` is None and the rest is empty.

    `decisions` are (id, line, title) of the columns; `mask` has, for the letters of a `print`, a 1
    where they count. `beginnings` are filters that most people look for; `covers` says in plain
    words what is covered and what is bounded, `cannot` what no path has together.
    """

    frame: PageFrame
    walkthrough: Walkthrough
    action: str
    hidden: tuple[tuple[str, str], ...]  # what the form sends along: the text
    whole: str  # the address of all paths
    total: int | None
    shown: int  # how many fit the filter
    fields: tuple[FieldView, ...]  # the filter's
    is_filtered: bool  # whether anything is filtered
    decisions: tuple[tuple[str, int, str], ...]
    mask: str
    groups: tuple[GroupView, ...]  # the paths that fit
    picture: Markup  # all of them in one diagram; empty where there are none
    focus: BranchFocus | None  # the branch that is filtered by, if it is one
    beginnings: tuple[LinkView, ...]
    covers: tuple[str, ...]
    cannot: tuple[Markup, ...]
