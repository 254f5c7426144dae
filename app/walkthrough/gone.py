# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Places that are no more, and what replaced them. `gone.yaml` is a list of entries.

A place that only has another name is no entry here: its old id is an alias, which redirects.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from pydantic import Field

from app.errors import nearest
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "gone.yaml"


class GonePlace(Strict):
    """A block or decision that is no more; `text` says what became of it."""

    id: Id
    replaced_by: list[str] = Field(min_length=1)
    text: Text


def check_gone(
    tell: Teller, places: Sequence[GonePlace], known: Collection[str]
) -> dict[str, GonePlace]:
    """The places that are gone, by id; reports ids that are still used, and unknown successors.

    `known` are the ids of blocks and decisions, old ones included.
    """
    found: dict[str, GonePlace] = {}
    for index, place in enumerate(places):
        if place.id in known or place.id in found:
            tell((index, "id"), f"{place.id} is not gone")
        for number, name in enumerate(place.replaced_by):
            if name not in known:
                where = (index, "replaced_by", number)
                tell(where, f"{name} is no block or decision", nearest(name, known))
        found[place.id] = place
    return found
