# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `symptoms.yaml`: its ids, counters, states and links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from app.kernel.inputs import MINI_SOCKETS, STATES
from app.walkthrough.content.documents import Document, Path
from app.walkthrough.content.prose import Link, Prose
from app.walkthrough.content.reading import Teller
from app.walkthrough.counters import COUNTERS, counters_in
from app.walkthrough.observables import observed
from app.walkthrough.records import Walkthrough
from app.walkthrough.symptoms import SUMS, Symptoms

#: What is wrong with a link: message and nearest match.
Dead = Callable[[Link], Iterator[tuple[str, str | None]]]


def check_symptoms(walkthrough: Walkthrough, tell: Teller, entry: Symptoms, dead: Dead) -> None:
    """Reports ids that stand twice, unknown counters and states, headings and dead links."""
    lines = _TextLines(tell.document)
    seen_on_hosts = observed(walkthrough)
    listed = (*STATES, *MINI_SOCKETS, *SUMS)
    tell.once("symptom", (item.id for item in entry.symptoms), ("symptoms",))
    for index, item in enumerate(entry.symptoms):
        path: Path = ("symptoms", index)
        for number, name in enumerate(item.counters):
            tell.unknown((*path, "counters", number), "counter", name, COUNTERS)
        for number, name in enumerate(item.states):
            tell.unknown((*path, "states", number), "state", name, listed)
    for name in entry.also:
        tell.unknown(("also", name), "counter or state", name, (*COUNTERS, *listed))
    for name in entry.means:
        tell.unknown(("means", name), "counter", name, seen_on_hosts.counters)
    for number, name in enumerate(entry.later):
        tell.unknown(("later", number), "state", name, seen_on_hosts.states)
    for path, text in _texts(tell.document.value, ()):
        for code in counters_in(text):
            tell.unknown(path, "counter", code, COUNTERS)
        if path[-1] == "run" or "title" in path:
            continue
        prose = Prose(text)
        for key, line in prose.strays:
            tell.at(lines.of(path, line), f"a text has no headings: {key}")
        for link in prose.links():
            for message, near in dead(link):
                tell.at(lines.of(path, link.line), message, near)


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every string of more than one word in the file, with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, str) and path[-1] not in {"id", "group"} and "counters" not in path:
        yield path, value


class _TextLines:
    """Lines of the file from lines inside of a text; a block text begins below its key."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def of(self, path: Path, line: int) -> int:
        """The 1-based line of the file, from the 1-based `line` of the Markdown."""
        value: object = self.document.value
        for part in path:
            value = value[part]  # type: ignore[index]
        first = self.document.line(path)
        return first + line if isinstance(value, str) and "\n" in value else first
