# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The quoted source, as the parser sees it."""

import hashlib
from itertools import pairwise

import pytest

from app.csource import nodes
from app.csource.decisions import decisions_of, labels_of, walk
from app.csource.parse import parse_function
from app.csource.source import Source, Span, fold
from app.paths import CONTENT

FILE = CONTENT / "tcp_close" / "tcp_close.c"

DECISIONS = (
    (10, "if (sk->sk_state == TCP_LISTEN)"),
    (23, "while ((skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL)"),
    (26, "if (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN)"),
    (35, "if (sk->sk_state == TCP_CLOSE)"),
    (45, "if (unlikely(tcp_sk(sk)->repair))"),
    (47, "if (data_was_unread)"),
    (52, "if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime)"),
    (56, "if (tcp_close_state(sk))"),
    (104, "if (state != TCP_CLOSE && sk->sk_state == TCP_CLOSE)"),
    (121, "if (sk->sk_state == TCP_FIN_WAIT2)"),
    (123, "if (tp->linger2 < 0)"),
    (131, "if (tmo > sock_net(sk)->ipv4.sysctl_tcp_tw_timeout)"),
    (140, "if (sk->sk_state != TCP_CLOSE)"),
    (142, "if (tcp_check_oom(sk, 0))"),
    (147, "if (!check_net(sock_net(sk)))"),
    (153, "if (sk->sk_state == TCP_CLOSE)"),
    (159, "if (req)"),
)


@pytest.fixture(scope="module")
def tcp_close() -> nodes.Function:
    return parse_function(Source("tcp_close.c", FILE.read_text()), "tcp_close")


def test_the_source_is_the_one_that_is_quoted() -> None:
    """The subject is never edited for the program's convenience."""
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert digest == "4844b595de910bfae1a9e2a01ae855609bb7ad404c844879f3bba1de23c5df28"


def test_the_function_takes_a_socket_and_a_timeout(tcp_close: nodes.Function) -> None:
    assert tcp_close.returns.base == "void"
    assert [(p.type.text, p.name) for p in tcp_close.parameters] == [
        ("struct sock", "sk"),
        ("long", "timeout"),
    ]
    assert (tcp_close.span.line, tcp_close.span.end_line) == (1, 170)


def test_the_function_has_these_17_decisions(tcp_close: nodes.Function) -> None:
    found = decisions_of(tcp_close)
    assert tuple((d.line, d.code) for d in found) == DECISIONS
    assert [d.number for d in found] == list(range(17))


def test_one_decision_is_a_while_and_the_others_are_ifs(tcp_close: nodes.Function) -> None:
    assert [d.line for d in decisions_of(tcp_close) if d.keyword != "if"] == [23]
    assert decisions_of(tcp_close)[1].keyword == "while"


def test_the_condition_is_what_stands_between_the_parentheses(tcp_close: nodes.Function) -> None:
    for decision in decisions_of(tcp_close):
        assert decision.code == f"{decision.keyword} ({decision.condition})"


def test_each_decision_points_at_its_code(tcp_close: nodes.Function) -> None:
    for decision in decisions_of(tcp_close):
        span = decision.span
        assert span.line == span.end_line
        text = tcp_close.source.line(span.line)[span.column - 1 : span.end_column]
        assert fold(text) == decision.code


def test_there_are_two_labels(tcp_close: nodes.Function) -> None:
    assert labels_of(tcp_close) == {
        "adjudge_to_death": Span(91, 1, 91, 17),
        "out": Span(165, 1, 165, 4),
    }


def test_there_are_four_gotos(tcp_close: nodes.Function) -> None:
    assert [(s.label, s.span.line) for s in walk(tcp_close.body) if isinstance(s, nodes.Goto)] == [
        ("adjudge_to_death", 16),
        ("adjudge_to_death", 36),
        ("out", 105),
        ("out", 136),
    ]


def test_each_line_of_code_belongs_to_a_statement(tcp_close: nodes.Function) -> None:
    """What is left over is comments, blank lines, braces and the macro behind the function."""
    covered = set()
    for statement in walk(tcp_close.body):
        if isinstance(statement, nodes.Compound):
            continue
        end = statement.span.end_line
        if isinstance(statement, nodes.If | nodes.While):
            end = statement.header.end_line
        if isinstance(statement, nodes.Label):
            end = statement.label_span.end_line
        covered |= set(range(statement.span.line, end + 1))
    is_comment = False
    for number, line in enumerate(tcp_close.source.lines[2:169], start=3):
        code = line.strip()
        is_comment = is_comment or code.startswith("/*")
        if not is_comment and code not in {"", "{", "}", "} else {"}:
            assert number in covered, line
        if code.endswith("*/"):
            is_comment = False


def test_statements_come_in_the_order_of_the_source(tcp_close: nodes.Function) -> None:
    spans = [statement.span for statement in walk(tcp_close.body)]
    assert all((a.line, a.column) <= (b.line, b.column) for a, b in pairwise(spans))


def test_a_decision_in_the_last_part_of_a_for_or_do_is_found() -> None:
    text = (
        "void f(void)\n{\n\tdo {\n\t\tfor (;a;)\n\t\t\tb;\n\t} while (c);\n\tfor (;;)\n\t\td;\n}\n"
    )
    found = decisions_of(parse_function(Source("test.c", text), "f"))
    assert [(d.line, d.code) for d in found] == [(4, "for (a)"), (6, "while (c)")]
