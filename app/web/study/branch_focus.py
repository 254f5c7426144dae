# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the atlas knows of one branch: when it is taken, and every way to get there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from markupsafe import Markup

from app.kernel.caveats import caveats_of
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.records import Atlas, AtlasBranch, Impossible
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.atlas.witnesses import scenario_of
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.records import Walkthrough
from app.web.addresses import ATLAS
from app.web.contexts import LinkView
from app.web.study.contexts import BranchFocus
from app.web.study.places import simplest
from app.web.study.shelf import Shelf, inline

#: Alternatives of a condition, and other ways to get there, that are shown.
MAX_CASES: Final = 6
MAX_OTHERS: Final = 5
#: The place of the page of all paths that has the cases that are folded.
WHOLE: Final = "cases"


def branch_focus(
    shelf: Shelf,
    atlas: Atlas,
    place: tuple[int, bool],
    *,
    lang: str | None,
    max_cases: int = MAX_CASES,
    is_whole: bool = False,
) -> BranchFocus:
    """One branch; `place` is the decision's number and the way.

    The cases beyond `max_cases` are folded where it `is_whole`, else left to the atlas.
    """
    walkthrough, words = shelf.walkthrough, AtlasWords(shelf.language)
    record = next(b for b in atlas.branches if (b.decision, b.taken) == place)
    decision = walkthrough.decisions[place[0]]
    name = branch_name(walkthrough, place)

    def link(query: str) -> LinkView:
        address = shelf.addresses.page(walkthrough.id, name, query=query, lang=lang)
        text = query.replace("&", " ") or shelf.language.gettext("the default scenario")
        return LinkView(address, text)

    # The one that the page shows by itself; the atlas may know another that is as simple.
    witness = None if record.witness is None else simplest(walkthrough, atlas, place).query()
    others = islice(
        (other for other in _candidates(walkthrough, atlas, record) if other.query() != witness),
        MAX_OTHERS,
    )
    common, texts = words.split(record.condition)
    cases = [inline(text) for text in texts]
    first, rest = tuple(cases[:max_cases]), tuple(cases[max_cases:])
    atlas_page = shelf.addresses.page(walkthrough.id, ATLAS, query=f"branch={name}", lang=lang)
    return BranchFocus(
        name,
        shelf.language.pick(decision.title),
        f"{decision.keyword} ({decision.condition})",
        len(record.paths),
        len(atlas.paths),
        atlas_page,
        inline(common),
        first,
        rest if is_whole else (),
        0 if is_whole else len(rest),
        f"{atlas_page}#{WHOLE}",
        None if witness is None else link(witness),
        tuple(link(other.query()) for other in others),
        tuple(
            impossible(shelf, atlas, (i for i in atlas.impossible if place in (i.first, i.second)))
        ),
    )


def _candidates(walkthrough: Walkthrough, atlas: Atlas, branch: AtlasBranch) -> Iterator[Scenario]:
    """Scenarios that take a branch, on all of its paths; simplest first, of those presets first.

    A path says nothing of a loop: its witness need not take a branch in there, but a preset may.
    """
    place, through = (branch.decision, branch.taken), frozenset(branch.paths)
    of_paths = {
        scenario_of(path.real_witness.query)
        for path in atlas.paths
        if path.id in through and path.real_witness is not None
    }
    of_presets = {
        preset.scenario
        for preset in walkthrough.presets
        if place in preset.branches and not caveats_of(preset.scenario)
    }

    def rank(scenario: Scenario) -> tuple[int, bool, int, str]:
        query = scenario.query()
        return len(scenario.changed()), scenario not in of_presets, len(query), query

    for scenario in sorted(of_paths | of_presets, key=rank):
        if scenario in of_presets or place in walkthrough.trace(scenario).branches:
            yield scenario


def branch_to(atlas: Atlas, lines: Iterable[int]) -> tuple[int, bool] | None:
    """The branch, (decision, taken), that is taken exactly when these lines are executed.

    None where no single one is; of several the last, which is the nearest above the lines.
    """
    wanted = frozenset(lines)
    groups = [group for group in atlas.lines if wanted.intersection(group.lines)]
    if len(groups) != 1:
        return None
    alike = [(b.decision, b.taken) for b in atlas.branches if b.condition == groups[0].condition]
    return max(alike, default=None)


def impossible(shelf: Shelf, atlas: Atlas, items: Iterable[Impossible]) -> Iterator[Markup]:
    """Branches that no path has together, each with the reason."""
    words = AtlasWords(shelf.language)
    for item in items:
        first, second = (
            branch_name(shelf.walkthrough, branch) for branch in (item.first, item.second)
        )
        yield inline(words.impossible(atlas, item, first, second))
