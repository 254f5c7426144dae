# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Every cell of the table of the peer's segments: each event in each state.

An `ack` acknowledges our FIN, `data` is new and was sent after our close.
"""

import pytest

from app.kernel.inputs import EVENTS, STATES
from app.kernel.peer import receive
from tests.kernel.closing import Bench

IGNORED = "ignored"

# (event, state): the state after it, the segments of ours, the counters, the errno.
# A cell that is not here is without effect; CLOSE and LISTEN ignore everything.
TABLE: dict[tuple[str, str], tuple[str, list[str], dict[str, int], list[str]]] = {
    ("rst", "ESTABLISHED"): ("CLOSE", [], {"EstabResets": 1}, ["ECONNRESET"]),
    ("rst", "SYN_SENT"): ("CLOSE", [], {"AttemptFails": 1}, ["ECONNREFUSED"]),
    ("rst", "SYN_RECV"): ("CLOSE", [], {"AttemptFails": 1}, ["ECONNRESET"]),
    ("rst", "FIN_WAIT1"): ("CLOSE", [], {}, ["ECONNRESET"]),
    ("rst", "FIN_WAIT2"): ("CLOSE", [], {}, ["ECONNRESET"]),
    ("rst", "CLOSE_WAIT"): ("CLOSE", [], {"EstabResets": 1}, ["EPIPE"]),
    ("rst", "LAST_ACK"): ("CLOSE", [], {}, ["ECONNRESET"]),
    ("rst", "CLOSING"): ("CLOSE", [], {}, ["ECONNRESET"]),
    ("ack", "FIN_WAIT1"): ("FIN_WAIT2", [], {}, []),
    ("ack", "CLOSING"): ("CLOSE", [], {}, []),
    ("ack", "LAST_ACK"): ("CLOSE", [], {}, []),
    ("fin", "FIN_WAIT1"): ("CLOSING", [], {}, []),
    ("fin", "FIN_WAIT2"): ("CLOSE", [], {}, []),
    ("fin", "ESTABLISHED"): ("CLOSE_WAIT", [], {}, []),
    ("fin", "SYN_RECV"): ("CLOSE_WAIT", [], {}, []),
    ("data", "FIN_WAIT1"): ("CLOSE", ["RST"], {"TCPAbortOnData": 1, "OutRsts": 1}, ["ECONNRESET"]),
    ("data", "FIN_WAIT2"): ("CLOSE", ["RST"], {"TCPAbortOnData": 1, "OutRsts": 1}, ["ECONNRESET"]),
}
TO_TIME_WAIT = {("ack", "CLOSING"), ("fin", "FIN_WAIT2")}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_event_to_a_socket_whose_owner_is_awake(event: str, state: str) -> None:
    bench = Bench(f"state={state}")
    receive(bench.world, event, "wait")
    after, segments, counters, errno = TABLE.get((event, state), (state, [], {}, []))
    assert (bench.state, bench.world.segments, bench.counters) == (after, segments, counters)
    assert bench.errno == errno
    assert bench.world.timewait == ("TIME_WAIT" if (event, state) in TO_TIME_WAIT else None)
    assert not bench.world.is_destroyed, "the owner is awake: nobody destroys its socket"
    woken = [e for e in bench.effects if e.kind == "wake-up"]
    assert bool(woken) == (after != state)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_event_to_an_orphan(event: str, state: str) -> None:
    """As above, but whatever ends in CLOSE is destroyed, and nobody is woken."""
    bench = Bench(f"state={state}").orphan()
    references = bench.world.references
    receive(bench.world, event, "backlog")
    after, segments, counters, errno = TABLE.get((event, state), (state, [], {}, []))
    assert (bench.state, bench.world.segments, bench.counters) == (after, segments, counters)
    assert bench.errno == errno
    assert bench.world.timewait == ("TIME_WAIT" if (event, state) in TO_TIME_WAIT else None)
    is_gone = after == "CLOSE" and state != "CLOSE"
    assert bench.world.is_destroyed == is_gone
    assert bench.world.references == references - is_gone
    assert bench.world.orphans == -is_gone
    assert "wake-up" not in {e.kind for e in bench.effects}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_says_whether_it_was_processed(event: str, state: str) -> None:
    bench = Bench(f"state={state}")
    receive(bench.world, event, "wait")
    first = bench.effects[0]
    ignores = state in {"CLOSE", "LISTEN"} or (state == "SYN_SENT" and event != "rst")
    assert (first.kind, first.name, first.cause) == ("event", event, "wait")
    assert first.after == (IGNORED if ignores else "processed")
    if ignores:
        assert len(bench.effects) == 1


@pytest.mark.parametrize(("state", "event"), [("FIN_WAIT1", "fin"), ("FIN_WAIT2", "fin")])
def test_the_peers_fin_is_acknowledged(state: str, event: str) -> None:
    """An ACK is shown but is no outcome: `segments` has FINs and RSTs only."""
    bench = Bench(f"state={state}")
    receive(bench.world, event, "wait")
    sent = [(e.name, e.cause) for e in bench.effects if e.kind == "segment"]
    assert sent == [("ACK", "acknowledges-fin")]
    assert bench.world.segments == []


@pytest.mark.parametrize("linger2", [0, 60, -1])
def test_the_peers_fin_in_fin_wait2_leads_to_time_wait_whatever_linger2(linger2: int) -> None:
    bench = Bench(f"state=FIN_WAIT2&linger2={linger2}&tw_timeout=7").orphan()
    receive(bench.world, "fin", "backlog")
    assert (bench.world.timewait, bench.world.timers) == ("TIME_WAIT", {"timewait": 7000})


@pytest.mark.parametrize("state", ["FIN_WAIT1", "FIN_WAIT2"])
def test_data_after_our_close_is_answered_with_a_reset(state: str) -> None:
    """RFC 1122, 4.2.2.13; the RST answers that segment, after the socket is closed."""
    bench = Bench(f"state={state}")
    receive(bench.world, "data", "wait")
    kinds = [(e.kind, e.name, e.cause) for e in bench.effects if e.kind in {"state", "segment"}]
    assert kinds == [("state", "sk_state", None), ("segment", "RST", "answers-data")]


@pytest.mark.parametrize("state", ["CLOSING", "LAST_ACK"])
def test_data_beyond_the_peers_fin_is_dropped(state: str) -> None:
    bench = Bench(f"state={state}")
    receive(bench.world, "data", "wait")
    assert [e.kind for e in bench.effects] == ["event"]


# A Fast Open handshake ends with whatever the client sends


@pytest.mark.parametrize("state", ["SYN_RECV", "FIN_WAIT1"])
@pytest.mark.parametrize("event", EVENTS)
def test_each_event_takes_the_fast_open_request_away(state: str, event: str) -> None:
    bench = Bench(f"state={state}&fastopen=1")
    receive(bench.world, event, "wait")
    assert bench.sk.tp.load("fastopen_rsk") is None


@pytest.mark.parametrize("state", ["ESTABLISHED", "CLOSE_WAIT"])
@pytest.mark.parametrize("event", ["ack", "data"])
def test_elsewhere_the_request_stays(state: str, event: str) -> None:
    bench = Bench(f"state={state}&fastopen=1")
    receive(bench.world, event, "wait")
    assert bench.sk.tp.load("fastopen_rsk") is not None


# The ACK of our FIN, awake or orphaned


def test_the_ack_only_wakes_a_closer_that_waits() -> None:
    """What linger2 means is decided by tcp_close itself, later."""
    bench = Bench("state=FIN_WAIT1&linger2=-1")
    receive(bench.world, "ack", "wait")
    assert bench.state == "FIN_WAIT2"
    assert bench.world.timers == {}
    assert bench.counters == {}
    assert "linger2" not in bench.recorder.reads
    assert [e.kind for e in bench.effects] == ["event", "state", "wake-up"]


def test_the_ack_to_an_orphan_with_a_negative_linger2_destroys_it() -> None:
    bench = Bench("state=FIN_WAIT1&linger2=-1").orphan()
    receive(bench.world, "ack", "backlog")
    assert bench.world.is_destroyed
    assert bench.counters == {"TCPAbortOnData": 1, "OutRsts": 1}
    assert bench.world.segments == ["RST"]
    assert [e.cause for e in bench.effects if e.kind == "segment"] == ["answers-ack"]
    assert bench.errno == []


@pytest.mark.parametrize(
    ("query", "keepalive"),
    [
        ("", 60_000),
        ("linger2=61", 1_000),
        ("linger2=60", 60_000),
        ("fin_timeout=120", 60_000),
        ("tw_timeout=10", 50_000),
        ("linger2=5&tw_timeout=0", 5_000),
        ("linger2=1&rto=20000", 10_000),
    ],
)
def test_the_ack_to_an_orphan_arms_the_keepalive_timer(query: str, keepalive: int) -> None:
    """With tmo - tw_timeout, or all of tmo where nothing is left: the closer owns the socket."""
    bench = Bench(f"state=FIN_WAIT1&{query}").orphan()
    receive(bench.world, "ack", "backlog")
    assert (bench.state, bench.world.timers) == ("FIN_WAIT2", {"keepalive": keepalive})
    assert not bench.world.is_destroyed
    assert bench.world.timewait is None
