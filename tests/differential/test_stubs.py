# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The second opinion is right itself: what the stubs do is what Linux 4.19 does."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.kernel.inputs import STATES
from tests.conftest import table
from tests.differential import gcc_side
from tests.differential.scenarios import sample

pytestmark = pytest.mark.differential

ABORT_COUNTERS = {
    "TCPAbortOnClose",
    "TCPAbortOnData",
    "TCPAbortOnLinger",
    "TCPAbortOnMemory",
}


def close(compiled: gcc_side.Program, query: str = "") -> dict[str, Any]:
    """What became of the one scenario."""
    [run] = compiled.run([query])
    return run


def taken(run: dict[str, Any], line: int) -> bool | None:
    """How the condition of the line came out last; None if it was not evaluated."""
    return dict(run["decisions"]).get(line)


def aborts(run: dict[str, Any]) -> dict[str, int]:
    """The abort counters alone."""
    return {name: n for name, n in run["counters"].items() if name in ABORT_COUNTERS}


# ---- the instrument ----


def test_sanitizers_watch_the_stubs(sanitizers: gcc_side.Sanitizers) -> None:
    if not sanitizers.found:
        pytest.skip("LEFT OUT: this gcc has no address and undefined behaviour sanitizers")


def test_probe_reports_the_line_of_the_keyword(
    build_folder: Path, sanitizers: gcc_side.Sanitizers
) -> None:
    """A condition over several lines belongs to its first; `else if` to its own."""
    source = build_folder / "keywords.c"
    source.write_text(
        "void tcp_close(struct sock *sk, long timeout)\n"
        "{\n"
        "\tint i = 0;\n"
        "\tif (timeout &&\n"
        "\t    sk)\n"
        "\t\ti = 10;\n"
        "\telse if (timeout ||\n"
        "\t\t sk->sk_state == TCP_ESTABLISHED ||\n"
        "\t\t !sk)\n"
        "\t\ti = 1;\n"
        "\twhile (i <\n"
        "\t       3)\n"
        "\t\ti++;\n"
        "}\n"
    )
    program = gcc_side.build(build_folder, sanitizers, source, "keywords")
    assert close(program)["decisions"] == [
        [4, False],
        [7, True],
        [11, True],
        [11, True],
        [11, False],
    ]


def test_the_articles_lost_plus_sends_fin_where_the_kernel_resets(
    build_folder: Path, sanitizers: gcc_side.Sanitizers, compiled: gcc_side.Program
) -> None:
    source = build_folder / "article.c"
    text = gcc_side.SOURCE.read_text()
    assert text.count("data_was_unread += len;") == 1
    source.write_text(text.replace("data_was_unread += len;", "data_was_unread = len;"))
    article = gcc_side.build(build_folder, sanitizers, source, "article")
    assert close(article, "recv=300-fin")["segments"] == ["FIN"]
    assert close(compiled, "recv=300-fin")["segments"] == ["RST"]


def test_an_unreadable_scenario_is_refused(compiled: gcc_side.Program) -> None:
    for query in ("colour=red", "state=TIME_WAIT", "rto=fast", "wait=ack-syn", "netns=gone"):
        with pytest.raises(RuntimeError, match="ended with 2"):
            compiled.run([query])


def test_none_is_a_list_without_items(compiled: gcc_side.Program) -> None:
    assert close(compiled, "recv=none&wait=none&backlog=none&linger=off") == close(compiled)


def test_each_scenario_starts_afresh(compiled: gcc_side.Program) -> None:
    queries = ["recv=300&fastopen=1", "", "state=LISTEN&accept_queue=3", "", "linger2=-1", ""]
    runs = compiled.run(queries)
    assert runs[1] == runs[3] == runs[5] == close(compiled)


# ---- rules that hold on every path ----


@pytest.fixture(scope="module")
def runs(compiled: gcc_side.Program) -> list[tuple[str, dict[str, Any]]]:
    queries = sample(seed=793, count=3000)
    return list(zip(queries, compiled.run(queries), strict=True))


def test_locks_balance_and_no_rule_is_broken(runs: list[tuple[str, dict[str, Any]]]) -> None:
    for query, run in runs:
        assert run["locks_balanced"], query
        assert run["misuse"] == [], query


def test_a_destroyed_socket_gives_back_its_reference_and_its_place_among_orphans(
    runs: list[tuple[str, dict[str, Any]]],
) -> None:
    for query, run in runs:
        assert run["refs"] == (-1 if run["destroyed"] else 0), query
        assert run["orphans"] == (0 if run["destroyed"] else 1), query
        assert run["freed"] == run["destroyed"] == (run["state"] == "CLOSE"), query


def test_only_a_living_orphan_in_fin_wait2_keeps_a_timer(
    runs: list[tuple[str, dict[str, Any]]],
) -> None:
    for query, run in runs:
        assert (run["keepalive_ms"] is not None) == (run["state"] == "FIN_WAIT2"), query
        assert (run["timewait"] is None) == (run["timewait_ms"] is None), query
        assert run["timewait"] is None or run["destroyed"], query


