# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sentences about a trace: each step has its reason, made of the values that decided."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.i18n import LANGUAGE_CODES, language
from app.kernel.inputs import EVENTS, STATES
from app.kernel.model import Trace
from app.kernel.scenario import Scenario, parse_scenario
from app.walkthrough.records import Walkthrough
from app.walkthrough.wording import Reason, Wording

CHINESE = re.compile("[\u4e00-\u9fff]")


def scenario(query: str) -> Scenario:
    """The scenario of a query string."""
    return parse_scenario(
        [(key, value) for key, _, value in (p.partition("=") for p in query.split("&") if p)]
    )


def why(walkthrough: Walkthrough, decision: str, query: str, lang: str = "en") -> Reason:
    """Why a decision went the way it did, when it was evaluated first."""
    trace = walkthrough.trace(scenario(query))
    step = next(step for step in trace.steps if step.site.decision == decision)
    return Wording(walkthrough, language(lang)).reason(step, walkthrough.edition)


def sentences(wording: Wording, trace: Trace) -> Iterator[str]:
    """Every sentence about a trace."""
    for step in trace.steps:
        reason = wording.reason(step, wording.walkthrough.edition)
        yield reason.full
        if step.taken is not None:
            assert reason.short, step.site.text
            yield reason.short
        yield from (wording.effect(effect) for effect in step.effects)
    yield from wording.outcome(trace)
    yield from wording.caveats(trace)


@pytest.mark.parametrize("lang", LANGUAGE_CODES)
def test_each_step_of_each_preset_has_a_whole_sentence(tcp_close: Walkthrough, lang: str) -> None:
    wording = Wording(tcp_close, language(lang))
    end = "." if lang == "en" else "。"
    for preset in tcp_close.presets:
        for step in tcp_close.trace(preset.scenario).steps:
            full = wording.reason(step, tcp_close.edition).full
            assert full.endswith(end), f"{preset.id}: {step.site.text}: {full!r}"
            assert full.count("`") % 2 == 0, full
            assert bool(CHINESE.search(full)) == (lang == "zh"), full
            if lang == "en" and full[0].isalpha():
                word = full.split()[0]
                assert full[0].isupper() or "_" in word or "(" in word, full


@pytest.mark.parametrize("lang", LANGUAGE_CODES)
def test_no_sentence_of_a_preset_has_an_unfilled_placeholder(
    tcp_close: Walkthrough, lang: str
) -> None:
    wording = Wording(tcp_close, language(lang))
    for preset in tcp_close.presets:
        for sentence in sentences(wording, tcp_close.trace(preset.scenario)):
            assert sentence.strip(), preset.id
            assert not re.search(r"[{}]|\bNone\b|object at 0x|<\w", sentence), sentence


@pytest.mark.parametrize("lang", LANGUAGE_CODES)
def test_each_variant_is_worded_too(tcp_close: Walkthrough, lang: str) -> None:
    wording = Wording(tcp_close, language(lang))
    for variant in tcp_close.variants:
        for preset in tcp_close.presets:
            trace = tcp_close.trace(preset.scenario, variant)
            assert all(sentence.strip() for sentence in sentences(wording, trace))


def joined(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=4).map("-".join)


QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(STATES),
        "recv": joined(st.sampled_from(("1", "300", "fin", "200fin", str(1 << 30)))),
        "accept_queue": st.sampled_from("0123"),
        "pending": st.sampled_from("01"),
        "repair": st.sampled_from("01"),
        "linger": st.sampled_from(("off", "0", "5", "-1", "2147483647")),
        "exiting": st.sampled_from("01"),
        "linger2": st.sampled_from(("-1", "0", "1", "60", "61", "100")),
        "fin_timeout": st.sampled_from(("0", "59", "60", "61", "100000")),
        "tw_timeout": st.sampled_from(("0", "60", "100")),
        "rto": st.sampled_from(("1", "200", "120000")),
        "wait": joined(st.sampled_from(EVENTS)),
        "backlog": joined(st.sampled_from(EVENTS)),
        "orphans": st.sampled_from("01"),
        "memory": st.sampled_from("01"),
        "netns": st.sampled_from(("alive", "dying")),
        "fastopen": st.sampled_from("01"),
        "copied": st.sampled_from(("0", "300")),
        "owner": st.sampled_from(("user", "kernel")),
    },
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(inputs=QUERIES, lang=st.sampled_from(LANGUAGE_CODES))
def test_any_scenario_is_worded_without_a_gap(
    tcp_close: Walkthrough, inputs: dict[str, str], lang: str
) -> None:
    wording = Wording(tcp_close, language(lang))
    trace = tcp_close.trace(parse_scenario(inputs.items()))
    for sentence in sentences(wording, trace):
        assert sentence.strip()
        assert not re.search(r"[{}]|\bNone\b|object at 0x", sentence), sentence
        if lang == "en":
            assert not CHINESE.search(sentence), sentence


# What decides


