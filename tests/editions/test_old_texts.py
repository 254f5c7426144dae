# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Texts in the manner of old kernels run to the end, and differ where those kernels did."""

import time
from pathlib import Path

import pytest

from app.editions.store import Kernels, Store
from app.kernel.scenario import parse_scenario
from app.machine.trace import within
from app.walkthrough.records import Walkthrough
from tests.editions import making
from tests.editions.test_import import run, taken

#: What was otherwise before namespaces had counters, and before Fast Open and repair mode.
OLD = (
    ("\t\tif (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN)\n", "\t\tif (tcp_hdr(skb)->fin)\n"),
    (
        "\tif (sk->sk_state == TCP_CLOSE)\n\t\tgoto adjudge_to_death;\n\n\t/* As",
        "\n\t/* As",
    ),
    (
        "\tif (unlikely(tcp_sk(sk)->repair)) {\n\t\tsk->sk_prot->disconnect(sk, 0);\n\t} else if",
        "\tif",
    ),
    (" else if (!check_net(sock_net(sk))) {\n", " else if (0) {\n"),
    (
        "\t\tif (req)\n\t\t\treqsk_fastopen_remove(sk, req, false);\n",
        "",
    ),
    ("\t\tstruct request_sock *req = tcp_sk(sk)->fastopen_rsk;\n", ""),
    (
        "percpu_counter_inc(sk->sk_prot->orphan_count)",
        "atomic_inc(sk->sk_prot->orphan_count)",
    ),
    (
        "\t\tif (tcp_check_oom(sk, 0)) {\n",
        (
            "\t\tif (tcp_too_many_orphans(sk, atomic_read(sk->sk_prot->orphan_count))) {\n"
            '\t\t\tif (net_ratelimit())\n\t\t\t\tprintk("TCP: " "too many\\n");\n'
        ),
    ),
)
#: Before 2.6.17: the backlog first, then an orphan; the timer gets the whole time.
OLDER = (
    ("tcp_hdr(skb)->fin", "skb->h.th->fin"),
    ("\tsock_orphan(sk);\n\n", "\n"),
    ("\tif (state != TCP_CLOSE && sk->sk_state == TCP_CLOSE)\n\t\tgoto out;\n", ""),
    (
        "\t__release_sock(sk);\n\n\tatomic_inc(sk->sk_prot->orphan_count);\n",
        "\t__release_sock(sk);\n\tsock_orphan(sk);\n\tatomic_inc(&tcp_orphan_count);\n",
    ),
    (
        "tmo - sock_net(sk)->ipv4.sysctl_tcp_tw_timeout);",
        "tmo);",
    ),
    (
        "tcp_too_many_orphans(sk, atomic_read(sk->sk_prot->orphan_count))",
        (
            "atomic_read(&tcp_orphan_count) > sysctl_tcp_max_orphans ||\n"
            "\t\t    (sk->sk_wmem_queued > SOCK_MIN_SNDBUF &&\n"
            "\t\t     atomic_read(&tcp_memory_allocated) > sysctl_tcp_mem[2])"
        ),
    ),
)
HEADER = """\
#define TCP_TIMEWAIT_LEN (60*HZ)
#undef STATE_TRACE
static inline int tcp_too_many_orphans(struct sock *sk, int count)
{
	return count > sysctl_tcp_max_orphans ||
		atomic_read(&tcp_memory_allocated) > sysctl_tcp_mem[2];
}
static inline int tcp_fin_time(const struct tcp_opt *tp)
{
	int time = tp->linger2 ? : sysctl_tcp_fin_timeout;

	if (time < 4 * tp->rto - tp->rto / 2)
		time = 4 * tp->rto - tp->rto / 2;
	return time;
}
"""

#: As until 2.6.32, when the port had another name.
DESTROY = """
void inet_csk_destroy_sock(struct sock *sk)
{
	WARN_ON(inet_sk(sk)->num && !inet_csk(sk)->icsk_bind_hash);
	sk->sk_prot->destroy(sk);
	atomic_dec(sk->sk_prot->orphan_count);
	sock_put(sk);
}
"""


