# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The lab's page: what a kernel did in a scenario, the scripts to take home, and every branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.i18n import marked
from app.kernel.scenario import Scenario
from app.lab.evidence import Sighting
from app.lab.offer import Offer, offer_for
from app.walkthrough.records import Preset
from app.web.addresses import LAB, branch_place, read_query
from app.web.contexts import (
    LabBranch,
    LabFact,
    LabPage,
    LabScript,
    LinkView,
    PageFrame,
)
from app.web.evidence import sentence, sighting_of
from app.web.meta import Share
from app.web.shelf import Shelf
from app.web.site import Site

_NO_PACKETDRILL: Final = {
    "inside-close": marked(
        "packetdrill cannot answer inside of close(): its next packet comes after the call."
    ),
    "killed": marked("packetdrill cannot kill the process whose socket it is."),
    "many-connections": marked("A packetdrill script has one connection, and this takes several."),
}


class Lab:
    """The endpoint of the page; `token` is there on a server that may run recipes."""

    def __init__(self, site: Site, token: str | None = None) -> None:
        self.site = site
        self.token = token

    def routes(self) -> list[Route]:
        """The page's address, which comes before the places of a walkthrough."""
        return [Route(f"/{{walkthrough}}/{LAB}", self.page)]

    async def page(self, request: Request) -> HTMLResponse:
        """One scenario in the lab."""
        site = self.site
        walkthrough = site.walkthrough(request.path_params["walkthrough"])
        query = read_query(request.url.query, walkthrough, view_keys=("lang",))
        language = site.language(request, query.lang)
        addresses = site.addresses(request)
        shelf = site.shelf(walkthrough, language, addresses)
        view = LabView(shelf, query.scenario, query.lang)
        path = addresses.page(walkthrough.id, LAB)
        frame = site.frame(
            request,
            language,
            query.lang,
            title=f"{language.gettext('On a real kernel')} · {walkthrough.function}()",
            description=language.gettext(
                "The same socket on a real kernel: what it did beside what the model says, and the "
                "scripts to try it."
            ),
            canonical=addresses.page(walkthrough.id, LAB, query=query.scenario.query()),
            path=path,
            query=query.scenario.query(),
            share=Share(addresses.card(walkthrough.id, LAB, lang=language.code)),
        )
        return site.page(request, "lab.html", frame, view.page(frame, self.token))


class LabView:
    """The page's context for a scenario; `lang` is the language that links carry along."""

    def __init__(self, shelf: Shelf, scenario: Scenario, lang: str | None) -> None:
        self.shelf = shelf
        self.walkthrough = shelf.walkthrough
        self.scenario = scenario
        self.lang = lang
        self._ = shelf.language.gettext

    def page(self, frame: PageFrame, token: str | None) -> LabPage:
        """The context of the template."""
        language, trace = self.shelf.language, self.walkthrough.trace(self.scenario)
        preset = next((p for p in self.walkthrough.presets if p.scenario == self.scenario), None)
        offer = offer_for(trace, preset.title["en"] if preset else "A scenario of tcp_close()")
        seen = sighting_of(self.shelf.sightings, self.scenario)
        query = self.scenario.query()
        return LabPage(
            frame,
            self.walkthrough,
            language.pick(preset.title) if preset else query or self._("Default"),
            language.pick(preset.story) if preset else "",
            query,
            self.shelf.addresses.page(self.walkthrough.id, query=query, lang=self.lang),
            sentence(seen, language),
            tuple(self.facts(offer, seen)),
            seen.kernel if seen else None,
            offer.left_out.sentence(language) if offer.left_out else "",
            f"walkthrough lab {preset.id if preset else repr(query or 'state=ESTABLISHED')}",
            tuple(self.scripts(offer)),
            self._(_NO_PACKETDRILL[offer.no_packetdrill]) if offer.no_packetdrill else "",
            tuple((watch.run, self._(watch.shows)) for watch in offer.watch),
            tuple(self.branches()),
            tuple(self.other(preset) for preset in self.walkthrough.presets),
            token if offer.plan else None,
            offer.plan.sleeps_s or 0 if offer.plan else 0,
        )

    def facts(self, offer: Offer, sighting: Sighting | None) -> Iterator[LabFact]:
        """What is compared: the model's side, and the kernel's where it was seen."""
        _, predicted = self._, offer.predicted
        seen = sighting.seen if sighting else None
        none = _("none")
        counted = [f"{name} +{count}" for name, count in predicted.counters.items()]
        counters = [f"{name} +{count}" for name, count in seen.counters.items()] if seen else []
        yield LabFact(
            _("Segments"),
            " ".join(predicted.segments) or none,
            (" ".join(seen.segments) or none) if seen else None,
        )
        yield LabFact(
            _("Counters"),
            ", ".join(counted) or none,
            (", ".join(sorted(counters, key=lambda text: text not in counted)) or none)
            if seen
            else None,
        )
        yield LabFact(_("Left"), predicted.left or none, (seen.left or none) if seen else None)
        if predicted.timer is not None and predicted.timer_ms is not None:
            yield LabFact(
                _("Timer"),
                f"{predicted.timer}, {self.shelf.wording.duration(predicted.timer_ms)}",
                f"{seen.timer}, {self.shelf.wording.duration((seen.timer_s or 0) * 1000)}"
                if seen and seen.timer
                else (none if seen else None),
            )
        yield LabFact(
            _("Transitions"),
            ", ".join(f"{old} → {new}" for old, new in predicted.transitions) or none,
            (", ".join(f"{old} → {new}" for old, new in seen.transitions) or none)
            if seen and seen.transitions is not None
            else None,
        )
        if seen and seen.reset_reasons:
            yield LabFact(_("Reason of the RST"), "", ", ".join(seen.reset_reasons))

    def scripts(self, offer: Offer) -> Iterator[LabScript]:
        """The texts to copy."""
        if offer.python is not None:
            yield LabScript("python", self._("As Python"), "tcp_close.py", offer.python)
        if offer.packetdrill is not None:
            yield LabScript(
                "packetdrill", self._("As packetdrill"), "tcp_close.pkt", offer.packetdrill
            )

    def branches(self) -> Iterator[LabBranch]:
        """Every branch, and where it was seen."""
        seen, page = self.shelf.sightings.branches, self.shelf.addresses.page
        for decision in self.walkthrough.decisions:
            for taken in (True, False):
                found = seen.get((decision.number, taken))
                yield LabBranch(
                    f"{decision.id}/{str(taken).lower()}",
                    page(self.walkthrough.id, branch_place(decision.id, taken), lang=self.lang),
                    sentence(found, self.shelf.language),
                    self.other(found.preset) if found else None,
                )

    def other(self, preset: Preset) -> LinkView:
        """The page of a preset."""
        return LinkView(
            self.shelf.addresses.page(
                self.walkthrough.id, LAB, query=preset.scenario.query(), lang=self.lang
            ),
            self.shelf.language.pick(preset.title),
            preset.scenario == self.scenario,
        )
