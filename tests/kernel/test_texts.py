# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What other kernels' texts need of the machine: macros on the tree, tables, strings, frames."""

import pytest

from app.csource.source import Source
from app.kernel.features import Features
from app.kernel.model import Trace, run
from app.kernel.scenario import DEFAULT
from app.kernel.texts import Callee, Text, compile_text


def trace(body: str, *callees: str) -> Trace:
    """A function of a socket with this body, run in the default scenario."""
    text = Text(
        source=Source("f.c", f"void f(struct sock *sk)\n{{\n{body}\n}}\n"),
        entry="f",
        callees=tuple(
            Callee(name=code.split("(")[0].split()[-1], source=Source("g.c", code + "\n"))
            for code in callees
        ),
        tables={"new_state": (7, 132)},
        features=Features(timewait_ms=60_000),
    )
    return run(compile_text(text).program, DEFAULT)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("int a = READ_ONCE(tcp_sk(sk)->linger2);", 0),
        ("int a = new_state[sk->sk_state];", 132),
        ("int a = after(5, 4);", 1),
        ("int a = after(4, 5);", 0),
        ("int a = after(4, 0xfffffff0);", 1),
        ("int a = before(4, 5);", 1),
        ("int a = TCP_TIMEWAIT_LEN;", 60_000),
        ("int a = rcu_dereference_protected(tcp_sk(sk)->linger2, lockdep_sock_is_held(sk));", 0),
        ("int a = BPF_SOCK_OPS_TEST_FLAG(tcp_sk(sk), 3);", 0),
    ],
)
def test_a_macro_is_what_it_stands_for(code: str, value: int) -> None:
    found = trace(code)
    assert found.error is None
    assert [effect.after for step in found.steps for effect in step.effects] == [value]


def test_a_store_by_macro_is_a_store_and_a_check_while_compiling_no_step() -> None:
    found = trace("BUILD_BUG_ON(1 != 1);\nWRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);")
    assert [step.site.text for step in found.steps] == [
        "WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);"
    ]
    assert found.steps[0].effects[0].after == 3


def test_a_line_of_the_log_with_a_string_does_nothing() -> None:
    found = trace('net_info_ratelimited("too many " "orphans\\n");')
    assert found.error is None
    assert found.steps[0].effects == ()


def test_an_index_outside_of_a_table_stops_the_run() -> None:
    found = trace("int a = new_state[7];")
    assert found.error is not None
    assert "an index outside 0 to 1" in found.error.message


def test_functions_that_call_each_other_for_ever_end() -> None:
    found = trace(
        "tcp_set_state(sk, TCP_CLOSE);",
        "void tcp_set_state(struct sock *sk, int state)\n{\n\tsk->sk_prot->disconnect(sk, 0);\n}",
    )
    assert found.error is not None
    assert found.outcome.fate == "stopped"
