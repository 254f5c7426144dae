# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of a walkthrough, and those of its places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import NotFound, not_among
from app.web.addresses import SITUATION
from app.web.contexts import PageFrame
from app.web.meta import Share, about_function
from app.web.query import TEXTS, read_query
from app.web.reading.feedback import Feedback
from app.web.reading.fixed import fixed_parts
from app.web.reading.view import WalkthroughView
from app.web.resolve import Target, place_of, resolve
from app.web.site import Site
from app.web.study.places import Moved, simpler
from app.web.visit import Pages, moved
from app.web.waiting import whole_atlas, within

if TYPE_CHECKING:
    from app.walkthrough.atlas.records import Atlas

#: Seconds that a reader of a branch waits for the atlas; after that the page comes without it.
_TIMEOUT_S = 1.5


class StudyPages(Pages):
    """The endpoints of a walkthrough's page."""

    def __init__(self, site: Site, feedback: Feedback | None = None) -> None:
        super().__init__(site)
        self.feedback = feedback or Feedback()

    def routes(self) -> list[Route]:
        return [
            Route("/{walkthrough}", self.place),
            Route(f"/{{walkthrough}}/{SITUATION}/{{preset}}", self.situation),
            Route("/{walkthrough}/{place}", self.place),
            Route("/{walkthrough}/{decision}/{way}", self.place),
        ]

    async def situation(self, request: Request) -> Response:
        """A preset by its name; it is redirected to its scenario. Raises NotFound."""
        walkthrough = self.walkthrough(request)
        name, known = request.path_params["preset"], walkthrough.presets_by_id
        if name not in known:
            raise NotFound([not_among("unknown-preset", "preset", name, known)])
        asked = read_query(request.url.query, walkthrough, view_keys=(*TEXTS, "lang"))
        address = self.site.addresses(request).page(
            walkthrough.id,
            query=known[name].scenario.query(),
            variant=asked.variant or asked.missing,
            lang=asked.lang,
        )
        return RedirectResponse(address, status_code=301)

    async def place(self, request: Request) -> Response:
        """The whole, a block, decision, branch, line or range; an old id is redirected."""
        walkthrough = self.walkthrough(request)
        target = resolve(walkthrough, place_of(request), request.url.query)
        if isinstance(target, Moved):
            return moved(request, self.site.addresses(request).page(walkthrough.id, target.place))
        query, focus, witness = target.query, target.focus, target.witness
        if query.is_form:
            # The form sends every field; its answer is the short address.
            return RedirectResponse(self.short_address(request, target), 303)
        if focus is None or witness is None or focus.block is not None or query.variant is not None:
            return self.study(request, target)
        made = whole_atlas(self.site.atlases, walkthrough.edition, walkthrough.function)
        atlas = await within(_TIMEOUT_S, made)
        if atlas is not None:
            target = replace(target, witness=simpler(atlas, focus, witness))
        answer = self.study(request, target, atlas)
        if atlas is None:
            # The next answer says more.
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def study(self, request: Request, target: Target, atlas: Atlas | None = None) -> Response:
        """The page of a target; a decision or lines are explained by the atlas, if it is known."""
        study = target.study(self.site, request)
        view = WalkthroughView(study, atlas, target.query.missing)
        frame = self.frame(request, target, view)
        view.fixed = fixed_parts(self.site, study, view.blocks, frame, self.feedback)
        if self.site.export is not None and study.focus is not None:
            in_short = self.site.page(request, "export/place.html", frame, view)
            request.state.short_page = bytes(in_short.body).decode()
        return self.site.page(request, "reading/walkthrough.html", frame, view)

    def short_address(self, request: Request, target: Target) -> str:
        """The address of what a form asked for, with only what differs from the default."""
        query = target.query
        return self.site.addresses(request).page(
            target.walkthrough.id,
            target.place,
            query=query.text,
            variant=query.variant,
            challenge=query.challenge,
            lang=query.lang,
        )

    def frame(self, request: Request, target: Target, view: WalkthroughView) -> PageFrame:
        """What is around the content; a place shown in its witness has no scenario in it."""
        site, study = self.site, view.study
        walkthrough, language, addresses = (
            study.walkthrough,
            study.cache.language,
            study.cache.addresses,
        )
        place, query = target.place, target.query
        scenario = study.query if query.has_scenario else study.conditions.query()
        canonical = study.href(place, scenario, lang=None)
        card = addresses.card(
            walkthrough.id, place, query=scenario, variant=study.variant, lang=language.code
        )
        return site.frame(
            request,
            query.lang,
            walkthrough,
            title=view.title,
            description=view.description,
            canonical=canonical,
            path=addresses.page(walkthrough.id, place),
            query=query.rest,
            share=Share(
                card,
                oembed=addresses.oembed(site.origin.whole(canonical)),
                type="LearningResource",
                about=about_function(walkthrough, study.cache.language),
            ),
            kernel=query.kernel,
        )
