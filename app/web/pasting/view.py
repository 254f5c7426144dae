# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is shown of a host's numbers: which line is behind each, and what a text says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypedDict

from markupsafe import Markup

from app.pasted import run
from app.walkthrough.content.prose import Link
from app.walkthrough.counters import in_ss
from app.walkthrough.observables import CountingLine as CountedSite
from app.walkthrough.observables import Observable
from app.walkthrough.symptoms import SUMS
from app.web.addresses import SYMPTOMS, WHICH, branch_place, lines_place
from app.web.contexts import LinkView
from app.web.meta import script_json
from app.web.pasting.words import sentences
from app.web.study.code import highlighted_lines
from app.web.study.maker import Maker


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A line that is behind a number."""

    line: int  # its number
    place: LinkView  # the branch or block that it lies in
    preset: LinkView  # a socket that comes by
    is_mini: bool  # whether what is left here is a mini-socket


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservableView:
    """A counter, a state in `ss`, or a sum, with the lines behind it."""

    name: str  # the kernel's
    shown: str  # as the tool spells it
    kind: str  # `named` (by the source), `counter`, `state`, or `other` without a line
    sites: tuple[SiteView, ...]  # the lines
    also: Markup  # what else there is to know, or empty
    symptoms: tuple[LinkView, ...]  # those that it is seen in


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatLine:
    """A line of the small rendering."""

    number: int  # of the line
    html: Markup  # highlighted
    href: str  # the line on the walkthrough's page
    gap: bool  # lines are left out before it
    is_decision: bool  # whether a decision begins here
    marks: tuple[ObservableView, ...]  # what is counted here


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
    def observables(self) -> tuple[ObservableView, ...]:
        """Counters, states in `ss`, then what no line is behind."""
        found = self.cache.observed
        behind = (*found.counters.values(), *found.states.values())
        known = {item.name for item in behind}
        others = (name for name in self.walkthrough.symptoms.also if name not in known)
        return (
            *(self.observable(item) for item in behind),
            *(self.observable(Observable(name, False, self._listener(name))) for name in others),
        )

    def _listener(self, name: str) -> tuple[CountedSite, ...]:
        """What closing a listener does is seen in the counters; what it will do, in LISTEN."""
        resets = self.cache.observed.counters.get("TcpOutRsts")
        return tuple(
            site
            for site in (resets.sites if resets else ())
            if name == site.preset.scenario["state"]
        )

    def observable(self, item: Observable) -> ObservableView:
        name, found = item.name, self.cache.observed
        is_counter = name.startswith("Tcp")
        if name in found.counters:
            kind = "named" if item.is_named else "counter"
        else:
            kind = "state" if name in found.states else "other"
        symptoms = self.walkthrough.symptoms
        also = symptoms.also.get(name)
        return ObservableView(
            name=name,
            shown=name if is_counter or name in SUMS else in_ss(name),
            kind=kind,
            sites=tuple(self.site(site) for site in item.sites),
            also=self.html(also) if also else Markup(),
            symptoms=tuple(
                LinkView(href=f"#{one.id}", text=self.pick(one.title))
                for one in symptoms.symptoms
                if name in (*one.counters, *one.states)
            ),
        )

    def site(self, site: CountedSite) -> SiteView:
        """A line behind a number, with links to its branch or block and to a preset."""
        walkthrough = self.walkthrough
        if site.branch is not None:
            place = branch_place(*site.branch)
        else:
            place = walkthrough.edition.block_of_line(site.line).id
        scenario = site.preset.scenario
        return SiteView(
            line=site.line,
            place=LinkView(href=self.href(place), text=place.replace("/", " → ")),
            preset=LinkView(
                href=self.href(query=scenario.query()),
                text=self.pick(site.preset.title),
            ),
            is_mini=walkthrough.trace(scenario).outcome.timewait is not None,
        )

    def lines(self, found: tuple[ObservableView, ...]) -> tuple[HeatLine, ...]:
        """The decisions, and the lines that are behind a number."""
        walkthrough = self.walkthrough
        marks: dict[int, list[ObservableView]] = {}
        for item in found:
            for site in item.sites:
                marks.setdefault(site.line, []).append(item)
        decisions = walkthrough.edition.decisions_by_line
        shown = sorted({*marks, *decisions})
        # The explanations of names are on the study page; here the names stay plain.
        code = highlighted_lines(walkthrough.edition.source, {})
        return tuple(
            HeatLine(
                number=line,
                html=Markup(code[line - 1]),  # noqa: S704 - made by our highlighter, which escapes
                href=self.href(lines_place(line, line)),
                gap=line - before > 1,
                is_decision=line in decisions,
                marks=tuple(marks.get(line, ())),
            )
            for before, line in zip([0, *shown], shown, strict=False)
        )

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
                    "shown": item.shown,
                    "kind": item.kind,
                    "means": self.pick(means[item.name]) if item.name in means else "",
                    "isLater": item.name in self.walkthrough.symptoms.later,
                    "sites": [
                        {"line": site.line, "isMini": site.is_mini, **_link(site.place)}
                        for site in item.sites
                    ],
                    "symptoms": [link.href.removeprefix("#") for link in item.symptoms],
                }
                for item in self.observables
            ],
            "leads": self.leads,
            "branches": {
                name: {"line": self._line(name), **_link(link)}
                for name, link in self.branches.items()
            },
            "page": self.href(SYMPTOMS),
            "which": self.href(WHICH),
            "code": self.href(),
        }

    @cached_property
    def leads(self) -> Mapping[str, str]:
        """The symptoms' titles, by id."""
        return {one.id: self.pick(one.title) for one in self.walkthrough.symptoms.symptoms}

    @cached_property
    def branches(self) -> Mapping[str, LinkView]:
        """By id."""
        places = (
            branch_place(decision.id, taken)
            for decision in self.walkthrough.decisions
            for taken in (True, False)
        )
        return {
            place: LinkView(href=self.href(place), text=place.replace("/", " → "))
            for place in places
        }

    def _line(self, branch: str) -> int:
        decision = branch.partition("/")[0]
        return next(one.line for one in self.walkthrough.decisions if one.id == decision)


def _link(link: LinkView) -> Mapping[str, str]:
    return {"href": link.href, "text": link.text}