def _text(*edits: tuple[str, str]) -> str:
    text = making.edited(*edits)
    for net, host in (("NET_INC_STATS(", "NET_INC_STATS_USER("), ("__NET_INC", "NET_INC")):
        text = text.replace(net, host)
    text = text.replace("STATS_USER(sock_net(sk),", "STATS_USER(")
    text = text.replace("struct tcp_sock *tp", "struct tcp_opt *tp")
    # The wrapper of its day: an inline with TCP's part of the socket.
    text = text.replace("tcp_fin_time(sk)", "tcp_fin_time(tp)")
    return text.replace(
        "\tstruct sk_buff *skb;\n", "\tstruct sk_buff *skb;\n#ifdef STATE_TRACE\n#endif\n"
    )


RESET = {"segments": ["none", "RST"]}
SAME = {
    "reset-with-unread": {**RESET, "counters": ["none", "TCPAbortOnClose+1 OutRsts+1"]},
    "repair-unread": RESET,
    "dying-namespace": {"fate": ["destroyed", "orphan"]},
}
LATER = {
    "linger2-61": {"keepalive_ms": ["1000", "61000"]},
    "fin-timeout-above": {"keepalive_ms": ["60000", "120000"]},
    "rto-floor": {"keepalive_ms": ["10000", "70000"]},
    "linger2-negative-orphan": {
        "counters": ["TCPAbortOnData+1 OutRsts+1", "OutRsts+1 TCPAbortOnLinger+1"]
    },
}


@pytest.mark.parametrize(
    ("edits", "differs"), [(OLD, SAME), ((*OLD, *OLDER), SAME | LATER)], ids=["2.6.24", "2.6.11"]
)
def test_a_text_before_namespaces_and_fast_open_runs(
    tmp_path: Path, edits: tuple[tuple[str, str], ...], differs: dict[str, dict[str, list[str]]]
) -> None:
    tree = making.tree(tmp_path / "linux", _text(*edits))
    (tree / "include/net").mkdir(parents=True)
    (tree / "include/net/tcp.h").write_text(HEADER)
    (tree / "net/core").mkdir()
    (tree / "net/core/sock.c").write_text("\n\tsk->sk_lingertime = ling.l_linger * HZ;\n")
    (tree / "net/ipv4/inet_connection_sock.c").write_text(DESTROY)
    (report,) = taken(tmp_path, str(tree))
    assert report["unknown"] == []
    assert report["facts"]["linger_bits"]["line"] == 2
    executed = {item["name"] for item in report["functions"] if item["executed"]}
    assert "tcp_too_many_orphans" in executed
    found = {item["id"]: item["differs"] for item in report["presets"]}
    # Nothing of Fast Open is there; what its presets do is not asked.
    assert {name for name in found if not name.startswith("fastopen")} == differs.keys()
    for name, wanted in differs.items():
        assert wanted.items() <= found[name].items(), name


#: How the orphans have been compared with their limit, and the memory with its own.
ORPHANS = {
    "counter": """
static inline bool tcp_too_many_orphans(struct sock *sk, int shift)
{
	struct percpu_counter *counter = sk->sk_prot->orphan_count;

	if (percpu_counter_read_positive(counter) << shift <= sysctl_tcp_max_orphans)
		return false;
	return percpu_counter_sum_positive(counter) << shift > sysctl_tcp_max_orphans;
}
""",
    "cache": """
static bool tcp_too_many_orphans(int shift)
{
	int most = READ_ONCE(sysctl_tcp_max_orphans);

	return READ_ONCE(tcp_orphan_cache) << shift > most;
}
""",
    "in-one": """
static inline int tcp_too_many_orphans(struct sock *sk, int shift)
{
	if (percpu_counter_read_positive(sk->sk_prot->orphan_count) << shift >
		sysctl_tcp_max_orphans)
		return 1;
	return sk->sk_wmem_queued > SOCK_MIN_SNDBUF &&
		atomic_long_read(&tcp_memory_allocated) > sysctl_tcp_mem[2];
}
""",
    "unknown": """
static bool tcp_too_many_orphans(int shift)
{
	return vendor_orphans() << shift > sysctl_tcp_max_orphans;
}
""",
}
MEMORY = """
static bool tcp_out_of_memory(const struct sock *sk)
{
	if (sk->sk_wmem_queued <= SOCK_MIN_SNDBUF)
		return false;
	return sk_memory_allocated(sk) > sk_prot_mem_limits(sk, 2);
}
"""


