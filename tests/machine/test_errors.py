# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""C that cannot go on says where, why, and what was probably meant."""

import re
from typing import Any

import pytest

from app.errors import (
    CSyntaxError,
    ExecutionError,
    InvalidOperation,
    KernelRuleBroken,
    StepLimitExceeded,
    UndeclaredName,
)
from app.machine.environment import Environment
from app.machine.program import STEP_LIMIT
from app.machine.trace import Recorder
from app.machine.types import INT, StructType, pointer_to
from app.machine.values import Function, Record, RuleBroken
from tests.conftest import table
from tests.machine.running import ENVIRONMENT, World, compiled, run

MEMBER = "struct {} has no modelled member; {} is not declared"

# What each body does wrong, it does on line 4 of test.c.


@pytest.mark.parametrize(
    ("code", "message", "near"),
    [
        ("numbr = 1;", "identifier numbr is not declared", "number"),
        ("return numbr + 1;", "identifier numbr is not declared", "number"),
        ("return SEVEM;", "identifier SEVEM is not declared", "SEVEN"),
        ("return green;", "identifier green is not declared", "GREEN"),
        ("return completely_other;", "identifier completely_other is not declared", None),
        ("nnote(1);", "function nnote is not declared", "note"),
        ("return the_boxes();", "function the_boxes is not declared", "the_box"),
        ("return the_box()->nmber;", MEMBER.format("box", "nmber"), "number"),
        ("return the_box()->inner.depp;", MEMBER.format("inner", "depp"), "deep"),
        ("strange_t x;", "type strange_t is not declared", None),
        ("return (strange_t *)1;", "type strange_t is not declared", None),
        ("goto owt;", "label owt is not declared", "out"),
    ],
)  # fmt: skip
def test_an_undeclared_name_is_named_with_its_nearest_match(
    code: str, message: str, near: str | None
) -> None:
    with pytest.raises(UndeclaredName) as caught:
        run(f"int number;\n{code}\nout: return 0;")
    error = caught.value
    assert (error.file, error.line, error.message, error.nearest) == ("test.c", 4, message, near)
    assert error.kind == "undeclared-name"
    assert str(error).startswith(f"test.c:4: {message}: ")


@pytest.mark.parametrize(
    "code",
    [
        "struct box *c = the_bax();",
        "b = the_bax();",
        "return (strange_t *)NULL == NULL;",
        "if (the_bax()->number) ;",
        "if (the_bax() == NULL) ;",
        "return the_box()->nmber->deep;",
        "return *the_bax();",
        "const int a = the_bax()->inner.deep;",
    ],
)
def test_an_undeclared_name_is_named_wherever_it_stands(code: str) -> None:
    with pytest.raises(UndeclaredName):
        run(f"struct box *b;\n{code}\nreturn 0;")


@pytest.mark.parametrize(("code", "message"), table(__file__, "invalid.yaml"))
def test_an_invalid_operation_says_where_and_why(code: str, message: str) -> None:
    with pytest.raises(InvalidOperation) as caught:
        run(f"int a, *p; const int fixed = 1;\n{code}\nreturn 0;")
    error = caught.value
    assert (error.file, error.line, error.message) == ("test.c", 4, message)
    assert error.kind == "invalid-operation"
    assert error.text in " ".join(code.split())


@pytest.mark.parametrize("code", ["return *p;", "a = *p + 1;", "if (*p) ;"])
def test_an_unset_variable_is_noticed_through_its_address(code: str) -> None:
    with pytest.raises(InvalidOperation, match="no value"):
        run(f"int b, a = 0, *p = &b; {code} return 0;")


def test_a_const_parameter_cannot_be_written() -> None:
    with pytest.raises(InvalidOperation, match="is const"):
        run("a = 2; return a;", 1, parameters="const int a")


def test_what_a_pointer_to_const_points_at_cannot_be_written() -> None:
    with pytest.raises(InvalidOperation, match="is const"):
        run("int a = 1; const int *p = &a; *p = 2; return a;")


