# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is known of other kernels' texts: `kernels.yaml`, with a note for each change of the kernel.

A note is a *delta*: one change, found by a pattern in a text that the own one has not (or, with
`missing`, the other way round), and shown at the block where it applies. So a text is explained
by what it has, whatever its version says.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from app.csource.source import fold
from app.errors import ReaderError
from app.kernel.scenario import Scenario, parse_scenario
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "kernels.yaml"
#: Who can see a change: everybody, tracing, only who is near a limit, locks and timing, nobody.
Seen = Literal["outcome", "trace", "limit", "timing", "nothing"]
_RELEASE: Final = r"^\d{1,2}(\.\d{1,3}){1,2}$"
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


class Delta(Strict):
    """A change; exactly one of `found` and `missing`, a pattern for code with its blanks folded.

    `blocks`: the first that a text has shows the note. `since` are the kernels that have it, as a
    reader would say it; `commit` the kernel's, abbreviated. `first` is the first release of
    mainline that has it, `until` the first that has it no longer; `scenario` a socket that sees it.
    """

    id: Id
    found: str | None = None
    missing: str | None = None
    blocks: list[str] = Field(min_length=1)
    since: Text = Field(default={})
    first: str | None = Field(default=None, pattern=_RELEASE)
    until: str | None = Field(default=None, pattern=_RELEASE)
    commit: str | None = Field(default=None, pattern=r"^[0-9a-f]{8,40}$")
    seen: Seen
    socket: dict[str, Any] | None = Field(default=None, alias="scenario")
    title: Text
    text: Text

    @model_validator(mode="after")
    def _is_one(self) -> Delta:
        if (self.found is None) == (self.missing is None):
            raise ValueError("give found or missing")
        if self.first is not None and self.until is not None:
            raise ValueError("give first or until")
        if self.seen == "outcome" and self.release and self.socket is None:
            raise ValueError("give the scenario of a socket that sees it")
        re.compile(self.found or self.missing or "")
        return self

    @property
    def release(self) -> str | None:
        """The release of mainline that made the change; None where none did."""
        return self.first or self.until

    @property
    def is_seen(self) -> bool:
        """Whether a socket can see it."""
        return self.seen == "outcome"

    @property
    def scenario(self) -> Scenario | None:
        """A socket that sees it; None for none. Raises ReaderError."""
        if self.socket is None:
            return None
        return parse_scenario([(key, str(value)) for key, value in self.socket.items()])

    def is_in(self, code: str, own: str) -> bool:
        """Whether a text has the change and the own one has it not; both as `searchable`."""
        pattern = self.found or self.missing or ""
        here, there = (bool(re.search(pattern, text)) for text in (code, own))
        return here != there and here is (self.missing is None)


class SayingEntry(Strict):
    """A decision that the own text has not, told by its `condition`; or an own one, edited."""

    id: Id
    condition: str
    title: Text
    when_true: Text
    when_false: Text


class WrapperEntry(Strict):
    """What is said of a function around the one that does the work."""

    id: Id
    title: Text
    text: Text


class KernelNotes(Strict):
    """The file; empty where there is none."""

    wrapper: WrapperEntry | None = None
    decisions: list[SayingEntry] = Field(default=[])
    deltas: list[Delta] = Field(default=[])


def searchable(code: str) -> str:
    """Code as patterns see it: without comments, its blanks folded."""
    return fold(_COMMENT.sub(" ", code))


def check_notes(tell: Teller, file: KernelNotes, blocks: Collection[str] | None) -> None:
    """Reports ids that stand twice, and blocks and inputs that are none."""
    wrapper = [file.wrapper.id] if file.wrapper else []
    known = None if blocks is None else [*blocks, *wrapper]
    tell.once("delta", (entry.id for entry in file.deltas), ("deltas",))
    for index, entry in enumerate(file.deltas):
        for number, block in enumerate(entry.blocks):
            tell.unknown(("deltas", index, "blocks", number), "block", block, known)
        try:
            _ = entry.scenario
        except ReaderError as error:
            for problem in error.problems:
                path = ("deltas", index, "scenario", problem.key)
                tell(path, f"{problem.key}={problem.value!r} is not allowed: {problem.allowed}")
