# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Expressions, each small and alone: values, order of evaluation, what is recorded."""

from typing import Any

import pytest

from app.errors import InvalidOperation
from app.machine.environment import Environment
from app.machine.trace import Effect
from app.machine.types import INT, U8, FunctionType, StructType, pointer_to
from app.machine.values import Deferred, Function, Record
from tests.conftest import table
from tests.machine.running import BOX, ENVIRONMENT, FUNCTIONS, box, run, value, value_of

# Arithmetic


@pytest.mark.parametrize(("expression", "result"), table(__file__, "values.yaml"))
def test_value(expression: str, result: int) -> None:
    assert value_of(expression) == result


# Assignment


def test_assignment_has_the_value_that_was_stored() -> None:
    assert value("u8 a; int b = a = 257; return b;") == 1


def test_assignments_chain_from_the_right() -> None:
    assert value("int a, b; a = b = 4; return a * 10 + b;") == 44


@pytest.mark.parametrize(
    ("operator", "result"),
    [("+=", 22), ("-=", 18), ("*=", 40), ("/=", 10), ("%=", 0), ("&=", 0), ("|=", 22),
     ("^=", 22), ("<<=", 80), (">>=", 5)],
)  # fmt: skip
def test_compound_assignment(operator: str, result: int) -> None:
    assert value(f"int a = 20; a {operator} 2; return a;") == result


@pytest.mark.parametrize(
    ("operator", "right", "result"),
    [
        ("+=", "100", 44),
        ("-=", "300", 156),
        ("*=", "3", 88),
        ("/=", "300", 0),
        ("%=", "300", 200),
        ("&=", "0x12F0", 0xC0),
        ("|=", "0x1206", 0xCE),
        ("^=", "0x12FF", 0x37),
        ("<<=", "1", 144),
        (">>=", "3", 25),
    ],
)
def test_compound_assignment_computes_in_the_common_type_and_stores_in_its_own(
    operator: str, right: str, result: int
) -> None:
    """A u8 of 200 and an int meet as ints; what is stored is the low byte."""
    assert value(f"u8 a = 200; a {operator} {right}; return a;") == result


def test_compound_assignment_of_an_int_and_an_unsigned_computes_unsigned() -> None:
    assert value("int a = - 6; a /= 2u; return a;") == 0x7FFF_FFFD


def test_updates_give_the_value_before_or_after() -> None:
    assert value("int a = 5; return a++ * 10 + a;") == 56
    assert value("int a = 5; return ++a * 10 + a;") == 66
    assert value("int a = 5; return a-- * 10 + a;") == 54
    assert value("int a = 5; return --a * 10 + a;") == 44


@pytest.mark.parametrize(
    ("type_", "before", "code", "after"),
    [
        ("u8", "255", "a++", 0),
        ("u8", "0", "--a", 255),
        ("int", "2147483647", "++a", -(2**31)),
        ("u32", "0", "a--", 2**32 - 1),
        ("s8", "127", "a++", -128),
    ],
)
def test_updates_wrap_around(type_: str, before: str, code: str, after: int) -> None:
    assert value(f"{type_} a = {before}; {code}; return a;", returns="long long") == after


def test_an_assignment_leaves_an_effect_with_what_was_and_what_is() -> None:
    ran = run("int a = 1; a = 5; a += 2; a++; the_box()->number = 9; return 0;")
    assert ran.effects == [
        Effect("assignment", "a", None, 1),
        Effect("assignment", "a", 1, 5),
        Effect("assignment", "a", 5, 7),
        Effect("assignment", "a", 7, 8),
        Effect("assignment", "the_box()->number", None, 9),
    ]


def test_an_effect_shows_the_names_that_values_have() -> None:
    ran = run("int c = GREEN; the_box()->colour = RED; the_box()->colour = c; return 0;")
    assert [(e.before, e.after) for e in ran.effects] == [
        (None, "GREEN"),
        (None, "RED"),
        ("RED", "GREEN"),
    ]


def test_an_effect_shows_null_and_the_label_of_a_struct() -> None:
    ran = run("struct box *b = NULL; b = the_box(); return 0;")
    assert [(e.before, e.after) for e in ran.effects] == [(None, "NULL"), ("NULL", "the_box")]


# Logic


