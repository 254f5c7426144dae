# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A walkthrough on the front page: the line that decides, and a door for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from app.kernel.scenario import Scenario
from app.walkthrough.records import Decision
from app.walkthrough.symptoms import Symptom
from app.web.addresses import ATLAS, CHALLENGES, COPY, PRESENT, SYMPTOMS, branch_place
from app.web.contexts import LinkView
from app.web.front.contexts import Door, Fork, LibraryEntry, Way
from app.web.study.outcome import outcome_view
from app.web.study.shelf import Shelf
from app.web.study.study import Study

#: Links below a door, besides the one that it is.
_MOST: Final = 3


class LibraryView:
    """A walkthrough in one language; `lang` is the language that links carry along, or None."""

    def __init__(self, shelf: Shelf, lang: str | None) -> None:
        self.shelf = shelf
        self.walkthrough = shelf.walkthrough
        self.lang = lang
        self._ = shelf.language.gettext

    def entry(self) -> LibraryEntry:
        """The context of its part of the page."""
        pick = self.shelf.language.pick
        return LibraryEntry(
            self.walkthrough.id,
            pick(self.walkthrough.title),
            pick(self.walkthrough.summary),
            self._page(),
            len(self.walkthrough.edition.source.lines),
            len(self.walkthrough.decisions),
            self.fork(),
            tuple(self.doors()),
        )

    # The line that decides

    def fork(self) -> Fork | None:
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
                return Fork(
                    decision.line,
                    self.shelf.code(None, is_linked=False)[decision.line - 1].strip(),
                    tuple(
                        self.way(decision, taken, scenario)
                        for taken, scenario in zip((True, False), ways, strict=True)
                    ),
                )
        return None

    def way(self, decision: Decision, taken: bool, scenario: Scenario) -> Way:
        """What becomes of the simplest socket that goes this way."""
        outcome = outcome_view(
            Study(self.shelf, scenario, step=None, variant=None, lang=self.lang, focus=None)
        )
        preset = next((p for p in self.walkthrough.presets if p.scenario == scenario), None)
        return Way(
            "true" if taken else "false",
            self._page(branch_place(decision.id, taken)),
            self.shelf.language.pick(preset.title) if preset else scenario.query(),
            outcome.tone,
            outcome.sentences[0],
        )

    # The doors

    def doors(self) -> Iterator[Door]:
        """For somebody with a problem, for a student, for a teacher: what the walkthrough has."""
        pick, walkthrough = self.shelf.language.pick, self.walkthrough
        symptoms = walkthrough.symptoms.symptoms
        if symptoms:
            # One from each place where symptoms are seen.
            firsts: dict[str, Symptom] = {}
            for symptom in symptoms:
                firsts.setdefault(symptom.group, symptom)
            yield Door(
                "problem",
                self._("Something is wrong on a host"),
                self._(
                    "From what you see, at the peer, in the counters or in ss, to the branch that "
                    "does it and what to change."
                ),
                LinkView(self._page(SYMPTOMS), self._("Find the cause")),
                (
                    *(
                        LinkView(self._page(f"{SYMPTOMS}/{symptom.id}"), pick(symptom.title))
                        for symptom in islice(firsts.values(), _MOST)
                    ),
                    LinkView(
                        f"{self._page(SYMPTOMS)}#host", self._("Paste the output of nstat or ss")
                    ),
                ),
            )
        yield Door(
            "study",
            self._("I want to understand it"),
            self._(
                "The code with a commentary beside it. Choose a socket: its path lights up, and "
                "the player walks it with the reason at every fork."
            ),
            LinkView(self._page(), self._("Read the code")),
            tuple(
                LinkView(address, text)
                for address, text in (
                    (
                        self._page(CHALLENGES) if walkthrough.challenges else "",
                        self._("Challenges: make the kernel do it"),
                    ),
                    (self._page(ATLAS), self._("Every path through the function")),
                    (
                        self.shelf.addresses.compare(walkthrough.id, lang=self.lang),
                        self._("Two sockets side by side"),
                    ),
                )
                if address
            ),
        )
        yield Door(
            "teach",
            self._("I teach it, or discuss it"),
            self._(
                "Slides for the wall; the class follows on its own screens and votes which way it "
                "goes. Every line, branch and socket has a link of its own."
            ),
            LinkView(self._page(PRESENT), self._("Present it")),
            (
                LinkView(self.shelf.addresses.door(lang=self.lang), self._("Join a class")),
                LinkView(
                    self.shelf.addresses.below(COPY, walkthrough.id, lang=self.lang),
                    self._("Copy a text for mail, or a frame"),
                ),
            ),
        )

    def _page(self, place: str | None = None) -> str:
        return self.shelf.addresses.page(self.walkthrough.id, place, lang=self.lang)
