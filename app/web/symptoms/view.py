# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the symptoms: its context, what makes it, and the endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.errors import nearest
from app.i18n import marked
from app.walkthrough.content.prose import Link, Prose, render
from app.walkthrough.counters import in_ss
from app.walkthrough.observables import Observable
from app.walkthrough.observables import Site as CountedSite
from app.walkthrough.records import Walkthrough
from app.walkthrough.symptoms import Symptom
from app.web.addresses import (
    SYMPTOMS,
    WHICH,
    branch_place,
    lines_place,
    read_language,
)
from app.web.contexts import LinkView, PageFrame
from app.web.http.problems import unknown
from app.web.meta import Share
from app.web.site import Site
from app.web.study.code import highlighted_lines
from app.web.study.places import no_such_place
from app.web.study.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandView:
    """A command that confirms a symptom."""

    run: str  # as it is typed
    tells: Markup  # what its output says


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomView:
    """A symptom; texts are HTML."""

    id: str  # of the symptom
    title: str  # of the symptom
    href: str  # its permalink
    sees: Markup  # what one sees
    does: Markup  # what the kernel does
    confirm: tuple[CommandView, ...]  # in this order
    change: Markup  # what to change
    trap: Markup  # empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomGroup:
    """The symptoms that are seen in one place."""

    id: str  # of the place
    title: str  # in words
    symptoms: tuple[SymptomView, ...]  # in the order of the content


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A line that is behind a number."""

    line: int  # its number
    place: LinkView  # the branch or block that it lies in
    preset: LinkView  # a socket that comes by


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservableView:
    """A counter or a state in `ss`, with the lines behind it."""

    name: str  # the kernel's
    shown: str  # as the tool spells it
    kind: str  # `named` (by the source), `counter` or `state`
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomsPage:
    """`symptoms.html`."""

    frame: PageFrame  # around the content
    walkthrough: Walkthrough  # whose symptoms
    action: str  # the address of the whole page
    which: str  # the page that asks what was observed; only on a server
    groups: tuple[SymptomGroup, ...]  # by where they are seen
    only: SymptomView | None  # the one of a permalink, None on the whole page
    observables: tuple[ObservableView, ...]  # empty on a permalink
    lines: tuple[HeatLine, ...]  # empty on a permalink


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
            frame=frame,
            walkthrough=self.walkthrough,
            action=self.address(None, lang=self.lang),
            which=self.shelf.addresses.page(self.walkthrough.id, WHICH, lang=self.lang),
            groups=self.groups(),
            only=only,
            observables=found,
            lines=self.lines(found) if found else (),
        )

    # Symptoms

    def groups(self) -> tuple[SymptomGroup, ...]:
        """All symptoms by where one sees them."""
        return tuple(
            SymptomGroup(
                id=group,
                title=self._(title),
                symptoms=tuple(
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
            id=symptom.id,
            title=self.shelf.language.pick(symptom.title),
            href=self.address(symptom.id, lang=self.lang),
            sees=self.html(symptom.sees),
            does=self.html(symptom.does),
            confirm=tuple(
                CommandView(run=item.run, tells=self.html(item.tells)) for item in symptom.confirm
            ),
            change=self.html(symptom.change),
            trap=self.html(symptom.trap) if symptom.trap else Markup(),
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
            name=item.name,
            shown=shown,
            kind=kind,
            sites=sites,
            also=self.html(also) if also else Markup(),
            symptoms=symptoms,
        )

    def site(self, site: CountedSite) -> SiteView:
        """A line behind a number, with links to its branch or block and to a preset."""
        page, walkthrough = self.shelf.addresses.page, self.walkthrough
        if site.branch is not None:
            place = branch_place(*site.branch)
            text = place.replace("/", " → ")
        else:
            place = text = walkthrough.edition.block_of_line(site.line).id
        return SiteView(
            line=site.line,
            place=LinkView(page(walkthrough.id, place, lang=self.lang), text),
            preset=LinkView(
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
                number=line,
                html=Markup(code[line - 1]),  # noqa: S704 - made by our highlighter, which escapes
                href=self.shelf.addresses.page(
                    walkthrough.id, lines_place(line, line), lang=self.lang
                ),
                gap=line - before > 1,
                is_decision=line in walkthrough.edition.decisions_by_line,
                marks=tuple(marks.get(line, ())),
            )
            for before, line in zip([0, *shown], shown, strict=False)
        )


class SymptomsPages:
    """The endpoints of the symptoms."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """In the order in which they are tried."""
        return [
            Route(f"/{{walkthrough}}/{SYMPTOMS}", self.symptoms),
            Route(f"/{{walkthrough}}/{SYMPTOMS}/{{symptom}}", self.symptoms),
        ]

    async def symptoms(self, request: Request) -> HTMLResponse:
        """From what one sees to the branch that does it; all symptoms, or one."""
        walkthrough = self.site.walkthrough(request.path_params["walkthrough"])
        if not walkthrough.symptoms.symptoms:
            raise no_such_place(walkthrough, SYMPTOMS)
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        shelf = self.site.shelf(walkthrough, language, self.site.addresses(request))
        view = SymptomsView(shelf, carried)
        only = view.only(request.path_params.get("symptom"))
        frame = self.site.frame(
            request,
            language,
            carried,
            walkthrough,
            title=view.title(only),
            description=view.description(only),
            canonical=view.address(only.id if only else None, lang=None),
            share=Share(
                self.site.addresses(request).card(
                    walkthrough.id,
                    f"{SYMPTOMS}/{only.id}" if only else SYMPTOMS,
                    lang=language.code,
                )
            ),
        )
        return self.site.page(request, "symptoms/symptoms.html", frame, view.page(frame, only))