@pytest.mark.parametrize(
    ("expression", "result", "noted"),
    [
        ("note(0) && note(1)", 0, [0]),
        ("note(1) && note(0)", 0, [1, 0]),
        ("note(2) && note(3)", 1, [2, 3]),
        ("note(1) || note(1)", 1, [1]),
        ("note(0) || note(0)", 0, [0, 0]),
        ("note(0) || note(5)", 1, [0, 5]),
        ("note(0) && note(1) || note(2)", 1, [0, 2]),
        ("!(note(1) && note(0))", 1, [1, 0]),
    ],
)
@pytest.mark.parametrize("form", ["return {};", "if ({}) return 1; return 0;"])
def test_logic_evaluates_the_right_side_only_where_it_matters(
    form: str, expression: str, result: int, noted: list[int]
) -> None:
    """The same as a value and as a condition, which is compiled in another way."""
    ran = run(form.format(expression))
    assert (ran.result, ran.noted) == (result, noted)


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


# Conditional and comma


@pytest.mark.parametrize(("argument", "noted"), [(1, [10]), (0, [20])])
def test_conditional_evaluates_one_side(argument: int, noted: list[int]) -> None:
    ran = run("return a ? note(10) : note(20);", argument, parameters="int a")
    assert (ran.result, ran.noted) == (noted[0], noted)


def test_conditional_has_the_common_type_of_both_sides() -> None:
    """-1 beside an unsigned is 4294967295, whichever side is taken."""
    assert value_of("1 ? - 1 : 0u") == 0xFFFF_FFFF
    assert value_of("1 ? - 1 : 0") == -1


@pytest.mark.parametrize(("argument", "result", "noted"), [(5, 5, [5]), (0, 8, [0, 8])])
def test_conditional_without_a_middle_evaluates_its_condition_once(
    argument: int, result: int, noted: list[int]
) -> None:
    """GNU's `a ?: b`, as in tcp_fin_time."""
    ran = run("return note(a) ?: note(8);", argument, parameters="int a")
    assert (ran.result, ran.noted) == (result, noted)


def test_conditional_without_a_middle_has_the_common_type_too() -> None:
    assert value_of("- 1 ?: 0u") == 0xFFFF_FFFF


def test_conditional_gives_pointers() -> None:
    body = "struct box *b = a ? the_box() : NULL; return b == NULL;"
    assert value(body, 1, parameters="int a") == 0
    assert value(body, 0, parameters="int a") == 1


def test_comma_evaluates_both_and_gives_the_second() -> None:
    ran = run("return note(1), note(2);")
    assert (ran.result, ran.noted) == (2, [1, 2])


# Casts


@pytest.mark.parametrize(
    ("cast", "result"),
    [
        ("(u8) 300", None),
        ("(unsigned char)300", 44),
        ("(signed char)200", -56),
        ("(char)200", -56),
        ("(short)70000", 4464),
        ("(unsigned short)70000", 4464),
        ("(int)4294967295", -1),
        ("(unsigned int)- 1", 2**32 - 1),
        ("(long)(unsigned int)- 1", 2**32 - 1),
        ("(unsigned long)- 1 == 18446744073709551615u", 1),
        ("(bool)256", 1),
        ("(bool)0", 0),
        ("(uint8_t)300", 44),
        ("(int64_t)(int32_t)4294967295", -1),
    ],
)
def test_cast_converts(cast: str, result: int | None) -> None:
    assert value_of(cast) == (44 if result is None else result)


def test_cast_to_void_evaluates_and_drops() -> None:
    assert run("(void)note(3); return 0;").noted == [3]


def test_cast_of_a_pointer_keeps_the_object() -> None:
    assert value("void *p = (void *)the_box(); return ((struct box *)p) == the_box();") == 1


@pytest.mark.parametrize("code", ["(u32)(3)", "(u32)- 1 - 4294967292", "(u32)*&a"])
def test_cast_to_a_kernel_type_in_front_of_any_operand(code: str) -> None:
    assert value(f"u32 a = 3; return {code} == a;") == 1


# Calls


def test_call_evaluates_arguments_from_left_to_right_and_converts_them() -> None:
    ran = run("return sum(note(1), note(2));")
    assert (ran.result, ran.noted) == (3, [1, 2])
    assert run("return note_small(300);").noted == [44]
    assert run("return note_long(- 1);").noted == [-1]


def test_calls_are_recorded_in_order_the_inner_one_first() -> None:
    assert run("return sum(note(1), the_box()->number);").recorder.calls == [
        "note",
        "the_box",
        "sum",
    ]


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


def test_a_member_that_was_never_written_is_zero() -> None:
    assert value("return the_box()->number;") == 0


def test_a_member_keeps_what_its_type_can_hold() -> None:
    assert value("the_box()->small = 300; return the_box()->small;") == 44
    assert value("the_box()->small += 250; the_box()->small += 10; return the_box()->small;") == 4
    assert value("the_box()->small--; return the_box()->small;") == 255


def test_a_member_of_a_struct_inside_can_be_written() -> None:
    assert value("the_box()->inner.deep = 4; return the_box()->inner.deep;") == 4