@pytest.mark.parametrize(
    "code",
    [
        "if (nothing()) ;",
        "return nothing() && 1;",
        "return !nothing();",
        "return nothing() ? 1 : 2;",
    ],
)
def test_a_function_without_a_value_is_no_condition(code: str) -> None:
    with pytest.raises(ExecutionError):
        run(f"{code} return 0;")


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


def test_a_call_through_a_pointer_counts_its_arguments() -> None:
    with pytest.raises(InvalidOperation, match="another number of arguments"):
        run("the_box()->apply = note; return the_box()->apply(1, 2);")


# What a compiler would have refused stops nothing before it is reached


def test_a_fault_that_is_not_reached_does_no_harm() -> None:
    assert run("if (0) undeclared = 1; return 3;").result == 3


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


# A modelled function's rules


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


# Endless loops


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("int a;\nwhile (1)\n\ta = 1;", 5),
        ("int a;\ndo {\n\ta = 1;\n} while (1);", 6),
        ("int a;\nfor (;;)\n\ta = 1;", 5),
        ("int a;\nagain:\na = 1;\ngoto again;", 6),
        ("int a;\nwhile (1)\n\t;", 4),
        ("int a;\nfor (; 1;)\n\t;", 4),
        ("here:\ngoto here;", 4),
    ],
)
def test_an_endless_loop_ends_at_the_step_limit(body: str, line: int) -> None:
    with pytest.raises(StepLimitExceeded) as caught:
        run(body)
    error = caught.value
    assert error.file == "test.c"
    assert abs(error.line - line) <= 1
    assert error.message == f"no end after {STEP_LIMIT} operations"
    assert error.kind == "step-limit"


@pytest.mark.parametrize("body", ["for (;;) ;", "for (;;) { }", "again: for (;;) { ; }"])
def test_an_endless_loop_without_a_step_ends_at_the_step_limit(body: str) -> None:
    with pytest.raises(StepLimitExceeded):
        run(f"int a = 0; {body} return 0;")


def test_the_step_limit_can_be_chosen() -> None:
    body = "int i; for (i = 0; i < 10; i++) ; return i;"
    assert run(body, step_limit=100).result == 10
    with pytest.raises(StepLimitExceeded, match="no end after 5 operations"):
        run(body, step_limit=5)


# What has no meaning is refused before it runs


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("break;", "break outside of a loop"),
        ("continue;", "continue outside of a loop"),
        ("switch (1) { case 1: continue; }", "continue outside of a loop"),
        ("case 1: ;", "case outside of a switch"),
        ("default: ;", "case outside of a switch"),
        ("out: ; out: ;", "label out stands twice"),
        ("switch (1) { case 1: ; case 1: ; }", "this case stands twice"),
        ("switch (1) { case 7: ; case SEVEN: ; }", "this case stands twice"),
        ("int a = 1; switch (1) { case a: ; }", "a case needs a constant"),
        ("switch (1) { case missing: ; }", "a case needs a constant"),
        ("switch (1) { case 1 / 0: ; }", "a case needs a constant"),
        ("switch (1) { case NULL: ; }", "a case needs a constant"),
    ],
)
def test_what_has_no_meaning_is_refused(body: str, message: str) -> None:
    with pytest.raises(CSyntaxError) as caught:
        compiled(body)
    assert (caught.value.file, caught.value.line, caught.value.message) == ("test.c", 3, message)


def test_a_case_that_calls_a_function_is_refused() -> None:
    with pytest.raises(CSyntaxError, match="a case needs a constant"):
        compiled("switch (1) { case note(1): ; }")


def test_two_defaults_are_refused() -> None:
    with pytest.raises(CSyntaxError):
        compiled("switch (1) { default: return 1; default: return 2; }")


def test_a_variable_that_is_declared_twice_is_refused() -> None:
    with pytest.raises(CSyntaxError):
        compiled("int a = 1; int a = 2; return a;")


def test_a_variable_that_is_initialised_with_itself_is_unset() -> None:
    """In C the scope of a name starts before its initial value."""
    with pytest.raises(InvalidOperation, match="no value yet"):
        run("int a = 1; { int a = a; return a; }")


