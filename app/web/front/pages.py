# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Front page: what it shows of each walkthrough, and the endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.kernel.scenario import Scenario
from app.walkthrough.records import Decision
from app.walkthrough.symptoms import Symptom
from app.web.addresses import SYMPTOMS, branch_place
from app.web.pasting.view import Numbers
from app.web.query import read_language
from app.web.site import Site
from app.web.study.maker import Maker
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
class LibraryPage:
    """`library.html`: the front page."""

    heading: str  # asks what the only walkthrough answers
    entries: list[LibraryView]  # a walkthrough each
    host: Numbers | None  # the field for a host's output, where a walkthrough has symptoms


class LibraryView(Maker):
    """A walkthrough on the front page."""

    @cached_property
    def fork(self) -> tuple[Decision, list[Way]] | None:
        """The first `if` whose two simplest sockets both send something, and not the same."""
        for decision in self.walkthrough.decisions:
            if decision.keyword != "if":
                continue
            ways = {
                taken: self.walkthrough.witness_of_branch(decision, taken).scenario
                for taken in (True, False)
            }
            sent = [self.walkthrough.trace(way).outcome.segments for way in ways.values()]
            if all(sent) and sent[0] != sent[1]:
                return decision, [self.way(decision, *item) for item in ways.items()]
        return None

    def way(self, decision: Decision, taken: bool, scenario: Scenario) -> Way:
        """What becomes of the simplest socket that goes this way."""
        outcome = outcome_view(Study(self.cache, scenario, lang=self.lang))
        preset = self.walkthrough.preset_of(scenario)
        return Way(
            taken="true" if taken else "false",
            href=self.href(branch_place(decision.id, taken)),
            socket=self.pick(preset.title) if preset else scenario.query(),
            tone=outcome.tone,
            sentence=outcome.sentences[0],
        )

    @property
    def symptoms(self) -> Iterable[Symptom]:
        """One from each place where symptoms are seen."""
        firsts: dict[str, Symptom] = {}
        for symptom in self.walkthrough.symptoms.symptoms:
            firsts.setdefault(symptom.group, symptom)
        return firsts.values()


class FrontPages:
    """The endpoints of the pages that belong to no one walkthrough."""

    def __init__(self, site: Site, *, reads_pasted: bool) -> None:
        self.site = site
        self.reads_pasted = reads_pasted

    def routes(self) -> list[Route]:
        """The front page."""
        return [Route("/", self.library)]

    async def library(self, request: Request) -> HTMLResponse:
        """The walkthroughs, and how to use them."""
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        views = [
            LibraryView(self.site.cache(walkthrough, language, addresses), carried)
            for walkthrough in self.site.walkthroughs.values()
        ]
        host = next(
            (
                Numbers(view.cache, carried)
                for view in views
                # There has to be a symptom to lead to.
                if view.walkthrough.symptoms.symptoms
            ),
            None,
        )
        if host is not None:
            host.is_box = True
            host.action = host.href(SYMPTOMS) if self.reads_pasted else ""
        only, name = self.site.only, language.gettext("Walkthroughs of the Linux kernel's TCP")
        heading = language.pick(only.question or only.title) if only else name
        frame = self.site.frame(
            request,
            carried,
            title=name,
            description=language.gettext(
                "Read a kernel function, choose a socket, and see which way it goes and why."
            ),
            canonical=addresses.library(),
        )
        page = LibraryPage(heading=heading, entries=views, host=host)
        return self.site.page(request, "front/library.html", frame, page)