@pytest.mark.parametrize("code", ["the_box()->number = 1", "the_box()->number += 1",
                                  "the_box()->number++", "*&the_box()->number += 1"])  # fmt: skip
def test_writing_evaluates_the_place_once(code: str) -> None:
    assert run(f"{code}; return 0;").recorder.calls == ["the_box"]


def test_a_struct_is_copied_when_it_is_assigned() -> None:
    body = "struct box copy = *the_box(); copy.number = 7; return the_box()->number;"
    assert value(body) == 0


# Pointers


def test_a_pointer_reads_and_writes_a_variable() -> None:
    assert value("int a = 1; int *p = &a; *p = 5; return a + *p;") == 10


def test_a_pointer_reads_and_writes_a_member() -> None:
    assert value("u8 *p = &the_box()->small; *p = 300; return the_box()->small + *p;") == 88


def test_a_pointer_to_a_pointer() -> None:
    assert value("int a = 1, b = 2, *p = &a, **q = &p; *q = &b; **q = 9; return a * 10 + b;") == 19


def test_compound_assignment_and_update_through_a_pointer() -> None:
    assert value("int a = 1; int *p = &a; *p += 5; (*p)++; return a;") == 7


def test_pointers_compare_by_what_they_point_at() -> None:
    assert value("int a, b, *p = &a, *q = &a; return p == q;") == 1
    assert value("int a, b, *p = &a, *q = &b; return p == q;") == 0
    assert value("int *p = &the_box()->number; return p == &the_box()->number;") == 1
    assert value("return the_box() != NULL;") == 1
    assert value("struct box *b = 0; return b == NULL;") == 1


@pytest.mark.parametrize("code", ["b == 0", "0 == b", "!(b != 0)"])
def test_a_pointer_compares_with_the_constant_0(code: str) -> None:
    assert value(f"struct box *b = 0; return {code};") == 1


def test_the_address_of_a_dereferenced_pointer_is_the_pointer() -> None:
    assert value("return &*the_box() == the_box();") == 1


def test_a_struct_inside_has_an_address() -> None:
    body = "struct inner *i = &the_box()->inner; i->deep = 3; return the_box()->inner.deep;"
    assert value(body) == 3


def test_dereferencing_a_struct_gives_its_members() -> None:
    assert value("(*the_box()).number = 4; return the_box()->number;") == 4


def test_an_effect_shows_an_address_as_c_writes_it() -> None:
    [_, effect] = run("int a = 1; int *p = &a; return 0;").effects
    assert effect.after == "&a"


def test_an_effect_shows_a_functions_and_a_members_address() -> None:
    effects = run("int *p = &the_box()->number; return 0;").effects
    assert [effect.after for effect in effects] == ["&the_box->number"]


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


@pytest.mark.parametrize(
    "code", ["the_box()->inner.deep |= 1", "(*the_box()).number--", "++the_box()->small"]
)
def test_each_way_of_writing_evaluates_the_place_once(code: str) -> None:
    assert run(f"{code}; return 0;").recorder.calls == ["the_box"]


def test_writing_a_member_that_nobody_read_shows_nothing_before() -> None:
    [effect] = run("the_box()->number = 1; return 0;").effects
    assert effect == Effect("assignment", "the_box()->number", None, 1)


def test_writing_through_a_pointer_shows_what_was_there() -> None:
    effects = run("int a = 1; int *p = &a; *p = 2; return 0;").effects
    assert effects[-1] == Effect("assignment", "*p", 1, 2)


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


def test_a_struct_inside_is_copied_too() -> None:
    body = "struct box a = *the_box(); a.inner.deep = 7; return the_box()->inner.deep;"
    assert value(body) == 0
    body = """
    struct inner i = the_box()->inner, *p = &the_box()->inner;
    i.deep = 7; the_box()->inner = i; return p->deep;"""
    assert value(body) == 7
    assert (
        value(
            "struct inner a = the_box()->inner, b = a, *p = &b; a.deep = 3;"
            "b = a; a.deep = 4; *p = b; return b.deep * 10 + p->deep;"
        )
        == 33
    )


def test_a_void_pointer_is_any_pointer() -> None:
    assert value("void *v = the_box(); struct box *b = v; return b == the_box() && v == b;") == 1
    assert value("int a = 5; void *v = &a; return *(int *)v;") == 5
    assert value("const int a = 5; const int *p = &a; return *p;") == 5


def test_a_written_variable_may_hold_an_address() -> None:
    effects = run(
        "int a = 1, *p = NULL; p = &a; b->apply = note; return 0;",
        box("given"),
        parameters="struct box *b",
    ).effects
    assert [effect.after for effect in effects] == [1, "NULL", "&a", "note"]
