# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A life, as JSON."""

from __future__ import annotations

from fastapi import APIRouter, Request

from app.kernel.life.conditions import CONDITIONS
from app.kernel.life.engine import live
from app.walkthrough.life.many import CROWD, steady
from app.walkthrough.life.many_words import ManyReport, report_many
from app.walkthrough.life.report import LifeReport, report_life
from app.walkthrough.life.words import LifeWords
from app.walkthrough.records import Walkthrough
from app.web.addresses import LIFE, MANY
from app.web.api import (
    ApiRouter,
    input_parameters,
    kernel_parameter,
    scenario_parameters,
    variant_parameter,
    walkthrough_parameter,
)
from app.web.life.pages import read_many
from app.web.query import TEXTS, read_query
from app.web.site import Site


def make_life_api(site: Site) -> APIRouter:
    """The routes under /api."""
    router = ApiRouter()
    walkthrough = walkthrough_parameter(site)
    every = site.walkthroughs.values()
    texts = (variant_parameter(every), kernel_parameter(every))

    @router.operation(
        "/{walkthrough}/life",
        "What becomes of the socket after the call",
        *scenario_parameters(),
        *input_parameters(CONDITIONS),
        *texts,
    )
    async def life(request: Request, found: Walkthrough = walkthrough) -> LifeReport:
        """The events at both ends until nothing is left. An empty value means the default."""
        query = read_query(
            request.url.query, found, view_keys=(*CONDITIONS, *TEXTS, "lang"), needs_kernel=True
        )
        language = site.language(request, query.lang)
        return report_life(
            live(found.trace(query.scenario, query.variant), query.conditions),
            LifeWords(found, language),
            site.addresses(request).page(found.id, LIFE, query=query.whole),
        )

    @router.operation(
        "/{walkthrough}/life/many",
        "What many lives leave lying about",
        *input_parameters(CROWD),
        *scenario_parameters(),
        *(one for one in input_parameters(CONDITIONS) if one["name"] != "peer"),
        *texts,
    )
    async def many(request: Request, found: Walkthrough = walkthrough) -> ManyReport:
        """Orphans, mini-sockets and bytes in the steady state, and the limits (Little's law)."""
        query, crowd = read_many(request.url.query, found)
        language = site.language(request, query.lang)
        text = "&".join(filter(None, (crowd.query(), query.whole)))
        return report_many(
            steady(found.edition_of(query.variant), query.scenario, query.conditions, crowd),
            LifeWords(found, language),
            site.addresses(request).page(found.id, f"{LIFE}/{MANY}", query=text),
        )

    return router
