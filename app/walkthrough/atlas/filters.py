# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which paths of an atlas a reader wants to see; and the branch that a reader names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.errors import InputProblem, NotFound, ReaderError, nearest
from app.kernel.constants import MIB_NAMES
from app.kernel.inputs import STATES
from app.machine.trace import Branch
from app.walkthrough.atlas.records import Atlas, AtlasPath
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.records import Edition, Walkthrough

FATES: Final = ("destroyed", "timewait", "orphan", "kept", "stopped")
SEGMENTS: Final = ("FIN", "RST", "none")
#: In nstat's spelling, without its prefix; the last three are counted inside of helpers.
COUNTERS: Final = (*sorted(MIB_NAMES.values()), "AttemptFails", "EstabResets", "OutRsts")
#: The keys of a filter; several branches are joined by commas, and all of them have to be taken.
FILTER_KEYS: Final = ("branch", "fate", "state", "segment", "counter")
MAX_BRANCHES: Final = 64


@dataclass(frozen=True, slots=True)
class Filter:
    """What a path has to have; None where anything will do."""

    branches: tuple[Branch, ...] = ()
    fate: str | None = None
    state: str | None = None
    segment: str | None = None
    counter: str | None = None

    def fits(self, path: AtlasPath, through: Mapping[Branch, frozenset[str]]) -> bool:
        """Whether a path is wanted; `through` has the paths of each branch."""
        ending = path.ending
        return (
            all(path.id in through.get(branch, ()) for branch in self.branches)
            and self.fate in (None, ending.fate)
            and self.state in (None, ending.state)
            and (self.counter is None or self.counter in ending.counters)
            and (
                self.segment is None
                or (self.segment in ending.segments)
                or (self.segment == "none" and not ending.segments)
            )
        )


def branches_of(edition: Edition) -> dict[str, Branch]:
    """Every branch of a text by its name."""
    return {
        branch_name((decision.id, taken)): (decision.id, taken)
        for decision in edition.decisions
        for taken in (True, False)
    }


def read_branch(walkthrough: Walkthrough, name: str, variant: str | None = None) -> Branch:
    """The branch of a name; old names count too. Raises NotFound where the text has it not."""
    known = branches_of(walkthrough.edition_of(variant))
    decision, _, way = name.partition("/")
    found = known.get(f"{walkthrough.aliases.get(decision, decision)}/{way}")
    if found is None:
        raise NotFound(
            [InputProblem("unknown-branch", "branch", name, ", ".join(known), nearest(name, known))]
        )
    return found


def read_filter(
    walkthrough: Walkthrough, fields: Mapping[str, str], variant: str | None = None
) -> Filter:
    """The filter that these fields mean; empty values filter nothing. Raises ReaderError."""
    problems: list[InputProblem] = []
    branches: list[Branch] = []
    names = [name for name in fields.get("branch", "").split(",") if name]
    if len(names) > MAX_BRANCHES:
        problems.append(InputProblem("too-many", "branch", None, f"{MAX_BRANCHES} branches"))
        names = []
    for name in names:
        try:
            branches.append(read_branch(walkthrough, name, variant))
        except NotFound as error:
            problems += error.problems

    def word(key: str, allowed: tuple[str, ...]) -> str | None:
        value = fields.get(key) or None
        if value is not None and value not in allowed:
            problems.append(
                InputProblem("not-allowed", key, value, ", ".join(allowed), nearest(value, allowed))
            )
        return value

    found = Filter(
        tuple(branches),
        word("fate", FATES),
        word("state", STATES),
        word("segment", SEGMENTS),
        word("counter", COUNTERS),
    )
    if problems:
        raise ReaderError(problems)
    return found


def filtered(atlas: Atlas, wanted: Filter) -> tuple[AtlasPath, ...]:
    """The paths that fit."""
    through = {(b.decision, b.taken): frozenset(b.paths) for b in atlas.branches}
    return tuple(path for path in atlas.paths if wanted.fits(path, through))
