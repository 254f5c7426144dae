# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Texts as vendors make them, from the quoted one: aligned right or marked, never in silence."""

from collections.abc import Collection
from functools import cache

import pytest

from app.csource.source import fold
from app.editions.cutting import cut
from app.editions.loading import Loaded, load
from app.editions.trees import MAIN, Tree
from app.kernel.scenario import DEFAULT, parse_scenario
from app.walkthrough.alignment import canonical
from app.walkthrough.records import Walkthrough
from tests.conftest import shipped
from tests.editions import making

ORPHAN = "\tsock_orphan(sk);\n"


def of(
    *changes: str | tuple[str, str],
    edited: Collection[str] = (),
    absent: Collection[str] = (),
    decisions: Collection[str] = (),
    new: int = 0,
) -> tuple[str, set[str], set[str], set[str], int]:
    """The text, or the quoted one with these pieces replaced; and what is to be found of it."""
    pairs = [change for change in changes if not isinstance(change, str)]
    (text,) = [change for change in changes if isinstance(change, str)] or [making.edited(*pairs)]
    return text, set(edited), set(absent), set(decisions), new


#: What was done; the blocks that are edited and absent by it, the decisions that are edited, and
#: how many decisions are new. Everything else has to be the same.
TEXTS: dict[str, tuple[str, set[str], set[str], set[str], int]] = {
    "comments stripped": of(making.without_comments(making.OWN)),
    "CR/LF": of(making.OWN.replace("\n", "\r\n")),
    "other white space": of(making.OWN.replace("\t", "        ")),
    "other comments": of(("/* Special case. */", "/* Vendor: see bug 1234. */")),
    "a block comment of its own": of(
        (ORPHAN, "\t/* vendor\n\t * if (x) { } while (0)\n\t */\n" + ORPHAN)
    ),
    "WRITE_ONCE": of(
        ("sk->sk_shutdown = SHUTDOWN_MASK;", "WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);")
    ),
    "READ_ONCE": of(("tp->linger2 < 0", "READ_ONCE(tp->linger2) < 0")),
    "old counters": of(
        (
            "NET_INC_STATS(sock_net(sk), LINUX_MIB_TCPABORTONCLOSE)",
            "NET_INC_STATS_USER(sock_net(sk), LINUX_MIB_TCPABORTONCLOSE)",
        )
    ),
    "no comparison with NULL": of(
        (
            "while ((skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL)",
            "while ((skb = __skb_dequeue(&sk->sk_receive_queue)))",
        )
    ),
    "the constant": of(
        making.OWN.replace("sock_net(sk)->ipv4.sysctl_tcp_tw_timeout", "TCP_TIMEWAIT_LEN")
    ),
    "braces": of(
        (
            "\t\tif (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN)\n\t\t\tlen--;\n",
            "\t\tif (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN) {\n\t\t\tlen--;\n\t\t}\n",
        )
    ),
    "a third argument": of(
        (
            "tcp_send_active_reset(sk, sk->sk_allocation);",
            "tcp_send_active_reset(sk, sk->sk_allocation, SK_RST_REASON_TCP_ABORT_ON_CLOSE);",
        ),
        edited={"unread-data"},
    ),
    "an early return": of(
        (
            "\tlock_sock(sk);\n",
            (
                "\tif (vendor_owns(sk)) {\n\t\tvendor_close(sk);\n"
                "\t\treturn;\n\t}\n\tlock_sock(sk);\n"
            ),
        ),
        edited={"entry"},
        new=1,
    ),
    "a call of a vendor": of((ORPHAN, ORPHAN + "\tvendor_hook(sk, 3);\n"), edited={"orphan"}),
    "a counter of a vendor": of(
        (ORPHAN, ORPHAN + "\tsk->sk_vendor_closes = 1;\n"), edited={"orphan"}
    ),
    "a condition negated": of(
        ("if (tmo > sock_net", "if (!(tmo > sock_net"),
        ("tw_timeout) {\n\t\t\t\tinet", "tw_timeout)) {\n\t\t\t\tinet"),
        edited={"time-wait"},
        decisions={"keeps-socket"},
    ),
    "a condition narrowed": of(
        ("if (data_was_unread) {", "if (data_was_unread && !vendor_quiet(sk)) {"),
        edited={"unread-data"},
        decisions={"unread", "in-repair"},
    ),
    "a comparison that is not strict": of(
        ("tmo > sock_net", "tmo >= sock_net"), edited={"time-wait"}, decisions={"keeps-socket"}
    ),
    "a call dropped": of(("\tsk_mem_reclaim(sk);\n\n\t/* If", "\n\t/* If"), absent={"reclaim"}),
    "an end dropped": of(
        ("\t\tif (req)\n\t\t\treqsk_fastopen_remove(sk, req, false);\n", ""), edited={"destroy"}
    ),
    "the early end dropped": of(
        ("\tif (sk->sk_state == TCP_CLOSE)\n\t\tgoto adjudge_to_death;\n", ""),
        absent={"already-closed"},
    ),
    "a way out dropped": of(
        (
            (
                "\tif (unlikely(tcp_sk(sk)->repair)) {\n"
                "\t\tsk->sk_prot->disconnect(sk, 0);\n\t} else if (data_was_unread)"
            ),
            "\tif (data_was_unread)",
        ),
        absent={"repair"},
    ),
    "a way out moved": of(
        (
            (
                "\t} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime) {\n"
                "\t\t/* Check zero linger _after_ checking for unread data. */\n"
                "\t\tsk->sk_prot->disconnect(sk, 0);\n"
                "\t\tNET_INC_STATS(sock_net(sk), LINUX_MIB_TCPABORTONDATA);\n"
            ),
            "",
        ),
        (
            "\t\ttcp_send_fin(sk);\n\t}\n",
            (
                "\t\ttcp_send_fin(sk);\n"
                "\t} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime) {\n"
                "\t\tsk->sk_prot->disconnect(sk, 0);\n"
                "\t\tNET_INC_STATS(sock_net(sk), LINUX_MIB_TCPABORTONDATA);\n\t}\n"
            ),
        ),
        edited={"abortive-linger", "unread-data", "repair"},
        absent={"fin"},
        decisions={"unread", "in-repair", "zero-linger"},
        new=1,
    ),
    "a statement moved": of(
        ("\tsock_hold(sk);\n", ""),
        ("\tlocal_bh_disable();\n", "\tlocal_bh_disable();\n\tsock_hold(sk);\n"),
        edited={"orphan", "backlog"},
    ),
    "a statement twice": of((ORPHAN, ORPHAN + ORPHAN), edited={"orphan"}),
    "a block twice": of(
        (
            "\tif (sk->sk_state != TCP_CLOSE) {\n\t\tsk_mem_reclaim(sk);\n",
            (
                "\tif (sk->sk_state != TCP_CLOSE) {\n\t\tvendor(sk);\n\t}\n"
                "\tif (sk->sk_state != TCP_CLOSE) {\n\t\tsk_mem_reclaim(sk);\n"
            ),
        ),
        edited={"fin-wait2", "linger2", "time-wait", "limits"},
        new=1,
    ),
    "another loop": of(
        (
            "while ((skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL) {",
            "while ((skb = skb_peek(&sk->sk_receive_queue)) != NULL) {",
        ),
        ("\t\t__kfree_skb(skb);", "\t\ttcp_eat_recv_skb(sk, skb);"),
        edited={"drain"},
        decisions={"queued"},
    ),
    "a variable renamed": of(
        making.OWN.replace("data_was_unread", "unread"),
        edited={"entry", "drain", "unread-data"},
        decisions={"unread", "fin-flag", "in-repair"},
    ),
    "a helper renamed": of(
        ("sk_stream_wait_close(sk, timeout);", "vendor_stream_wait_close(sk, timeout);"),
        edited={"linger-wait"},
    ),
    "the orphan count": of(
        ("percpu_counter_inc(sk->sk_prot->orphan_count);", "this_cpu_inc(tcp_orphan_count);"),
        edited={"backlog"},
    ),
    "a wrapper": of(making.split(), edited={"entry", "exit"}),
    "an else dropped": of(
        ("} else if (data_was_unread) {", "}\n\tif (data_was_unread) {"),
        edited={"unread-data"},
        decisions={"unread"},
    ),
    "a jump out of its condition": of(
        (
            "inet_csk_listen_stop(sk);\n\n\t\tgoto adjudge_to_death;\n\t}",
            "inet_csk_listen_stop(sk);\n\t}\n\tgoto adjudge_to_death;\n",
        ),
        edited={"listen"},
    ),
    "under one condition more": of(
        ("\tsock_orphan(sk);\n", "\tif (vendor(sk))\n\t\tsock_orphan(sk);\n"),
        edited={"orphan"},
        new=1,
    ),
    "under no condition": of(
        ("\t\tif (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN)\n\t\t\tlen--;\n", "\t\tlen--;\n"),
        edited={"drain"},
    ),
    "the early end in braces": of(
        (
            "\tif (sk->sk_state == TCP_CLOSE)\n\t\tgoto adjudge_to_death;\n",
            "\tif (unlikely(sk->sk_state == TCP_CLOSE)) {\n\t\tgoto adjudge_to_death;\n\t}\n",
        ),
        edited={"already-closed"},
        decisions={"was-closed"},
    ),
    "Multipath TCP": of(
        (
            "\tlock_sock(sk);\n",
            (
                "\tif (is_meta_sk(sk)) {\n\t\tmptcp_close(sk, timeout);\n\t\treturn;\n\t}\n"
                "\tlock_sock(sk);\n"
            ),
        ),
        (
            "\t\ttcp_send_active_reset(sk, sk->sk_allocation);",
            "\t\ttcp_sk(sk)->ops->send_active_reset(sk, sk->sk_allocation);",
        ),
        ("\t\t\t\ttcp_time_wait(sk,", "\t\t\t\ttcp_sk(sk)->ops->time_wait(sk,"),
        edited={"entry", "unread-data", "time-wait"},
        decisions={"keeps-socket"},
        new=1,
    ),
}


