# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Expressions that need a world of their own, or whose steps are looked into."""

from typing import Any

import pytest

from app.errors import InvalidOperation
from app.machine.environment import Environment
from app.machine.trace import Effect
from app.machine.types import INT, U8, FunctionType, StructType, pointer_to
from app.machine.values import Deferred, Function, Record
from tests.machine.running import BOX, ENVIRONMENT, FUNCTIONS, box, run, value

# Logic


def test_a_condition_records_each_part_that_was_evaluated() -> None:
    ran = run("int a = 3; if (a > 2 && (!note(0) || a == 9) && a & 4) ; return 0;")
    operands = [
        (o.leaf.text, o.leaf.left, o.leaf.operator, o.leaf.right, o.left, o.right, o.holds)
        for step in ran.recorder.steps
        for o in step.operands
    ]
    assert operands == [
        ("a > 2", "a", ">", "2", 3, 2, True),
        ("!note(0)", "note(0)", "!", None, 0, None, True),
        ("a & 4", "a", "&", "4", 3, 4, False),
    ]


def test_a_condition_shows_an_assignment_by_its_target() -> None:
    ran = run("int a; if ((a = note(3)) != 0) ; return 0;")
    [operand] = ran.recorder.steps[0].operands
    assert (operand.leaf.left, operand.left) == ("a", 3)


def test_a_condition_knows_the_names_of_what_it_compares() -> None:
    ran = run("if (the_box()->colour == RED) ; return 0;")
    [operand] = ran.recorder.steps[0].operands
    assert operand.leaf.names == {1: "RED", 2: "GREEN"}


def test_a_variable_that_was_given_a_named_value_keeps_the_names() -> None:
    ran = run("int c; c = the_box()->colour; if (c == 1) ; return 0;")
    [operand] = ran.recorder.steps[1].operands
    assert operand.leaf.names == {1: "RED", 2: "GREEN"}


# Calls


def test_a_step_keeps_what_functions_returned() -> None:
    ran = run("nothing(); return sum(note(1), 2);")
    assert [step.results for step in ran.recorder.steps] == [(), (("note", 1), ("sum", 3))]


def test_a_macro_is_called_but_leaves_no_result() -> None:
    macro = Function("twice", INT, (INT,), lambda world, a: 2 * a, is_macro=True)
    ran = run("return twice(4);", environment=Environment({}, {}, {"twice": macro}))
    assert (ran.result, ran.recorder.calls) == (8, ["twice"])
    assert ran.recorder.steps[0].results == ()


def test_a_transparent_macro_passes_its_argument_on() -> None:
    hint = Function("hint", INT, (INT,), lambda world, a: a, is_macro=True, is_transparent=True)
    environment = Environment({}, {}, {"hint": hint, **FUNCTIONS})
    ran = run("if (hint(note(1) == 1)) return 5; return hint(6);", environment=environment)
    assert ran.result == 5
    assert ran.recorder.calls == ["hint", "note"]
    assert [o.leaf.text for o in ran.recorder.steps[0].operands] == ["note(1) == 1"]
    assert value("return hint(6);", environment=environment) == 6


def test_call_through_a_pointer() -> None:
    given = box("given", apply=FUNCTIONS["note"])
    ran = run("return b->apply(5) + (*b->apply)(6);", given, parameters="struct box *b")
    assert (ran.result, ran.noted, ran.recorder.calls) == (11, [5, 6], ["note", "note"])


def test_call_through_a_local_variable_that_holds_a_function() -> None:
    """A variable hides the function of the same name."""
    given = box("given", apply=FUNCTIONS["note"])
    environment = Environment({}, ENVIRONMENT.structs, {})
    body = "return b->apply(4);"
    assert value(body, given, parameters="struct box *b", environment=environment) == 4


def test_call_through_a_pointer_converts_its_arguments() -> None:
    given = box("given", apply=FUNCTIONS["note_small"])
    assert run("return b->apply(300);", given, parameters="struct box *b").noted == [44]


def test_a_function_is_a_pointer_to_itself() -> None:
    given = box("given")
    ran = run("b->apply = note; return b->apply(3);", given, parameters="struct box *b")
    assert ran.noted == [3]


# Members


def test_member_access() -> None:
    given = box("given", number=6)
    given.members["inner"].members["deep"] = 8
    body = "return b->number * 10 + b->inner.deep;"
    assert value(body, given, parameters="struct box *b") == 68


# Arguments that are worked out when they are needed


def parameter_world() -> tuple[Deferred, list[str]]:
    asked: list[str] = []

    def compute() -> int:
        asked.append("computed")
        return 5

    return Deferred(compute), asked


def test_a_deferred_argument_is_not_computed_unless_it_is_read() -> None:
    argument, asked = parameter_world()
    assert value("return 1;", argument, parameters="long t") == 1
    assert asked == []


