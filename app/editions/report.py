# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The report of an import: what the text is, what of the walkthrough is in it, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from typing_extensions import TypedDict

from app.editions.cutting import tokens_of
from app.editions.loading import Loaded, file_lines
from app.editions.records import Label
from app.errors import UndeclaredName
from app.kernel.features import Fact
from app.kernel.helpers.elsewhere import TOTALS
from app.kernel.model import Outcome
from app.walkthrough.records import Standing, Walkthrough


class FunctionReport(TypedDict):
    """A function: where it is in the tree, and whether it is executed from there."""

    name: str
    file: str
    line: int
    lines: int
    executed: bool
    why_not: str | None


class UnknownReport(TypedDict):
    """A name that nothing models, where it stands, and what becomes of it."""

    name: str
    function: str
    becomes: Literal["a marked step without effect", "the run stops there"]


class TotalReport(TypedDict):
    """A total of the host that a function asks for, and the input that answers instead."""

    name: str
    function: str
    input: str


class PresetReport(TypedDict):
    """A preset that ends otherwise than in the own text: what differs, own and here."""

    id: str
    differs: dict[str, tuple[str, str]]


class ImportReport(TypedDict):
    """What was taken in."""

    label: str
    digest: str
    labels: list[Label]
    licence: str
    chosen: list[str]
    undecided: list[str]
    functions: list[FunctionReport]
    facts: dict[str, Fact]
    blocks: dict[str, Standing | Literal["absent"]]
    decisions: dict[str, Standing | Literal["absent"]]
    unexplained: list[int]
    totals: list[TotalReport]
    unknown: list[UnknownReport]
    presets: list[PresetReport]


def report_import(walkthrough: Walkthrough, loaded: Loaded) -> ImportReport:
    """What an import has found. Runs every preset in both texts."""
    kept, edition = loaded.kept, loaded.edition
    lines = file_lines(kept)
    why = {name: f"line {e.line}: {e.message}" for name, e in loaded.compiled.refused.items()}
    return {
        "label": kept.label,
        "digest": kept.digest,
        "labels": list(kept.labels),
        "licence": kept.licence,
        "chosen": list(kept.chosen),
        "undecided": list(kept.undecided),
        "functions": [
            {
                "name": piece.name,
                "file": piece.file,
                "line": piece.line,
                "lines": piece.text.count("\n") + 1,
                "executed": piece.name not in why,
                "why_not": why.get(piece.name),
            }
            for piece in (*kept.shown, *kept.callees)
        ],
        "facts": dict(kept.facts),
        "blocks": {
            **{block.id: block.standing for block in edition.blocks},
            **{b.id: "absent" for b in walkthrough.blocks if b.id not in edition.blocks_by_id},
        },
        "decisions": {
            **{decision.id: decision.standing for decision in edition.decisions},
            **{
                decision.id: "absent"
                for decision in walkthrough.decisions
                if decision.id not in edition.decisions_by_id
            },
        },
        "unexplained": [lines.get(line, line) for line in sorted(edition.changed)],
        "totals": [
            {"name": name, "function": piece.name, "input": TOTALS[name]}
            for piece in (*kept.shown, *kept.callees)
            for name in TOTALS
            if name in tokens_of(piece).split()
        ],
        "unknown": _unknown(loaded),
        "presets": _presets(walkthrough, loaded),
    }


def _unknown(loaded: Loaded) -> list[UnknownReport]:
    programs = {loaded.kept.entry: loaded.edition.program, **loaded.compiled.callees}
    found: list[UnknownReport] = []
    for function, program in programs.items():
        found.extend(
            {"name": name, "function": function, "becomes": "a marked step without effect"}
            for name in sorted(program.passed)
        )
        for fault in program.faults:
            name = fault.name if isinstance(fault, UndeclaredName) else fault.text[:60]
            found.append({"name": name, "function": function, "becomes": "the run stops there"})
    return found


def _presets(walkthrough: Walkthrough, loaded: Loaded) -> list[PresetReport]:
    found: list[PresetReport] = []
    for preset in walkthrough.presets:
        own = walkthrough.edition.trace(preset.scenario)
        here = loaded.edition.trace(preset.scenario)
        differs = difference(own.outcome, here.outcome)
        if differs:
            found.append({"id": preset.id, "differs": differs})
    return found


def difference(own: Outcome, here: Outcome) -> dict[str, tuple[str, str]]:
    """What a socket sees otherwise: of each thing the one and the other.

    The reasons of resets are told beside: a text without them sends the same segments.
    """
    here = replace(here, reasons=own.reasons)
    names = (name for name in own.__slots__ if getattr(own, name) != getattr(here, name))
    return {name: (_shown(getattr(own, name)), _shown(getattr(here, name))) for name in names}


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}{count:+d}" for name, count in value.items()) or "none"
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