@pytest.mark.parametrize(
    ("decision", "query", "expected"),
    [
        ("listening", "", "`sk_state` is ESTABLISHED, so the receive queue comes next."),
        ("unread", "recv=300", "`data_was_unread` is 300, so the reset is sent."),
        ("queued", "recv=300", "`skb` is not NULL: a segment of 300 bytes, so it is measured"),
        ("queued", "", "`skb` is NULL: the queue is empty, so the loop ends."),
        ("fin-flag", "recv=fin", "`tcp_flags` has `TCPHDR_FIN` set, so one less"),
        ("fin-flag", "recv=1", "`tcp_flags` has `TCPHDR_FIN` not set, so its whole length"),
        (
            "needs-fin",
            "",
            "`tcp_close_state(sk)` gives 128: ESTABLISHED becomes FIN_WAIT1, and a FIN is due",
        ),
        ("in-repair", "repair=1", "`repair` is 1, so it closes in silence."),
        ("fastopen-request", "state=CLOSE", "`req` is NULL, so no request is left"),
        (
            "keeps-socket",
            "state=FIN_WAIT2&fin_timeout=61",
            "`tmo` is 61000, `sysctl_tcp_tw_timeout` is 60000, so the full socket stays",
        ),
        ("netns-dying", "netns=dying", "`check_net(sock_net(sk))` gives 0: "),
    ],
)
def test_a_reason_names_the_value_that_decided(
    tcp_close: Walkthrough, decision: str, query: str, expected: str
) -> None:
    assert why(tcp_close, decision, query).full.startswith(expected)


@pytest.mark.parametrize(
    ("decision", "query", "operand", "side"),
    [
        ("zero-linger", "", "sock_flag", "the left of `&&` decides, the right is not evaluated"),
        ("zero-linger", "linger=5", "`sk_lingertime` is", "the right of `&&` decides"),
        ("gone", "recv=1", "`state` is CLOSE", "the left of `&&` decides"),
        ("gone", "", "`sk_state` is FIN_WAIT1", "the right of `&&` decides"),
    ],
)
def test_of_an_and_that_failed_the_operand_that_decided_is_named(
    tcp_close: Walkthrough, decision: str, query: str, operand: str, side: str
) -> None:
    reason = why(tcp_close, decision, query)
    assert reason.short.removeprefix("`").startswith(operand.removeprefix("`"))
    assert f"({side}" in reason.full
    assert " and " not in reason.short


def test_of_an_and_that_held_both_operands_are_named(tcp_close: Walkthrough) -> None:
    reason = why(tcp_close, "zero-linger", "linger=0")
    assert "`sock_flag(sk, SOCK_LINGER)`" in reason.short
    assert " and `sk_lingertime` is 0" in reason.short
    assert "decides" not in reason.full


def test_the_reason_is_in_the_language_asked_for(tcp_close: Walkthrough) -> None:
    assert why(tcp_close, "unread", "recv=300", "zh").full.startswith("`data_was_unread` ")
    assert CHINESE.search(why(tcp_close, "unread", "recv=300", "zh").full)


def test_a_goto_says_where_it_goes(tcp_close: Walkthrough) -> None:
    trace = tcp_close.trace(scenario("state=LISTEN"))
    step = next(step for step in trace.steps if step.site.goto_line)
    full = Wording(tcp_close, language("en")).reason(step, tcp_close.edition).full
    assert "`adjudge_to_death`" in full
    assert "line 91" in full


# The outcome


@pytest.mark.parametrize(
    ("query", "beginning", "end"),
    [
        ("", "An orderly close: a FIN is sent.", "FIN_WAIT1, in the kernel's hands."),
        ("pending=1", "An orderly close: a FIN waits behind the unsent data.", "hands."),
        ("recv=300", "The connection is reset: a RST is sent.", "The socket is destroyed."),
        ("state=SYN_SENT", "Nothing is sent.", "The socket is destroyed."),
        ("state=LISTEN&accept_queue=1", "One connection that nobody accepted", "destroyed."),
        ("state=LISTEN&accept_queue=3", "3 connections that nobody accepted", "destroyed."),
        ("linger2=-1&backlog=ack", "First a FIN is sent, then a RST", "destroyed."),
        ("state=FIN_WAIT2", "Nothing is sent.", "A mini-socket stays in FIN_WAIT2 for 60 s; the"),
        (
            "state=FIN_WAIT2&fin_timeout=120",
            "Nothing is sent.",
            "in FIN_WAIT2 for 60 s; then a mini-socket",
        ),
    ],
)
def test_the_outcome_says_what_was_sent_and_what_is_left(
    tcp_close: Walkthrough, query: str, beginning: str, end: str
) -> None:
    wording = Wording(tcp_close, language("en"))
    first, *_, last = wording.outcome(tcp_close.trace(scenario(query)))
    assert first.startswith(beginning)
    assert end in last


@pytest.mark.parametrize(
    ("query", "blame"),
    [
        ("recv=300", "The program left data unread"),
        ("recv=300&copied=299", "The program left data unread"),
        ("state=CLOSE_WAIT&recv=200fin&copied=200", "The program has read it all"),
        ("linger=0", "SO_LINGER with a time of 0 asked for an abort."),
        ("state=FIN_WAIT2&linger2=-1", "TCP_LINGER2 is negative"),
        ("orphans=1", "too many orphans, or TCP is out of memory"),
        ("backlog=data", "The peer sent data that nobody can read"),
    ],
)
def test_the_outcome_says_who_is_to_blame_for_a_reset(
    tcp_close: Walkthrough, query: str, blame: str
) -> None:
    wording = Wording(tcp_close, language("en"))
    assert blame in " ".join(wording.outcome(tcp_close.trace(scenario(query))))


@pytest.mark.parametrize(
    ("ms", "text"),
    [(60_000, "60 s"), (0, "0 s"), (700, "700 ms"), (9_500, "9500 ms"), (70_500, "70.5 s")],
)
def test_a_time_is_given_in_the_unit_that_fits(tcp_close: Walkthrough, ms: int, text: str) -> None:
    assert Wording(tcp_close, language("en")).duration(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"), [(700, "700 毫秒"), (60_000, "60 秒"), (10_500, "10.5 秒")]
)
def test_a_duration_is_chinese_in_chinese(tcp_close: Walkthrough, ms: int, text: str) -> None:
    assert Wording(tcp_close, language("zh")).duration(ms) == text