def test_every_reset_is_counted(runs: list[tuple[str, dict[str, Any]]]) -> None:
    for query, run in runs:
        assert run["counters"].get("OutRsts", 0) == run["segments"].count("RST"), query


def test_no_way_through_counts_a_failed_attempt(runs: list[tuple[str, dict[str, Any]]]) -> None:
    """SYN_SENT and SYN_RECV are left before any segment could end them."""
    for query, run in runs:
        assert "AttemptFails" not in run["counters"], query


def test_a_socket_that_lives_on_waits_for_the_protocol(
    runs: list[tuple[str, dict[str, Any]]],
) -> None:
    left = {run["state"] for _, run in runs if not run["destroyed"]}
    assert left == {"FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK"}


def test_both_outcomes_of_all_17_conditions_are_reached(
    runs: list[tuple[str, dict[str, Any]]],
) -> None:
    reached = gcc_side.branches(run for _, run in runs)
    assert len(reached) == 34
    assert len({line for line, _ in reached}) == 17


# ---- what one close() comes to ----


@pytest.mark.parametrize(
    ("query", "fact"),
    [
        pytest.param(query, fact, id=sentence)
        for sentence, facts in table(__file__, "stubs.yaml")
        for query, fact in facts.items()
    ],
)
def test_fact(compiled: gcc_side.Program, query: str, fact: dict[str, Any]) -> None:
    """A fact of the table; `line 104: true` is how the condition of a line came out last."""
    run = close(compiled, query)
    run["last decision"] = run["decisions"][-1]
    assert fact, "a fact says something"
    for what, told in fact.items():
        number = what.removeprefix("line ")
        assert (taken(run, int(number)) if number != what else run[what]) == told, what


# ---- the queue is emptied ----


@pytest.mark.parametrize(
    ("recv", "segment"),
    [
        ("300", "RST"),
        ("300-fin", "RST"),
        ("200fin", "RST"),
        ("fin", "FIN"),
        ("fin-fin", "FIN"),
        ("100-100-100", "RST"),  # the second one crosses 2^32
        ("1073741824-1073741824", "RST"),  # an int: below 0, and not 0
        ("1073741824-1073741824-1073741824-1073741824", "FIN"),  # 0 again
        ("1073741824-1073741824-1073741824-1073741823-1-fin", "FIN"),
        ("1073741824-1073741824-1073741824-1073741824-1", "RST"),
    ],
)
def test_unread_bytes_decide_between_fin_and_rst(
    compiled: gcc_side.Program, recv: str, segment: str
) -> None:
    run = close(compiled, f"recv={recv}")
    assert run["segments"] == [segment]
    assert aborts(run) == ({"TCPAbortOnClose": 1} if segment == "RST" else {})
    assert [line for line, _ in run["decisions"]].count(23) == recv.count("-") + 2


def test_the_queue_is_emptied_in_close_and_not_in_listen(compiled: gcc_side.Program) -> None:
    closed = close(compiled, "state=CLOSE&recv=300")
    assert closed["decisions"][:4] == [[10, False], [23, True], [26, False], [23, False]]
    assert (closed["segments"], closed["counters"]) == ([], {})
    assert taken(close(compiled, "state=LISTEN&recv=300"), 23) is None


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("LISTEN", "CLOSE")])
def test_a_reset_for_unread_data_never_looks_at_the_state(
    compiled: gcc_side.Program, state: str
) -> None:
    run = close(compiled, f"state={state}&recv=300&linger=0")
    assert run["segments"] == ["RST"]
    assert aborts(run) == {"TCPAbortOnClose": 1}
    assert run["counters"].get("EstabResets", 0) == (state in ("ESTABLISHED", "CLOSE_WAIT"))
    assert run["destroyed"]


# ---- repair and zero linger ----


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("LISTEN", "CLOSE")])
@pytest.mark.parametrize("more", ["", "&recv=300", "&linger=0", "&pending=1"])
def test_repair_is_silent_in_every_state(compiled: gcc_side.Program, state: str, more: str) -> None:
    run = close(compiled, f"state={state}&repair=1{more}")
    assert run["segments"] == []
    assert aborts(run) == {}
    assert run["sk_err"] == 103  # ECONNABORTED
    assert run["destroyed"]


