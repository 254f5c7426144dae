# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Conditions in words that a person can read, which say what the records say."""

from functools import cache
from itertools import product

import pytest

from app.i18n import language
from app.kernel.inputs import EVENTS
from app.paths import CONTENT
from app.walkthrough.atlas.filters import branches_of
from app.walkthrough.atlas.lists import forms_of
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.records import Atlas, Case, Condition, ListForm, ListForms, Part
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.load import load_walkthrough
from tests.kernel.closing import tcp_close

LISTS = tuple(items for length in range(4) for items in product(EVENTS, repeat=length))
ENGLISH = AtlasWords(language("en"))


@cache
def atlas() -> Atlas:
    return make_atlas(tcp_close())


def is_listed(items: tuple[str, ...], part: Part) -> bool:
    """Whether the values of a part, which begin or are the list, have it."""
    text = "-".join(items) or "none"
    found = any(
        f"{text}-".startswith(value.removesuffix("*")) if value.endswith("*") else text == value
        for value in part.values
    )
    return found is not part.excluded


def has_form(items: tuple[str, ...], form: ListForm) -> bool:
    """The same for a form, read as its words are."""
    head, *tail = items
    return {
        "only": set(items) <= set(form.first),
        "has": bool(set(items) & set(form.first)),
        "begins": head in form.first,
        "begins-only": head in form.first and set(tail) <= set(form.rest),
        "begins-or-has": head in form.first or bool(set(items) & set(form.rest)),
    }[form.kind]


def is_said(items: tuple[str, ...], forms: ListForms) -> bool:
    found = any(has_form(items, form) for form in forms.forms) if items else forms.or_empty
    return found is not forms.denied


def test_what_is_said_of_lists_is_true_of_exactly_those_that_are_listed() -> None:
    conditions = [branch.condition for branch in atlas().branches]
    conditions += [path.condition for path in atlas().paths]
    parts = {
        part
        for condition in conditions
        for case in condition
        for part in case.parts
        if part.forms is not None and part.key in ("wait", "backlog")
    }
    assert len(parts) > 15
    for part in parts:
        assert part.forms is not None
        for items in LISTS:
            assert is_said(items, part.forms) is is_listed(items, part), (part, items)


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        (lambda s: set(s) <= {"ack"}, "`backlog` is `none` or has only `ack`"),
        (lambda s: "ack" in s or "rst" in s, "`backlog` has `ack` or `rst` in it"),
        (
            lambda s: s[:1] == ("fin",) and set(s) <= {"fin", "data"},
            "`backlog` begins with `fin` (behind it only `fin` or `data`)",
        ),
        (
            lambda s: s[:1] == ("data",) or "ack" in s or "rst" in s,
            "`backlog` begins with `data` or has `ack` or `rst` in it",
        ),
    ],
)
def test_lists_are_said_by_their_items(kinds: object, text: str) -> None:
    assert callable(kinds)
    forms = forms_of(LISTS, filter(kinds, LISTS))
    assert ENGLISH.part(Part("backlog", forms=forms)) == text


def test_lists_that_nothing_simple_tells_apart_have_no_form() -> None:
    assert forms_of(LISTS, [("ack", "rst"), ("data", "fin", "ack"), ("fin", "fin")]) is None


def test_no_case_of_a_branch_is_longer_than_a_person_reads() -> None:
    for branch in atlas().branches:
        assert all(len(text) < 500 for text in ENGLISH.split(branch.condition)[1])


def test_what_all_cases_ask_for_is_said_once() -> None:
    unread, linger, state = Part("recv", meaning="no-data"), Part("linger", ("off",)), "state"
    condition: Condition = (
        Case((Part(state, ("CLOSING", "LAST_ACK")), unread)),
        Case((Part(state, ("FIN_WAIT2",)), unread, linger)),
    )
    common, cases = ENGLISH.split(condition)
    assert common == "no data is unread"
    assert cases == [
        "`state` is `CLOSING` or `LAST_ACK`",
        "`state` is `FIN_WAIT2`, and `linger` is `off`",
    ]


def test_a_single_case_is_said_whole() -> None:
    assert ENGLISH.split((Case((Part("recv", meaning="data"),)),)) == ("", ["data is unread"])


def test_values_in_a_row_have_the_comma_of_the_language() -> None:
    part = Part("state", ("CLOSING", "LAST_ACK", "LISTEN"))
    assert AtlasWords(language("zh")).part(part) == "`state` 是 `CLOSING`、`LAST_ACK` 或 `LISTEN`"


def test_a_number_that_wraps_is_said_without_a_riddle() -> None:
    part = Part("linger", ("off",), multiples=((0, 536_870_912, False),))
    text = "`linger` is `off` or any number but 0 and the multiples of 536870912"
    assert ENGLISH.part(part) == text


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("listening/true", "in-fin-wait2/true", "`sk_state` is `CLOSE` by then."),
        ("linger2-negative/false", "still-open/false", "`sk_state` is `FIN_WAIT2` by then."),
        ("fin-flag/false", "unread/false", "`unread/false` only where no data is unread."),
    ],
)
def test_what_cannot_be_says_why(first: str, second: str, reason: str) -> None:
    names = branches_of(load_walkthrough(CONTENT / "tcp_close"))
    record = next(
        record
        for record in atlas().impossible
        if (record.first, record.second) == (names[first], names[second])
    )
    assert ENGLISH.impossible(atlas(), record, first, second).endswith(reason)
