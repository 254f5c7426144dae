# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Conditions in words that a person can read, which say what the records say."""

from functools import cache

import pytest

from app.i18n import language
from app.walkthrough.atlas.filters import branches_of
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.records import Atlas, AtlasBranch, Case, Part
from app.walkthrough.atlas.words import AtlasWords
from tests.conftest import shipped

ENGLISH = AtlasWords(language("en"))


@cache
def atlas() -> Atlas:
    return make_atlas(shipped().edition.program)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (Part(key="backlog", values=("none", "ack")), "`backlog` is `none` or `ack`"),
        (Part(key="wait", values=("ack-*",)), "`wait` begins with `ack`"),
        (
            Part(key="wait", values=("none", "fin-ack", "ack-*", "rst-*")),
            "`wait` is `none` or `fin-ack` or begins with `ack` or `rst`",
        ),
        (
            Part(key="wait", values=("ack-*",), excluded=True),
            "it is not so that `wait` begins with `ack`",
        ),
    ],
)
def test_lists_are_said_by_their_beginnings(part: Part, text: str) -> None:
    assert ENGLISH.part(part) == text


def test_no_case_of_a_branch_is_longer_than_a_person_reads() -> None:
    for branch in atlas().branches:
        text = ENGLISH.branch(branch)
        assert all(len(case) < 500 for case in (text.common, *text.cases))


def branch(always: Case, *cases: Case) -> AtlasBranch:
    return AtlasBranch(
        decision="listening",
        taken=True,
        always=always,
        cases=cases,
        witness=None,
        real_witness=None,
        paths=(),
        lines=(),
    )


UNREAD = Part(key="recv", meaning="no-data")
LINGER = Part(key="linger", values=("off",))


def test_what_all_cases_ask_for_is_said_once() -> None:
    states = [Part(key="state", values=values) for values in (("CLOSING", "LAST_ACK"), ("CLOSE",))]
    text = ENGLISH.branch(
        branch(Case((UNREAD,)), Case((states[0], UNREAD)), Case((states[1], UNREAD, LINGER)))
    )
    assert text.is_exact
    assert text.common == "no data is unread"
    assert text.cases == (
        "`state` is `CLOSING` or `LAST_ACK`",
        "`state` is `CLOSE`, and `linger` is `off`",
    )


def test_a_single_case_is_said_whole() -> None:
    case = Case((Part(key="recv", meaning="data"),))
    text = ENGLISH.branch(branch(case, case))
    assert (text.common, text.cases, text.is_exact) == ("data is unread", (), True)
    assert ENGLISH.sentence(branch(case, case)) == "exactly when data is unread"


def test_exact_is_said_only_of_what_is_shown() -> None:
    assert ENGLISH.sentence(branch(Case((UNREAD,)))) == "only when no data is unread"
    assert not ENGLISH.branch(branch(Case((UNREAD,)))).is_exact
    assert ENGLISH.sentence(branch(Case())) == ""


def test_values_in_a_row_have_the_comma_of_the_language() -> None:
    part = Part(key="state", values=("CLOSING", "LAST_ACK", "LISTEN"))
    assert AtlasWords(language("zh")).part(part) == "`state` 是 `CLOSING`、`LAST_ACK` 或 `LISTEN`"


def test_a_number_that_wraps_is_said_without_a_riddle() -> None:
    part = Part(key="linger", values=("off",), multiples=((0, 536_870_912, False),))
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
    names = branches_of(shipped().edition)
    record = next(
        record
        for record in atlas().impossible
        if (record.first, record.second) == (names[first], names[second])
    )
    assert ENGLISH.impossible(atlas(), record, first, second).endswith(reason)
