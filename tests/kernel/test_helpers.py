# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The modelled functions, one by one, against what Linux 4.19 does."""

import ast
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.errors import UndeclaredName
from app.kernel import helpers
from app.kernel.constants import MIB_NAMES, SOCK_DEAD, SOCK_LINGER
from app.kernel.helpers import FUNCTIONS, NOTES
from app.kernel.inputs import STATES
from app.kernel.states import STATE_NUMBERS
from app.machine.trace import Effect
from app.machine.values import Deferred, Record, RuleBroken
from tests.conftest import table
from tests.kernel.closing import Bench, close, effects, run_body, tcp_close

REPRIEVED = ("FIN_WAIT1", "CLOSING", "LAST_ACK")


def number(state: str) -> int:
    return STATE_NUMBERS[state]


CASES = [
    pytest.param(calls, case, id=sentence)
    for sentence, made in table(__file__, "helpers.yaml")
    for calls, cases in made.items()
    for case in (cases if isinstance(cases, list) else [cases])
]


def argument(bench: Bench, word: str) -> Any:
    """What a word of the table stands for."""
    given = {"sk": bench.sk, "net": bench.sk.net, "NULL": None, "SOCK_LINGER": SOCK_LINGER}
    return given[word] if word in given else STATE_NUMBERS.get(word) or int(word)


def called(bench: Bench, calls: str) -> Any:
    """What the last of the calls gives; `orphan` makes an orphan of the socket before."""
    result = None
    for name, *words in (call.split() for call in calls.split("; ") if call):
        if name == "orphan":
            bench.orphan()
            bench.recorder.current.effects = ()
        else:
            result = bench.call(name, *(argument(bench, word) for word in words))
    return result


def found(bench: Bench, what: str) -> Any:
    """What is to be seen afterwards, as the table writes it."""
    match what:
        case "effects":
            return [
                f"{e.kind} {e.name}: {e.before} -> {e.after}" + f" ({e.cause})" * bool(e.cause)
                for e in bench.effects
            ]
        case "events":
            return [f"{e.name} {e.after}" for e in bench.effects if e.kind == "event"]
        case "notes":
            return [
                " ".join([f"{n.function}: {n.code}", *(f"{k}={v}" for k, v in n.facts.items())])
                for n in bench.notes
            ]
        case "reads":
            return sorted(bench.recorder.reads)
        case "locks":
            return "free" if bench.world.locks.are_free else "held"
        case "destroyed":
            return bench.world.is_destroyed
        case "state" | "counters" | "errno":
            return getattr(bench, what)
    if what.startswith("sk."):
        name = what.removeprefix("sk.")
        structs = (bench.sk, bench.sk.tp, bench.sk.ipv4)
        value = next(one for one in structs if name in one.type.members).load(name)
        return "there" if isinstance(value, Record) else value
    return getattr(bench.world, what)


@pytest.mark.parametrize(("calls", "case"), CASES)
def test_what_a_modelled_function_does(calls: str, case: dict[str, Any]) -> None:
    """Of a scenario (`in`), or in a state whatever it says (`as`)."""
    expected = dict(case)
    bench = Bench(expected.pop("in", ""), state=expected.pop("as", None))
    if "breaks" in expected:
        *before, last = calls.split("; ")
        called(bench, "; ".join(before))
        with pytest.raises(RuleBroken) as broken:
            called(bench, last)
        assert str(broken.value) == expected["breaks"]
        return
    assert expected, "a case says what comes of it"
    result = called(bench, calls)
    assert {k: result if k == "gives" else found(bench, k) for k in expected} == expected


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


@pytest.mark.parametrize("state", STATES)
def test_tcp_send_active_reset_never_looks_at_the_state(state: str) -> None:
    bench = Bench(f"state={state}")
    bench.call("tcp_send_active_reset", bench.sk, 0)
    assert bench.world.segments == ["RST"]
    assert bench.counters == {"OutRsts": 1}
    assert "state" not in bench.recorder.reads


@pytest.mark.parametrize("children", [1, 3, 64])
def test_inet_csk_listen_stop_resets_each_child(children: int) -> None:
    bench = Bench(f"state=LISTEN&accept_queue={children}")
    bench.call("inet_csk_listen_stop", bench.sk)
    assert bench.world.segments == ["RST"] * children
    assert bench.counters == {"EstabResets": children, "OutRsts": children}
    assert [(n.code, n.facts) for n in bench.notes] == [("children", {"count": children})]
    assert {e.cause for e in bench.effects if e.kind == "segment"} == {"child"}


@pytest.mark.parametrize("state", [s for s in STATES if s != "LISTEN"])
def test_tcp_disconnect_in_repair_mode_is_silent(state: str) -> None:
    bench = Bench(f"state={state}&repair=1&pending=1")
    bench.call("tcp_disconnect", bench.sk, 0)
    assert bench.state == "CLOSE"
    assert bench.world.segments == []
    assert "OutRsts" not in bench.counters
    assert bench.errno == ["ECONNABORTED"]
    assert [n.code for n in bench.notes] == ["silent-repair"]


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


def test_the_wait_reads_a_timeout_only_where_it_would_sleep() -> None:
    bench = Bench("state=FIN_WAIT2")
    bench.call("lock_sock", bench.sk)

    def never() -> int:
        raise AssertionError("the timeout was read")

    bench.call("sk_stream_wait_close", bench.sk, Deferred(never))


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


# References, orphans, destruction


def test_sock_orphan_sets_sock_dead() -> None:
    bench = Bench()
    assert bench.call("sock_flag", bench.sk, SOCK_DEAD) == 0
    bench.call("sock_orphan", bench.sk)
    assert bench.call("sock_flag", bench.sk, SOCK_DEAD) == 1


def test_percpu_counter_inc_counts_an_orphan() -> None:
    bench = Bench()
    bench.call("percpu_counter_inc", bench.sk.load("sk_prot").load("orphan_count"))
    assert bench.world.orphans == 1


@pytest.mark.parametrize("state", STATES)
def test_tcp_done_counts_a_handshake_that_failed(state: str) -> None:
    bench = Bench(f"state={state}")
    bench.call("tcp_done", bench.sk)
    assert bench.counters.get("AttemptFails", 0) == (state in {"SYN_SENT", "SYN_RECV"})


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
