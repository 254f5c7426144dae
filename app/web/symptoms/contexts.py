# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the template of the symptoms is given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command as it is typed, and what its output tells."""

    run: str
    tells: Markup


@dataclass(frozen=True, slots=True)
class SymptomView:
    """A symptom: `href` is its permalink, the rest HTML; `trap` is empty where there is none."""

    id: str
    title: str
    href: str
    sees: Markup
    does: Markup
    confirm: tuple[CommandView, ...]
    change: Markup
    trap: Markup


@dataclass(frozen=True, slots=True)
class SymptomGroup:
    """The symptoms that are seen in one place."""

    id: str
    title: str
    symptoms: tuple[SymptomView, ...]


@dataclass(frozen=True, slots=True)
class SiteView:
    """A line that is behind a number: the branch or block that it lies in, and a preset."""

    line: int
    place: LinkView
    preset: LinkView


@dataclass(frozen=True, slots=True)
class ObservableView:
    """A counter or a state in `ss`, with the lines behind it.

    `kind` is `named` (a counter that the source names), `counter` or `state`; `shown` is how the
    tool spells it, `also` what else there is to know about the number, `symptoms` links to it.
    """

    name: str
    shown: str
    kind: str
    sites: tuple[SiteView, ...]
    also: Markup
    symptoms: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A line of the small rendering; `gap` says that lines are left out before it."""

    number: int
    html: Markup
    href: str
    gap: bool
    is_decision: bool
    marks: tuple[ObservableView, ...]


@dataclass(frozen=True, slots=True)
class SymptomsPage:
    """`symptoms.html`. `only` is the one symptom of a permalink, None on the whole page."""

    frame: PageFrame
    walkthrough: Walkthrough
    action: str
    groups: tuple[SymptomGroup, ...]
    only: SymptomView | None
    observables: tuple[ObservableView, ...]
    lines: tuple[HeatLine, ...]
