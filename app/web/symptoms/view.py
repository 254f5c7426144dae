# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the context of the symptoms' page: the symptoms, and which line counts what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from app.errors import nearest
from app.i18n import marked
from app.walkthrough.content.prose import Link, Prose, render
from app.walkthrough.observables import Observable, Site
from app.walkthrough.symptoms import Symptom
from app.web.addresses import SYMPTOMS, branch_place, lines_place
from app.web.contexts import LinkView, PageFrame
from app.web.http.problems import unknown
from app.web.study.code import highlighted_lines
from app.web.study.shelf import Shelf
from app.web.symptoms.contexts import (
    CommandView,
    HeatLine,
    ObservableView,
    SiteView,
    SymptomGroup,
    SymptomsPage,
    SymptomView,
)

#: In the order of the page.
GROUPS: Final[Mapping[str, str]] = {
    "peer": marked("At the other end, and on the wire"),
    "program": marked("In the program"),
    "counter": marked("In the counters and the kernel’s log"),
    "listing": marked("In ss"),
}


class SymptomsView:
    """The page in one language; `lang` is the language that links carry along, or None."""

    def __init__(self, shelf: Shelf, lang: str | None) -> None:
        self.shelf = shelf
        self.walkthrough = shelf.walkthrough
        self.lang = lang
        self._ = shelf.language.gettext

    def only(self, name: str | None) -> SymptomView | None:
        """The symptom that an address names. Raises NotFound."""
        if name is None:
            return None
        known = {symptom.id: symptom for symptom in self.walkthrough.symptoms.symptoms}
        if name not in known:
            raise unknown("unknown-place", "symptom", name, ", ".join(known), nearest(name, known))
        return self.symptom(known[name])

    def title(self, only: SymptomView | None) -> str:
        """The page's title."""
        what = only.title if only else self._("Symptoms, and the branch that does it")
        return f"{what} · {self.walkthrough.function}()"

    def description(self, only: SymptomView | None) -> str:
        """What a link to the page says."""
        if only is not None:
            return str(only.sees.striptags())
        if self.walkthrough.symptoms.summary:
            return self.shelf.language.pick(self.walkthrough.symptoms.summary)
        return self._(
            "From a symptom on a host to the branch of {function}() that does it, with the command "
            "that confirms it and what to change."
        ).format(function=self.walkthrough.function)

    def address(self, symptom: str | None, *, lang: str | None) -> str:
        """The address of the page, or of one symptom."""
        place = f"{SYMPTOMS}/{symptom}" if symptom else SYMPTOMS
        return self.shelf.addresses.page(self.walkthrough.id, place, lang=lang)

    def page(self, frame: PageFrame, only: SymptomView | None) -> SymptomsPage:
        """The context of the template."""
        found = self.observables() if only is None else ()
        return SymptomsPage(
            frame,
            self.walkthrough,
            self.address(None, lang=self.lang),
            self.groups(),
            only,
            found,
            self.lines(found) if found else (),
        )

    # Symptoms

    def groups(self) -> tuple[SymptomGroup, ...]:
        """All symptoms by where one sees them."""
        return tuple(
            SymptomGroup(
                group,
                self._(title),
                tuple(
                    self.symptom(symptom)
                    for symptom in self.walkthrough.symptoms.symptoms
                    if symptom.group == group
                ),
            )
            for group, title in GROUPS.items()
        )

    def symptom(self, symptom: Symptom) -> SymptomView:
        """One symptom."""
        return SymptomView(
            symptom.id,
            self.shelf.language.pick(symptom.title),
            self.address(symptom.id, lang=self.lang),
            self.html(symptom.sees),
            self.html(symptom.does),
            tuple(CommandView(item.run, self.html(item.tells)) for item in symptom.confirm),
            self.html(symptom.change),
            self.html(symptom.trap) if symptom.trap else Markup(),
        )

    def html(self, texts: Mapping[str, Prose]) -> Markup:
        """A text as HTML."""
        prose = texts[self.shelf.language.code]
        return Markup(render(prose.lead, self.resolve))  # noqa: S704 - raw HTML is off

    def resolve(self, link: Link) -> str:
        """The address of a link; the kernel functions are explained on the study page."""
        address = self.shelf.resolve(link, self.lang)
        if link.scheme == "helper":
            return self.shelf.addresses.page(self.walkthrough.id, lang=self.lang) + address
        return address

    # What counts where

    def observables(self) -> tuple[ObservableView, ...]:
        """Counters, then states in `ss`, with the lines behind them."""
        found = self.shelf.observed
        return tuple(
            self.observable(item, "named" if item.is_named else "counter", item.name)
            for item in found.counters.values()
        ) + tuple(
            self.observable(item, "state", in_ss(item.name)) for item in found.states.values()
        )

    def observable(self, item: Observable, kind: str, shown: str) -> ObservableView:
        """One number of a host."""
        also = self.walkthrough.symptoms.also.get(item.name)
        symptoms = tuple(
            LinkView(f"#{symptom.id}", self.shelf.language.pick(symptom.title))
            for symptom in self.walkthrough.symptoms.symptoms
            if item.name in (*symptom.counters, *symptom.states)
        )
        sites = tuple(self.site(site) for site in item.sites)
        return ObservableView(
            item.name, shown, kind, sites, self.html(also) if also else Markup(), symptoms
        )

    def site(self, site: Site) -> SiteView:
        """A line behind a number, with links to its branch or block and to a preset."""
        page, walkthrough = self.shelf.addresses.page, self.walkthrough
        if site.branch is not None:
            place = branch_place(*site.branch)
            text = place.replace("/", " → ")
        else:
            place = text = walkthrough.edition.block_of_line(site.line).id
        return SiteView(
            site.line,
            LinkView(page(walkthrough.id, place, lang=self.lang), text),
            LinkView(
                page(walkthrough.id, query=site.preset.scenario.query(), lang=self.lang),
                self.shelf.language.pick(site.preset.title),
            ),
        )

    def lines(self, found: tuple[ObservableView, ...]) -> tuple[HeatLine, ...]:
        """The decisions, and the lines that are behind a number."""
        walkthrough = self.walkthrough
        marks: dict[int, list[ObservableView]] = {}
        for item in found:
            for site in item.sites:
                marks.setdefault(site.line, []).append(item)
        shown = sorted({*marks, *walkthrough.edition.decisions_by_line})
        # The explanations of names are on the study page; here the names stay plain.
        code = highlighted_lines(walkthrough.edition.source, {})
        return tuple(
            HeatLine(
                line,
                Markup(code[line - 1]),  # noqa: S704 - made by our highlighter, which escapes
                self.shelf.addresses.page(walkthrough.id, lines_place(line, line), lang=self.lang),
                line - before > 1,
                line in walkthrough.edition.decisions_by_line,
                tuple(marks.get(line, ())),
            )
            for before, line in zip([0, *shown], shown, strict=False)
        )


def in_ss(state: str) -> str:
    """How `ss` spells a state of the kernel: FIN_WAIT1 is FIN-WAIT-1."""
    return state.replace("_", "-").replace("WAIT1", "WAIT-1").replace("WAIT2", "WAIT-2")
