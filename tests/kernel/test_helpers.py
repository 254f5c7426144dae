# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The modelled functions, one by one, against what Linux 4.19 does."""

import ast
from itertools import pairwise
from pathlib import Path

import pytest

from app.errors import UndeclaredName
from app.kernel import helpers
from app.kernel.constants import MIB_NAMES, SOCK_DEAD, SOCK_LINGER
from app.kernel.helpers import FUNCTIONS, NOTES
from app.kernel.inputs import STATES
from app.kernel.states import STATE_NUMBERS
from app.machine.trace import Effect
from app.machine.values import Deferred, Record, RuleBroken
from tests.kernel.closing import Bench, close, effects, run_body, tcp_close

REPRIEVED = ("FIN_WAIT1", "CLOSING", "LAST_ACK")


def number(state: str) -> int:
    return STATE_NUMBERS[state]


# The table


def test_each_function_that_the_source_calls_is_modelled() -> None:
    assert tcp_close().faults == ()


def test_each_modelled_function_says_what_it_is_in_the_kernel() -> None:
    """Source file and what is left out, or that nothing is."""
    for function in FUNCTIONS.values():
        text = function.body.__doc__
        assert text is not None, function.name
        assert "Source: " in text, function.name
        assert "include/" in text or "net/" in text or "kernel/" in text, function.name


def test_the_table_of_notes_is_what_the_functions_note() -> None:
    words: set[str] = set()
    noted: set[tuple[str, str]] = set()
    for path in Path(str(helpers.__file__)).parent.glob("*.py"):
        if path.name == "__init__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("note"):
                function, code = node.args[:2]
                assert isinstance(function, ast.Constant)
                assert function.value in NOTES
                if isinstance(code, ast.Constant):
                    noted.add((str(function.value), str(code.value)))
    assert noted <= {(name, code) for name, codes in NOTES.items() for code in codes}
    assert {code for codes in NOTES.values() for code in codes} <= words


@pytest.mark.parametrize(
    "name",
    [
        "lock_sock",
        "release_sock",
        "bh_lock_sock",
        "bh_unlock_sock",
        "sock_hold",
        "sock_put",
        "sock_orphan",
        "tcp_close_state",
        "tcp_send_fin",
        "inet_csk_listen_stop",
        "inet_csk_destroy_sock",
        "tcp_done",
        "tcp_fin_time",
        "tcp_sk",
        "sock_net",
        "sk_mem_reclaim",
    ],
)
def test_a_function_wants_the_socket_of_this_call(name: str) -> None:
    bench = Bench()
    with pytest.raises(RuleBroken, match="not the socket"):
        bench.call(name, None)


# tcp_set_state


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_tcp_set_state(before: str, after: str) -> None:
    """CLOSE out of ESTABLISHED or CLOSE_WAIT counts; leaving ESTABLISHED lowers the gauge."""
    bench = Bench(f"state={before}")
    bench.call("tcp_set_state", bench.sk, number(after))
    assert bench.state == after
    is_reset = after == "CLOSE" and before in {"ESTABLISHED", "CLOSE_WAIT"}
    assert bench.counters == ({"EstabResets": 1} if is_reset else {})
    leaves = before == "ESTABLISHED" and after != "ESTABLISHED"
    assert dict(bench.world.gauges) == ({"CurrEstab": -1} if leaves else {})
    unhashed = [e for e in bench.effects if e.kind == "hash"]
    assert len(unhashed) == (after == "CLOSE" and before != "CLOSE")
    assert bench.effects[-1] == Effect(
        "state", "sk_state", before, after, "unchanged" if before == after else None
    )


@pytest.mark.parametrize(
    "body",
    [
        "tcp_set_state(sk, 99);",
        "tcp_set_state(sk, 0);",
        "sk->sk_state = 99;",
        "sk->sk_state = TCP_TIME_WAIT; tcp_close_state(sk);",
        "tcp_time_wait(sk, 99, 5);",
        "tcp_time_wait(sk, TCP_CLOSE, 5);",
        "unsigned char *p = &sk->sk_state; *p = 0;",
    ],
)
def test_a_state_that_does_not_exist_stops_the_run(body: str) -> None:
    """A variant of the source may say so: it ends the trace, not the program."""
    assert run_body(body).error is not None


# tcp_close_state


