# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The pages: front page, walkthrough, its places, API documentation."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.errors import Gone, ReaderError, nearest
from app.i18n import marked
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.pairs import Side
from app.walkthrough.records import RESERVED_IDS, Walkthrough
from app.walkthrough.refusals import allowed
from app.web.addresses import (
    CHALLENGES,
    PRESENT,
    SITUATION,
    SYMPTOMS,
    PageQuery,
    read_language,
    read_query,
)
from app.web.atlas.patience import atlas_within
from app.web.challenges.view import challenge_view, challenges_page
from app.web.contexts import (
    ApiPage,
    ErrorPage,
    LibraryEntry,
    LibraryPage,
    LinkView,
    WalkthroughPage,
)
from app.web.http.problems import describe_problem, unknown
from app.web.meta import Share, about_function
from app.web.site import Site
from app.web.study.asked import check_step
from app.web.study.blocks import block_views
from app.web.study.captions import page_description, page_title
from app.web.study.feedback import Feedback
from app.web.study.focus import focus_view
from app.web.study.form import input_views, preset_views, variant_views
from app.web.study.outcome import outcome_view
from app.web.study.places import Focus, Moved, find_place, simpler, witness_of
from app.web.study.study import Study
from app.web.symptoms.view import SymptomsView
from app.web.world.view import world_view

#: Seconds that a reader of a branch waits for the atlas; after that the page comes without it.
_PATIENCE_S = 1.5
#: Presets that the front page leads into, by what a reader comes with.
_FIRST_STEPS = 6


_HEADINGS = {
    404: marked("This address leads nowhere"),
    410: marked("This place is gone"),
    405: marked("This address is only for reading"),
}


