# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the atlas knows of one branch: when it is taken, and every way to get there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final

from markupsafe import Markup

from app.kernel.caveats import caveats_of
from app.kernel.scenario import Scenario
from app.machine.trace import Branch
from app.walkthrough.atlas.records import Atlas, AtlasBranch, Impossible
from app.walkthrough.atlas.report import branch_name, simplest
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.records import Edition, Walkthrough
from app.web.addresses import ATLAS
from app.web.contexts import LinkView
from app.web.study.contexts import BranchFocus
from app.web.study.page_cache import PageCache, inline

#: Other ways to get there that are shown.
MAX_OTHERS: Final = 5


def branch_focus(
    cache: PageCache, atlas: Atlas, place: Branch, *, lang: str | None, variant: str | None = None
) -> BranchFocus:
    """One branch; `place` is the decision's id and the way. The atlas is that of the `variant`."""
    walkthrough, words = cache.walkthrough, AtlasWords(cache.language)
    edition = walkthrough.edition_of(variant)
    record = atlas.branch(place)
    decision = edition.decisions_by_id[place[0]]
    name = branch_name(place)

    def address(part: str, query: str = "") -> str:
        return cache.addresses.page(walkthrough.id, part, query=query, variant=variant, lang=lang)

    def link(query: str) -> LinkView:
        text = query.replace("&", " ") or cache.language.gettext("the default scenario")
        return LinkView(href=address(name, query), text=text)

    # The one that the page shows by itself; the atlas may know another that is as simple.
    shown = None
    if record.witness is not None:
        of_atlas = record.real_witness or record.witness
        shown = of_atlas.scenario if variant else simplest(walkthrough, atlas, place)
    witness = None if shown is None else shown.query()
    others = islice(
        (
            other
            for other in _candidates(walkthrough, edition, atlas, record)
            if other.query() != witness
        ),
        MAX_OTHERS,
    )
    text = words.branch(record)
    return BranchFocus(
        name=name,
        title=cache.language.pick(decision.title),
        code=f"{decision.keyword} ({decision.condition})",
        count=len(record.paths),
        total=len(atlas.paths),
        href=address(ATLAS, f"branch={name}"),
        is_exact=text.is_exact,
        common=inline(text.common),
        cases=tuple(map(inline, text.cases)),
        products=cache.products(branch=place),
        way=()
        if text.is_exact or shown is None
        else tuple(LinkView(href=address(way), text=way) for way in _way(edition, shown, place)),
        witness=None if witness is None else link(witness),
        others=tuple(link(other.query()) for other in others),
        cannot=tuple(
            impossible(cache, atlas, (i for i in atlas.impossible if place in (i.first, i.second)))
        ),
    )


def _way(edition: Edition, scenario: Scenario, place: Branch) -> Iterator[str]:
    """The branches that a scenario takes before this one, each once."""
    taken = edition.trace(scenario).branches
    before = taken[: taken.index(place)] if place in taken else ()
    return map(branch_name, dict.fromkeys(before))


def _candidates(
    walkthrough: Walkthrough, edition: Edition, atlas: Atlas, branch: AtlasBranch
) -> Iterator[Scenario]:
    """Scenarios that take a branch, on all of its paths; simplest first, of those presets first.

    A path says nothing of a loop: its witness need not take a branch in there, but a preset may.
    """
    place, through = (branch.decision, branch.taken), frozenset(branch.paths)
    of_paths = {
        path.real_witness.scenario
        for path in atlas.paths
        if path.id in through and path.real_witness is not None
    }
    of_presets = {
        preset.scenario
        for preset in walkthrough.presets
        if edition is walkthrough.edition
        and place in preset.branches
        and not caveats_of(preset.scenario)
    }

    def rank(scenario: Scenario) -> tuple[int, bool, int, str]:
        query = scenario.query()
        return len(scenario.changed()), scenario not in of_presets, len(query), query

    for scenario in sorted(of_paths | of_presets, key=rank):
        if scenario in of_presets or place in edition.trace(scenario).branches:
            yield scenario


def branch_to(atlas: Atlas, lines: Collection[int]) -> Branch | None:
    """The branch, (decision, taken), that is taken exactly when these lines are executed.

    None where no single one is; of several the last, which is the nearest above the lines.
    """
    leading = [(b.decision, b.taken) for b in atlas.branches if {*lines}.issubset(b.lines)]
    return leading[-1] if lines and leading else None


def impossible(cache: PageCache, atlas: Atlas, items: Iterable[Impossible]) -> Iterator[Markup]:
    """Branches that no path has together, each with the reason."""
    words = AtlasWords(cache.language)
    for item in items:
        first, second = (branch_name(branch) for branch in (item.first, item.second))
        yield inline(words.impossible(atlas, item, first, second))
