# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the templates of the front page, the API and errors are given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.web.contexts import LinkView, PageFrame
from app.web.http.problems import ProblemReport


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of the fork: the socket that goes it, and what becomes of that."""

    taken: str
    href: str
    socket: str
    tone: str
    sentence: Markup


@dataclass(frozen=True, slots=True)
class Fork:
    """The line that tells the most, and its two ways."""

    line: int
    code: Markup
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """What one kind of reader came for; `id` is `problem`, `study` or `teach`."""

    id: str
    title: str
    text: str
    action: LinkView
    links: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A walkthrough on the front page; `fork` is None where nothing is sent either way."""

    id: str
    title: str
    summary: str
    href: str
    lines: int
    decisions: int
    fork: Fork | None
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """`library.html`: the front page. `heading` asks what the only walkthrough answers."""

    frame: PageFrame
    heading: str
    entries: tuple[LibraryEntry, ...]


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`error.html`: what is wrong with what was sent, and where to go on.

    `story` says what became of a place that is gone; else it is empty.
    """

    frame: PageFrame
    status: int
    heading: str
    story: str
    problems: tuple[ProblemReport, ...]
    ways_on: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """`api.html`: the OpenAPI document for people. `operations` are (path, method, operation)."""

    frame: PageFrame
    title: str
    operations: tuple[tuple[str, str, dict[str, object]], ...]
    openapi: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A correction; `id` is its fragment on the page, `date` as ISO 8601 has it."""

    id: str
    date: str
    text: str
    blocks: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """`changes.html`: what was corrected; `feed` is the same as Atom."""

    frame: PageFrame
    changes: tuple[ChangeView, ...]
    feed: str
