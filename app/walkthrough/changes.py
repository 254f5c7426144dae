# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What was corrected in the commentary, and when: `changes.yaml`, a list, the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text

FILE: Final = "changes.yaml"


class ChangeEntry(BaseModel):
    """A correction; `blocks` are the ids of those whose commentary it changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    date: dt.date
    blocks: list[str] = Field(min_length=1)
    text: Text


@dataclass(frozen=True, slots=True)
class Change:
    """A correction that was checked; `blocks` are present ids."""

    id: str
    date: dt.date
    blocks: tuple[str, ...]
    text: Mapping[str, str]


def check_changes(
    tell: Teller, entries: Sequence[ChangeEntry], known: Collection[str] | None
) -> tuple[Change, ...]:
    """The changes; reports ids that stand twice, blocks that are none, a wrong order.

    `known` are the ids of blocks, old ones included; None where they could not be read.
    """
    tell.once("change", (entry.id for entry in entries))
    found: dict[str, Change] = {}
    last: dt.date | None = None
    for index, entry in enumerate(entries):
        if last is not None and entry.date > last:
            tell((index, "date"), "the newest change comes first")
        last = entry.date
        for number, block in enumerate(entry.blocks):
            tell.unknown((index, "blocks", number), "block", block, known)
        found[entry.id] = Change(entry.id, entry.date, tuple(entry.blocks), entry.text)
    return tuple(found.values())
