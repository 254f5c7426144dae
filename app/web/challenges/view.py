# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the contexts of the challenges: the list, and the banner of the one that is worked on."""

from __future__ import annotations

from typing import Any, Final

from app.i18n import marked
from app.kernel.inputs import INPUTS
from app.walkthrough.challenges import LEVELS, Challenge, Finding, RangeEntry, is_solved, judge
from app.walkthrough.segment_words import segment_list
from app.walkthrough.wording import FATES
from app.web.addresses import CHALLENGES
from app.web.challenges.contexts import (
    ChallengeCard,
    ChallengeLevel,
    ChallengesPage,
    ChallengeView,
    ConditionView,
)
from app.web.contexts import LinkView, PageFrame
from app.web.study.shelf import Shelf, inline
from app.web.study.study import Study

_LEVELS: Final = {
    "easy": marked("Easy"),
    "medium": marked("Medium"),
    "hard": marked("Hard"),
    "devious": marked("Devious"),
}
assert tuple(_LEVELS) == LEVELS


class ChallengeWords:
    """Conditions and what was found, in a language."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._ = shelf.language.gettext

    def condition(self, finding: Finding) -> ConditionView:
        """One condition; `found` says what there is where it is not what was wanted."""
        found = "" if finding.holds else self.found(finding)
        return ConditionView(self.text(finding), found, finding.holds)

    def text(self, finding: Finding) -> str:
        """What has to be so."""
        _, wanted, subject = self._, finding.condition.wanted, finding.condition.subject
        match finding.condition.kind:
            case "segments":
                if not wanted:
                    return _("Sends nothing")
                return _("Sends {segments}, and no more").format(segments=segment_list(wanted))
            case "fate":
                return _("The socket: {fate}").format(fate=_(FATES[wanted]))
            case "state":
                return _("State at the end: {state}").format(state=wanted)
            case "timewait":
                return _("A mini-socket in {state}").format(state=wanted)
            case "keepalive_ms":
                return _("Keepalive timer: {time}").format(time=self.range(wanted))
            case "timewait_ms":
                return _("Mini-socket’s time: {time}").format(time=self.range(wanted))
            case "counter":
                return _("{counter} rises by {count} or more").format(counter=subject, count=wanted)
            case "takes":
                return _("Takes the branch {branch}").format(branch=subject)
            case "avoids":
                return _("Does not take the branch {branch}").format(branch=subject)
            case "input":
                return f"{self.name(subject)}: {self.values(subject, wanted)}"
            case "input_not":
                return _("{name}: not {values}").format(
                    name=self.name(subject), values=self.values(subject, wanted)
                )
            case "changes":
                return _("Inputs changed: at most {count}").format(count=wanted)
            case "own_text":
                return _("In the kernel’s own text, not in a variant")
            case "real":
                return _("A socket that a kernel can really have")
        raise AssertionError(f"no such condition: {finding.condition.kind}")

    def found(self, finding: Finding) -> str:
        """What there is instead; empty where the condition says it all."""
        found, subject = finding.found, finding.condition.subject
        match finding.condition.kind:
            case "segments":
                return segment_list(found) or self._("none")
            case "fate":
                return self._(FATES[found])
            case "keepalive_ms" | "timewait_ms" if found is not None:
                return self.shelf.wording.duration(found)
            case "input" | "input_not":
                return self.values(subject, (found,))
            case "takes" | "avoids" | "own_text" | "real":
                return ""
        return self._("none") if found is None else str(found)

    def name(self, key: str) -> str:
        """An input's name."""
        return self.shelf.wording.input_name(key)

    def values(self, key: str, values: tuple[Any, ...]) -> str:
        """Values of an input as one writes them."""
        return ", ".join(str(INPUTS[key].flat(value)) or self._("none") for value in values)

    def range(self, wanted: RangeEntry) -> str:
        """A range of times."""
        duration = self.shelf.wording.duration
        if wanted.equals is not None:
            return self._("exactly {time}").format(time=duration(wanted.equals))
        if wanted.max is None:
            return self._("at least {time}").format(time=duration(wanted.min or 0))
        if wanted.min is None:
            return self._("at most {time}").format(time=duration(wanted.max))
        return f"{duration(wanted.min)} – {duration(wanted.max)}"


def challenge_view(study: Study) -> ChallengeView | None:
    """The banner above the outcome; None where no challenge is worked on."""
    shelf, walkthrough = study.shelf, study.walkthrough
    if study.challenge is None:
        return None
    challenge = walkthrough.challenges_by_id[study.challenge]
    findings = judge(challenge, study.trace, study.variant)
    words, pick = ChallengeWords(shelf), shelf.language.pick
    page = shelf.addresses.page
    after = walkthrough.challenges[walkthrough.challenges.index(challenge) + 1 :]
    return ChallengeView(
        challenge.id,
        pick(challenge.title),
        shelf.language.gettext(_LEVELS[challenge.level]),
        inline(pick(challenge.task)),
        inline(pick(challenge.hint)),
        inline(pick(challenge.teaches)),
        is_solved(findings),
        tuple(words.condition(finding) for finding in findings),
        page(walkthrough.id, CHALLENGES, lang=study.lang),
        LinkView(page(walkthrough.id, challenge=after[0].id, lang=study.lang), pick(after[0].title))
        if after
        else None,
    )


def challenges_page(frame: PageFrame, shelf: Shelf, lang: str | None) -> ChallengesPage:
    """The list, by level; and the decisions of the progress."""
    walkthrough, page, pick = shelf.walkthrough, shelf.addresses.page, shelf.language.pick

    def card(challenge: Challenge) -> ChallengeCard:
        return ChallengeCard(
            challenge.id,
            pick(challenge.title),
            inline(pick(challenge.task)),
            page(walkthrough.id, challenge=challenge.id, lang=lang),
        )

    return ChallengesPage(
        frame,
        walkthrough,
        tuple(
            ChallengeLevel(
                level,
                shelf.language.gettext(name),
                tuple(card(item) for item in walkthrough.challenges if item.level == level),
            )
            for level, name in _LEVELS.items()
        ),
        tuple(
            (
                item.id,
                item.line,
                LinkView(page(walkthrough.id, item.id, lang=lang), pick(item.title)),
            )
            for item in walkthrough.decisions
        ),
        page(walkthrough.id, lang=lang),
    )