@pytest.mark.parametrize(
    ("before", "after", "sends_fin", "code"),
    [
        ("ESTABLISHED", "FIN_WAIT1", 128, "sends-fin"),
        ("SYN_RECV", "FIN_WAIT1", 128, "sends-fin"),
        ("CLOSE_WAIT", "LAST_ACK", 128, "sends-fin"),
        ("SYN_SENT", "CLOSE", 0, "never-connected"),
        ("FIN_WAIT1", "FIN_WAIT1", 0, "already-sent"),
        ("FIN_WAIT2", "FIN_WAIT2", 0, "already-sent"),
        ("CLOSING", "CLOSING", 0, "already-sent"),
        ("LAST_ACK", "LAST_ACK", 0, "already-sent"),
        ("CLOSE", "CLOSE", 0, "already-sent"),
        ("LISTEN", "CLOSE", 0, "already-sent"),
    ],
)
def test_tcp_close_state(before: str, after: str, sends_fin: int, code: str) -> None:
    bench = Bench(f"state={before}")
    assert bench.call("tcp_close_state", bench.sk) == sends_fin
    assert bench.state == after
    [note] = bench.notes
    assert (note.function, note.code) == ("tcp_close_state", code)
    assert note.facts == {"before": before, "after": after}
    assert bench.world.segments == []


def test_tcp_close_state_passes_through_tcp_set_state_even_where_nothing_changes() -> None:
    """The kernel's tracepoint shows FIN_WAIT2 -> FIN_WAIT2."""
    bench = Bench("state=FIN_WAIT2")
    bench.call("tcp_close_state", bench.sk)
    assert bench.effects == [Effect("state", "sk_state", "FIN_WAIT2", "FIN_WAIT2", "unchanged")]


# tcp_send_fin, tcp_send_active_reset


@pytest.mark.parametrize(("query", "code"), [("", "sent"), ("pending=1", "behind-data")])
def test_tcp_send_fin_queues_the_fin_behind_what_is_unsent(query: str, code: str) -> None:
    bench = Bench(query)
    bench.call("tcp_send_fin", bench.sk)
    assert bench.world.segments == ["FIN"]
    assert [(n.function, n.code) for n in bench.notes] == [("tcp_send_fin", code)]
    [effect] = bench.effects
    assert (effect.kind, effect.name, effect.after) == ("segment", "FIN", "sent")
    assert effect.cause == ("behind-data" if query else "close")
    assert bench.counters == {}


@pytest.mark.parametrize("state", STATES)
def test_tcp_send_active_reset_never_looks_at_the_state(state: str) -> None:
    bench = Bench(f"state={state}")
    bench.call("tcp_send_active_reset", bench.sk, 0)
    assert bench.world.segments == ["RST"]
    assert bench.counters == {"OutRsts": 1}
    assert "state" not in bench.recorder.reads


# inet_csk_listen_stop


def test_inet_csk_listen_stop_without_children() -> None:
    bench = Bench("state=LISTEN")
    bench.call("inet_csk_listen_stop", bench.sk)
    assert (bench.world.segments, bench.counters) == ([], {})
    assert [n.code for n in bench.notes] == ["no-children"]


@pytest.mark.parametrize("children", [1, 3, 64])
def test_inet_csk_listen_stop_resets_each_child(children: int) -> None:
    bench = Bench(f"state=LISTEN&accept_queue={children}")
    bench.call("inet_csk_listen_stop", bench.sk)
    assert bench.world.segments == ["RST"] * children
    assert bench.counters == {"EstabResets": children, "OutRsts": children}
    assert [(n.code, n.facts) for n in bench.notes] == [("children", {"count": children})]
    assert {e.cause for e in bench.effects if e.kind == "segment"} == {"child"}


# tcp_disconnect


@pytest.mark.parametrize(
    ("state", "pending", "sends", "errno"),
    [
        ("ESTABLISHED", 0, True, ["ECONNRESET"]),
        ("SYN_RECV", 0, True, ["ECONNRESET"]),
        ("CLOSE_WAIT", 0, True, ["ECONNRESET"]),
        ("FIN_WAIT1", 0, True, ["ECONNRESET"]),
        ("FIN_WAIT2", 0, True, ["ECONNRESET"]),
        ("CLOSING", 0, False, []),
        ("LAST_ACK", 0, False, []),
        ("CLOSING", 1, True, ["ECONNRESET"]),
        ("LAST_ACK", 1, True, ["ECONNRESET"]),
        ("SYN_SENT", 0, False, ["ECONNRESET"]),
        ("SYN_SENT", 1, False, ["ECONNRESET"]),
        ("CLOSE", 0, False, []),
    ],
)
def test_tcp_disconnect_resets_where_the_peer_has_something_to_learn(
    state: str, pending: int, sends: bool, errno: list[str]
) -> None:
    bench = Bench(f"state={state}&pending={pending}")
    assert bench.call("tcp_disconnect", bench.sk, 0) == 0
    assert bench.state == "CLOSE"
    assert bench.world.segments == (["RST"] if sends else [])
    assert bench.counters.get("OutRsts", 0) == sends
    assert bench.errno == errno
    [note] = bench.notes
    assert (note.code, note.facts) == ("reset" if sends else "silent-state", {"before": state})
    assert bench.sk.load("sk_shutdown") == 0


