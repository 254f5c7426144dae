# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is left when the function has returned, in sentences and facts."""

from __future__ import annotations

from app.lab.recipes import CLOSED_BY
from app.walkthrough.segment_words import segment_list
from app.web.addresses import LAB
from app.web.contexts import LinkView
from app.web.study.contexts import OutcomeView
from app.web.study.evidence import sentence, sighting_of
from app.web.study.page_cache import inline
from app.web.study.study import Study


def outcome_view(study: Study) -> OutcomeView:
    """What is left, in sentences and facts."""
    _, outcome = study.cache.language.gettext, study.trace.outcome
    facts = [
        (_("Segments sent"), segment_list(outcome.segments) or _("none")),
        (_("State"), outcome.state),
        (_("Fate"), study.wording.fate(outcome.fate)),
    ]
    if outcome.counters:
        counters = [f"{name} +{n}" for name, n in sorted(outcome.counters.items())]
        facts.append((_("Counters"), ", ".join(counters)))
    if outcome.keepalive_ms is not None:
        facts.append((_("Keepalive timer"), study.wording.duration(outcome.keepalive_ms)))
    if outcome.timewait_ms is not None:
        facts.append(
            (
                _("Mini-socket"),
                f"{outcome.timewait}, {study.wording.duration(outcome.timewait_ms)}",
            )
        )
    facts.append((_("Orphans"), f"{outcome.orphans:+d}" if outcome.orphans else "0"))
    facts.append((_("References"), f"{outcome.refs:+d}" if outcome.refs else "0"))
    facts.append((_("Locks"), _("balanced") if outcome.locks_balanced else _("still held")))
    if study.trace.error is not None:
        tone = "stopped"
    else:
        tone = "reset" if "RST" in outcome.segments else "orderly"
    return OutcomeView(
        tone=tone,
        space=study.cache.language.space,
        sentences=tuple(inline(text) for text in study.wording.outcome(study.trace)),
        facts=tuple(facts),
        evidence=_evidence(study),
    )


def _evidence(study: Study) -> LinkView | None:
    """What a real kernel did in this scenario; a text that none runs has no kernel."""
    if study.variant is not None or study.walkthrough.function != CLOSED_BY:
        return None
    seen = sighting_of(study.cache.sightings, study.scenario)
    return LinkView(
        href=study.href(LAB, study.scenario.query()),
        text=sentence(seen, study.cache.language, study.trace),
    )
