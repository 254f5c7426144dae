# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is known of other kernels' texts: `kernels.yaml`, with a note for each change of the kernel.

A note is a *delta*: one change, found by a pattern in a text that the own one has not (or, with
`missing`, the other way round), and shown at the block where it applies. So a text is explained
by what it has, whatever its version says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.csource.source import fold
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text

FILE: Final = "kernels.yaml"
#: Who can see a change: everybody, tracing, only who is near a limit, locks and timing, nobody.
Seen = Literal["outcome", "trace", "limit", "timing", "nothing"]
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class DeltaEntry(_Strict):
    """A change; exactly one of `found` and `missing`, a pattern for code with its blanks folded.

    `blocks`: the first that a text has shows the note. `since` are the kernels that have it, as a
    reader would say it; `commit` the kernel's, abbreviated; `preset` one that shows the difference.
    """

    id: Id
    found: str | None = None
    missing: str | None = None
    blocks: list[str] = Field(min_length=1)
    since: Text = {}
    commit: str | None = Field(default=None, pattern=r"^[0-9a-f]{8,40}$")
    seen: Seen
    title: Text
    text: Text

    @model_validator(mode="after")
    def _is_one(self) -> DeltaEntry:
        if (self.found is None) == (self.missing is None):
            raise ValueError("give found or missing")
        re.compile(self.found or self.missing or "")
        return self


class SayingEntry(_Strict):
    """A decision that the own text has not, told by its `condition`; or an own one, edited."""

    id: Id
    condition: str
    title: Text
    when_true: Text
    when_false: Text


class WrapperEntry(_Strict):
    """What is said of a function around the one that does the work."""

    id: Id
    title: Text
    text: Text


class KernelsFile(_Strict):
    """The file."""

    wrapper: WrapperEntry | None = None
    decisions: list[SayingEntry] = []
    deltas: list[DeltaEntry] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A change of the kernel: see `DeltaEntry`."""

    id: str
    pattern: re.Pattern[str]
    is_missing: bool
    blocks: tuple[str, ...]
    since: Mapping[str, str]
    commit: str | None
    seen: Seen
    title: Mapping[str, str]
    text: Mapping[str, str]

    def is_in(self, code: str, own: str) -> bool:
        """Whether a text has the change and the own one has it not; both as `searchable`."""
        here, there = (bool(self.pattern.search(text)) for text in (code, own))
        return here != there and here is not self.is_missing


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelNotes:
    """What the file says; empty where there is none."""

    wrapper: WrapperEntry | None = None
    sayings: tuple[SayingEntry, ...] = ()
    deltas: tuple[Delta, ...] = ()


def searchable(code: str) -> str:
    """Code as patterns see it: without comments, its blanks folded."""
    return fold(_COMMENT.sub(" ", code))


def make_notes(file: KernelsFile) -> KernelNotes:
    """The notes of a file that fits."""
    return KernelNotes(
        wrapper=file.wrapper,
        sayings=tuple(file.decisions),
        deltas=tuple(
            Delta(
                id=entry.id,
                pattern=re.compile(entry.found or entry.missing or ""),
                is_missing=entry.found is None,
                blocks=tuple(entry.blocks),
                since=entry.since,
                commit=entry.commit,
                seen=entry.seen,
                title=entry.title,
                text=entry.text,
            )
            for entry in file.deltas
        ),
    )


def check_notes(tell: Teller, file: KernelsFile, blocks: Collection[str] | None) -> None:
    """Reports ids that stand twice, and blocks that are none."""
    wrapper = [file.wrapper.id] if file.wrapper else []
    known = None if blocks is None else [*blocks, *wrapper]
    tell.once("delta", (entry.id for entry in file.deltas), ("deltas",))
    for index, entry in enumerate(file.deltas):
        for number, block in enumerate(entry.blocks):
            tell.unknown(("deltas", index, "blocks", number), "block", block, known)
