# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What was corrected in the commentary, and when: `changes.yaml`, a list, the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from pydantic import Field

from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "changes.yaml"


class Change(Strict):
    """A correction; `blocks` are the ids of those whose commentary it changed."""

    id: Id
    date: dt.date
    blocks: list[str] = Field(min_length=1)
    text: Text


def check_changes(
    tell: Teller, changes: Sequence[Change], known: Collection[str] | None
) -> tuple[Change, ...]:
    """The changes; reports ids that stand twice, blocks that are none, a wrong order.

    `known` are the ids of blocks, old ones included; None where they could not be read.
    """
    tell.once("change", (change.id for change in changes))
    last: dt.date | None = None
    for index, change in enumerate(changes):
        if last is not None and change.date > last:
            tell((index, "date"), "the newest change comes first")
        last = change.date
        for number, block in enumerate(change.blocks):
            tell.unknown((index, "blocks", number), "block", block, known)
    return tuple({change.id: change for change in changes}.values())
