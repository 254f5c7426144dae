# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks links between texts: each names something that the folder has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from app.errors import ReaderError, nearest
from app.kernel.life.conditions import CONDITIONS, Conditions
from app.kernel.scenario import parse_scenario
from app.walkthrough.content.documents import Document
from app.walkthrough.content.prose import LINK_SCHEMES, Link, rfc_address
from app.walkthrough.refusals import in_english


@dataclass(frozen=True, slots=True)
class Names:
    """The ids that the files of a folder have, those of broken entries included.

    A good link stays good where what it names has a mistake. None where a file could not be read:
    then nothing can be said about links to what it holds.
    """

    blocks: Collection[str] | None
    decisions: Collection[str] | None
    presets: Collection[str] | None
    helpers: Collection[str] | None
    symptoms: Collection[str] | None
    terms: Collection[str] | None

    def dead(self, link: Link) -> Iterator[tuple[str, str | None]]:
        """What is wrong with a link: message and nearest match."""
        target = link.target
        known: Collection[str] | None = None
        match link.scheme:
            case "block":
                known = self.blocks
            case "decision":
                known = self.decisions
            case "preset":
                known = self.presets
            case "helper":
                known = self.helpers
            case "symptom":
                known = self.symptoms
            case "term":
                known = self.terms
            case "branch":
                target, _, way = target.partition("/")
                known = self.decisions
                if way not in {"true", "false"}:
                    yield f"dead link branch:{link.target}: true or false", None
            case "scenario":
                parts = [part.partition("=") for part in target.split("&")]
                pairs = [(key, value) for key, _, value in parts]
                afterwards = [pair for pair in pairs if pair[0] in CONDITIONS]
                try:
                    parse_scenario(pair for pair in pairs if pair not in afterwards)
                    Conditions.parse(afterwards)
                except ReaderError as error:
                    for problem in error.problems:
                        yield f"dead link: {in_english(problem)}", problem.nearest
            case "rfc":
                if rfc_address(target) is None:
                    yield f"dead link rfc:{target}: a number, or number#section", None
            case _:
                yield (
                    f"dead link {target}: use one of {', '.join(LINK_SCHEMES)}",
                    nearest(target.partition(":")[0], LINK_SCHEMES),
                )
        if known is not None and target not in known:
            yield f"dead link {link.scheme}:{link.target}", nearest(target, known)


def ids_in(document: Document | None, key: str | None, name: str = "id") -> list[str] | None:
    """The ids of a list in a document, in its order, whatever else is wrong with its entries.

    The list is the value of `key`, or the document itself. None where there is no such list.
    """
    if document is None:
        return None
    value: Any = document.value
    if key is not None:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, list):
        return None
    found = (item.get(name) for item in value if isinstance(item, dict))
    return [item for item in found if isinstance(item, str)]
