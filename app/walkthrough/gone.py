# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Places that are no more, and what replaced them. `gone.yaml` is a list of entries.

A place that only has another name is no entry here: its old id is an alias, which redirects.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from app.errors import nearest
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text

FILE: Final = "gone.yaml"


class GoneEntry(BaseModel):
    """A block or decision that is no more; `text` says what became of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    replaced_by: list[str] = Field(min_length=1)
    text: Text


@dataclass(frozen=True, slots=True)
class GonePlace:
    """A place that is no more; `replaced_by` are ids of blocks and decisions."""

    id: str
    replaced_by: tuple[str, ...]
    text: Mapping[str, str]


def check_gone(
    tell: Teller, entries: Sequence[GoneEntry], known: Collection[str]
) -> dict[str, GonePlace]:
    """The places that are gone, by id; reports ids that are still used, and unknown successors.

    `known` are the ids of blocks and decisions, old ones included.
    """
    found: dict[str, GonePlace] = {}
    for index, entry in enumerate(entries):
        if entry.id in known or entry.id in found:
            tell((index, "id"), f"{entry.id} is not gone")
        for number, name in enumerate(entry.replaced_by):
            if name not in known:
                place = (index, "replaced_by", number)
                tell(place, f"{name} is no block or decision", nearest(name, known))
        found[entry.id] = GonePlace(entry.id, tuple(entry.replaced_by), entry.text)
    return found
