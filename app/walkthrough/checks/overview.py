# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `overview.yaml`: its scenarios, blocks, stages and links."""

from __future__ import annotations

from typing import get_args

from app.walkthrough.checks.symptoms import Dead
from app.walkthrough.content.reading import Teller
from app.walkthrough.overview import Holding, Overview, OverviewFile, StageName, make_overview
from app.walkthrough.records import Walkthrough


def check_overview(
    walkthrough: Walkthrough, tell: Teller, entry: OverviewFile, dead: Dead
) -> Overview | None:
    """The overview; None where something is wrong with it, which is reported."""
    found, problems = make_overview(entry)
    blocks = walkthrough.blocks_by_id
    named = [(("life", "stages", name, "block"), s.block) for name, s in entry.life.stages.items()]
    for path, name in [*named, (("locks", "block"), entry.locks.block)]:
        tell.unknown(path, "block", name, blocks)
    tell.all(problems)
    for path, known, given in (
        (("life", "stages"), get_args(StageName), entry.life.stages),
        (("locks", "arrives"), get_args(Holding), entry.locks.arrives),
    ):
        for missing in sorted({*known} - {*given}):
            tell(path, f"{missing} is missing")
    for link in found.links() if found and not tell.is_checked else ():
        for message, near in dead(link):
            tell.at(None, message, near)
    return None if tell.count else found