def test_an_unknown_type_of_a_parameter_is_refused() -> None:
    with pytest.raises(CSyntaxError, match=r"^test.c:1: unknown type strange_t: strange_t x$"):
        compiled("return 0;", parameters="strange_t x")


def test_an_unknown_return_type_is_refused() -> None:
    with pytest.raises(CSyntaxError):
        compiled("return 0;", returns="strange_t")


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("u8 a = 0; switch (a) { case 256: return 1; } return 0;", 0),
        ("u8 a = 255; switch (a) { case - 1: return 1; } return 0;", 0),
        ("u8 a = 0; switch (a) { case 0: return 2; case 256: return 1; } return 0;", 2),
    ],
)
def test_switch_promotes_its_subject(body: str, result: int) -> None:
    assert run(body).result == result


def test_a_struct_variable_without_a_value_says_so() -> None:
    with pytest.raises(InvalidOperation, match="b has no value yet"):
        run("struct box b; b.number = 1; return b.number;")


def test_an_unknown_struct_has_no_members() -> None:
    given = Record(StructType("struct stranger", {}), "s")
    with pytest.raises(UndeclaredName, match="struct stranger has no modelled member; x"):
        run("return s->x;", given, parameters="struct stranger *s")


# What is at fault, is named, and nothing else


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


def test_a_mistake_in_the_side_that_is_not_needed_does_no_harm() -> None:
    assert run("return 0 && missing;").result == 0
    assert run("return 1 ? 2 : missing;").result == 2


def test_a_label_in_a_switch_that_has_no_integer_can_be_reached() -> None:
    code = "goto in; switch (the_box()) { case 1: ; in: return 4; } return 0;"
    assert run(code).result == 4


# What a compiler refuses, and the machine too


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("return 1 ? nothing() : 1;", "the two values have types that do not fit"),
        ("while (nothing()) ;", "void is neither true nor false"),
        ("if (*the_box()) ;", "struct box is neither true nor false"),
        ("if (nothing() == 1) ;", "void can't be compared with int"),
        ("const struct box *b = the_box(); b->number = 1;", "b->number is const"),
        ("const struct box *b = the_box(); b->inner.deep++;", "b->inner.deep is const"),
        ("const int k = 1; int *p = &k;", "const int * can't be assigned to int *"),
        ("long l = 1; int *p = &l;", "long * can't be assigned to int *"),
        ("struct inner *i = the_box();", "struct box * can't be assigned to struct inner *"),
        ("struct inner i = *the_box();", "struct box can't be assigned to struct inner"),
        ("void *v = the_box(); struct inner *i = v;", "v does not point at what"),
        ("struct inner *i = (struct inner *)the_box();", "does not point at what"),
    ],
)
def test_what_does_not_fit_says_so(code: str, message: str) -> None:
    with pytest.raises(InvalidOperation, match=re.escape(message)):
        run(f"{code} return 0;")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("void v;", "a variable can't be void"),
        ("{ int a; int a; }", "a is declared twice"),
        ("int n;", "n is declared twice"),
        ("switch (1) { case (nothing(), 1): ; }", "a case needs a constant"),
        ("switch (1) { case unlikely(1): ; }", "a case needs a constant"),
    ],
)
def test_a_declaration_or_case_without_meaning_is_refused(code: str, message: str) -> None:
    with pytest.raises(CSyntaxError, match=message):
        compiled(code, parameters="int n")


@pytest.mark.parametrize("parameters", ["int a, int a", "int a, void b"])
def test_parameters_without_meaning_are_refused(parameters: str) -> None:
    with pytest.raises(CSyntaxError):
        compiled("return 0;", parameters=parameters)


def test_a_block_inside_may_declare_the_name_again() -> None:
    assert run("int a = 1; { int a = 2; n += a; } return n + a;", 3, parameters="int n").result == 6


def test_an_argument_that_is_missing_has_no_value() -> None:
    with pytest.raises(InvalidOperation, match="n has no value yet"):
        run("return n;", parameters="int n")