@pytest.mark.parametrize("state", [s for s in STATES if s != "LISTEN"])
def test_tcp_disconnect_in_repair_mode_is_silent(state: str) -> None:
    bench = Bench(f"state={state}&repair=1&pending=1")
    bench.call("tcp_disconnect", bench.sk, 0)
    assert bench.state == "CLOSE"
    assert bench.world.segments == []
    assert "OutRsts" not in bench.counters
    assert bench.errno == ["ECONNABORTED"]
    assert [n.code for n in bench.notes] == ["silent-repair"]


def test_tcp_disconnect_of_a_listener_drops_its_children() -> None:
    bench = Bench("state=LISTEN&accept_queue=2&repair=1")
    bench.call("tcp_disconnect", bench.sk, 0)
    assert (bench.state, bench.world.segments, bench.errno) == ("CLOSE", ["RST", "RST"], [])


def test_tcp_disconnect_counts_estab_resets_but_no_abort() -> None:
    """TCPAbortOnData is the caller's."""
    bench = Bench()
    bench.call("tcp_disconnect", bench.sk, 0)
    assert bench.counters == {"EstabResets": 1, "OutRsts": 1}


def test_tcp_disconnect_clears_the_timers_and_keeps_the_fast_open_request() -> None:
    """As in 4.19: later kernels remove the request here."""
    bench = Bench("state=FIN_WAIT1&fastopen=1")
    bench.call("inet_csk_reset_keepalive_timer", bench.sk, 5000)
    bench.call("tcp_disconnect", bench.sk, 0)
    assert bench.world.timers == {}
    assert bench.sk.tp.load("fastopen_rsk") is not None


# The receive queue


@pytest.mark.parametrize(
    ("recv", "notes"),
    [
        ("none", [("empty", {})]),
        ("300", [("segment", {"bytes": 300}), ("empty", {})]),
        ("fin", [("fin-only", {}), ("empty", {})]),
        ("200fin", [("data-and-fin", {"bytes": 200}), ("empty", {})]),
        ("1-2fin-fin", [("segment", {"bytes": 1}), ("data-and-fin", {"bytes": 2}), ("fin-only", {}),
                        ("empty", {})]),
    ],
)  # fmt: skip
def test_skb_dequeue_takes_the_segments_in_order(
    recv: str, notes: list[tuple[str, dict[str, int]]]
) -> None:
    bench = Bench(f"recv={recv}")
    queue = bench.sk.load("sk_receive_queue")
    while bench.call("__skb_dequeue", queue) is not None:
        pass
    assert [(n.code, n.facts) for n in bench.notes] == notes
    assert bench.call("__skb_dequeue", queue) is None


def test_segments_are_consecutive_in_the_sequence_space_which_wraps() -> None:
    """A FIN takes one number; end_seq - seq is the length and one more for the FIN."""
    bench = Bench("recv=300-200fin-fin-1000")
    queue, seen = bench.sk.load("sk_receive_queue"), []
    while (skb := bench.call("__skb_dequeue", queue)) is not None:
        cb = bench.call("TCP_SKB_CB", skb)
        seen.append((cb.load("seq"), cb.load("end_seq"), cb.load("tcp_flags") & 1))
    assert [(end - start) % (1 << 32) for start, end, _ in seen] == [300, 201, 1, 1000]
    assert [fin for _, _, fin in seen] == [0, 1, 1, 0]
    # Behind a FIN no kernel has anything: what stands there begins as if there was none.
    assert all(one[1] - one[2] == other[0] for one, other in pairwise(seen))
    assert all(0 <= start < 1 << 32 and 0 <= end < 1 << 32 for start, end, _ in seen)
    assert seen[0][1] < seen[0][0], "the first segment crosses the end of the sequence space"


def test_the_receive_queue_is_read_when_the_first_segment_is_taken() -> None:
    bench = Bench("recv=300")
    queue = bench.sk.load("sk_receive_queue")
    assert "recv" not in bench.recorder.reads
    bench.call("__skb_dequeue", queue)
    assert "recv" in bench.recorder.reads


def test_kfree_skb_frees_once() -> None:
    bench = Bench("recv=300")
    skb = bench.call("__skb_dequeue", bench.sk.load("sk_receive_queue"))
    bench.call("__kfree_skb", skb)
    assert bench.effects == [Effect("memory", "skb", "300", "freed")]
    with pytest.raises(RuleBroken, match="freed twice"):
        bench.call("__kfree_skb", skb)
    with pytest.raises(RuleBroken, match="TCP_SKB_CB"):
        bench.call("TCP_SKB_CB", skb)


def test_tcp_skb_cb_of_nothing_breaks_a_rule() -> None:
    with pytest.raises(RuleBroken, match="TCP_SKB_CB"):
        Bench().call("TCP_SKB_CB", None)