@pytest.mark.parametrize(
    ("state", "segments", "segments_while_pending"),
    [
        ("ESTABLISHED", ["RST"], ["RST"]),
        ("SYN_RECV", ["RST"], ["RST"]),
        ("CLOSE_WAIT", ["RST"], ["RST"]),
        ("FIN_WAIT1", ["RST"], ["RST"]),
        ("FIN_WAIT2", ["RST"], ["RST"]),
        ("CLOSING", [], ["RST"]),
        ("LAST_ACK", [], ["RST"]),
        ("SYN_SENT", [], []),
    ],
)
@pytest.mark.parametrize("exiting", ["", "&exiting=1"])
def test_zero_linger_counts_as_data_even_without_a_reset(
    compiled: gcc_side.Program,
    state: str,
    segments: list[str],
    segments_while_pending: list[str],
    exiting: str,
) -> None:
    for pending, expected in (("", segments), ("&pending=1", segments_while_pending)):
        run = close(compiled, f"state={state}&linger=0{pending}{exiting}")
        assert run["segments"] == expected
        assert aborts(run) == {"TCPAbortOnData": 1}
        assert run["destroyed"]


@pytest.mark.parametrize("linger", ["536870912", "-2147483648"])
def test_a_linger_that_wraps_around_to_zero_jiffies_aborts(
    compiled: gcc_side.Program, linger: str
) -> None:
    assert close(compiled, f"linger={linger}") == close(compiled, "linger=0")


# ---- waiting ----


@pytest.mark.parametrize("state", ["FIN_WAIT2", "SYN_SENT"])
def test_states_that_are_not_closing_do_not_wait(compiled: gcc_side.Program, state: str) -> None:
    waited = close(compiled, f"state={state}&linger=5&wait=data")
    assert waited == close(compiled, f"state={state}&linger=5")


# ---- FIN_WAIT2 ----


@pytest.mark.parametrize("how", ["state=FIN_WAIT2", "linger=5&wait=ack", "backlog=ack"])
@pytest.mark.parametrize(
    ("inputs", "keepalive_ms", "timewait_ms"),
    [
        ("", None, 60_000),
        ("&linger2=60", None, 60_000),
        ("&linger2=61", 1_000, None),
        ("&linger2=100", 40_000, None),
        ("&fin_timeout=100", 40_000, None),
        ("&fin_timeout=100&linger2=5", None, 5_000),
        ("&tw_timeout=5", 55_000, None),
        ("&fin_timeout=0", None, 700),
        ("&fin_timeout=0&rto=201", None, 704),
        ("&fin_timeout=0&rto=1", None, 4),
        ("&linger2=1&rto=10000", None, 35_000),
        ("&rto=120000", 360_000, None),
        ("&fin_timeout=0&tw_timeout=0", 700, None),
    ],
)
def test_the_cliff_between_keepalive_timer_and_mini_socket(
    compiled: gcc_side.Program,
    how: str,
    inputs: str,
    keepalive_ms: int | None,
    timewait_ms: int | None,
) -> None:
    run = close(compiled, how + inputs)
    assert (run["keepalive_ms"], run["timewait_ms"]) == (keepalive_ms, timewait_ms)
    assert run["timewait"] == (None if timewait_ms is None else "FIN_WAIT2")
    assert run["state"] == ("FIN_WAIT2" if timewait_ms is None else "CLOSE")


# ---- limits, namespace ----


def test_the_way_to_the_mini_socket_is_immune_to_the_limits(compiled: gcc_side.Program) -> None:
    limited = close(compiled, "state=FIN_WAIT2&orphans=1&memory=1&netns=dying")
    assert limited == close(compiled, "state=FIN_WAIT2")


# ---- Fast Open ----


@pytest.mark.parametrize(
    ("query", "still_there"),
    [
        ("state=SYN_RECV&recv=300", True),
        ("state=SYN_RECV&linger=0", True),
        ("state=SYN_RECV&repair=1", True),
        ("state=SYN_RECV&orphans=1", True),
        ("state=FIN_WAIT1&linger=0", True),
        ("state=FIN_WAIT1&linger=5&wait=rst", False),
        ("state=FIN_WAIT1&linger=5&wait=ack&linger2=-1", False),
        ("state=SYN_RECV&linger=5&wait=fin&orphans=1", False),
        ("state=FIN_WAIT1&backlog=fin&orphans=1", False),
    ],
)
def test_a_fast_open_request_is_removed_unless_the_peers_segment_did(
    compiled: gcc_side.Program, query: str, still_there: bool
) -> None:
    run = close(compiled, f"{query}&fastopen=1")
    assert taken(run, 159) == still_there
    assert ("reqsk_fastopen_remove" in run["calls"]) == still_there
    assert run["destroyed"]


# ---- the order of the calls ----


def test_the_calls_are_those_of_the_source_in_order(compiled: gcc_side.Program) -> None:
    """Calls between the stubs are not among them; arguments come before their call."""
    calls = close(compiled, "state=FIN_WAIT2&linger2=61")["calls"]
    assert ("tcp_fin_time", "sock_net") in pairwise(calls)
    assert ("sock_net", "inet_csk_reset_keepalive_timer") in pairwise(calls)
    assert calls[-4:] == ["bh_unlock_sock", "local_bh_enable", "release_sock", "sock_put"]
