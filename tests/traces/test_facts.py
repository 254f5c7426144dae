# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What Linux does, stated one fact at a time and independently of the files in golden/.

Each was seen on a running kernel or read in its text; where the model covers it, it holds here.
"""

import pytest

from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel import model
from app.kernel.inputs import STATES
from app.kernel.model import Trace
from app.machine.program import Program
from tests.kernel.closing import SOURCE, close, decisions, effects, scenario, taken

ABORTS = ("TCPAbortOnClose", "TCPAbortOnData", "TCPAbortOnLinger", "TCPAbortOnMemory")


def aborts(query: str) -> dict[str, int]:
    """The abort counters that move."""
    counters = close(query).outcome.counters
    return {name: counters[name] for name in ABORTS if counters.get(name)}


def sent(query: str) -> list[str]:
    return list(close(query).outcome.segments)


# Every line and every branch


@pytest.mark.parametrize("kind", ["ack", "data", "rst"])
def test_line_105_needs_an_event_on_the_backlog(kind: str) -> None:
    query = "linger2=-1&" if kind == "ack" else ""
    assert taken(close(f"{query}backlog={kind}"), 104) is True
    assert taken(close(f"{query}linger=5&wait={kind}"), 104) is False


def test_line_160_needs_fastopen_and_no_event_in_fin_wait1_before_it() -> None:
    assert taken(close("state=SYN_RECV&fastopen=1&orphans=1"), 159) is True
    assert taken(close("state=SYN_RECV&orphans=1"), 159) is False
    lingering = "state=SYN_RECV&fastopen=1&orphans=1&fin_timeout=61&linger=5&wait="
    assert taken(close(lingering + "ack"), 159) is False
    assert taken(close(lingering + "none"), 159) is True


def test_line_144_in_fin_wait2_cancels_the_timer_that_132_armed() -> None:
    trace = close("state=FIN_WAIT2&fin_timeout=120&orphans=1")
    timers = [(e.name, e.before, e.after) for e in effects(trace, "timer")]
    assert timers == [("keepalive", None, 60_000), ("keepalive", 60_000, None)]
    assert trace.outcome.segments == ("RST",)
    assert trace.outcome.keepalive_ms is None


# The order of the four ways out


def test_unread_data_wins_over_zero_linger() -> None:
    assert aborts("recv=300&linger=0") == {"TCPAbortOnClose": 1}
    assert aborts("recv=300") == {"TCPAbortOnClose": 1}
    assert aborts("linger=0") == {"TCPAbortOnData": 1}


@pytest.mark.parametrize("state", [state for state in STATES if state != "LISTEN"])
@pytest.mark.parametrize("rest", ["", "&recv=300", "&linger=0", "&pending=1", "&recv=300&linger=0"])
def test_repair_in_any_state_is_silence(state: str, rest: str) -> None:
    assert sent(f"state={state}&repair=1{rest}") == []
    assert aborts(f"state={state}&repair=1{rest}") == {}


def test_repair_with_unread_data_sends_nothing() -> None:
    outcome = close("recv=300&repair=1").outcome
    assert (outcome.segments, outcome.state, outcome.fate) == ((), "CLOSE", "destroyed")


@pytest.mark.parametrize("state", ["ESTABLISHED", "CLOSE_WAIT", "SYN_RECV"])
def test_a_bare_fin_is_all_read(state: str) -> None:
    assert sent(f"state={state}&recv=fin") == ["FIN"]
    assert sent(f"state={state}&recv=fin-fin-fin") == ["FIN"]


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


@pytest.mark.parametrize(
    ("linger2", "keepalive_ms", "timewait_ms"),
    [
        (1, None, 1_000),
        (59, None, 59_000),
        (60, None, 60_000),
        (61, 1_000, None),
        (100, 40_000, None),
    ],
)
def test_the_60_second_cliff(
    linger2: int, keepalive_ms: int | None, timewait_ms: int | None
) -> None:
    """Up to 60 s a mini-socket for all of the time; above, the full socket for what is beyond."""
    outcome = close(f"state=FIN_WAIT2&linger2={linger2}").outcome
    assert (outcome.keepalive_ms, outcome.timewait_ms) == (keepalive_ms, timewait_ms)
    assert outcome.fate == ("orphan" if keepalive_ms else "timewait")


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 100, 3600])
def test_tcp_fin_timeout_takes_the_same_way(seconds: int) -> None:
    from_option = close(f"state=FIN_WAIT2&linger2={seconds}").outcome
    from_sysctl = close(f"state=FIN_WAIT2&fin_timeout={seconds}").outcome
    assert from_option == from_sysctl


def test_with_the_defaults_every_fin_wait2_goes_to_the_mini_socket() -> None:
    """The comparison of line 131 is strict."""
    trace = close("state=FIN_WAIT2")
    assert taken(trace, 131) is False
    assert (trace.outcome.timewait, trace.outcome.timewait_ms) == ("FIN_WAIT2", 60_000)


# Zero linger (2)


@pytest.mark.parametrize(
    ("query", "segments"),
    [
        ("state=ESTABLISHED", ["RST"]),
        ("state=SYN_RECV", ["RST"]),
        ("state=CLOSE_WAIT", ["RST"]),
        ("state=FIN_WAIT1", ["RST"]),
        ("state=FIN_WAIT2", ["RST"]),
        ("state=SYN_SENT", []),
        ("state=CLOSING", []),
        ("state=LAST_ACK", []),
        ("state=CLOSING&pending=1", ["RST"]),
        ("state=LAST_ACK&pending=1", ["RST"]),
    ],
)
def test_zero_linger_counts_abort_on_data_whether_or_not_a_rst_goes_out(
    query: str, segments: list[str]
) -> None:
    assert sent(f"{query}&linger=0") == segments
    assert aborts(f"{query}&linger=0") == {"TCPAbortOnData": 1}


# The same TCP_LINGER2 = -1, three times (3)


@pytest.mark.parametrize(
    ("query", "counter"),
    [
        ("state=FIN_WAIT2&linger2=-1", "TCPAbortOnLinger"),
        ("linger=5&wait=ack&linger2=-1", "TCPAbortOnLinger"),
        ("backlog=ack&linger2=-1", "TCPAbortOnData"),
    ],
    ids=["before close", "while it lingered", "to the orphan"],
)
def test_the_counter_depends_on_when_the_ack_of_the_fin_came(query: str, counter: str) -> None:
    outcome = close(query).outcome
    assert aborts(query) == {counter: 1}
    assert outcome.segments[-1] == "RST"
    assert outcome.fate == "destroyed"


def test_abort_on_linger_belongs_to_tcp_linger2_in_fin_wait2_alone() -> None:
    for state in STATES:
        moved = aborts(f"state={state}&linger2=-1")
        assert ("TCPAbortOnLinger" in moved) == (state == "FIN_WAIT2")


# Lingering (5, 6)


def test_lingering_in_vain_leaves_an_orphan() -> None:
    trace = close("linger=5")
    assert [e.after for e in effects(trace, "sleep")] == [5000]
    assert (trace.outcome.fate, trace.outcome.state) == ("orphan", "FIN_WAIT1")


def test_the_peers_fin_alone_does_not_end_the_wait() -> None:
    assert close("linger=5&wait=fin").outcome.state == "CLOSING"
    assert close("linger=5&wait=fin-ack").outcome.timewait == "TIME_WAIT"


def test_the_peers_data_ends_the_wait_with_a_reset() -> None:
    assert sent("linger=5&wait=data-ack") == ["FIN", "RST"]
    assert aborts("linger=5&wait=data-ack") == {"TCPAbortOnData": 1}


def test_a_negative_linger_time_is_a_very_long_wait_not_off() -> None:
    [sleep] = effects(close("linger=-1"), "sleep")
    assert isinstance(sleep.after, int)
    assert sleep.after > 40 * 24 * 3600 * 1000


def test_a_killed_process_does_not_linger_but_aborts() -> None:
    assert effects(close("linger=30&exiting=1"), "sleep") == []
    assert sent("linger=30&exiting=1") == ["FIN"]
    assert sent("linger=0&exiting=1") == ["RST"]
    assert sent("recv=300&exiting=1") == ["RST"]


@pytest.mark.parametrize("event", ["rst", "ack", "data"])
def test_closed_while_waiting_is_destroyed_at_line_161(event: str) -> None:
    state = "CLOSE_WAIT" if event == "ack" else "ESTABLISHED"
    trace = close(f"state={state}&linger=5&wait={event}")
    [remembered] = [e.after for e in effects(trace, "assignment") if e.name == "state"]
    assert (remembered, taken(trace, 104), taken(trace, 153)) == ("CLOSE", False, True)
    assert destroyed_on(trace) == 161


@pytest.mark.parametrize("event", ["rst", "ack", "data"])
def test_closed_in_the_backlog_is_destroyed_there(event: str) -> None:
    state = "CLOSE_WAIT" if event == "ack" else "ESTABLISHED"
    trace = close(f"state={state}&backlog={event}")
    assert taken(trace, 104) is True
    assert taken(trace, 153) is None
    assert destroyed_on(trace) == 99


def destroyed_on(trace: Trace) -> int:
    """The line that destroyed the socket."""
    [line] = [
        step.site.span.line
        for step in trace.steps
        for effect in step.effects
        if effect.kind == "fate" and effect.after == "destroyed"
    ]
    return line


# FIN_WAIT2 (7, 8)


def test_fin_wait2_at_close_destroys_the_full_socket_at_once() -> None:
    trace = close("state=FIN_WAIT2")
    assert destroyed_on(trace) == 135
    assert (trace.outcome.state, trace.outcome.timewait) == ("CLOSE", "FIN_WAIT2")


def test_the_ack_inside_close_leads_to_the_mini_socket_and_cancels_its_timer() -> None:
    trace = close("backlog=ack")
    timers = [(e.name, e.after) for e in effects(trace, "timer")]
    assert timers == [("keepalive", 60_000), ("timewait", 60_000), ("keepalive", None)]
    assert trace.outcome.fate == "timewait"


def test_an_ack_that_is_delayed_leaves_fin_wait1() -> None:
    assert close("").outcome.state == "FIN_WAIT1"


# Limits (9, 10, 11)


def test_over_the_orphan_limit_fin_and_rst_go_out() -> None:
    assert sent("orphans=1") == ["FIN", "RST"]
    assert aborts("orphans=1") == {"TCPAbortOnMemory": 1}


def test_fin_wait2_on_the_mini_sockets_way_is_immune_to_the_limits() -> None:
    trace = close("state=FIN_WAIT2&orphans=1&memory=1&netns=dying")
    assert trace.outcome.fate == "timewait"
    assert not {"orphans", "memory", "netns"} & trace.reads.keys()


def test_estab_resets_counts_only_going_straight_to_close() -> None:
    counted = {
        query: close(query).outcome.counters.get("EstabResets", 0)
        for query in (
            "recv=300",
            "state=CLOSE_WAIT&recv=300",
            "linger=0",
            "repair=1",
            "memory=1",
            "state=CLOSE_WAIT&memory=1",
            "netns=dying",
            "backlog=rst",
            "linger=5&wait=rst",
            "state=FIN_WAIT1&recv=300",
        )
    }
    assert counted == {
        "recv=300": 1,
        "state=CLOSE_WAIT&recv=300": 1,
        "linger=0": 1,
        "repair=1": 1,
        "memory=1": 0,
        "state=CLOSE_WAIT&memory=1": 0,
        "netns=dying": 0,
        "backlog=rst": 0,
        "linger=5&wait=rst": 0,
        "state=FIN_WAIT1&recv=300": 0,
    }


def test_the_limits_come_before_the_namespace() -> None:
    assert aborts("memory=1&netns=dying") == {"TCPAbortOnMemory": 1}
    assert "netns" not in close("memory=1&netns=dying").reads


def test_a_dying_namespace_closes_without_a_reset() -> None:
    assert sent("netns=dying") == ["FIN"]
    assert sent("state=FIN_WAIT1&netns=dying") == []
    assert close("netns=dying").outcome.fate == "destroyed"


# Listeners (12)


@pytest.mark.parametrize("linger", ["off", "0", "5"])
def test_a_listeners_linger_time_is_irrelevant_and_its_children_get_a_rst_each(linger: str) -> None:
    trace = close(f"state=LISTEN&accept_queue=4&linger={linger}")
    assert trace.outcome.segments == ("RST",) * 4
    assert trace.outcome.counters == {"EstabResets": 4, "OutRsts": 4}
    assert "linger" not in trace.reads


# The rest


def test_fin_wait1_does_not_mean_that_the_fin_is_on_the_wire() -> None:
    [fin] = effects(close("pending=1"), "segment")
    assert (fin.name, fin.cause) == ("FIN", "behind-data")
    assert close("pending=1").outcome.state == "FIN_WAIT1"


@pytest.mark.parametrize("state", ["FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK"])
def test_tcp_close_passes_through_tcp_set_state_even_where_the_state_stays(state: str) -> None:
    first = effects(close(f"state={state}"), "state")[0]
    assert (first.before, first.after, first.cause) == (state, state, "unchanged")


def test_a_reset_by_the_peer_moves_no_abort_counter() -> None:
    for query in ("linger=5&wait=rst", "backlog=rst", "state=FIN_WAIT2&backlog=rst"):
        assert aborts(query) == {}
        assert "RST" not in sent(query)


def test_unread_in_an_int_that_wraps_to_zero_is_all_read() -> None:
    """Only hypothetical: no window is that large."""
    trace = close("recv=" + "-".join(["1073741824"] * 4))
    assert taken(trace, 47) is False
    assert trace.caveats == ("beyond-window",)


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
