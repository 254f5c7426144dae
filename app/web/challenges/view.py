# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the challenges: its context, what makes it, and the endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.kernel.inputs import INPUTS
from app.walkthrough.challenges import LEVELS, Challenge, Finding, Range, is_solved, judge
from app.walkthrough.segment_words import segment_list
from app.walkthrough.told import words_in
from app.web.addresses import CHALLENGES
from app.web.contexts import LinkView
from app.web.study.maker import Maker
from app.web.study.page_cache import PageCache
from app.web.study.study import Study
from app.web.visit import Pages


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionView:
    """A condition of a challenge."""

    text: str  # what has to be so
    found: str  # what there is instead, or empty
    holds: bool  # whether it is so


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeView:
    """The challenge that is worked on."""

    challenge: Challenge  # itself
    level: str  # in words
    is_solved: bool  # whether all conditions hold
    conditions: tuple[ConditionView, ...]  # each with what was found
    every: str  # the list of challenges
    following: LinkView | None  # the next one, None after the last


class ChallengeWords:
    """Conditions and what was found, in a language."""

    def __init__(self, cache: PageCache) -> None:
        self.cache = cache
        self._ = cache.language.gettext

    def condition(self, finding: Finding) -> ConditionView:
        """One condition; `found` says what there is where it is not what was wanted."""
        found = "" if finding.holds else self.found(finding)
        return ConditionView(text=self.text(finding), found=found, holds=finding.holds)

    def conditions(self, challenge: Challenge, findings: Iterable[Finding]) -> list[ConditionView]:
        """All conditions; of a devious challenge those that only name the inputs are one."""
        told = [(finding, self.condition(finding)) for finding in findings]
        if challenge.level != "devious":
            return [view for _, view in told]
        kinds = ("input", "input_not")
        given = [view for finding, view in told if finding.condition.kind in kinds]
        others = [view for finding, view in told if finding.condition.kind not in kinds]
        if given:
            holds = all(view.holds for view in given)
            text = self._("The socket is the one that the task tells of")
            others.append(ConditionView(text=text, found="", holds=holds))
        return others

    def branch(self, name: str) -> dict[str, str]:
        """The title of a branch's decision, and its way."""
        decision, _, way = name.partition("/")
        title = self.cache.walkthrough.decisions_by_id[decision].title
        return {"decision": self.cache.language.pick(title), "way": way}

    def text(self, finding: Finding) -> str:
        """What has to be so."""
        kind, subject = finding.condition.kind, finding.condition.subject
        wanted, facts = finding.condition.wanted, dict[str, str]()
        match kind:
            case "segments":
                wanted = segment_list(wanted)
                subject = subject if wanted else "none"
            case "fate":
                wanted = self.cache.wording.fate(wanted)
            case "keepalive_ms" | "timewait_ms" | "lasts_ms":
                wanted = self.range(wanted)
            case "takes" | "avoids":
                facts = self.branch(subject)
            case "input" | "input_not":
                subject, wanted = self.name(subject), self.values(subject, wanted)
        texts = words_in("challenges")["conditions"]
        text = self.cache.language.pick(texts.get(f"{kind}-{subject}", texts[kind]))
        return text.format(subject=subject, wanted=wanted, **facts)

    def found(self, finding: Finding) -> str:
        """What there is instead; empty where the condition says it all."""
        found, subject = finding.found, finding.condition.subject
        match finding.condition.kind:
            case "segments":
                return segment_list(found) or self._("none")
            case "fate":
                return self.cache.wording.fate(found)
            case "lasts_ms" if found is None:
                return self._("without end")
            case "keepalive_ms" | "timewait_ms" | "lasts_ms" if found is not None:
                return self.cache.wording.duration(found)
            case "input" | "input_not":
                return self.values(subject, (found,))
            case "takes" | "avoids" | "own_text" | "real":
                return ""
        return self._("none") if found is None else str(found)

    def name(self, key: str) -> str:
        return self.cache.wording.input_name(key)

    def values(self, key: str, values: tuple[Any, ...]) -> str:
        """Values of an input as one writes them."""
        return ", ".join(str(INPUTS[key].flat(value)) or self._("none") for value in values)

    def range(self, wanted: Range) -> str:
        duration = self.cache.wording.duration
        if wanted.equals is not None:
            return self._("exactly {time}").format(time=duration(wanted.equals))
        if wanted.max is None:
            return self._("at least {time}").format(time=duration(wanted.min or 0))
        if wanted.min is None:
            return self._("at most {time}").format(time=duration(wanted.max))
        return f"{duration(wanted.min)} – {duration(wanted.max)}"


def challenge_view(study: Study) -> ChallengeView | None:
    """The banner above the outcome; None where no challenge is worked on."""
    cache, walkthrough = study.cache, study.walkthrough
    if study.challenge is None:
        return None
    challenge = walkthrough.challenges_by_id[study.challenge]
    findings = judge(challenge, study.trace, study.variant, study.conditions)
    words, pick = ChallengeWords(cache), cache.language.pick
    page = cache.addresses.page
    after = walkthrough.challenges[walkthrough.challenges.index(challenge) + 1 :]
    return ChallengeView(
        challenge=challenge,
        level=pick(words_in("challenges")["levels"][challenge.level]),
        is_solved=is_solved(findings),
        conditions=tuple(words.conditions(challenge, findings)),
        every=page(walkthrough.id, CHALLENGES, lang=study.lang),
        following=LinkView(
            href=page(walkthrough.id, challenge=after[0].id, lang=study.lang),
            text=pick(after[0].title),
        )
        if after
        else None,
    )


class ChallengesView(Maker):
    """`challenges/challenges.html`: the list, and the decisions of the reader's progress."""

    @property
    def levels(self) -> Iterator[tuple[str, str, list[Challenge]]]:
        """Id and name of each difficulty, and its challenges; the easiest first."""
        for level in LEVELS:
            some = [item for item in self.walkthrough.challenges if item.level == level]
            yield level, self.pick(words_in("challenges")["levels"][level]), some

    def work(self, challenge: Challenge) -> str:
        """Where it is worked on."""
        return self.href(challenge=challenge.id)


class ChallengesPages(Pages):
    """The endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{CHALLENGES}", self.challenges)]

    async def challenges(self, request: Request) -> HTMLResponse:
        """The challenges, and what the reader has mastered."""
        self.walkthrough(request, CHALLENGES)
        visit = self.plain_visit(request)
        view = ChallengesView(visit.cache, visit.lang)
        return visit.page("challenges/challenges.html", visit.frame(CHALLENGES), view)
