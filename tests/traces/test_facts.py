# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What Linux does, stated one fact at a time and independently of the files in golden/.

Each was seen on a running kernel or read in its text; where the model covers it, it holds here.
"""

from typing import Any

import pytest

from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel import model
from app.kernel.inputs import STATES
from app.kernel.model import Trace
from app.machine.program import Program
from tests.conftest import table
from tests.kernel.closing import SOURCE, close, decisions, effects, scenario, taken

ABORTS = ("TCPAbortOnClose", "TCPAbortOnData", "TCPAbortOnLinger", "TCPAbortOnMemory")


def aborts(query: str) -> dict[str, int]:
    """The abort counters that move."""
    counters = close(query).outcome.counters
    return {name: counters[name] for name in ABORTS if counters.get(name)}


def sent(query: str) -> list[str]:
    return list(close(query).outcome.segments)


@pytest.mark.parametrize(
    ("query", "fact"),
    [
        pytest.param(query, fact, id=sentence)
        for sentence, facts in table(__file__, "facts.yaml")
        for query, fact in facts.items()
    ],
)
def test_fact(query: str, fact: dict[str, Any]) -> None:
    """A fact of the table: what was sent (`segments`), the abort counters that moved, and the rest.

    `line 47: true` is how the decision of a line came out.
    """
    trace = close(query)

    def told(what: str) -> Any:
        match what.split(" "):
            case ["aborts"]:
                return aborts(query)
            case ["line", number]:
                return taken(trace, int(number))
            case ["destroyed", *_]:
                return destroyed_on(trace)
            case ["sleeps"]:
                return [effect.after for effect in effects(trace, "sleep")]
            case ["timers"]:
                return [f"{e.name}: {e.before} -> {e.after}" for e in effects(trace, "timer")]
            case ["sent"]:
                return [f"{e.name} ({e.cause})" for e in effects(trace, "segment")]
            case ["caveats"]:
                return list(trace.caveats)
        found = getattr(trace.outcome, what)
        return list(found) if isinstance(found, tuple) else found

    assert fact, "a fact says something"
    assert {what: told(what) for what in fact} == fact


# The order of the four ways out


@pytest.mark.parametrize("state", [state for state in STATES if state != "LISTEN"])
@pytest.mark.parametrize("rest", ["", "&recv=300", "&linger=0", "&pending=1", "&recv=300&linger=0"])
def test_repair_in_any_state_is_silence(state: str, rest: str) -> None:
    assert sent(f"state={state}&repair=1{rest}") == []
    assert aborts(f"state={state}&repair=1{rest}") == {}


@pytest.mark.parametrize(
    ("recv", "unread"),
    [("300", 300), ("200fin", 200), ("300-fin", 300), ("1-2-3fin", 6), ("fin", 0)],
)
def test_unread_bytes_are_counted_without_the_fin(recv: str, unread: int) -> None:
    trace = close(f"state=CLOSE_WAIT&recv={recv}")
    counted = [e.after for e in effects(trace, "assignment") if e.name == "data_was_unread"]
    assert counted[-1] == unread
    assert taken(trace, 47) is bool(unread)


def test_the_receive_queue_is_emptied_in_close_and_not_in_listen() -> None:
    assert (23, True) in decisions(close("state=CLOSE&recv=300"))
    assert 23 not in dict(decisions(close("state=LISTEN&recv=300")))


def test_tcp_close_state_is_evaluated_only_when_the_three_before_it_failed() -> None:
    """It changes the state."""
    for query in ("repair=1", "recv=300", "linger=0", "state=CLOSE", "state=LISTEN"):
        assert "tcp_close_state" not in close(query).calls
    assert "tcp_close_state" in close("").calls


# The 60-second cliff (1)


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 100, 3600])
def test_tcp_fin_timeout_takes_the_same_way(seconds: int) -> None:
    from_option = close(f"state=FIN_WAIT2&linger2={seconds}").outcome
    from_sysctl = close(f"state=FIN_WAIT2&fin_timeout={seconds}").outcome
    assert from_option == from_sysctl


# The same TCP_LINGER2 = -1, three times (3)


def test_abort_on_linger_belongs_to_tcp_linger2_in_fin_wait2_alone() -> None:
    for state in STATES:
        moved = aborts(f"state={state}&linger2=-1")
        assert ("TCPAbortOnLinger" in moved) == (state == "FIN_WAIT2")


# Lingering (5, 6)


def test_a_negative_linger_time_is_a_very_long_wait_not_off() -> None:
    [sleep] = effects(close("linger=-1"), "sleep")
    assert isinstance(sleep.after, int)
    assert sleep.after > 40 * 24 * 3600 * 1000


@pytest.mark.parametrize("event", ["rst", "ack", "data"])
def test_closed_while_waiting_is_destroyed_at_line_161(event: str) -> None:
    state = "CLOSE_WAIT" if event == "ack" else "ESTABLISHED"
    trace = close(f"state={state}&linger=5&wait={event}")
    [remembered] = [e.after for e in effects(trace, "assignment") if e.name == "state"]
    assert (remembered, taken(trace, 104), taken(trace, 153)) == ("CLOSE", False, True)
    assert destroyed_on(trace) == 161


def destroyed_on(trace: Trace) -> int:
    """The line that destroyed the socket."""
    [line] = [
        step.site.span.line
        for step in trace.steps
        for effect in step.effects
        if effect.kind == "fate" and effect.after == "destroyed"
    ]
    return line


# Limits (9, 10, 11)


def test_fin_wait2_on_the_mini_sockets_way_is_immune_to_the_limits() -> None:
    trace = close("state=FIN_WAIT2&orphans=1&memory=1&netns=dying")
    assert trace.outcome.fate == "timewait"
    assert not {"orphans", "memory", "netns"} & trace.reads.keys()


def test_the_limits_come_before_the_namespace() -> None:
    assert aborts("memory=1&netns=dying") == {"TCPAbortOnMemory": 1}
    assert "netns" not in close("memory=1&netns=dying").reads


# Listeners (12)


@pytest.mark.parametrize("linger", ["off", "0", "5"])
def test_a_listeners_linger_time_is_irrelevant_and_its_children_get_a_rst_each(linger: str) -> None:
    trace = close(f"state=LISTEN&accept_queue=4&linger={linger}")
    assert trace.outcome.segments == ("RST",) * 4
    assert trace.outcome.counters == {"EstabResets": 4, "OutRsts": 4}
    assert "linger" not in trace.reads


# The rest


@pytest.mark.parametrize("state", ["FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK"])
def test_tcp_close_passes_through_tcp_set_state_even_where_the_state_stays(state: str) -> None:
    first = effects(close(f"state={state}"), "state")[0]
    assert (first.before, first.after, first.cause) == (state, state, "unchanged")


def test_destroyed_in_the_backlog_the_orphan_count_goes_below_zero_first() -> None:
    orphans = [e.after for e in effects(close("backlog=rst"), "gauge") if e.name == "orphans"]
    assert orphans == [-1, 0]


def compiled(text: str) -> Program:
    """Another text of tcp_close."""
    return model.compile_function(parse_function(Source("article.c", text), "tcp_close"))


def test_the_articles_lost_plus_would_send_fin_where_the_kernel_sends_rst() -> None:
    assert SOURCE.text.count("data_was_unread += len;") == 1
    article = compiled(SOURCE.text.replace("data_was_unread += len;", "data_was_unread = len;"))
    query = "state=CLOSE_WAIT&recv=300-fin"
    assert model.run(article, scenario(query)).outcome.segments == ("FIN",)
    assert sent(query) == ["RST"]


def test_the_articles_misspelt_constant_is_reported_when_it_is_reached() -> None:
    lines = list(SOURCE.lines)
    lines[123] = lines[123].replace("TCP_CLOSE", "TCP_close")
    article = compiled("\n".join(lines))
    assert model.run(article, scenario("")).error is None
    stopped = model.run(article, scenario("state=FIN_WAIT2&linger2=-1"))
    assert stopped.error is not None
    assert str(stopped.error).startswith("article.c:124: identifier TCP_close is not declared")
    assert getattr(stopped.error, "nearest", None) == "TCP_CLOSE"
    assert stopped.outcome.fate == "stopped"
    assert not stopped.outcome.locks_balanced