@pytest.mark.parametrize(
    "body",
    [
        "__kfree_skb(NULL);",
        "__kfree_skb(sk);",
        "TCP_SKB_CB(sk);",
        "__skb_dequeue(NULL);",
        "__skb_dequeue(sk);",
        "struct sk_buff *skb = sk; __kfree_skb(skb);",
        "void *p = sk; struct sk_buff *skb = p; __kfree_skb(skb);",
        "percpu_counter_inc(NULL);",
        "NET_INC_STATS(NULL, LINUX_MIB_TCPABORTONDATA);",
        "if (check_net(NULL)) ;",
        "sk->sk_prot->disconnect(NULL, 0);",
    ],
)
def test_a_wrong_argument_stops_the_run(body: str) -> None:
    """A variant of the source may do so: it ends the trace, not the program."""
    assert run_body(body).error is not None


def test_sk_mem_reclaim_gives_back_what_was_freed_since_the_last_time() -> None:
    bench = Bench("recv=300-200fin")
    queue = bench.sk.load("sk_receive_queue")
    bench.call("sk_mem_reclaim", bench.sk)
    assert bench.effects == []
    while (skb := bench.call("__skb_dequeue", queue)) is not None:
        bench.call("__kfree_skb", skb)
    bench.recorder.current.effects = ()
    bench.call("sk_mem_reclaim", bench.sk)
    bench.call("sk_mem_reclaim", bench.sk)
    assert bench.effects == [Effect("memory", "reclaimed", 500, 0)]


# sk_stream_wait_close


@pytest.mark.parametrize("state", STATES)
def test_the_wait_sleeps_only_in_three_states(state: str) -> None:
    bench = Bench(f"state={state}")
    bench.call("lock_sock", bench.sk)
    bench.call("sk_stream_wait_close", bench.sk, 5000)
    sleeps = [e for e in bench.effects if e.kind == "sleep"]
    assert len(sleeps) == (state in REPRIEVED)
    [note] = bench.notes
    assert note.code == ("timed-out" if state in REPRIEVED else "nothing-to-wait-for")
    assert note.facts == {"state": state}
    assert bench.world.locks.is_owned


@pytest.mark.parametrize("state", STATES)
def test_the_wait_without_a_timeout_is_none(state: str) -> None:
    bench = Bench(f"state={state}&wait=ack")
    bench.call("lock_sock", bench.sk)
    bench.call("sk_stream_wait_close", bench.sk, 0)
    assert [e.kind for e in bench.effects] == ["lock"]
    assert "wait" not in bench.recorder.reads
    assert bench.notes[0].code == ("no-timeout" if state in REPRIEVED else "nothing-to-wait-for")


@pytest.mark.parametrize(
    ("state", "wait", "delivered", "after", "code"),
    [
        ("FIN_WAIT1", "none", [], "FIN_WAIT1", "timed-out"),
        ("FIN_WAIT1", "ack", ["ack"], "FIN_WAIT2", "ended"),
        ("FIN_WAIT1", "ack-fin-rst", ["ack"], "FIN_WAIT2", "ended"),
        ("FIN_WAIT1", "fin", ["fin"], "CLOSING", "timed-out"),
        ("FIN_WAIT1", "fin-ack-data", ["fin", "ack"], "CLOSE", "ended"),
        ("FIN_WAIT1", "data-ack", ["data"], "CLOSE", "ended"),
        ("FIN_WAIT1", "rst", ["rst"], "CLOSE", "ended"),
        ("CLOSING", "fin-data-fin", ["fin", "data", "fin"], "CLOSING", "timed-out"),
        ("CLOSING", "data-ack-rst", ["data", "ack"], "CLOSE", "ended"),
        ("LAST_ACK", "fin-ack-ack", ["fin", "ack"], "CLOSE", "ended"),
        ("LAST_ACK", "data-rst", ["data", "rst"], "CLOSE", "ended"),
    ],
)
def test_the_wait_ends_as_soon_as_the_state_leaves_the_three(
    state: str, wait: str, delivered: list[str], after: str, code: str
) -> None:
    bench = Bench(f"state={state}&wait={wait}")
    bench.call("lock_sock", bench.sk)
    bench.call("sk_stream_wait_close", bench.sk, 5000)
    assert [e.name for e in bench.effects if e.kind == "event"] == delivered
    assert bench.state == after
    note = bench.notes[-1]
    assert (note.function, note.code, note.facts) == (
        "sk_stream_wait_close",
        code,
        {"state": after},
    )


def test_the_wait_lets_go_of_the_socket_while_it_sleeps() -> None:
    bench = Bench("state=FIN_WAIT1&wait=ack")
    bench.call("lock_sock", bench.sk)
    bench.call("sk_stream_wait_close", bench.sk, 5000)
    locks_and_events = [e for e in bench.effects if e.kind in {"lock", "event", "sleep"}]
    assert [(e.kind, e.after) for e in locks_and_events] == [
        ("lock", "owned"),
        ("sleep", 5000),
        ("lock", "free"),
        ("event", "processed"),
        ("lock", "owned"),
    ]


