# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Parts of a walkthrough's page that no scenario changes, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from app.web.contexts import PageFrame
from app.web.reading.contexts import FixedParts
from app.web.reading.feedback import Feedback
from app.web.reading.overview import OverviewView
from app.web.site import Site
from app.web.study.contexts import BlockView
from app.web.study.study import Study


def fixed_parts(
    site: Site, study: Study, blocks: Sequence[BlockView], frame: PageFrame, feedback: Feedback
) -> FixedParts:
    """The parts for the text and language of a study; rendered for the first who asks.

    Of `blocks` only what no scenario changes is read.
    """
    key = ("fixed", study.variant, study.lang, study.challenge)
    return study.cache.kept(key, lambda: _render(site, study, blocks, frame, feedback))


def _render(
    site: Site, study: Study, blocks: Sequence[BlockView], frame: PageFrame, feedback: Feedback
) -> FixedParts:
    cache, walkthrough = study.cache, study.walkthrough
    templates = site.environment(cache.language)
    macros: Any = templates.get_template("reading/fixed.html").module
    mistakes = feedback.of_blocks(study, site.origin.whole(""), site.revisions[walkthrough.id])
    edition = study.edition
    overview = None
    if walkthrough.overview is not None:
        overview = OverviewView(cache, walkthrough.overview, study.lang)
    foot = [
        macros.helper_list(cache),
        macros.glossary(cache) if walkthrough.glossary else Markup(),
        macros.provenance(walkthrough.provenance, edition, frame.foot),
    ]
    return FixedParts(
        life=macros.overview(overview) if overview else Markup(),
        notes={block.id: macros.notes(block, overview) for block in blocks},
        more={block.id: macros.more(block, mistakes.get(block.id)) for block in blocks},
        map_blocks=macros.map_blocks(blocks),
        foot=Markup("\n").join(foot),
    )
