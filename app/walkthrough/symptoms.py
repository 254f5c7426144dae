# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Symptoms: from what one sees on a host to the branch that does it.

`symptoms.yaml` has the shape below; its texts are Markdown with the commentary's links. The
commands of `confirm` are the same in every language.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from app.walkthrough.content.schema import Id, Rich, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "symptoms.yaml"
#: What `ss -s` and /proc/net/sockstat sum up, beside the states.
SUMS: Final = ("orphans", "timewait")

#: Where one sees it; the order of the groups on the page.
Group = Literal["peer", "program", "counter", "listing"]
Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\n]+$")]


class Command(Strict):
    """A command, exactly as it is typed, and what its output tells."""

    run: Line
    tells: Rich


class Symptom(Strict):
    """One symptom. `counters` in nstat's spelling; `states` in the kernel's, or sums."""

    id: Id
    group: Group
    title: Text
    counters: list[str] = Field(default=[])
    states: list[str] = Field(default=[])
    sees: Rich
    does: Rich
    confirm: list[Command] = Field(min_length=1)
    change: Rich
    trap: Rich | None = None


class Symptoms(Strict):
    """All symptoms of a walkthrough. `summary` is what a link to the page says.

    `also` says what else moves a counter, or leaves sockets in a state; what no line is behind has
    its place there too. `means` says what the closes are that a counter of aborts counts. `later`
    are states that a socket mostly comes to when the function has returned.
    """

    summary: Text | None = None
    symptoms: list[Symptom] = Field(min_length=1)
    also: dict[str, Rich] = Field(default={})
    means: dict[str, Text] = Field(default={})
    later: list[str] = Field(default=[])


#: Of a walkthrough without such a file.
NO_SYMPTOMS: Final = Symptoms.model_construct(symptoms=[])
