# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""When a thing on the page is there: from a step, until another.

The markup carries it (`data-at`, `data-until`), so that a script can step without a request;
`data-when` says what that means for the step that is shown: `out`, `done` or `now`, which is the
latest change of its part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup


class Span(NamedTuple):
    """From the step `at` (0: from the start), up to but without `until` (None: to the end)."""

    at: int
    until: int | None = None


class Moment:
    """A step as one part of the page sees it; `step` is None while the whole path is shown."""

    def __init__(self, step: int | None, spans: Iterable[Span]) -> None:
        self.step = step
        self.latest = max((s.at for s in spans if step is not None and 0 < s.at <= step), default=0)

    def when(self, span: Span) -> str:
        """`out`, `done` or `now`."""
        if self.step is None:
            return "out" if span.until is not None else "done"
        if self.step < span.at or (span.until is not None and self.step >= span.until):
            return "out"
        return "now" if span.at and span.at == self.latest else "done"

    def attributes(self, span: Span) -> Markup:
        """The attributes, with a space before them; none for what is always there."""
        if not span.at and span.until is None:
            return Markup()
        until = "" if span.until is None else f' data-until="{span.until}"'
        return Markup(f' data-at="{span.at}"{until} data-when="{self.when(span)}"')  # noqa: S704 - numbers and words of our own
