# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of a walkthrough, and those of its places."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import nearest
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.pairs import Side
from app.walkthrough.records import Walkthrough
from app.web.addresses import (
    PRESENT,
    SITUATION,
    PageQuery,
    read_language,
    read_query,
)
from app.web.asked import check_step
from app.web.atlas.patience import atlas_within
from app.web.challenges.view import challenge_view
from app.web.http.problems import unknown
from app.web.meta import Share, about_function
from app.web.reading.contexts import WalkthroughPage
from app.web.reading.feedback import Feedback
from app.web.site import Site
from app.web.study.blocks import block_views
from app.web.study.captions import page_description, page_title
from app.web.study.focus import focus_view
from app.web.study.form import input_views, preset_views, variant_views
from app.web.study.outcome import outcome_view
from app.web.study.places import Focus, Moved, find_place, simpler, witness_of
from app.web.study.study import Study
from app.web.world.view import world_view

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
            walkthrough,
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
        return site.page(request, "reading/walkthrough.html", frame, page)
