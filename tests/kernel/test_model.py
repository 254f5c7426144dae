# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Running a function on a modelled socket: what it is called with, what is left."""

import pytest

from app.csource.parse import parse_function
from app.csource.source import Source
from app.errors import InvalidOperation, UnsupportedConstruct
from app.kernel import model
from app.machine.program import Program
from tests.kernel.closing import run_body, scenario


def compiled(text: str) -> Program:
    """A function by the name of f."""
    return model.compile_function(parse_function(Source("test.c", text), "f"))


def test_a_function_of_a_socket_alone_gets_no_time_to_linger() -> None:
    """Its first variable stays unset, whatever SO_LINGER says."""
    program = compiled("void f(struct sock *sk)\n{\nint a;\nif (a)\nlock_sock(sk);\n}\n")
    trace = model.run(program, scenario("linger=5"))
    assert isinstance(trace.error, InvalidOperation)
    assert "linger" not in trace.reads


@pytest.mark.parametrize("parameters", ["void", "long timeout", "struct sock *sk, int how"])
def test_another_parameter_is_refused_with_its_place(parameters: str) -> None:
    with pytest.raises(UnsupportedConstruct) as refused:
        compiled(f"void f({parameters})\n{{\n}}\n")
    assert refused.value.line == 1


def test_a_socket_that_nobody_orphaned_stays_with_its_program() -> None:
    trace = run_body("lock_sock(sk);\nrelease_sock(sk);")
    assert trace.outcome.fate == "kept"
    assert not trace.outcome.destroyed


def test_an_orphan_is_one_that_the_source_made() -> None:
    trace = run_body("lock_sock(sk);\nsock_orphan(sk);\nrelease_sock(sk);")
    assert trace.outcome.fate == "orphan"


def test_a_trace_says_whose_it_is() -> None:
    assert run_body("lock_sock(sk);\nrelease_sock(sk);").function == "f"