def test_a_deferred_argument_is_computed_once() -> None:
    argument, asked = parameter_world()
    assert value("return t + t;", argument, parameters="long t") == 10
    assert asked == ["computed"]


def test_a_deferred_argument_is_passed_on_unread_to_a_function_that_takes_it_so() -> None:
    argument, asked = parameter_world()
    seen = []

    def take(world: Any, t: Any) -> int:
        seen.append(t)
        return 0

    function = Function("take", INT, (INT,), take, deferred=frozenset({0}))
    environment = Environment({}, {}, {"take": function})
    value("return take(t);", argument, parameters="long t", environment=environment)
    assert seen == [argument]
    assert asked == []


def test_a_function_that_takes_no_deferred_argument_gets_the_value() -> None:
    argument, _ = parameter_world()
    assert run("note(t); note(t + 1); return 0;", argument, parameters="long t").noted == [5, 6]


def test_updating_a_deferred_parameter_reads_it() -> None:
    argument, _ = parameter_world()
    assert value("t++; return t;", argument, parameters="long t") == 6


def test_assigning_a_deferred_parameter_does_not_compute_it() -> None:
    argument, asked = parameter_world()
    assert value("t = 2; return t;", argument, parameters="long t") == 2
    assert asked == []


def test_assigning_a_deferred_parameter_leaves_an_effect_that_is_always_the_same() -> None:
    argument, _ = parameter_world()
    [effect] = run("t = 2; return 0;", argument, parameters="long t").effects
    assert effect == Effect("assignment", "t", None, 2)


def test_a_deferred_parameter_is_read_through_its_address() -> None:
    argument, _ = parameter_world()
    assert value("long *p = &t; return *p;", argument, parameters="long t") == 5


# Members read an input only when the C reads them


def test_a_member_is_asked_for_its_first_value_once_and_only_when_it_is_read() -> None:
    class Asking(Record):
        asked: list[str]

        def first(self, name: str) -> int:
            self.asked.append(name)
            return 4

    given = Asking(BOX, "given")
    given.asked = []
    value("b->number = 1; return b->number;", given, parameters="struct box *b")
    assert given.asked == []
    assert value("return b->small + b->small;", given, parameters="struct box *b") == 8
    assert given.asked == ["small"]


# A struct that the model does not have may be pointed at


def test_a_struct_without_modelled_members_may_be_passed_around() -> None:
    environment = Environment({}, {"known": StructType("struct known", {"n": U8})}, {})
    body = "struct stranger *s = p; return s == p && s != NULL;"
    given = Record(StructType("struct stranger", {}), "s")
    assert value(body, given, parameters="struct stranger *p", environment=environment) == 1


def test_a_pointer_to_a_function_can_be_null() -> None:
    given = Record(StructType("struct ops", {"f": pointer_to(FunctionType("f", INT))}), "ops")
    environment = Environment({}, {"ops": given.type}, {})
    assert value("return o->f == NULL;", given, parameters="struct ops *o", environment=environment)


# Places, conversions and copies


def test_a_pointer_type_that_names_its_parameters_converts_while_compiling() -> None:
    struct = StructType("struct box", {"apply": pointer_to(FunctionType("apply", INT, (U8,)))})
    given = Record(struct, "given", apply=FUNCTIONS["note_small"])
    environment = Environment({}, {"box": struct}, FUNCTIONS)
    ran = run("return b->apply(300);", given, parameters="struct box *b", environment=environment)
    assert ran.noted == [44]


def test_a_literal_0_is_null_for_a_call_through_a_pointer() -> None:
    seen: list[object] = []

    def note_box(world: object, given: object) -> int:
        seen.append(given)
        return 0

    take = Function("take", INT, (pointer_to(BOX),), note_box)
    given = box("given", apply=take)
    run("return b->apply(0);", given, parameters="struct box *b")
    assert seen == [None]


@pytest.mark.parametrize("code", ["(c ? NULL : b)->number", "(c ? b : 0)->number"])
@pytest.mark.parametrize("c", [0, 1])
def test_null_takes_the_type_of_the_other_pointer(code: str, c: int) -> None:
    given = box("given", number=4)
    wanted = 4 if (c == 1) == code.startswith("(c ? b") else None
    if wanted is None:
        with pytest.raises(InvalidOperation, match="is NULL"):
            value(f"return {code};", given, c, parameters="struct box *b, int c")
    else:
        assert value(f"return {code};", given, c, parameters="struct box *b, int c") == wanted


def test_a_written_variable_may_hold_an_address() -> None:
    effects = run(
        "int a = 1, *p = NULL; p = &a; b->apply = note; return 0;",
        box("given"),
        parameters="struct box *b",
    ).effects
    assert [effect.after for effect in effects] == [1, "NULL", "&a", "note"]