class Pages:
    """The endpoints of the pages."""

    def __init__(self, site: Site, feedback: Feedback | None = None) -> None:
        self.site = site
        self.feedback = feedback or Feedback()

    def routes(self) -> list[Route]:
        """In the order in which they are tried."""
        return [
            Route("/", self.library),
            Route("/api", self.api),
            Route("/{walkthrough}", self.walkthrough),
            Route(f"/{{walkthrough}}/{SYMPTOMS}", self.symptoms),
            Route(f"/{{walkthrough}}/{SYMPTOMS}/{{symptom}}", self.symptoms),
            Route(f"/{{walkthrough}}/{CHALLENGES}", self.challenges),
            Route(f"/{{walkthrough}}/{SITUATION}/{{preset}}", self.situation),
            Route("/{walkthrough}/{place}", self.place),
            Route("/{walkthrough}/{decision}/{way}", self.place),
        ]

    # The front page

    async def library(self, request: Request) -> HTMLResponse:
        """The walkthroughs, and how to use them."""
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        entries = tuple(
            LibraryEntry(
                walkthrough.id,
                language.pick(walkthrough.title),
                language.pick(walkthrough.summary),
                addresses.page(walkthrough.id, lang=carried),
                len(walkthrough.edition.source.lines),
                len(walkthrough.decisions),
                tuple(
                    LinkView(
                        addresses.page(walkthrough.id, query=preset.scenario.query(), lang=carried),
                        language.pick(preset.title),
                    )
                    for preset in walkthrough.presets[:_FIRST_STEPS]
                ),
            )
            for walkthrough in self.site.walkthroughs.values()
        )
        frame = self.site.frame(
            request,
            language,
            carried,
            title=language.gettext("Walkthroughs of the Linux kernel's TCP"),
            description=language.gettext(
                "Read a kernel function, choose a socket, and see which way it goes and why."
            ),
            canonical=addresses.library(),
        )
        return self.site.page(request, "library.html", frame, LibraryPage(frame, entries))

    # A walkthrough and its places

    async def walkthrough(self, request: Request) -> Response:
        """The page of one function."""
        walkthrough = self.site.walkthrough(request.path_params["walkthrough"])
        query = read_query(request.url.query, walkthrough)
        return self.study(request, walkthrough, query, None, query.scenario)

    async def situation(self, request: Request) -> Response:
        """A preset by its name; it is redirected to its scenario."""
        walkthrough = self.site.walkthrough(request.path_params["walkthrough"])
        name, known = request.path_params["preset"], walkthrough.presets_by_id
        if name not in known:
            raise unknown("unknown-preset", "preset", name, ", ".join(known), nearest(name, known))
        lang = read_language(request.url.query)
        query = known[name].scenario.query()
        address = self.site.addresses(request).page(walkthrough.id, query=query, lang=lang)
        return RedirectResponse(address, status_code=301)

    async def place(self, request: Request) -> Response:
        """A block, decision, branch, line or range of lines; an old id is redirected."""
        name, *place = request.path_params.values()
        walkthrough = self.site.walkthrough(name)
        found = find_place(walkthrough, "/".join(place))
        if isinstance(found, Moved):
            return self.moved(request, walkthrough, found.place)
        query = read_query(request.url.query, walkthrough)
        witness = witness_of(walkthrough, found)
        if found.decision is None or query.variant is not None or query.is_form:
            return self.study(request, walkthrough, query, found, witness)
        atlas = await atlas_within(self.site.atlases, walkthrough, _PATIENCE_S)
        if atlas is not None:
            witness = simpler(atlas, found, witness)
        answer = self.study(request, walkthrough, query, found, witness, atlas)
        if atlas is None:
            # The next answer says more.
            answer.headers["Cache-Control"] = "no-store"
        return answer

    async def symptoms(self, request: Request) -> HTMLResponse:
        """From what one sees to the branch that does it; all symptoms, or one."""
        walkthrough = self.site.walkthrough(request.path_params["walkthrough"])
        if not walkthrough.symptoms.symptoms:
            raise self.no_such_place(walkthrough, SYMPTOMS)
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        shelf = self.site.shelf(walkthrough, language, self.site.addresses(request))
        view = SymptomsView(shelf, carried)
        only = view.only(request.path_params.get("symptom"))
        frame = self.site.frame(
            request,
            language,
            carried,
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
        return self.site.page(request, "symptoms.html", frame, view.page(frame, only))

    async def challenges(self, request: Request) -> HTMLResponse:
        """The challenges, and what the reader has mastered."""
        walkthrough = self.site.walkthrough(request.path_params["walkthrough"])
        if not walkthrough.challenges:
            raise self.no_such_place(walkthrough, CHALLENGES)
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        frame = self.site.frame(
            request,
            language,
            carried,
            title=f"{language.gettext('Challenges')} · {walkthrough.function}()",
            description=language.gettext(
                "Set the socket so that the kernel does what is asked; the simulation judges."
            ),
            canonical=addresses.page(walkthrough.id, CHALLENGES),
            share=Share(addresses.card(walkthrough.id, CHALLENGES, lang=language.code)),
        )
        shelf = self.site.shelf(walkthrough, language, addresses)
        page = challenges_page(frame, shelf, carried)
        return self.site.page(request, "challenges.html", frame, page)

    def no_such_place(self, walkthrough: Walkthrough, place: str) -> ReaderError:
        """The answer to an unknown id."""
        known = [*walkthrough.blocks_by_id, *walkthrough.decisions_by_id]
        code = "unknown-page" if place in RESERVED_IDS else "unknown-place"
        return unknown(code, "place", place, ", ".join(known), nearest(place, known))

    def moved(self, request: Request, walkthrough: Walkthrough, place: str) -> RedirectResponse:
        """For ever, to the present name; the query stays."""
        address = self.site.addresses(request).page(walkthrough.id, place)
        query = request.url.query
        return RedirectResponse(f"{address}?{query}" if query else address, status_code=301)

    def study(
        self,
        request: Request,
        walkthrough: Walkthrough,
        query: PageQuery,
        focus: Focus | None,
        witness: Scenario,
        atlas: Atlas | None = None,
    ) -> Response:
        """The page for a scenario; without one, for the witness of the place.

        A decision in `focus` is explained by the atlas, if it is known.
        """
        site, addresses = self.site, self.site.addresses(request)
        language = site.language(request, query.lang)
        place = focus.place if focus else None
        if query.is_form:
            # The form sends every field; its answer is the short address.
            short = addresses.page(
                walkthrough.id,
                place,
                query=query.scenario.query(),
                variant=query.variant,
                challenge=query.challenge,
                lang=query.lang,
            )
            return RedirectResponse(short, status_code=303)
        scenario = query.scenario if query.has_scenario or focus is None else witness
        study = Study(
            site.shelf(walkthrough, language, addresses),
            scenario,
            step=query.step,
            variant=query.variant,
            lang=query.lang,
            focus=focus,
            challenge=query.challenge,
        )
        check_step(study, query.step)
        focused = focus_view(study, atlas)
        if focused is not None:
            focused = replace(focused, copy=study.copying())
        presets = preset_views(study)
        preset = next((preset for preset in presets if preset.is_current), None)
        outcome = outcome_view(study)
        canonical = addresses.page(
            walkthrough.id,
            place,
            query=scenario.query() if query.has_scenario else "",
            variant=query.variant,
        )
        frame = site.frame(
            request,
            language,
            query.lang,
            title=page_title(study, focused, preset),
            description=page_description(study, outcome),
            canonical=canonical,
            path=addresses.page(walkthrough.id, place),
            query="&".join(
                part
                for part in request.url.query.split("&")
                if part and not part.startswith("lang=")
            ),
            share=Share(
                addresses.card(
                    walkthrough.id,
                    place,
                    query=scenario.query() if query.has_scenario else "",
                    variant=query.variant,
                    lang=language.code,
                ),
                oembed=addresses.oembed(site.origin.whole(canonical)),
                type="LearningResource",
                about=about_function(walkthrough),
            ),
        )
        page = WalkthroughPage(
            frame,
            walkthrough,
            language.pick(walkthrough.title),
            language.pick(walkthrough.summary),
            addresses.page(walkthrough.id),
            input_views(study),
            study.shelf.state_map,
            presets,
            preset,
            block_views(study),
            study.shelf.rail(query.variant).lanes,
            study.steps,
            study.player(),
            world_view(study),
            outcome,
            tuple(study.wording.caveats(study.trace)),
            variant_views(study),
            study.shelf.helpers,
            study.shelf.terms,
            focused,
            addresses.trace(
                walkthrough.id,
                query=scenario.query(),
                variant=query.variant,
                lang=query.lang,
            ),
            study.permalink,
            addresses.page(
                walkthrough.id, PRESENT, query=scenario.query(), step=query.step, lang=query.lang
            ),
            addresses.page(walkthrough.id, challenge=query.challenge, lang=query.lang),
            challenge_view(study),
            addresses.compare(walkthrough.id, Side(scenario, query.variant), lang=query.lang),
            study.copying(step=query.step),
            self.feedback.of_blocks(study, site.origin.whole(""), site.revisions[walkthrough.id]),
        )
        return site.page(request, "walkthrough.html", frame, page)

    # The rest

    async def api(self, request: Request) -> HTMLResponse:
        """The OpenAPI document for people."""
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        document = request.app.openapi()
        operations = tuple(
            (path, method.upper(), operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        )
        frame = self.site.frame(
            request,
            language,
            carried,
            title=language.gettext("The API"),
            description=document["info"]["description"],
            canonical=addresses.api(),
        )
        page = ApiPage(frame, document["info"]["title"], operations, addresses.openapi())
        return self.site.page(request, "api.html", frame, page)

    def error(self, request: Request, error: ReaderError) -> HTMLResponse:
        """A helpful page for bad input: every problem, what is allowed, where to go on."""
        site = self.site
        language = site.safe_language(request)
        addresses = site.addresses(request)
        carried = language.code if request.query_params.get("lang") == language.code else None
        heading = language.gettext(_HEADINGS.get(error.status, marked("This can't be shown")))
        ways_on = [
            LinkView(addresses.page(name, lang=carried), language.pick(item.title))
            for name, item in site.walkthroughs.items()
        ]
        if isinstance(error, Gone):
            ways_on = [
                LinkView(addresses.page(error.walkthrough, name, lang=carried), name)
                for name in error.replaced_by
            ]
        frame = site.frame(
            request,
            language,
            carried,
            title=heading,
            description=heading,
            canonical=addresses.library(),
        )
        page = ErrorPage(
            frame,
            error.status,
            heading,
            language.pick(error.texts) if isinstance(error, Gone) else "",
            tuple(
                describe_problem(problem, language) | {"allowed": allowed(problem, language)}
                for problem in error.problems
            ),
            (*ways_on, LinkView(addresses.library(lang=carried), language.gettext("Front page"))),
        )
        return site.page(request, "error.html", frame, page, error.status)
