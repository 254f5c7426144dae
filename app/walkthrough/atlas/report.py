# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reports of an atlas: the JSON of the API and of the command line, as in `app.walkthrough.report`.

What the atlas has as a record, such as its bounds, a relation or how a path ends, stands in a
report as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.kernel.caveats import caveats_of
from app.kernel.scenario import Scenario
from app.machine.trace import Branch
from app.walkthrough.atlas.records import (
    Atlas,
    AtlasBranch,
    AtlasPath,
    Case,
    Condition,
    Covered,
    Ending,
    Relation,
)
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.records import Edition, Walkthrough
from app.walkthrough.report import Number, TakenReport

#: Of a branch.
BranchId = Annotated[str, Field(description="The decision and the way: `…/true` or `…/false`.")]
#: Of a path or a branch.
Caveats = Annotated[list[str], Field(description="Why it is only hypothetical.")]
RealWitness = Annotated[str | None, Field(description="The simplest that a kernel can be in.")]


class MultipleReport(TypedDict):
    """Whether the number plus `offset` is a multiple of `modulus`."""

    offset: int
    modulus: int
    holds: bool


class PartReport(TypedDict):
    """What one input may be: `values` or `ranges`; with `excluded`, anything else."""

    values: Annotated[list[str], Field(examples=[["ESTABLISHED", "CLOSE_WAIT"]])]
    ranges: Annotated[list[list[int | None]], Field(examples=[[[1, None]]])]
    multiples: list[MultipleReport]
    excluded: bool
    text: str


class CaseReport(TypedDict):
    """One alternative of a condition: everything in it has to hold."""

    inputs: dict[str, PartReport]
    relations: list[Relation]
    text: str


class PathReport(TypedDict):
    """One path: its decisions outside of loops, when it is taken, how it ends."""

    id: Annotated[str, Field(examples=["66d40ca9"])]
    decisions: list[TakenReport]
    conditions: list[CaseReport]
    text: str
    witness: Annotated[str, Field(examples=["recv=300"], description="The simplest scenario.")]
    witness_caveats: Caveats
    real_witness: RealWitness
    outcome: Ending


class BranchCount(TypedDict):
    """How many paths take a branch."""

    id: BranchId
    total_paths: int
    witness: str | None


class AtlasReport(TypedDict):
    """Paths of the function; `total` counts all that fit the filters."""

    walkthrough: str
    variant: str | None
    total: int
    limit: int
    offset: int
    bounds: Covered
    paths: list[PathReport]
    branches: list[BranchCount]


#: A branch that no path has together with this one, and the inputs that contradict.
ImpossibleReport = TypedDict("ImpossibleReport", {"with": str, "keys": list[str], "text": str})


class BranchReport(TypedDict):
    """When a branch is taken."""

    id: BranchId
    decision: str
    line: Number
    taken: bool
    total_paths: int
    paths: list[str]
    conditions: Annotated[
        list[CaseReport],
        Field(description="Exactly when, minimal where it is few cases, else those of its paths."),
    ]
    always: CaseReport
    text: str
    witness: str | None
    witness_caveats: Caveats
    real_witness: RealWitness
    impossible: list[ImpossibleReport]


def simplest(walkthrough: Walkthrough, atlas: Atlas, branch: Branch) -> Scenario:
    """The scenario that a branch, (decision, taken), of the walkthrough's own text is shown in."""
    name, taken = branch
    known = walkthrough.witness_of_branch(walkthrough.decisions_by_id[name], taken).scenario
    return simpler_of(atlas, branch, known)


def simpler_of(atlas: Atlas, branch: Branch, known: Scenario) -> Scenario:
    """The known scenario, or the atlas' where that changes fewer inputs: a preset has a story."""
    witness = atlas.branch(branch).real_witness
    if witness is None or witness.changed >= len(known.changed()):
        return known
    return witness.scenario


def branch_name(branch: Branch) -> str:
    """`unread/true`."""
    return f"{branch[0]}/{str(branch[1]).lower()}"