def test_the_wait_reads_a_timeout_only_where_it_would_sleep() -> None:
    bench = Bench("state=FIN_WAIT2")
    bench.call("lock_sock", bench.sk)

    def never() -> int:
        raise AssertionError("the timeout was read")

    bench.call("sk_stream_wait_close", bench.sk, Deferred(never))


def test_the_wait_without_owning_the_socket_breaks_a_rule() -> None:
    bench = Bench("state=FIN_WAIT1")
    with pytest.raises(RuleBroken, match="nobody owns"):
        bench.call("sk_stream_wait_close", bench.sk, 5000)


# __release_sock


def test_release_sock_drops_and_retakes_the_spinlock_around_the_backlog() -> None:
    bench = Bench("state=FIN_WAIT1&backlog=ack").orphan()
    bench.recorder.current.effects = ()
    bench.call("__release_sock", bench.sk)
    around = [e for e in bench.effects if e.kind in {"lock", "event"}]
    assert [(e.kind, e.name, e.after) for e in around] == [
        ("lock", "spinlock", "free"),
        ("lock", "bottom-halves", 0),
        ("event", "ack", "processed"),
        ("lock", "bottom-halves", 1),
        ("lock", "spinlock", "held"),
    ]
    assert bench.world.locks.is_owned, "the closer keeps the ownership"


def test_release_sock_with_nothing_on_the_backlog() -> None:
    bench = Bench("state=FIN_WAIT1").orphan()
    bench.recorder.current.effects = ()
    bench.call("__release_sock", bench.sk)
    assert bench.effects == []
    assert [n.code for n in bench.notes] == ["empty"]


def test_release_sock_processes_every_segment() -> None:
    """Unlike the wait: those after the end of the socket are ignored one by one."""
    bench = Bench("state=FIN_WAIT1&backlog=rst-ack-data").orphan()
    bench.call("__release_sock", bench.sk)
    events = [(e.name, e.after) for e in bench.effects if e.kind == "event"]
    assert events == [("rst", "processed"), ("ack", "ignored"), ("data", "ignored")]
    assert [(n.code, n.facts) for n in bench.notes] == [("processed", {"count": 3})]


def test_release_sock_of_a_closed_socket_reads_no_backlog() -> None:
    bench = Bench("state=CLOSE&backlog=ack").orphan()
    bench.call("__release_sock", bench.sk)
    assert "backlog" not in bench.recorder.reads


def test_release_sock_without_the_spinlock_breaks_a_rule() -> None:
    bench = Bench("state=FIN_WAIT1")
    with pytest.raises(RuleBroken, match="spinlock"):
        bench.call("__release_sock", bench.sk)


# Locks


def test_ownership_is_taken_and_given_back() -> None:
    bench = Bench()
    bench.call("lock_sock", bench.sk)
    bench.call("release_sock", bench.sk)
    assert bench.world.locks.are_free
    assert bench.effects == [
        Effect("lock", "socket", "free", "owned"),
        Effect("lock", "socket", "owned", "free"),
    ]


@pytest.mark.parametrize("name", ["lock_sock", "bh_lock_sock", "local_bh_disable"])
def test_a_lock_that_is_held_is_not_free(name: str) -> None:
    bench = Bench()
    bench.call(name, *(() if name == "local_bh_disable" else (bench.sk,)))
    assert not bench.world.locks.are_free


def test_bottom_halves_nest() -> None:
    bench = Bench()
    for name in ("local_bh_disable", "local_bh_disable", "local_bh_enable", "local_bh_enable"):
        bench.call(name)
    assert [e.after for e in bench.effects] == [1, 2, 1, 0]
    assert bench.world.locks.are_free


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        (["lock_sock", "lock_sock"], "sleep for ever"),
        (["release_sock"], "nobody owns"),
        (["lock_sock", "release_sock", "release_sock"], "nobody owns"),
        (["bh_lock_sock", "bh_lock_sock"], "taken twice"),
        (["bh_unlock_sock"], "not held"),
        (["bh_lock_sock", "bh_unlock_sock", "bh_unlock_sock"], "not held"),
        (["local_bh_enable"], "were not disabled"),
        (["local_bh_disable", "local_bh_enable", "local_bh_enable"], "were not disabled"),
    ],
)
def test_misusing_a_lock_breaks_a_rule(calls: list[str], message: str) -> None:
    bench = Bench()

    def make(name: str) -> None:
        bench.call(name, *(() if name.startswith("local_bh") else (bench.sk,)))

    for name in calls[:-1]:
        make(name)
    with pytest.raises(RuleBroken, match=message):
        make(calls[-1])


# References, orphans, destruction


