# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The pages beside the front page and a walkthrough's own."""

from __future__ import annotations

from starlette.routing import Router

from app.rooms.classroom import Classroom
from app.web.atlas.view import AtlasPages
from app.web.challenges.view import ChallengesPages
from app.web.classroom.live import Live
from app.web.classroom.pages import LivePages
from app.web.classroom.present import Present
from app.web.compare.view import ComparePages
from app.web.front.changes import Changes
from app.web.history.view import HistoryPages
from app.web.http.rendering import RenderQueue
from app.web.lab.pages import Lab
from app.web.lab.runs import LabRuns
from app.web.lab.watch import WatchPages
from app.web.life.pages import LifePages, ManyPages
from app.web.search import SearchPages
from app.web.settings import Settings
from app.web.sharing.copy_pages import CopyPages
from app.web.sharing.frames import Frames
from app.web.sharing.oembed import Oembed
from app.web.sharing.symptom_pages import SymptomCopies
from app.web.site import Site
from app.web.symptoms.view import SymptomsPages
from app.web.which.reasoners import Reasoners
from app.web.which.view import WhichPages


def make_parts(
    site: Site,
    classroom: Classroom,
    reasoners: Reasoners,
    settings: Settings,
    *,
    render_queue: RenderQueue | None,
    runs: LabRuns | None,
    watch: WatchPages | None,
    reads_pasted: bool,
) -> Router:
    """Their routes, in the order in which they are tried."""
    parts = (
        SymptomCopies(site),
        CopyPages(site),
        Frames(site),
        Oembed(site),
        Changes(site),
        AtlasPages(site),
        WhichPages(reasoners),
        ComparePages(site),
        ManyPages(site),
        LifePages(site),
        LivePages(Live(site, classroom), render_queue),
        Present(site),
        Lab(site, runs),
        *((watch,) if watch is not None else ()),
        SymptomsPages(site, settings.limits, render_queue, reads_pasted=reads_pasted),
        SearchPages(site),
        ChallengesPages(site),
        HistoryPages(site),
    )
    return Router([route for part in parts for route in part.routes()], redirect_slashes=False)
