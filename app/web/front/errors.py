# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of an error, with links to the address as it was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.errors import Gone, InputProblem, ReaderError
from app.i18n import Language, marked
from app.kernel.inputs import INPUTS
from app.kernel.life.conditions import CONDITIONS, Conditions
from app.kernel.scenario import MOST_PROBLEMS, parse_scenario
from app.walkthrough.refusals import allowed
from app.web.contexts import LinkView
from app.web.http.problems import ProblemReport, report_problem
from app.web.query import read_pairs
from app.web.site import Site, safe_lang

_HEADINGS = {
    404: marked("This address leads nowhere"),
    410: marked("This place is gone"),
    405: marked("This address is only for reading"),
    503: marked("This is not available at the moment"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """`error.html`: what is wrong with what was sent, and where to go on."""

    status: int  # of HTTP
    heading: str  # what the status means here
    story: str  # what became of a place that is gone; else empty
    problems: tuple[ProblemReport, ...]  # each with what is allowed
    ways_on: tuple[LinkView, ...]  # the likeliest first


def error_page(site: Site, request: Request, error: ReaderError) -> HTMLResponse:
    """A helpful page for bad input: every problem, what is allowed, where to go on."""
    language = site.safe_language(request)
    addresses = site.addresses(request)
    carried = safe_lang(request)
    heading = language.gettext(_HEADINGS.get(error.status, marked("This can't be shown")))
    ways_on = [
        LinkView(href=addresses.page(name, lang=carried), text=language.pick(item.title))
        for name, item in site.walkthroughs.items()
    ]
    if isinstance(error, Gone):
        ways_on = [
            LinkView(href=addresses.page(error.walkthrough, name, lang=carried), text=name)
            for name in error.replaced_by
        ]
    if any(problem.code == "unknown-room" for problem in error.problems):
        join = LinkView(href=addresses.door(lang=carried), text=language.gettext("Join a class"))
        ways_on = [join, *ways_on]
    if error.status == 422:
        ways_on[:0] = mended(request.url.query, error.problems, language)
    if error.status == 404:
        ways_on[:0] = meant_places(request.url.path, error.problems, language)
    if request.method == "POST" and "code" in request.path_params:
        # The only form that is posted is that of a vote.
        heading = language.gettext("Your vote was not counted")
        room = addresses.live(request.path_params["code"], lang=carried)
        ways_on = [LinkView(href=room, text=language.gettext("Back to the room"))]
    frame = site.frame(
        request,
        carried,
        title=heading,
        description=heading,
        canonical=addresses.library(),
    )
    page = ErrorPage(
        status=error.status,
        heading=heading,
        story=language.pick(error.texts) if isinstance(error, Gone) else "",
        problems=tuple(
            report_problem(problem, language) | {"allowed": allowed(problem, language)}
            for problem in error.problems
        ),
        ways_on=(
            *ways_on,
            LinkView(href=addresses.library(lang=carried), text=language.gettext("Front page")),
        ),
    )
    return site.page(request, "front/error.html", frame, page, error.status)


_MEANT = marked("What was probably meant: {query}")
_WITHOUT = marked("Without what is wrong: {query}")


def mended(raw: str, problems: tuple[InputProblem, ...], language: Language) -> Iterator[LinkView]:
    """Links to the same path with the raw query mended: none where nothing would be left of it.

    Only where all that is wrong is known and stands in the query: of a path or of a comparison's
    side nothing is guessed.
    """
    try:
        pairs = read_pairs(raw)
    except ReaderError:
        return
    wrong = {problem.key: problem for problem in problems}
    if (
        len(problems) >= MOST_PROBLEMS
        or any(problem.side for problem in problems)
        or not wrong.keys() <= {key for key, _ in pairs}
    ):
        return
    right = [pair for pair in pairs if pair[0] not in wrong]
    without = _canonical(right)
    if any(problem.nearest for problem in problems):
        meant = dict(right)
        for key, text in pairs:
            nearest = wrong[key].nearest if key in wrong else None
            if nearest is not None:
                is_key = wrong[key].code == "unknown-key"
                meant.setdefault(*((nearest, text) if is_key else (key, nearest)))
        yield from _link(_canonical(meant.items()), _MEANT, language)
    yield from _link(without, _WITHOUT, language)


def meant_places(
    path: str, problems: tuple[InputProblem, ...], language: Language
) -> Iterator[LinkView]:
    """Links to a path with the name in it that was probably meant."""
    names = path.split("/")
    for problem in problems:
        if problem.nearest is not None and names.count(problem.value or "") == 1:
            meant = [problem.nearest if name == problem.value else name for name in names]
            text = language.gettext(_MEANT).format(query=problem.nearest)
            yield LinkView(href=quote("/".join(meant)), text=text)


def _canonical(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """A form sends every field: what has its default is left out. Empty where it can't be read."""
    pairs = list(pairs)
    try:
        scenario = parse_scenario([pair for pair in pairs if pair[0] in INPUTS])
        conditions = Conditions.parse(pair for pair in pairs if pair[0] in CONDITIONS)
    except ReaderError:
        return []
    read = {*INPUTS, *CONDITIONS, "form"}
    view = [(key, text) for key, text in pairs if key not in read and text]
    return parse_qsl(scenario.query()) + parse_qsl(conditions.query()) + view


def _link(pairs: list[tuple[str, str]], text: str, language: Language) -> Iterator[LinkView]:
    said = " ".join(f"{key}={value}" for key, value in pairs if key != "lang")
    if said:
        address = f"?{urlencode(pairs, safe=',:')}"
        yield LinkView(href=address, text=language.gettext(text).format(query=said))
