# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks the decisions: each `if` and `while` of the source has exactly one entry."""

from __future__ import annotations

from collections.abc import Sequence

from app.csource.decisions import UNNAMED
from app.machine.program import Program
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import BlockEntry, DecisionEntry
from app.walkthrough.records import RESERVED_IDS, Decision


def check_decisions(
    tell: Teller, entries: Sequence[DecisionEntry], declared: int | None, program: Program
) -> tuple[Decision, ...]:
    """The decisions in the order of the source; none where one of them has no entry.

    `declared` is how many the file has, those without the right shape included; None where it has
    no list of them.
    """
    codes = [decision.code for decision in program.decisions]
    by_number: dict[int, Decision] = {}
    placed = 0
    for index, item in enumerate(entries):
        path = ("decisions", index)
        number = tell.place((*path, "code"), item.code, codes, "decision")
        if number is None:
            continue
        placed += 1
        if number in by_number:
            tell(path, f"decision {item.id} is the same as {by_number[number].id}")
            continue
        parsed = program.decisions[number]
        by_number[number] = Decision(
            id=item.id,
            number=number,
            keyword=parsed.keyword,
            line=parsed.line,
            end_line=parsed.span.end_line,
            condition=parsed.condition,
            title=item.title,
            when_true=item.when_true,
            when_false=item.when_false,
            aliases=tuple(item.aliases),
        )
    without = [parsed for parsed in program.decisions if parsed.number not in by_number]
    # An entry that fits nowhere explains one decision without an entry.
    if declared is not None and len(without) > declared - placed:
        for parsed in without:
            tell(("decisions",), f"the decision in line {parsed.line} has no entry: {parsed.code}")
    return () if without else tuple(by_number[n] for n in sorted(by_number))


def check_ids(
    tell: Teller, blocks: Sequence[BlockEntry], decisions: Sequence[DecisionEntry]
) -> None:
    """Blocks and decisions share their addresses, with each other and with old ids."""
    seen: dict[str, str] = {}
    entries: list[tuple[str, int, BlockEntry | DecisionEntry]] = [
        *(("block", index, item) for index, item in enumerate(blocks)),
        *(("decision", index, item) for index, item in enumerate(decisions)),
    ]
    for kind, index, item in entries:
        path = (f"{kind}s", index, "id")
        for name in (item.id, *item.aliases):
            if name.startswith(UNNAMED):
                tell(path, f"id {name}: {UNNAMED} is for what nobody has named")
            if name in RESERVED_IDS:
                tell(path, f"id {name} is the name of a page")
            if name in seen:
                tell(path, f"id {name} is used twice ({seen[name]})")
            seen[name] = f"{kind} {item.id}"
