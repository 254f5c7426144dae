# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the pages say of evidence: seen on which kernel, and what was seen."""

from __future__ import annotations

from app.i18n import Language
from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from app.lab.evidence import Seen, Sighting, Sightings
from app.lab.left_out import LeftOut
from app.lab.recipes import CLOSED_BY, plan_for
from app.walkthrough.records import Decision
from app.walkthrough.segment_words import segment_list
from app.web.study.page_cache import PageCache


def what_was_seen(seen: Seen, language: Language) -> str:
    """Segments, counters and what is left, in a few words."""
    _ = language.gettext
    parts = [segment_list(seen.segments) or _("no FIN, no RST")]
    parts.extend(f"{name} +{count}" for name, count in seen.counters.items())
    if seen.left is None:
        parts.append(_("nothing left"))
    elif seen.timer_s is not None:
        kind = _("mini-socket") if seen.timer == "timewait" else _("orphan")
        parts.append(
            _("left in {state} ({kind}, {seconds} s)").format(
                state=seen.left, kind=kind, seconds=seen.timer_s
            )
        )
    else:
        parts.append(_("left in {state}").format(state=seen.left))
    return _(", ").join(parts)


def sentence(sighting: Sighting | None, language: Language, trace: Trace | None = None) -> str:
    """`Seen on Linux 6.18.44: …`, or that nobody has seen it, and what keeps the lab from it."""
    _ = language.gettext
    if sighting is None:
        plan = None if trace is None else plan_for(trace, has_machine=True)
        if isinstance(plan, LeftOut):
            return _("Not seen on a real kernel: {why}").format(why=plan.sentence(language))
        return _("Not yet seen on a real kernel")
    said = _("Seen on Linux {version}: {what}").format(
        version=" / ".join(sighting.kernels), what=what_was_seen(sighting.seen, language)
    )
    if (other := sighting.other) is not None:
        said += _("; on Linux {version}: {what}").format(
            version=" / ".join(other.kernels), what=what_was_seen(other.seen, language)
        )
        if other.difference is not None:
            said += _(" ({why})").format(why=_(other.difference.reason).rstrip(".。"))
    return said


def branch_sentence(cache: PageCache, decision: Decision, taken: bool) -> str:
    """The same of a branch, as its simplest preset takes it."""
    found = cache.sightings.branches.get((decision.id, taken))
    walkthrough, trace = cache.walkthrough, None
    is_own = walkthrough.function == CLOSED_BY and decision.id in walkthrough.decisions_by_id
    if found is None and is_own:
        trace = walkthrough.trace(walkthrough.witness_of_branch(decision, taken).scenario)
    return sentence(found, cache.language, trace)


def sighting_of(sightings: Sightings, scenario: Scenario) -> Sighting | None:
    """What was seen in exactly this scenario."""
    presets = sightings.presets.values()
    return next((one for one in presets if one.preset.scenario == scenario), None)