def test_references_go_up_and_down_and_the_last_one_frees() -> None:
    bench = Bench()
    bench.call("sock_hold", bench.sk)
    bench.call("sock_put", bench.sk)
    bench.call("sock_put", bench.sk)
    assert [(e.kind, e.before, e.after) for e in bench.effects] == [
        ("reference", 1, 2),
        ("reference", 2, 1),
        ("reference", 1, 0),
        ("memory", None, "freed"),
    ]


def test_a_freed_socket_has_no_references_to_take_or_drop() -> None:
    bench = Bench()
    bench.call("sock_put", bench.sk)
    with pytest.raises(RuleBroken, match="freed"):
        bench.call("sock_put", bench.sk)
    with pytest.raises(RuleBroken, match="freed"):
        bench.call("sock_hold", bench.sk)


def test_sock_orphan_sets_sock_dead() -> None:
    bench = Bench()
    assert bench.call("sock_flag", bench.sk, SOCK_DEAD) == 0
    bench.call("sock_orphan", bench.sk)
    assert bench.call("sock_flag", bench.sk, SOCK_DEAD) == 1


def test_percpu_counter_inc_counts_an_orphan() -> None:
    bench = Bench()
    bench.call("percpu_counter_inc", bench.sk.load("sk_prot").load("orphan_count"))
    assert bench.world.orphans == 1


def test_inet_csk_destroy_sock_gives_back_a_reference_and_the_orphan_count() -> None:
    bench = Bench("state=CLOSE").orphan()
    bench.call("inet_csk_reset_keepalive_timer", bench.sk, 5000)
    bench.call("inet_csk_destroy_sock", bench.sk)
    assert bench.world.is_destroyed
    assert (bench.world.references, bench.world.orphans, bench.world.timers) == (1, -1, {})


@pytest.mark.parametrize(
    ("bench", "message"),
    [
        (Bench("state=FIN_WAIT1").orphan(), "wants the state CLOSE"),
        (Bench("state=CLOSE"), "wants an orphan"),
        (Bench("state=CLOSE&fastopen=1").orphan(), "Fast Open request left"),
    ],
)
def test_inet_csk_destroy_sock_wants_a_closed_orphan_without_a_request(
    bench: Bench, message: str
) -> None:
    with pytest.raises(RuleBroken, match=message):
        bench.call("inet_csk_destroy_sock", bench.sk)


def test_inet_csk_destroy_sock_is_called_once() -> None:
    bench = Bench("state=CLOSE").orphan()
    bench.call("inet_csk_destroy_sock", bench.sk)
    with pytest.raises(RuleBroken, match="twice"):
        bench.call("inet_csk_destroy_sock", bench.sk)


def test_tcp_done_of_an_orphan_destroys_it() -> None:
    bench = Bench("state=LAST_ACK").orphan()
    bench.call("tcp_done", bench.sk)
    assert (bench.state, bench.world.is_destroyed) == ("CLOSE", True)
    assert "wake-up" not in {e.kind for e in bench.effects}


def test_tcp_done_of_another_socket_only_wakes_its_owner() -> None:
    bench = Bench("state=LAST_ACK")
    bench.call("tcp_done", bench.sk)
    assert (bench.state, bench.world.is_destroyed) == ("CLOSE", False)
    assert bench.effects[-1] == Effect("wake-up", "owner", None, "woken")


@pytest.mark.parametrize("state", STATES)
def test_tcp_done_counts_a_handshake_that_failed(state: str) -> None:
    bench = Bench(f"state={state}")
    bench.call("tcp_done", bench.sk)
    assert bench.counters.get("AttemptFails", 0) == (state in {"SYN_SENT", "SYN_RECV"})


def test_tcp_done_removes_timers_and_the_fast_open_request() -> None:
    bench = Bench("state=FIN_WAIT1&fastopen=1").orphan()
    bench.call("inet_csk_reset_keepalive_timer", bench.sk, 5000)
    bench.call("tcp_done", bench.sk)
    assert bench.world.timers == {}
    assert bench.sk.tp.load("fastopen_rsk") is None
    assert bench.world.is_destroyed
    assert bench.sk.load("sk_shutdown") == 3


def test_reqsk_fastopen_remove_wants_this_sockets_request() -> None:
    bench = Bench("state=SYN_RECV&fastopen=1")
    request = bench.sk.tp.load("fastopen_rsk")
    with pytest.raises(RuleBroken, match="request"):
        bench.call("reqsk_fastopen_remove", bench.sk, None, 0)
    with pytest.raises(RuleBroken, match="request"):
        bench.call("reqsk_fastopen_remove", bench.sk, Record(request.type, "another"), 0)
    bench.call("reqsk_fastopen_remove", bench.sk, request, 0)
    assert bench.sk.tp.load("fastopen_rsk") is None
    with pytest.raises(RuleBroken, match="request"):
        bench.call("reqsk_fastopen_remove", bench.sk, request, 0)