@pytest.mark.parametrize("form", ORPHANS)
def test_limits_are_compared_as_the_text_does(
    tmp_path: Path, tcp_close: Walkthrough, form: str
) -> None:
    test = "tcp_too_many_orphans" + ("(shift)" if "(int shift)" in ORPHANS[form] else "(sk, shift)")
    memory, tests = ("", test) if form == "in-one" else (MEMORY, f"{test} || tcp_out_of_memory(sk)")
    check = f"bool tcp_check_oom(struct sock *sk, int shift)\n{{\n\treturn {tests};\n}}\n"
    tree = making.tree(tmp_path / "linux", before=ORPHANS[form] + memory + check)
    (report,) = taken(tmp_path, str(tree))
    asked = {(item["function"], item["input"]) for item in report["totals"]}
    assert (("tcp_out_of_memory", "memory") in asked) is bool(memory)
    assert (("tcp_too_many_orphans", "orphans") in asked) is (form != "unknown")
    edition = Kernels(tcp_close, Store(tmp_path / "store", "tcp_close").all())[report["label"]]
    for query, code in (
        ("", "within-limits"),
        ("orphans", "too-many-orphans"),
        ("memory", "out-of-memory"),
    ):
        trace = edition.trace(parse_scenario([(query, "1")] if query else []))
        if form == "unknown":
            assert "vendor_orphans" in str(trace.error)
            continue
        (step,) = (item for item in trace.steps if item.site.decision == "oom")
        assert [note.code for note in step.notes] == [code]
        assert step.taken is bool(query)
        inner = {item.function for item in within(step)}
        assert {"tcp_check_oom", "tcp_too_many_orphans"} <= inner
        # As C has it: the second is called where the first is not enough.
        assert ("tcp_out_of_memory" in inner) is (form != "in-one" and query != "orphans")
        assert trace.outcome == tcp_close.edition.trace(trace.scenario).outcome


def test_a_text_of_2_4_is_taken_and_said_not_to_run(tmp_path: Path) -> None:
    # Its socket has other names.
    tree = making.tree(tmp_path / "linux", making.OWN.replace("sk->sk_", "sk->"))
    said = run(tmp_path, "import", str(tree))
    assert said.exit_code == 0, said.output
    assert "can be read, but not run" in said.stdout
    (unknown,) = (line for line in said.stdout.splitlines() if "in tcp_close: the run" in line)
    assert {"state", "receive_queue"} <= set(unknown.replace(",", "").split())
    assert "  preset  " not in said.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("void tcp_close(" + ")" * 200_000, "no function"),
        ("void tcp_close(\n" * 100_000, "no function"),
        ("/*" * 500_000, "no function"),
        ('"' + '\\"' * 500_000, "no function"),
        (making.edited(("\tsock_orphan(sk);\n", "\tsock_hold(sk);\n" * 2000)), "at most"),
        (making.edited(("(tp->linger2 <", "(" * 3000 + "tp->linger2" + ")" * 2999 + " <")), "deep"),
    ],
    ids=["parentheses", "heads", "comments", "strings", "long", "nested"],
)
def test_a_text_made_to_take_long_is_refused_soon(tmp_path: Path, text: str, said: str) -> None:
    tree = making.tree(tmp_path / "linux", text)
    before = time.process_time()
    result = run(tmp_path, "import", str(tree))
    assert time.process_time() - before < 60
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_loop_without_end_and_calls_without_end_stop(tmp_path: Path) -> None:
    turning = making.edited(
        ("\tsock_orphan(sk);\n", "\tfor (;;)\n\t\tstate = 1;\n\tsock_orphan(sk);\n")
    )
    calling = making.SET_STATE.replace(
        "\tinet_sk_state_store(sk, state);\n", "\ttcp_set_state(sk, state);\n"
    )
    tree = making.tree(tmp_path / "linux", turning, before=calling)
    (report,) = taken(tmp_path, str(tree))
    ends = {item["id"]: item["differs"]["fate"][1] for item in report["presets"]}
    assert set(ends.values()) == {"stopped"}
    assert len(ends) > 40
