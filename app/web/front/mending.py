# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Mending of an address with mistakes: as it was probably meant, or without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, urlencode

from app.errors import InputProblem, ReaderError
from app.i18n import Language, marked
from app.kernel.inputs import INPUTS
from app.kernel.life.conditions import CONDITIONS, Conditions
from app.kernel.scenario import MOST_PROBLEMS, parse_scenario
from app.web.contexts import LinkView
from app.web.query import read_pairs

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
