# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What an address asks for below `/copy/`, `/embed/` and so on: a place in a scenario."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from app.errors import InputProblem, Phrase, ReaderError
from app.web.addresses import read_query
from app.web.site import Site
from app.web.study.places import Moved, find_place, witness_of
from app.web.study.study import Study

VIEW_KEYS = ("step", "variant", "lang")


@dataclass(frozen=True, slots=True)
class Asked:
    """A study; `query` is its scenario as the address needs it: empty for the place's witness."""

    study: Study
    query: str


def asked_for(
    site: Site, request: Request, name: str, place: str, raw: str, *, lang: str | None = None
) -> Asked | Moved:
    """The study that a walkthrough's id, a place (or none) and a raw query name.

    `lang` is the language where the query names none. Raises ReaderError.
    """
    walkthrough = site.walkthrough(name)
    focus = find_place(walkthrough, place) if place else None
    if isinstance(focus, Moved):
        return focus
    query = read_query(raw, walkthrough, view_keys=VIEW_KEYS)
    scenario, witness = query.scenario, None
    if focus is not None:
        witness = witness_of(walkthrough, focus)
        if not query.has_scenario:
            scenario = witness
    language = site.language(request, query.lang or lang)
    study = Study(
        site.shelf(walkthrough, language, site.addresses(request)),
        scenario,
        step=query.step,
        variant=query.variant,
        lang=query.lang,
        focus=focus,
    )
    check_step(study, query.step)
    # The default scenario at a place has to be said, and has nothing to say itself with.
    short = "" if scenario == witness else scenario.query()
    if focus is not None and scenario != witness and not short:
        short = f"state={scenario.flat()['state']}"
    return Asked(study, short)


def check_step(study: Study, step: int | None) -> None:
    """Raises ReaderError for a step that the trace does not have."""
    if step is not None and step > study.count:
        allowed = Phrase("{low} to {high}", low=1, high=study.count)
        raise ReaderError([InputProblem("out-of-range", "step", str(step), allowed)])