def report_atlas(
    walkthrough: Walkthrough,
    atlas: Atlas,
    paths: Sequence[AtlasPath],
    words: AtlasWords,
    *,
    variant: str | None,
    limit: int,
    offset: int,
) -> AtlasReport:
    """`paths` are those of the atlas that fit the filters, of which `limit` are shown."""
    edition = walkthrough.edition_of(variant)
    return {
        "walkthrough": walkthrough.id,
        "variant": variant,
        "total": len(paths),
        "limit": limit,
        "offset": offset,
        "bounds": atlas.bounds,
        "paths": [report_path(edition, path, words) for path in paths[offset : offset + limit]],
        "branches": [
            {
                "id": branch_name((branch.decision, branch.taken)),
                "total_paths": len(branch.paths),
                "witness": branch.witness.query if branch.witness else None,
            }
            for branch in atlas.branches
        ],
    }


def report_path(edition: Edition, path: AtlasPath, words: AtlasWords) -> PathReport:
    """One path."""
    return {
        "id": path.id,
        "decisions": [
            {
                "id": name,
                "line": edition.decisions_by_id[name].line,
                "taken": taken,
            }
            for name, taken in path.decisions
        ],
        "conditions": report_condition(path.condition, words),
        "text": words.condition(path.condition),
        "witness": path.witness.query,
        "witness_caveats": list(path.witness.caveats),
        "real_witness": path.real_witness.query if path.real_witness else None,
        "outcome": path.ending,
    }


def report_branch(
    edition: Edition, atlas: Atlas, branch: AtlasBranch, words: AtlasWords, shown: Scenario | None
) -> BranchReport:
    """One branch; `shown` is the scenario that its page has, if it has a page (`simplest`)."""
    place = (branch.decision, branch.taken)
    decision = edition.decisions_by_id[branch.decision]
    witness, caveats = None, tuple[str, ...]()
    if shown is not None:
        witness, caveats = shown.query(), caveats_of(shown)
    elif branch.witness is not None:
        witness, caveats = branch.witness.query, branch.witness.caveats

    return {
        "id": branch_name(place),
        "decision": decision.id,
        "line": decision.line,
        "taken": branch.taken,
        "total_paths": len(branch.paths),
        "paths": list(branch.paths),
        "conditions": report_condition(condition_of_branch(atlas, branch), words),
        "always": _report_case(branch.always, words),
        "text": words.sentence(branch) if branch.witness else "",
        "witness": witness,
        "witness_caveats": list(caveats),
        "real_witness": branch.real_witness.query if branch.real_witness else None,
        "impossible": [
            {
                "with": branch_name(record.second if record.first == place else record.first),
                "keys": list(record.keys),
                "text": words.impossible(
                    atlas, record, branch_name(record.first), branch_name(record.second)
                ),
            }
            for record in atlas.impossible
            if place in (record.first, record.second)
        ],
    }


def condition_of_branch(atlas: Atlas, branch: AtlasBranch) -> Condition:
    """Exactly when a branch is taken: the few cases that are read, or all those of its paths."""
    through = frozenset(branch.paths)
    paths = (path for path in atlas.paths if path.id in through)
    return branch.cases or tuple(dict.fromkeys(case for path in paths for case in path.condition))


def report_condition(condition: Condition, words: AtlasWords) -> list[CaseReport]:
    """The cases of a condition, of which one has to hold."""
    return [_report_case(case, words) for case in condition]


def _report_case(case: Case, words: AtlasWords) -> CaseReport:
    return {
        "inputs": {
            part.key: {
                "values": list(part.values),
                "ranges": [list(pair) for pair in part.ranges],
                "multiples": [
                    {"offset": offset, "modulus": modulus, "holds": holds}
                    for offset, modulus, holds in part.multiples
                ],
                "excluded": part.excluded,
                "text": words.part(part),
            }
            for part in case.parts
        },
        "relations": list(case.relations),
        "text": words.case(case),
    }
