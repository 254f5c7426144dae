# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The article's text: what its lost plus sign and its changed case would do."""

import pytest

from app.errors import NotFound, UndeclaredName
from app.kernel.model import Trace
from app.kernel.scenario import parse_scenario
from app.walkthrough.records import Walkthrough


def run(walkthrough: Walkthrough, variant: str | None, **inputs: str) -> Trace:
    """A trace of the kernel's text or of a variant."""
    return walkthrough.trace(parse_scenario(inputs.items()), variant)


def test_the_article_has_three_edits(tcp_close: Walkthrough) -> None:
    edits = tcp_close.variants["article"].edits
    assert [(edit.line, edit.original, edit.becomes) for edit in edits] == [
        (28, "data_was_unread += len;", "data_was_unread = len;"),
        (
            81,
            "* XXX (TFO) - To start off we don't support SYN+ACK+FIN",
            "* XXX (TFO) - To start off we don't support SYN ACK FIN",
        ),
        (124, "tcp_set_state(sk, TCP_CLOSE);", "tcp_set_state(sk, TCP_close);"),
    ]


def test_an_edit_keeps_the_indentation_and_every_other_line(tcp_close: Walkthrough) -> None:
    kernel = tcp_close.edition.source.lines
    article = tcp_close.variants["article"].source.lines
    changed = []
    for number, (before, after) in enumerate(zip(kernel, article, strict=True), 1):
        if before != after:
            changed.append(number)
            assert before.partition(before.strip())[0] == after.partition(after.strip())[0]
    assert changed == [28, 81, 124]


def test_the_lost_plus_sends_a_fin_where_the_kernel_sends_a_reset(tcp_close: Walkthrough) -> None:
    assert run(tcp_close, None, recv="300-fin").outcome.segments == ("RST",)
    article = run(tcp_close, "article", recv="300-fin")
    assert article.error is None
    assert article.outcome.segments == ("FIN",)
    assert not article.outcome.counters.get("TCPAbortOnClose")


def test_the_lost_plus_changes_nothing_for_a_single_segment(tcp_close: Walkthrough) -> None:
    kernel, article = (run(tcp_close, variant, recv="300") for variant in (None, "article"))
    assert kernel.outcome == article.outcome


def test_the_changed_case_stops_where_it_is_reached(tcp_close: Walkthrough) -> None:
    trace = run(tcp_close, "article", state="FIN_WAIT2", linger2="-1")
    assert isinstance(trace.error, UndeclaredName)
    assert trace.error.name == "TCP_close"
    assert trace.error.nearest == "TCP_CLOSE"
    assert trace.error.line == 124
    assert trace.outcome.fate == "stopped"
    assert trace.steps[-1].site.span.line == 124


def test_the_changed_case_does_no_harm_where_it_is_not_reached(tcp_close: Walkthrough) -> None:
    for preset in tcp_close.presets:
        kernel = tcp_close.trace(preset.scenario)
        article = tcp_close.trace(preset.scenario, "article")
        is_reached = any(step.site.span.line == 124 for step in kernel.steps)
        assert (article.error is not None) == is_reached, preset.id


def test_an_unknown_variant_is_refused_with_the_nearest(tcp_close: Walkthrough) -> None:
    with pytest.raises(NotFound) as caught:
        tcp_close.edition_of("artcle")
    (problem,) = caught.value.problems
    assert (problem.key, problem.value, problem.nearest) == ("variant", "artcle", "article")
    assert caught.value.status == 422