# Limits


@pytest.mark.parametrize(
    ("query", "result", "code", "reads"),
    [
        ("", 0, "within-limits", {"orphans", "memory"}),
        ("orphans=1", 1, "too-many-orphans", {"orphans"}),
        ("memory=1", 1, "out-of-memory", {"orphans", "memory"}),
        ("orphans=1&memory=1", 1, "too-many-orphans", {"orphans"}),
    ],
)
def test_tcp_check_oom(query: str, result: int, code: str, reads: set[str]) -> None:
    bench = Bench(query)
    assert bench.call("tcp_check_oom", bench.sk, 0) == result
    assert [n.code for n in bench.notes] == [code]
    assert set(bench.recorder.reads) == reads


@pytest.mark.parametrize(("netns", "result"), [("alive", 1), ("dying", 0)])
def test_check_net(netns: str, result: int) -> None:
    bench = Bench(f"netns={netns}")
    assert bench.call("check_net", bench.sk.net) == result
    assert [n.code for n in bench.notes] == [netns]


# Flags and counters


@pytest.mark.parametrize(
    ("linger", "is_set"), [("off", 0), ("0", 1), ("5", 1), ("-1", 1), ("536870912", 1)]
)
def test_sock_flag_so_linger(linger: str, is_set: int) -> None:
    """On is on, however long."""
    bench = Bench(f"linger={linger}")
    assert bench.call("sock_flag", bench.sk, SOCK_LINGER) == is_set
    assert [(n.code, n.facts) for n in bench.notes] == [
        ("set" if is_set else "clear", {"flag": "SOCK_LINGER"})
    ]


def test_exiting_clears_the_timeout_and_not_the_flag() -> None:
    bench = Bench("linger=0&exiting=1")
    assert bench.call("sock_flag", bench.sk, SOCK_LINGER) == 1
    assert "exiting" not in bench.recorder.reads


def test_sock_flag_knows_no_other_flag() -> None:
    bench = Bench()
    with pytest.raises(RuleBroken, match="flag 9 is not modelled"):
        bench.call("sock_flag", bench.sk, 9)


@pytest.mark.parametrize("name", ["NET_INC_STATS", "__NET_INC_STATS"])
@pytest.mark.parametrize(("item", "counter"), MIB_NAMES.items())
def test_counters(name: str, item: int, counter: str) -> None:
    bench = Bench()
    bench.call(name, bench.sk.net, item)
    bench.call(name, bench.sk.net, item)
    assert bench.counters == {counter: 2}
    assert bench.effects == [
        Effect("counter", counter, 0, 1),
        Effect("counter", counter, 1, 2),
    ]


def test_the_abort_counters_are_those_of_the_kernel() -> None:
    """include/uapi/linux/snmp.h, in nstat's spelling."""
    assert set(MIB_NAMES.values()) == {
        "TCPAbortOnClose",
        "TCPAbortOnData",
        "TCPAbortOnLinger",
        "TCPAbortOnMemory",
    }


def test_a_counter_that_is_not_modelled_breaks_a_rule() -> None:
    bench = Bench()
    with pytest.raises(RuleBroken, match="counter 1 is not modelled"):
        bench.call("NET_INC_STATS", bench.sk.net, 1)


# Times


@pytest.mark.parametrize(
    ("query", "time", "code"),
    [
        ("", 60_000, "from-sysctl"),
        ("fin_timeout=120", 120_000, "from-sysctl"),
        ("linger2=30", 30_000, "from-linger2"),
        ("linger2=61&fin_timeout=120", 61_000, "from-linger2"),
        ("fin_timeout=0", 700, "from-rto"),
        ("fin_timeout=0&rto=201", 704, "from-rto"),
        ("fin_timeout=0&rto=1", 4, "from-rto"),
        ("fin_timeout=0&rto=3", 11, "from-rto"),
        ("linger2=1&rto=20000", 70_000, "from-rto"),
        ("linger2=70&rto=20000", 70_000, "from-linger2"),
        ("fin_timeout=1&rto=286", 1001, "from-rto"),
        ("fin_timeout=1&rto=285", 1000, "from-sysctl"),
        ("linger2=2147483", 2_147_483_000, "from-linger2"),
        ("rto=120000", 420_000, "from-rto"),
    ],
)
def test_tcp_fin_time(query: str, time: int, code: str) -> None:
    """TCP_LINGER2, else the sysctl; at least (rto << 2) - (rto >> 1)."""
    bench = Bench(query)
    assert bench.call("tcp_fin_time", bench.sk) == time
    assert [(n.code, n.facts) for n in bench.notes] == [(code, {"tmo_ms": time})]


