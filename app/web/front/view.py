# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Contexts of the front page and the API, and what makes that of the front page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from markupsafe import Markup

from app.kernel.scenario import Scenario
from app.walkthrough.records import Decision
from app.walkthrough.symptoms import Symptom
from app.web.addresses import ATLAS, CHALLENGES, COPY, PRESENT, SYMPTOMS, WHICH, branch_place
from app.web.contexts import LinkView, PageFrame
from app.web.maker import Maker
from app.web.pasting.contexts import HostView
from app.web.pasting.view import Numbers
from app.web.study.outcome import outcome_view
from app.web.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out of the fork: the socket that goes it, and what becomes of that."""

    taken: str  # `true` or `false`
    href: str  # the branch
    socket: str  # a preset's title, or the scenario
    tone: str  # how it ends, for the colour
    sentence: Markup  # the first of the outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """The line that tells the most, and its two ways."""

    line: int  # its number
    code: Markup  # its text, highlighted
    ways: tuple[Way, ...]  # when true, when false


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What one kind of reader came for."""

    id: str  # `problem`, `study` or `teach`
    title: str  # what such a reader wants
    text: str  # what there is for it
    action: LinkView  # where it begins
    links: tuple[LinkView, ...]  # where else it may begin
    served: LinkView | None = None  # where else on a server; the export has no such page


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEntry:
    """A walkthrough on the front page."""

    id: str  # of the walkthrough
    title: str  # of the walkthrough
    summary: str  # a sentence or two
    href: str  # its page
    lines: int  # how many the function has
    decisions: int  # how many it has
    fork: OpeningLine | None  # None where nothing is sent either way
    doors: tuple[Door, ...]  # by kind of reader


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPage:
    """`library.html`: the front page."""

    frame: PageFrame  # around the content
    heading: str  # asks what the only walkthrough answers
    entries: tuple[LibraryEntry, ...]  # a walkthrough each
    host: HostView | None  # the field for a host's output, where a walkthrough has symptoms


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """`api.html`: the OpenAPI document for people."""

    frame: PageFrame  # around the content
    title: str  # of the document
    operations: tuple[tuple[str, str, dict[str, object]], ...]  # path, method, operation
    openapi: str  # address of the document


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A correction."""

    id: str  # its fragment on the page
    date: str  # ISO 8601
    text: str  # what was corrected
    blocks: tuple[LinkView, ...]  # where


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesPage:
    """`changes.html`: what was corrected."""

    frame: PageFrame  # around the content
    changes: tuple[ChangeView, ...]  # the latest first
    feed: str  # address of the same as Atom


#: Links below a door, besides the one that it is.
_MOST: Final = 3


class LibraryView(Maker):
    """A walkthrough in one language; `lang` is the language that links carry along, or None."""

    def entry(self) -> LibraryEntry:
        """The context of its part of the page."""
        pick = self.pick
        return LibraryEntry(
            id=self.walkthrough.id,
            title=pick(self.walkthrough.title),
            summary=pick(self.walkthrough.summary),
            href=self.href(),
            lines=len(self.walkthrough.edition.source.lines),
            decisions=len(self.walkthrough.decisions),
            fork=self.fork(),
            doors=tuple(self.doors()),
        )

    def box(self, *, reads_pasted: bool) -> HostView | None:
        """The field for a host's output; None where there are no symptoms to lead to."""
        if not self.walkthrough.symptoms.symptoms:
            return None
        action = self.href(SYMPTOMS) if reads_pasted else ""
        return Numbers(self.cache, self.lang).view(action=action, is_box=True)

    # The line that decides

    def fork(self) -> OpeningLine | None:
        """The first `if` whose two simplest sockets both send something, and not the same."""
        for decision in self.walkthrough.decisions:
            if decision.keyword != "if":
                continue
            ways = [
                self.walkthrough.witness_of_branch(decision, taken).scenario
                for taken in (True, False)
            ]
            sent = [self.walkthrough.trace(way).outcome.segments for way in ways]
            if all(sent) and sent[0] != sent[1]:
                return OpeningLine(
                    line=decision.line,
                    code=self.cache.code(None, is_linked=False)[decision.line - 1].strip(),
                    ways=tuple(
                        self.way(decision, taken, scenario)
                        for taken, scenario in zip((True, False), ways, strict=True)
                    ),
                )
        return None

    def way(self, decision: Decision, taken: bool, scenario: Scenario) -> Way:
        """What becomes of the simplest socket that goes this way."""
        outcome = outcome_view(Study(self.cache, scenario, lang=self.lang))
        preset = next((p for p in self.walkthrough.presets if p.scenario == scenario), None)
        return Way(
            taken="true" if taken else "false",
            href=self.href(branch_place(decision.id, taken)),
            socket=self.pick(preset.title) if preset else scenario.query(),
            tone=outcome.tone,
            sentence=outcome.sentences[0],
        )

    # The doors

    def doors(self) -> Iterator[Door]:
        """For somebody with a problem, for a student, for a teacher: what the walkthrough has."""
        pick, walkthrough = self.pick, self.walkthrough
        symptoms = walkthrough.symptoms.symptoms
        if symptoms:
            # One from each place where symptoms are seen.
            firsts: dict[str, Symptom] = {}
            for symptom in symptoms:
                firsts.setdefault(symptom.group, symptom)
            yield Door(
                id="problem",
                title=self._("Something is wrong on a host"),
                text=self._(
                    "From what you see, at the peer, in the counters or in ss, to the branch that "
                    "does it and what to change."
                ),
                action=LinkView(href=self.href(SYMPTOMS), text=self._("Find the cause")),
                links=tuple(
                    LinkView(href=self.href(f"{SYMPTOMS}/{symptom.id}"), text=pick(symptom.title))
                    for symptom in islice(firsts.values(), _MOST)
                ),
                served=LinkView(href=self.href(WHICH), text=self._("Which path was it?")),
            )
        yield Door(
            id="study",
            title=self._("I want to understand it"),
            text=self._(
                "The code with a commentary beside it. Choose a socket: its path lights up, and "
                "the player walks it with the reason at every fork."
            ),
            action=LinkView(href=self.href(), text=self._("Read the code")),
            links=tuple(
                LinkView(href=address, text=text)
                for address, text in (
                    (
                        self.href(CHALLENGES) if walkthrough.challenges else "",
                        self._("Challenges: make the kernel do it"),
                    ),
                    (self.href(ATLAS), self._("Every path through the function")),
                    (
                        self.addresses.compare(walkthrough.id, lang=self.lang),
                        self._("Two sockets side by side"),
                    ),
                )
                if address
            ),
        )
        yield Door(
            id="teach",
            title=self._("I teach it, or discuss it"),
            text=self._(
                "Slides for the wall; the class follows on its own screens and votes which way it "
                "goes. Every line, branch and socket has a link of its own."
            ),
            action=LinkView(href=self.href(PRESENT), text=self._("Present it")),
            links=(
                LinkView(href=self.addresses.door(lang=self.lang), text=self._("Join a class")),
                LinkView(
                    href=self.addresses.below(COPY, walkthrough.id, lang=self.lang),
                    text=self._("Copy a text for mail, or a frame"),
                ),
            ),
        )
