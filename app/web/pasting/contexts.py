# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the templates get of a host's numbers and the lines behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from markupsafe import Markup

from app.web.contexts import LinkView


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A line that is behind a number."""

    line: int  # its number
    place: LinkView  # the branch or block that it lies in
    preset: LinkView  # a socket that comes by
    is_mini: bool  # whether what is left here is a mini-socket


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservableView:
    """A counter, a state in `ss`, or a sum, with the lines behind it."""

    name: str  # the kernel's
    shown: str  # as the tool spells it
    kind: str  # `named` (by the source), `counter`, `state`, or `other` without a line
    sites: tuple[SiteView, ...]  # the lines
    also: Markup  # what else there is to know, or empty
    symptoms: tuple[LinkView, ...]  # those that it is seen in


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatLine:
    """A line of the small rendering."""

    number: int  # of the line
    html: Markup  # highlighted
    href: str  # the line on the walkthrough's page
    gap: bool  # lines are left out before it
    is_decision: bool  # whether a decision begins here
    marks: tuple[ObservableView, ...]  # what is counted here


class RowReport(TypedDict):
    """A row of the table: texts as they are shown, empty for none."""

    count: str
    share: str
    state: str  # `some`, `zero`, or `none` where the text does not say


class MarkReport(TypedDict):
    """A number beside a line of code."""

    text: str
    look: str  # `known`, `shared` among lines, `later`, `would` be; empty where it lights nothing
    size: int  # of its bar, in percent of the largest of its kind


class Report(TypedDict):
    """All that is shown of a reading: static/js/core/host-report.js makes it."""

    hasFigures: bool  # whether a row has a count
    sentences: list[str]  # the most important first
    tone: str  # `trouble` where nothing was understood
    leads: list[str]  # ids of symptoms, the likeliest first
    branches: list[str]  # such as `unread/true`
    rows: Mapping[str, RowReport]  # by the number's name
    marks: Mapping[str, MarkReport]  # by line and name: `49 TcpExtTCPAbortOnClose`
    lit: Mapping[str, str]  # how a line is lit, by its number: as the look of a mark
    code: str  # the walkthrough's page with the lines that are lit; empty for none
    link: str  # the address that shows it again
    which: str  # the page that asks for the path, with what is known; empty where that is nothing
    markdown: str  # the whole as a text for a ticket