def test_inet_csk_reset_keepalive_timer_arms_it_again() -> None:
    bench = Bench()
    bench.call("inet_csk_reset_keepalive_timer", bench.sk, 1000)
    bench.call("inet_csk_reset_keepalive_timer", bench.sk, 2000)
    assert bench.world.timers == {"keepalive": 2000}
    assert bench.effects == [
        Effect("timer", "keepalive", None, 1000),
        Effect("timer", "keepalive", 1000, 2000),
    ]


@pytest.mark.parametrize(
    ("query", "state", "argument", "lifetime"),
    [
        ("", "FIN_WAIT2", 60_000, 60_000),
        ("", "FIN_WAIT2", 5, 700),
        ("rto=201", "FIN_WAIT2", 0, 704),
        ("tw_timeout=5", "FIN_WAIT2", 60_000, 60_000),
        ("", "TIME_WAIT", 0, 60_000),
        ("tw_timeout=5", "TIME_WAIT", 99_000, 5_000),
        ("tw_timeout=0", "TIME_WAIT", 99_000, 0),
    ],
)
def test_tcp_time_wait(query: str, state: str, argument: int, lifetime: int) -> None:
    """In FIN_WAIT2 at least 3.5 rto; in TIME_WAIT tcp_tw_timeout whatever the argument."""
    bench = Bench(query, state="FIN_WAIT2").orphan()
    bench.call("inet_csk_reset_keepalive_timer", bench.sk, 5)
    bench.call("tcp_time_wait", bench.sk, number(state), argument)
    assert bench.world.timers == {"timewait": lifetime}
    assert bench.world.timewait == state
    assert bench.state == "CLOSE"
    assert bench.world.is_destroyed


def test_tcp_time_wait_of_a_socket_that_is_no_orphan_only_wakes_its_owner() -> None:
    bench = Bench(state="CLOSING")
    bench.call("tcp_time_wait", bench.sk, number("TIME_WAIT"), 0)
    assert (bench.state, bench.world.timewait) == ("CLOSE", "TIME_WAIT")
    assert not bench.world.is_destroyed


# Inputs as the kernel keeps them


@pytest.mark.parametrize(
    ("seconds", "jiffies"),
    [
        (0, 0),
        (5, 5000),
        (-1, 2**32 - 1000),
        (2147483647, 2**32 - 1000),
        (4294967, 4294967000),
        (4294968, 704),
        (536870912, 0),
        (-2147483648, 0),
    ],
)
def test_the_linger_time_is_an_unsigned_int_of_jiffies(seconds: int, jiffies: int) -> None:
    """sock_setsockopt: `(unsigned int)ling.l_linger * HZ`, so it wraps at 32 bits.

    2**29 seconds become 0, which aborts as a linger time of 0 does.
    """
    assert Bench(f"linger={seconds}").sk.load("sk_lingertime") == jiffies


@pytest.mark.parametrize(("seconds", "kept"), [(0, 0), (60, 60_000), (-1, -1), (-60, -1)])
def test_tcp_linger2_is_kept_in_jiffies_and_negative_as_minus_one(seconds: int, kept: int) -> None:
    assert Bench(f"linger2={seconds}").sk.tp.load("linger2") == kept


def test_sysctls_are_kept_in_jiffies() -> None:
    bench = Bench("fin_timeout=7&tw_timeout=8")
    assert bench.sk.ipv4.load("sysctl_tcp_fin_timeout") == 7000
    assert bench.sk.ipv4.load("sysctl_tcp_tw_timeout") == 8000


@pytest.mark.parametrize(
    ("query", "sleeps"),
    [
        ("linger=5", [5000]),
        ("linger=off", []),
        ("linger=5&exiting=1", []),
        ("linger=-1", [2**32 - 1000]),
        ("linger=4294968", [704]),
        ("linger=536870912", []),
    ],
)
def test_the_timeout_is_the_linger_time_unless_the_process_exits(
    query: str, sleeps: list[int]
) -> None:
    """inet_release; a negative l_linger is a very long wait, not off."""
    assert [e.after for e in effects(close(query), "sleep")] == sleeps


def test_a_misspelled_accessor_is_named_with_the_one_that_was_meant() -> None:
    error = run_body("struct tcp_sock *tp = tcp_skk(sk); if (tp->linger2 < 0) ;").error
    assert isinstance(error, UndeclaredName)
    assert (error.message, error.nearest) == ("function tcp_skk is not declared", "tcp_sk")


def test_an_input_is_not_read_to_show_what_was_there_before() -> None:
    body = "struct tcp_sock *tp = tcp_sk(sk); tp->linger2 = 1; sk->sk_lingertime = 2;"
    assert not {"linger", "linger2"} & run_body(body).reads.keys()


def test_the_pointer_to_disconnect_converts_what_it_is_given() -> None:
    trace = run_body("sk->sk_prot->disconnect(sk, 1UL << 32);")
    assert trace.error is None
    assert trace.calls == ("tcp_disconnect",)
