# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is shown of a host's numbers: which line is behind each, and what a text says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypedDict

from markupsafe import Markup

from app.pasted import run
from app.walkthrough.content.prose import Link
from app.walkthrough.counters import in_ss
from app.walkthrough.observables import CountingLine as CountedSite
from app.walkthrough.observables import Observable
from app.walkthrough.symptoms import SUMS, Symptom
from app.web.addresses import SYMPTOMS, WHICH, branch_place
from app.web.meta import script_json
from app.web.pasting.words import sentences
from app.web.study.maker import Maker


class RowReport(TypedDict):
    """A row of the table: texts as they are shown, empty for none."""

    count: str
    share: str
    state: str  # `some`, `zero`, or `none` where the text does not say


class MarkReport(TypedDict):
    """A number beside a line of code."""

    text: str
    look: str  # `known`, `shared` among lines, `later`, `would` be; empty where it lights nothing
    size: int  # of its bar, in percent of the largest of its kind


class Report(TypedDict):
    """All that is shown of a reading: static/js/core/host-report.js makes it."""

    hasFigures: bool  # whether a row has a count
    sentences: list[str]  # the most important first
    tone: str  # `trouble` where nothing was understood
    leads: list[str]  # ids of symptoms, the likeliest first
    branches: list[str]  # such as `unread/true`
    rows: Mapping[str, RowReport]  # by the number's name
    marks: Mapping[str, MarkReport]  # by line and name: `49 TcpExtTCPAbortOnClose`
    lit: Mapping[str, str]  # how a line is lit, by its number: as the look of a mark
    code: str  # the walkthrough's page with the lines that are lit; empty for none
    link: str  # the address that shows it again
    which: str  # the page that asks for the path, with what is known; empty where that is nothing
    markdown: str  # the whole as a text for a ticket


class Numbers(Maker):
    """`symptoms/host.html`: a host's numbers, the lines behind them, and what was read.

    `symptoms/box.html` is the field alone.
    """

    #: Where a form sends a text; empty where the server takes none.
    action = ""
    #: Whether the field stands by itself, away from table and code.
    is_box = False
    #: The text that was sent, and what it says: None where nothing was pasted.
    pasted = ""
    report: Report | None = None

    def resolve(self, link: Link) -> str:
        """The address of a link; the kernel functions are explained on the study page."""
        address = self.cache.resolve(link, self.lang)
        return self.href() + address if link.scheme in {"helper", "term"} else address

    # What counts where

    @cached_property
    def observables(self) -> tuple[Observable, ...]:
        """Counters, states in `ss`, then what no line is behind."""
        found = self.cache.observed
        behind = (*found.counters.values(), *found.states.values())
        known = {item.name for item in behind}
        others = (name for name in self.walkthrough.symptoms.also if name not in known)
        return (*behind, *(Observable(name, False, self._listener(name)) for name in others))

    def _listener(self, name: str) -> tuple[CountedSite, ...]:
        """What closing a listener does is seen in the counters; what it will do, in LISTEN."""
        resets = self.cache.observed.counters.get("TcpOutRsts")
        return tuple(
            site
            for site in (resets.sites if resets else ())
            if name == site.preset.scenario["state"]
        )

    def kind(self, item: Observable) -> str:
        """`named` (by the source), `counter`, `state`, or `other` without a line."""
        if item.name in self.cache.observed.counters:
            return "named" if item.is_named else "counter"
        return "state" if item.name in self.cache.observed.states else "other"

    @staticmethod
    def shown(item: Observable) -> str:
        """Its name as the tool spells it."""
        is_counter = item.name.startswith("Tcp")
        return item.name if is_counter or item.name in SUMS else in_ss(item.name)

    def seen_in(self, item: Observable) -> list[Symptom]:
        """The symptoms that it is seen in."""
        every = self.walkthrough.symptoms.symptoms
        return [one for one in every if item.name in (*one.counters, *one.states)]

    def place(self, site: CountedSite) -> str:
        """The branch or block that a line lies in."""
        if site.branch is not None:
            return branch_place(*site.branch)
        return self.walkthrough.edition.block_of_line(site.line).id

    @property
    def beside(self) -> tuple[Observable, ...]:
        """Those that stand beside the lines."""
        return self.observables

    def also(self, name: str) -> Markup:
        """What else there is to know of one, or empty."""
        texts = self.walkthrough.symptoms.also.get(name)
        return self.html(texts) if texts else Markup()

    @property
    def lines(self) -> Iterator[tuple[int, bool, list[Observable]]]:
        """The decisions, and the lines that are behind a number.

        Each as its number, whether lines are left out before it, and what is counted there.
        """
        marks: dict[int, list[Observable]] = {}
        for item in self.beside:
            for site in item.sites:
                marks.setdefault(site.line, []).append(item)
        shown = sorted({*marks, *self.walkthrough.edition.decisions_by_line})
        for before, line in zip([0, *shown], shown, strict=False):
            yield line, line - before > 1, marks.get(line, [])

    @property
    def code(self) -> tuple[Markup, ...]:
        """All lines; the explanations of names are on the study page, here they stay plain."""
        return self.cache.code(None, is_linked=False)

    # What a text says

    @property
    def json(self) -> Markup:
        """What a browser makes a report with."""
        return script_json(self.words)

    def read(self, origin: str, **asked: str) -> Report | None:
        """What is shown of a `text`, or of a `link`; None for what no link says.

        `origin` is the scheme and host of addresses in a text to copy. Takes a while. Raises
        ReadingFailure.
        """
        report: Report | None = run(
            "host-report.js", "reportFor", {**asked, "words": {**self.words, "origin": origin}}
        )
        return report

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """What a report is made with; static/js/core/host-report.js says how."""
        means = self.walkthrough.symptoms.means
        return {
            "lang": self.cache.language.tag,
            "texts": sentences(self.cache.language, self.walkthrough.call),
            "rows": [
                {
                    "name": item.name,
                    "shown": self.shown(item),
                    "kind": self.kind(item),
                    "means": self.pick(means[item.name]) if item.name in means else "",
                    "isLater": item.name in self.walkthrough.symptoms.later,
                    "sites": [
                        {
                            "line": site.line,
                            "isMini": self.walkthrough.trace(site.preset.scenario).outcome.timewait
                            is not None,
                            **self.link(self.place(site)),
                        }
                        for site in item.sites
                    ],
                    "symptoms": [one.id for one in self.seen_in(item)],
                }
                for item in self.observables
            ],
            "leads": self.leads,
            "branches": {
                name: {"line": decision.line, **self.link(name)}
                for decision in self.walkthrough.decisions
                for name in (branch_place(decision.id, taken) for taken in (True, False))
            },
            "page": self.href(SYMPTOMS),
            "which": self.href(WHICH),
            "code": self.href(),
        }

    @cached_property
    def leads(self) -> Mapping[str, str]:
        """The symptoms' titles, by id."""
        return {one.id: self.pick(one.title) for one in self.walkthrough.symptoms.symptoms}

    def link(self, place: str) -> Mapping[str, str]:
        """A branch or a block, as a browser makes a link to it."""
        return {"href": self.href(place), "text": place.replace("/", " → ")}
