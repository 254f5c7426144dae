# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The JSON of an atlas: as the API and the command line give it."""

from __future__ import annotations

from typing import Any

from app.walkthrough.atlas.records import (
    Atlas,
    AtlasBranch,
    AtlasPath,
    Case,
    Condition,
    Ending,
    Witness,
)
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.records import Walkthrough


def branch_name(walkthrough: Walkthrough, branch: tuple[int, bool]) -> str:
    """`unread/true`."""
    return f"{walkthrough.decisions[branch[0]].id}/{str(branch[1]).lower()}"


def report_bounds(atlas: Atlas) -> dict[str, Any]:
    """What is covered, and what is bounded."""
    bounds = atlas.bounds
    return {
        "segments": bounds.segments,
        "events": bounds.events,
        "repeats": bounds.repeats,
        "stood_for_all": bounds.stood_for_all,
        "undecided": bounds.undecided,
    }


def report_path(walkthrough: Walkthrough, path: AtlasPath, words: AtlasWords) -> dict[str, Any]:
    """One path."""
    return {
        "id": path.id,
        "decisions": [
            {
                "id": walkthrough.decisions[number].id,
                "line": walkthrough.decisions[number].line,
                "taken": taken,
            }
            for number, taken in path.decisions
        ],
        "conditions": report_condition(path.condition, words),
        "text": words.condition(path.condition),
        **_report_witnesses(path.witness, path.real_witness),
        "outcome": report_ending(path.ending),
    }


def report_branch(
    walkthrough: Walkthrough, atlas: Atlas, branch: AtlasBranch, words: AtlasWords
) -> dict[str, Any]:
    """One branch."""
    place = (branch.decision, branch.taken)
    decision = walkthrough.decisions[branch.decision]

    def name(other: tuple[int, bool]) -> str:
        return branch_name(walkthrough, other)

    return {
        "id": name(place),
        "decision": decision.id,
        "line": decision.line,
        "taken": branch.taken,
        "total_paths": len(branch.paths),
        "paths": list(branch.paths),
        "conditions": report_condition(branch.condition, words),
        "text": words.condition(branch.condition),
        **_report_witnesses(branch.witness, branch.real_witness),
        "impossible": [
            {
                "with": name(record.second if record.first == place else record.first),
                "keys": list(record.keys),
                "text": words.impossible(atlas, record, name(record.first), name(record.second)),
            }
            for record in atlas.impossible
            if place in (record.first, record.second)
        ],
    }


def report_condition(condition: Condition, words: AtlasWords) -> list[dict[str, Any]]:
    """The cases of a condition, of which one has to hold."""
    return [_report_case(case, words) for case in condition]


def _report_case(case: Case, words: AtlasWords) -> dict[str, Any]:
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
        "relations": [
            {
                "left": relation.left,
                "sign": relation.sign,
                "right": relation.right,
                "keys": list(relation.keys),
            }
            for relation in case.relations
        ],
        "text": words.case(case),
    }


def _report_witnesses(witness: Witness | None, real: Witness | None) -> dict[str, Any]:
    return {
        "witness": witness.query if witness else None,
        "witness_caveats": list(witness.caveats) if witness else [],
        "real_witness": real.query if real else None,
    }


def report_ending(ending: Ending) -> dict[str, Any]:
    """The outcome of a path's witness, and what of it is a formula or a class."""
    return {
        "state": ending.state,
        "destroyed": ending.destroyed,
        "timewait": ending.timewait,
        "fate": ending.fate,
        "segments": list(ending.segments),
        "counters": dict(ending.counters),
        "gauges": dict(ending.gauges),
        "keepalive_ms": ending.keepalive_ms,
        "timewait_ms": ending.timewait_ms,
        "orphans": ending.orphans,
        "refs": ending.refs,
        "locks_balanced": ending.locks_balanced,
        "formulas": dict(ending.formulas),
        "several": list(ending.several),
        "error": ending.error,
    }
