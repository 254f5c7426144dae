# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of a walkthrough and those of its places: what a study gives to each part, the endpoints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import NotFound, not_among
from app.kernel.life.conditions import USUAL
from app.kernel.scenario import DEFAULT
from app.walkthrough.pairs import Side
from app.walkthrough.wording import source_sentence
from app.web.addresses import API, PRESENT, SITUATION
from app.web.contexts import PageFrame
from app.web.life.view import life_view
from app.web.meta import Share, about_function
from app.web.query import TEXTS, TextQuery, read_query
from app.web.reading.feedback import Feedback
from app.web.reading.fixed import FixedParts, fixed_parts
from app.web.resolve import Target, place_of, resolve
from app.web.site import Site
from app.web.study.blocks import RailPictures, code_views
from app.web.study.callees import callee_views
from app.web.study.captions import page_description, page_title
from app.web.study.focus import focus_view
from app.web.study.form import (
    condition_views,
    input_views,
    kernel_view,
    preset_views,
)
from app.web.study.maker import Maker
from app.web.study.outcome import outcome_view
from app.web.study.places import Moved, simpler
from app.web.study.study import Study
from app.web.visit import Pages, moved
from app.web.waiting import whole_atlas, within
from app.web.world.view import WorldView

if TYPE_CHECKING:
    from app.walkthrough.atlas.records import Atlas
    from app.web.challenges.view import ChallengeView


class WalkthroughView(Maker):
    """`reading/walkthrough.html`: a study; what is in focus is explained by the `atlas`."""

    #: What no scenario changes.
    fixed: FixedParts

    def __init__(self, study: Study, atlas: Atlas | None, missing: str | None = None) -> None:
        super().__init__(study.cache, study.lang, study.variant)
        self.study = study
        #: The kernel that the address names and that is not here; None where it is.
        self.missing = missing
        self.kernel = TextQuery(variant=study.variant, missing=missing).kernel
        #: The place that the address names.
        self.focus = focus_view(study, atlas)
        self.inputs, self.conditions = input_views(study), condition_views(study)
        self.presets = preset_views(study)
        #: The imported kernel whose text it is; None for another text.
        self.imported = kernel_view(study)
        #: The challenge that the reader is at.
        self.challenge = _challenge(study)
        codes = code_views(study, self.focus.line if self.focus and self.focus.branches else None)
        self.blocks = tuple(block for block, _ in codes)
        #: By a block's id: its lines, with the rail beside them.
        self.code = {block.id: code for block, code in codes}
        self.lanes = self.cache.rail(study.variant).lanes
        #: The functions that steps executed from their texts.
        self.callees = callee_views(study)
        self.player = study.player()
        #: The dock; what comes after the call, None where the C does not return.
        self.world, self.life = WorldView(study), life_view(study)
        self.outcome = outcome_view(study)
        #: Why no kernel can be in this scenario; empty where one can.
        self.caveats = list(study.wording.caveats(study.trace))

    @property
    def title(self) -> str:
        return page_title(self.study, self.focus)

    @property
    def description(self) -> str:
        """What the page says where a link to it is pasted."""
        return page_description(self.study, self.outcome)

    @property
    def is_start(self) -> bool:
        """Whether it is the page's own address: there the life of a closed socket comes first."""
        study = self.study
        asked = (study.focus, study.step, study.variant, study.challenge, self.missing)
        if self.walkthrough.overview is None or study.conditions != USUAL:
            return False
        return study.scenario == DEFAULT and not any(asked)

    @property
    def source(self) -> str:
        """Whose text it is, its file in the kernel, and from where its lines are counted."""
        return source_sentence(self.walkthrough, self.cache.language, self.variant)

    @property
    def map(self) -> Markup:
        """The inside of the picture of the whole rail."""
        return RailPictures(self.study).whole()

    @property
    def trace_href(self) -> str:
        """The trace as JSON."""
        return self.href("trace", self.study.scenario.query(), below=API)

    @property
    def present(self) -> str:
        """The slides in this scenario."""
        return self.href(PRESENT, self.study.query, step=self.study.step)

    @property
    def reset(self) -> str:
        """The page with the default scenario."""
        return self.href(variant=None, challenge=self.study.challenge)

    @property
    def copy(self) -> str:
        """The texts to copy of what is shown."""
        return self.study.copying(step=self.study.at)

    @property
    def compare(self) -> str:
        """The comparison of this scenario with another."""
        side = Side(self.study.scenario, self.variant)
        return self.addresses.compare(self.walkthrough.id, side, lang=self.lang)


def _challenge(study: Study) -> ChallengeView | None:
    if study.challenge is None:
        return None
    # Most pages have none.
    from app.web.challenges.view import challenge_view

    return challenge_view(study)


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
