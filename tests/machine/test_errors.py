# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""C that cannot go on says where, why, and what was probably meant."""

from typing import Any

import pytest

from app.errors import (
    ExecutionError,
    InvalidOperation,
    KernelRuleBroken,
    StepLimitExceeded,
    UndeclaredName,
)
from app.machine.environment import Environment
from app.machine.trace import Recorder
from app.machine.types import INT, StructType, pointer_to
from app.machine.values import Function, Record, RuleBroken
from tests.conftest import table
from tests.machine.running import ENVIRONMENT, World, compiled, run

# What each body does wrong, it does on line 4 of test.c.


@pytest.mark.parametrize(("code", "message"), table(__file__, "invalid.yaml"))
def test_an_invalid_operation_says_where_and_why(code: str, message: str) -> None:
    with pytest.raises(InvalidOperation) as caught:
        run(f"int a, *p; const int fixed = 1;\n{code}\nreturn 0;")
    error = caught.value
    assert (error.file, error.line, error.message) == ("test.c", 4, message)
    assert error.kind == "invalid-operation"
    assert error.text in " ".join(code.split())


@pytest.mark.parametrize(
    "code",
    ["take_other(the_box());", "other = the_box();", "return other == the_box();"],
)
def test_a_pointer_to_another_struct_does_not_fit(code: str) -> None:
    """A compiler refuses it too; a modelled function would find an object that it does not know."""
    other = StructType("struct other", {"x": INT})
    take = Function("take_other", INT, (pointer_to(other),), lambda world, o: 0)
    environment = Environment(
        ENVIRONMENT.constants,
        {**ENVIRONMENT.structs, "other": other},
        {**ENVIRONMENT.functions, "take_other": take},
    )
    with pytest.raises(ExecutionError):
        run(f"struct other *other = NULL; {code} return 0;", environment=environment)


# What a compiler would have refused stops nothing before it is reached


def test_a_program_lists_what_a_compiler_would_have_refused() -> None:
    program = compiled("int a = missing;\nif (0)\n\tother();\nreturn a;")
    assert [(f.line, f.message) for f in program.faults] == [
        (3, "identifier missing is not declared"),
        (5, "function other is not declared"),
    ]


def test_a_program_that_compiles_has_no_faults() -> None:
    assert compiled("int a = 0; return 1 / a;").faults == ()


def test_a_fault_is_listed_once() -> None:
    assert len(compiled("the_bax()->number = 1; return 0;").faults) == 1


def test_the_record_holds_the_run_up_to_the_error() -> None:
    recorder = Recorder()
    with pytest.raises(UndeclaredName):
        compiled("int a = 1;\na = 2;\na = missing;\na = 3;\nreturn a;").run(World(), recorder, ())
    assert [step.site.span.line for step in recorder.steps] == [3, 4, 5]


def test_an_error_does_not_grow_when_it_is_raised_again() -> None:
    program = compiled("return missing;")

    def frames() -> int:
        with pytest.raises(UndeclaredName) as caught:
            program.run(World(), Recorder(), ())
        return len(caught.traceback)

    assert frames() == frames() == frames()


def test_a_broken_rule_becomes_an_error_with_the_place_of_the_call() -> None:
    def refuse(world: Any) -> None:
        raise RuleBroken("not like this")

    environment = Environment({}, {}, {"rule": Function("rule", INT, (), refuse)})
    with pytest.raises(KernelRuleBroken) as caught:
        run("int a = 1;\nif (a &&\n    rule() > 2)\n\ta = 2;\nreturn a;", environment=environment)
    assert (caught.value.file, caught.value.line) == ("test.c", 4)
    assert caught.value.message == "not like this"
    assert "rule()" in caught.value.text
    assert caught.value.kind == "kernel-rule-broken"


def test_the_step_limit_can_be_chosen() -> None:
    body = "int i; for (i = 0; i < 10; i++) ; return i;"
    assert run(body, step_limit=100).result == 10
    with pytest.raises(StepLimitExceeded, match="no end after 5 operations"):
        run(body, step_limit=5)


def test_an_unknown_struct_has_no_members() -> None:
    given = Record(StructType("struct stranger", {}), "s")
    with pytest.raises(UndeclaredName, match="struct stranger has no modelled member; x"):
        run("return s->x;", given, parameters="struct stranger *s")


@pytest.mark.parametrize(
    "code",
    [
        "missing + 1;",
        "return -missing;",
        "return !missing;",
        "a = missing ? 1 : 2;",
        "a = 1 ? missing : 2;",
        "return *&missing;",
        "missing->x.y = 3;",
        "missing += 1;",
        "missing++;",
        "return (u8)missing;",
        "note(missing);",
        "switch (missing) { case 1: ; }",
        "missing->apply(1);",
        "return (missing, 1);",
        "while (missing) ;",
        "if (missing & 1) ;",
        "strange_t x = 1; x->y = 2;",
    ],
)
def test_one_mistake_is_listed_once_whatever_is_around_it(code: str) -> None:
    program = compiled(f"int a = 0; {code} return a;")
    [fault] = program.faults
    assert isinstance(fault, UndeclaredName)
    with pytest.raises(UndeclaredName):
        program.run(World(), Recorder(), ())


def test_what_stands_before_a_mistake_is_still_evaluated() -> None:
    recorder = Recorder()
    with pytest.raises(UndeclaredName):
        compiled("return note(1) + missing;").run(World(), recorder, ())
    assert recorder.calls == ["note"]
