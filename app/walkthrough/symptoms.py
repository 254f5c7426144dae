# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Symptoms: from what one sees on a host to the branch that does it.

`symptoms.yaml` has the shape below; its texts are Markdown with the commentary's links. The
commands of `confirm` are the same in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from app.walkthrough.content.prose import Prose, prose_of
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "symptoms.yaml"
#: What `ss -s` and /proc/net/sockstat sum up, beside the states.
SUMS: Final = ("orphans", "timewait")

#: Where one sees it; the order of the groups on the page.
Group = Literal["peer", "program", "counter", "listing"]
Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\n]+$")]


class CommandEntry(Strict):
    """A command, exactly as it is typed, and what its output tells."""

    run: Line
    tells: Text


class SymptomEntry(Strict):
    """One symptom. `counters` in nstat's spelling; `states` in the kernel's, or sums."""

    id: Id
    group: Group
    title: Text
    counters: list[str] = Field(default=[])
    states: list[str] = Field(default=[])
    sees: Text
    does: Text
    confirm: list[CommandEntry] = Field(min_length=1)
    change: Text
    trap: Text | None = None


class SymptomsFile(Strict):
    """`symptoms.yaml`. `summary` is what a link to the page says.

    `also` says what else moves a counter, or leaves sockets in a state; what no line is behind has
    its place there too. `means` says what the closes are that a counter of aborts counts. `later`
    are states that a socket mostly comes to when the function has returned.
    """

    summary: Text | None = None
    symptoms: list[SymptomEntry] = Field(min_length=1)
    also: dict[str, Text] = Field(default={})
    means: dict[str, Text] = Field(default={})
    later: list[str] = Field(default=[])


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what its output tells, by language."""

    run: str
    tells: Mapping[str, Prose]


@dataclass(frozen=True, slots=True)
class Symptom:
    """One symptom; its texts by language, `trap` empty where there is none."""

    id: str
    group: Group
    title: Mapping[str, str]
    counters: tuple[str, ...]
    states: tuple[str, ...]
    sees: Mapping[str, Prose]
    does: Mapping[str, Prose]
    confirm: tuple[Command, ...]
    change: Mapping[str, Prose]
    trap: Mapping[str, Prose]


@dataclass(frozen=True, slots=True)
class Symptoms:
    """All symptoms of a walkthrough; none where it has no such file."""

    symptoms: tuple[Symptom, ...] = ()
    also: Mapping[str, Mapping[str, Prose]] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    means: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    later: frozenset[str] = frozenset()


def make_symptoms(entry: SymptomsFile) -> Symptoms:
    """The records of a file whose shape is right."""
    return Symptoms(
        tuple(_symptom(item) for item in entry.symptoms),
        {name: prose_of(text) for name, text in entry.also.items()},
        entry.summary or {},
        entry.means,
        frozenset(entry.later),
    )


def _symptom(item: SymptomEntry) -> Symptom:
    return Symptom(
        id=item.id,
        group=item.group,
        title=item.title,
        counters=tuple(item.counters),
        states=tuple(item.states),
        sees=prose_of(item.sees),
        does=prose_of(item.does),
        confirm=tuple(Command(command.run, prose_of(command.tells)) for command in item.confirm),
        change=prose_of(item.change),
        trap=prose_of(item.trap) if item.trap else {},
    )