@cache
def own() -> Walkthrough:
    return shipped()


@cache
def loaded(name: str) -> Loaded:
    tree = Tree(files={MAIN: TEXTS[name][0].encode()}, name="linux-9.9", origin="here")
    (kept,) = cut(tree, "tcp_close")
    return load(kept, own())


@pytest.mark.parametrize("name", TEXTS)
def test_blocks_and_decisions_are_the_same_or_marked(name: str) -> None:
    _, edited, absent, decisions, new = TEXTS[name]
    edition = loaded(name).edition
    standings = {block.id: block.standing for block in edition.blocks}
    assert {b.id for b in own().blocks if b.id not in standings} == absent
    assert {block for block, standing in standings.items() if standing == "edited"} <= edited
    known = own().decisions_by_id
    assert {d.id for d in edition.decisions if d.standing == "edited" and d.id in known} <= (
        decisions | {"queued", "closed", "fin-flag", "still-open", "linger2-negative"}
    )
    assert sum(d.id not in known for d in edition.decisions) == new


@pytest.mark.parametrize(
    "name",
    [
        "an else dropped",
        "a jump out of its condition",
        "under one condition more",
        "under no condition",
        "a statement moved",
        "a statement twice",
    ],
)
def test_what_moved_is_marked_though_each_statement_is_still_there(name: str) -> None:
    """A statement that stands under other conditions is no longer the one that is explained."""
    edition = loaded(name).edition
    assert {b.id for b in edition.blocks if b.standing == "edited"} == TEXTS[name][1]
    assert edition.changed


