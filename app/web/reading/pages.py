# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of a walkthrough, and those of its places."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import nearest
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.records import Walkthrough
from app.web.addresses import SITUATION, PageQuery, read_language, read_query
from app.web.asked import check_step
from app.web.atlas.patience import atlas_within
from app.web.contexts import PageFrame
from app.web.http.problems import unknown
from app.web.meta import Share, about_function
from app.web.reading.feedback import Feedback
from app.web.reading.fixed import fixed_parts
from app.web.reading.view import WalkthroughView
from app.web.site import Site
from app.web.study.places import Focus, Moved, find_place, simpler, witness_of
from app.web.study.study import Study

#: Seconds that a reader of a branch waits for the atlas; after that the page comes without it.
_PATIENCE_S = 1.5


class StudyPages:
    """The endpoints of a walkthrough's page."""

    def __init__(self, site: Site, feedback: Feedback | None = None) -> None:
        self.site = site
        self.feedback = feedback or Feedback()

    def routes(self) -> list[Route]:
        """In the order in which they are tried."""
        return [
            Route("/{walkthrough}", self.walkthrough),
            Route(f"/{{walkthrough}}/{SITUATION}/{{preset}}", self.situation),
            Route("/{walkthrough}/{place}", self.place),
            Route("/{walkthrough}/{decision}/{way}", self.place),
        ]

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
        if found.block is not None or query.variant is not None or query.is_form:
            return self.study(request, walkthrough, query, found, witness)
        atlas = await atlas_within(self.site.atlases, walkthrough, _PATIENCE_S)
        if atlas is not None:
            witness = simpler(atlas, found, witness)
        answer = self.study(request, walkthrough, query, found, witness, atlas)
        if atlas is None:
            # The next answer says more.
            answer.headers["Cache-Control"] = "no-store"
        return answer

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

        A decision or lines in `focus` are explained by the atlas, if it is known.
        """
        if query.is_form:
            # The form sends every field; its answer is the short address.
            return RedirectResponse(self.short_address(request, walkthrough, query, focus), 303)
        study = self.study_of(request, walkthrough, query, focus, witness)
        view = WalkthroughView(study, atlas)
        frame = self.frame(request, query, view)
        page = view.page(
            frame,
            lambda blocks, frame: fixed_parts(self.site, study, blocks, frame, self.feedback),
        )
        return self.site.page(request, "reading/walkthrough.html", frame, page)

    def short_address(
        self, request: Request, walkthrough: Walkthrough, query: PageQuery, focus: Focus | None
    ) -> str:
        """The address of what a form asked for, with only what differs from the default."""
        return self.site.addresses(request).page(
            walkthrough.id,
            focus.place if focus else None,
            query=query.scenario.query(),
            variant=query.variant,
            challenge=query.challenge,
            lang=query.lang,
        )

    def study_of(
        self,
        request: Request,
        walkthrough: Walkthrough,
        query: PageQuery,
        focus: Focus | None,
        witness: Scenario,
    ) -> Study:
        """What the address asks for. Raises ReaderError for a step that there is not."""
        language = self.site.language(request, query.lang)
        study = Study(
            self.site.shelf(walkthrough, language, self.site.addresses(request)),
            query.scenario if query.has_scenario or focus is None else witness,
            step=query.step,
            variant=query.variant,
            lang=query.lang,
            focus=focus,
            challenge=query.challenge,
        )
        check_step(study, query.step)
        return study

    def frame(self, request: Request, query: PageQuery, view: WalkthroughView) -> PageFrame:
        """What is around the content; a place shown in its witness has no scenario in it."""
        site, study = self.site, view.study
        walkthrough, language, addresses = (
            study.walkthrough,
            study.shelf.language,
            study.shelf.addresses,
        )
        place = study.focus.place if study.focus else None
        scenario = study.scenario.query() if query.has_scenario else ""
        canonical = addresses.page(walkthrough.id, place, query=scenario, variant=study.variant)
        card = addresses.card(
            walkthrough.id, place, query=scenario, variant=study.variant, lang=language.code
        )
        parts = request.url.query.split("&")
        return site.frame(
            request,
            language,
            query.lang,
            walkthrough,
            title=view.title,
            description=view.description,
            canonical=canonical,
            path=addresses.page(walkthrough.id, place),
            query="&".join(part for part in parts if part and not part.startswith("lang=")),
            share=Share(
                card,
                oembed=addresses.oembed(site.origin.whole(canonical)),
                type="LearningResource",
                about=about_function(walkthrough),
            ),
        )
