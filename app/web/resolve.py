# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Target of an address of a page, a copy, a frame or a card: a place in a scenario."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from app.errors import InputProblem, NotFound, Phrase, ReaderError
from app.kernel.life.conditions import CONDITIONS
from app.kernel.scenario import Scenario
from app.walkthrough.records import Edition, Walkthrough
from app.web.query import VIEW_KEYS, Fields, PageQuery, joined, read_pairs, read_query
from app.web.site import Site
from app.web.study.places import Focus, Moved, find_place, witness_of
from app.web.study.study import Study

#: What the address of a copy or a frame takes besides a scenario.
SHARED_KEYS = (*CONDITIONS, "step", "variant", "kernel", "lang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an address names: a place of a walkthrough, or the whole, and what its query says."""

    walkthrough: Walkthrough
    focus: Focus | None
    witness: Scenario | None  # what the place shows without a scenario; None for the whole
    query: PageQuery

    @property
    def place(self) -> str | None:
        """The place as it stands in an address."""
        return self.focus.place if self.focus else None

    @property
    def scenario(self) -> Scenario:
        """The one that the address has, else the witness of the place."""
        if self.witness is None or self.query.has_scenario:
            return self.query.scenario
        return self.witness

    @property
    def scenario_query(self) -> str:
        """The scenario as an address of the place needs it: empty for the witness."""
        scenario, conditions = self.scenario, self.query.conditions
        if scenario == self.witness:
            return conditions.query()
        # The default scenario at a place has to be said, and has nothing to say itself with.
        if self.focus and not scenario.query():
            return "&".join(filter(None, (f"state={scenario['state']}", conditions.query())))
        return joined(scenario, conditions)

    def study(self, site: Site, request: Request, *, lang: str | None = None) -> Study:
        """The study, in `lang` where the address names no language.

        Raises ReaderError for a step that there is not.
        """
        query = self.query
        language = site.language(request, query.lang or lang)
        study = Study.asked(
            site.cache(self.walkthrough, language, site.addresses(request)),
            query,
            self.scenario,
            step=query.step,
            inner=query.inner,
            focus=self.focus,
            challenge=query.challenge,
        )
        check_step(study.count, query.step)
        if query.step and query.inner and not 1 <= query.inner <= len(study.inside):
            last = len(study.inside)
            allowed = Phrase("{low} to {high}", low=f"{query.step}.1", high=f"{query.step}.{last}")
            if not last:
                allowed = Phrase("1 to the number of steps")
            raise ReaderError([InputProblem("out-of-range", "step", str(study.at), allowed)])
        return study


def resolve(
    walkthrough: Walkthrough,
    place: str | None,
    asked: str | Fields,
    *,
    view_keys: tuple[str, ...] = VIEW_KEYS,
) -> Target | Moved:
    """The target of a place (None or empty for the whole) and a query. Raises ReaderError."""
    edition = _edition(walkthrough, asked)
    query = read_query(asked, walkthrough, view_keys=view_keys)
    try:
        focus = find_place(walkthrough, place, edition) if place else None
    except NotFound:
        # A place of a kernel that is not here: the page says so.
        if query.missing is None:
            raise
        focus = None
    if isinstance(focus, Moved):
        return focus
    return Target(
        walkthrough=walkthrough,
        focus=focus,
        witness=witness_of(walkthrough, focus, edition) if focus else None,
        query=query,
    )


def _edition(walkthrough: Walkthrough, asked: str | Fields) -> Edition:
    """The text that a query names, else the walkthrough's own; what is wrong is refused later."""
    texts = asked.texts if isinstance(asked, Fields) else dict(read_pairs(asked))
    kernel = walkthrough.kernels.get(texts.get("kernel", ""))
    return kernel or walkthrough.variants.get(texts.get("variant", ""), walkthrough.edition)


def place_of(request: Request) -> str | None:
    """The place in a path: a parameter of its own, or a decision and one of its ways."""
    parameters = request.path_params
    if "decision" in parameters:
        return f"{parameters['decision']}/{parameters['way']}"
    return parameters.get("place")


def check_step(count: int, step: int | None) -> None:
    """Raises ReaderError for a step that a trace with so many steps does not have."""
    if step is not None and not 1 <= step <= count:
        allowed = Phrase("{low} to {high}", low=1, high=count)
        raise ReaderError([InputProblem("out-of-range", "step", str(step), allowed)])