def test_a_vendor_s_own_names_are_no_sign_of_an_old_kernel() -> None:
    """A change is told by what a text has; what it only calls otherwise tells nothing."""
    found = {
        delta.id
        for name in ("a helper renamed", "the early end in braces", "a call of a vendor")
        for deltas in loaded(name).edition.deltas.values()
        for delta in deltas
    }
    assert not found


def test_an_ordinary_socket_is_closed_as_elsewhere_where_there_is_multipath_tcp() -> None:
    edition = loaded("Multipath TCP").edition
    for preset in own().presets:
        there = own().edition.trace(preset.scenario).outcome
        assert edition.trace(preset.scenario).outcome == there, preset.id
    assert [d.id for d in edition.deltas["entry"]] == ["meta-socket"]


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_not_marked_is_what_the_commentary_speaks_of(name: str) -> None:
    """The rule itself: a block that is called the same has the same statements, in order."""
    edition = loaded(name).edition
    blocks = own().blocks_by_id
    for block in edition.blocks:
        if block.standing == "same":
            there = blocks[block.id]
            assert _code(edition.source.lines, block.start, block.end) == _code(
                own().edition.source.lines, there.start, there.end
            ), block.id
    for decision in edition.decisions:
        if decision.standing == "same":
            assert canonical(decision.condition) == canonical(
                own().decisions_by_id[decision.id].condition
            )


def _code(lines: tuple[str, ...], start: int, end: int) -> str:
    text = making.without_comments("\n".join(lines[start - 1 : end]))
    folded = canonical(
        text.replace("{", " ").replace("}", " ").replace("EXPORT_SYMBOL(tcp_close);", "")
    )
    # Spellings with parentheses of their own are compared statement by statement elsewhere.
    folded = folded.replace("else if", "if")
    return fold(folded.replace("( ", "(").replace(" )", ")"))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("query", [(), (("recv", "300"),), (("state", "FIN_WAIT2"),)])
def test_every_text_runs_to_its_end_or_says_where_it_stops(
    name: str, query: tuple[tuple[str, str], ...]
) -> None:
    trace = loaded(name).edition.trace(parse_scenario(query))
    if trace.error is None:
        assert trace.outcome.locks_balanced
    else:
        assert trace.outcome.fate == "stopped"
        assert trace.error.line


def test_an_unknown_call_is_a_marked_step_and_an_unknown_value_stops_the_run() -> None:
    trace = loaded("a call of a vendor").edition.trace(DEFAULT)
    assert trace.error is None
    (step,) = [step for step in trace.steps if "vendor_hook" in step.site.text]
    assert [note.code for note in step.notes] == ["not-modelled"]
    stopped = loaded("a condition narrowed").edition.trace(parse_scenario([("recv", "300")]))
    assert stopped.error is not None
    assert "vendor_quiet" in stopped.error.text
    assert loaded("a condition narrowed").edition.trace(DEFAULT).error is None
