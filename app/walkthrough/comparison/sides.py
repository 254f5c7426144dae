# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""One side of a comparison, written as one value: `state:FIN_WAIT1,linger2:-1`.

A key and its value are joined by `:`, the inputs by `,`; `variant:article` is written like an
input; a side without any is `default`. No value of an input contains `:` or `,`, and both may
stand in the query of an address as they are (RFC 3986, 3.4), so nothing is percent-encoded. A
preset's id stands for its scenario. What the page's own query has, `=` and `&`, is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from app.errors import InputProblem, Phrase, ReaderError, nearest
from app.kernel.inputs import INPUTS
from app.kernel.scenario import DEFAULT, parse_scenario
from app.walkthrough.pairs import KERNEL, NOTHING_CHANGED, VARIANT, Side
from app.walkthrough.records import Decision, Walkthrough

#: The names of the two sides.
SIDES: Final = ("a", "b")

#: A comma and a colon; or what the query of a page has there.
_BETWEEN: Final = re.compile(r"[,&]")
_IS: Final = re.compile(r"[:=]")


def read_side(name: str, text: str, walkthrough: Walkthrough) -> Side:
    """The side that a text means; `name` is `a` or `b`.

    Raises ReaderError with every problem, each of which says the side.
    """
    if text == NOTHING_CHANGED:
        return Side(DEFAULT)
    if text in walkthrough.presets_by_id:
        return Side(walkthrough.presets_by_id[text].scenario)
    if not _IS.search(text):
        known = (NOTHING_CHANGED, *walkthrough.presets_by_id)
        problem = InputProblem(
            "unknown-side",
            name,
            text,
            Phrase(
                "inputs such as {example}; or one of {names}",
                example="recv:300,linger:0",
                names=", ".join(known),
            ),
            nearest(text, known),
            side=name,
        )
        raise ReaderError([problem])
    return make_side(name, _pairs(text), walkthrough)


def make_side(name: str, pairs: Iterable[tuple[str, str]], walkthrough: Walkthrough) -> Side:
    """The side of keys and values, `variant` among them. Raises ReaderError as above."""
    inputs: list[tuple[str, str]] = []
    variants: list[tuple[str, str]] = []
    for key, value in pairs:
        if key in {VARIANT, KERNEL}:
            variants.append((key, value))
        else:
            inputs.append((key, value))
    problems: list[InputProblem] = []
    scenario = DEFAULT
    try:
        scenario = parse_scenario(inputs)
    except ReaderError as error:
        known = (*INPUTS, VARIANT, KERNEL)
        problems += [
            replace(p, allowed=", ".join(known), nearest=nearest(p.key, known))
            if p.code == "unknown-key"
            else p
            for p in error.problems
        ]
    if len(variants) > 1:
        problems.append(InputProblem("given-twice", *variants[1], Phrase("each key once")))
    key, variant = variants[0] if variants else (VARIANT, None)
    texts = walkthrough.kernels if key == KERNEL else walkthrough.variants
    if variant and variant not in texts:
        known = tuple(texts)
        problems.append(
            InputProblem("not-allowed", key, variant, ", ".join(known), nearest(variant, known))
        )
    if problems:
        raise ReaderError([replace(problem, side=name) for problem in problems])
    return Side(scenario, variant or None)


def read_sides(a: str, b: str, walkthrough: Walkthrough) -> tuple[Side, Side]:
    """Both sides. Raises ReaderError with the problems of both."""
    found: list[Side] = []
    problems: list[InputProblem] = []
    for name, text in zip(SIDES, (a, b), strict=True):
        try:
            found.append(read_side(name, text, walkthrough))
        except ReaderError as error:
            problems.extend(error.problems)
    if problems:
        raise ReaderError(problems)
    return found[0], found[1]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Keys and values; an item without a value has an empty key, or its own name, and is refused.

    More items than there are inputs are not all read: one of them stands twice or is unknown.
    """
    for item in _BETWEEN.split(text, maxsplit=2 * len(INPUTS)):
        key, *value = _IS.split(item, maxsplit=1)
        yield key, value[0] if value else ""


def decision_in(walkthrough: Walkthrough, sides: Iterable[Side], name: str) -> Decision:
    """A decision of the first side whose text has it."""
    editions = [walkthrough.edition_of(side.variant) for side in sides]
    return next(e.decisions_by_id[name] for e in editions if name in e.decisions_by_id)
